/* Replaying recorded logins with and without a candidate. */
#include "policy/rehearsal.h"

#include "access/decision.h"
#include "base/clock.h"
#include "policy/login_record.h"
#include "policy/login_round.h"

/* It runs where other requests do, so it must come to an end. */
enum { SCRATCH_BYTES = 64 << 20, SECONDS_MAX = 2 };

/* One rehearsal. */
struct work {
    struct ctx *ctx;
    struct arena *scratch; /* of one login */
    struct rego_context *context;
    const struct login_world *world;
    struct login_policies before;
    struct login_policies after;
    struct map changes; /* what an actor's change is, as text -> struct rehearsed_change */
    struct list order;  /* the same in their order, of pointers */
    struct rehearsal *out;
};

/* ---- The two sets of policies. ---- */

static bool compile_candidate(struct ctx *ctx, const struct rehearsal_input *input,
                              struct login_policy *out)
{
    *out = (struct login_policy){.id = input->replaces.len ? input->replaces : TEXT("candidate"),
                                 .body = input->body};
    return policy_compile(ctx->arena, POLICY_LOGIN, input->engine, input->body, &out->compiled,
                          ctx->error);
}

/* The candidate stands where the policy stood that it replaces, else behind all others. */
static bool place_candidate(struct work *work, const struct rehearsal_input *input,
                            const struct login_policy *candidate)
{
    size_t count = work->before.len + 1;
    struct login_policy *with = ARENA_ARRAY(work->ctx->arena, struct login_policy, count);
    struct login_policy *arranged = ARENA_ARRAY(work->ctx->arena, struct login_policy, count);
    size_t len = 0;
    bool placed = false;
    if (!with || !arranged)
        return fail_no_memory(work->ctx);
    for (size_t i = 0; i < work->before.len; i++) {
        const struct login_policy *policy = &work->before.items[i];
        bool replaced = input->replaces.len && text_equal(policy->id, input->replaces);
        placed |= replaced;
        with[len++] = replaced ? *candidate : *policy;
    }
    if (input->replaces.len && !placed)
        return fail(work->ctx, ERR_NOT_FOUND, "login policy \"%.*s\" not found",
                    TEXT_ARG(input->replaces));
    if (!placed)
        with[len++] = *candidate;
    login_policies_arrange(with, len, arranged);
    work->after = (struct login_policies){arranged, len};
    return true;
}

/* ---- What differs. ---- */

static bool has_role(const struct login_merged *merged, const struct verdict_grant *grant)
{
    for (size_t i = 0; i < merged->grant_count; i++) {
        if (text_equal(merged->grants[i].role_id, grant->role_id) &&
            text_equal(merged->grants[i].by.space, grant->by.space))
            return true;
    }
    return false;
}

/* Roles that the first has and the second has not, in the unit's arena. */
static bool list_missing(struct work *work, const struct login_merged *from,
                         const struct login_merged *in, const struct rehearsed_role *const **out,
                         size_t *count)
{
    struct arena *arena = work->ctx->arena;
    const struct rehearsed_role **roles =
        ARENA_ARRAY(arena, const struct rehearsed_role *, from->grant_count);
    *count = 0;
    for (size_t i = 0; roles && i < from->grant_count; i++) {
        const struct verdict_grant *grant = &from->grants[i];
        if (!grant->role_id.len || has_role(in, grant))
            continue;
        struct rehearsed_role *role = ARENA_NEW(arena, struct rehearsed_role);
        if (!role)
            return fail_no_memory(work->ctx);
        role->space = text_copy(arena, grant->by.space);
        role->role = text_copy(arena, login_world_role_slug(work->world, grant->role_id));
        roles[(*count)++] = role;
    }
    *out = roles;
    return roles || fail_no_memory(work->ctx);
}

static bool compare(struct work *work, const struct login_record *record,
                    const struct login_merged *before, const struct login_merged *after,
                    struct rehearsed_change *out)
{
    *out = (struct rehearsed_change){
        .actor_kind = record->attempt.kind == ACTOR_API_KEY ? TEXT("API_KEY") : TEXT("USER"),
        .actor_id = record->attempt.actor_id,
        .login = record->attempt.login,
        .logins = 1,
        .allowed_before = before->allowed,
        .allowed_after = after->allowed,
        .admin_before = before->admin,
        .admin_after = after->admin,
        .reason_before = text_copy(work->ctx->arena, before->reason),
        .reason_after = text_copy(work->ctx->arena, after->reason),
    };
    return list_missing(work, after, before, &out->gained, &out->gained_count) &&
           list_missing(work, before, after, &out->lost, &out->lost_count);
}

static bool is_change(const struct rehearsed_change *change)
{
    return change->allowed_before != change->allowed_after ||
           change->admin_before != change->admin_after || change->gained_count ||
           change->lost_count;
}

static void count(struct rehearsal *out, const struct rehearsed_change *change)
{
    out->gain_login += !change->allowed_before && change->allowed_after;
    out->lose_login += change->allowed_before && !change->allowed_after;
    out->gain_admin += !change->admin_before && change->admin_after;
    out->lose_admin += change->admin_before && !change->admin_after;
    out->gain_roles += change->gained_count > 0;
    out->lose_roles += change->lost_count > 0;
}

static void add_roles(struct buffer *out, char sign, const struct rehearsed_role *const *roles,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_add_format(out, "\n%c%.*s\n%.*s", sign, TEXT_ARG(roles[i]->space),
                          TEXT_ARG(roles[i]->role));
}

/* Changes of an actor that read the same are one. */
static struct text identify(struct arena *arena, const struct rehearsed_change *change)
{
    struct buffer out;
    buffer_init(&out, arena, 1 << 20);
    buffer_add_format(&out, "%.*s\n%d%d%d%d", TEXT_ARG(change->actor_id), change->allowed_before,
                      change->allowed_after, change->admin_before, change->admin_after);
    add_roles(&out, '+', change->gained, change->gained_count);
    add_roles(&out, '-', change->lost, change->lost_count);
    return buffer_text(&out);
}

static bool add_change(struct work *work, const struct rehearsed_change *change)
{
    struct arena *arena = work->ctx->arena;
    struct text identity = identify(arena, change);
    struct rehearsed_change *known = map_get(&work->changes, identity);
    count(work->out, change);
    if (known) {
        known->logins++;
        return true;
    }
    struct rehearsed_change *added = ARENA_NEW(arena, struct rehearsed_change);
    const struct rehearsed_change **place = list_push(&work->order);
    if (!added || !place || !map_set(&work->changes, identity, added))
        return fail_no_memory(work->ctx);
    *added = *change;
    *place = added;
    return true;
}

/* ---- Replaying. ---- */

static bool run(struct work *work, const struct login_policies *policies,
                const struct login_record *record, struct login_round *out)
{
    const struct login_question question = {.attempt = &record->attempt,
                                            .teams = record->attempt.teams,
                                            .account_name = work->ctx->account->name,
                                            .remote_ip = record->remote_ip,
                                            .asked_at = record->created_at};
    return login_round_run(work->scratch, policies, work->world, &question, work->context, out) ||
           fail_no_memory(work->ctx);
}

static bool replay(struct work *work, const struct login_record *record)
{
    struct login_round before, after;
    struct rehearsed_change change;
    arena_reset(work->scratch);
    if (!run(work, &work->before, record, &before) || !run(work, &work->after, record, &after) ||
        !compare(work, record, &before.merged, &after.merged, &change))
        return false;
    work->out->replayed++;
    if (is_change(&change))
        return add_change(work, &change);
    work->out->unchanged++;
    return true;
}

static bool replay_all(struct work *work, const struct list *records)
{
    int64_t deadline = clock_monotonic() + SECONDS_MAX * CLOCK_SECOND;
    for (size_t i = 0; i < records->len; i++) {
        if (!replay(work, list_at(records, i)))
            return false;
        if (clock_monotonic() > deadline)
            return fail(work->ctx, ERR_TOO_LARGE,
                        "replaying took more than %d seconds for %zu of %zu logins; rehearse "
                        "fewer of them",
                        SECONDS_MAX, i + 1, records->len);
    }
    work->out->changes = work->order.items;
    work->out->changes_count = work->order.len;
    return true;
}

static bool prepare(struct work *work, const struct rehearsal_input *input)
{
    struct login_policy candidate;
    const struct login_policies *live = policy_cache_policies(work->ctx);
    work->world = policy_cache_world(work->ctx);
    if (!live || !work->world || !compile_candidate(work->ctx, input, &candidate))
        return false;
    work->before = *live;
    map_init(&work->changes, work->ctx->arena);
    list_init(&work->order, work->ctx->arena, sizeof(struct rehearsed_change *));
    return place_candidate(work, input, &candidate);
}

static bool rehearse(struct work *work, const struct rehearsal_input *input)
{
    struct list records;
    int64_t limit = input->limit ? input->limit : REHEARSAL_LOGINS_DEFAULT;
    if (!prepare(work, input) || !login_record_list(work->ctx, input->since, limit, &records))
        return false;
    work->scratch = arena_new(SCRATCH_BYTES);
    work->context = rego_context_new(POLICY_LOGIN_MEMORY);
    bool done =
        work->scratch && work->context ? replay_all(work, &records) : fail_no_memory(work->ctx);
    rego_context_free(work->context);
    arena_free(work->scratch);
    return done;
}

bool policy_rehearse(struct ctx *ctx, const struct rehearsal_input *input, struct rehearsal *out)
{
    struct work work = {.ctx = ctx, .out = out};
    *out = (struct rehearsal){0};
    if (!access_require_administrator(ctx, NULL))
        return false;
    if (input->limit < 0 || input->limit > REHEARSAL_LOGINS_MAX)
        return fail(ctx, ERR_INVALID, "a rehearsal replays %d logins at most",
                    REHEARSAL_LOGINS_MAX);
    return rehearse(&work, input);
}
