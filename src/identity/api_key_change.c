/* Changing keys and their secrets. */
#include "identity/api_key_change.h"

#include "access/strategy.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "identity/api_key_private.h"
#include "identity/api_key_right.h"
#include "identity/session.h"

/* A key to be changed, and the entry that will tell of it. */
struct key_change {
    struct decision decision;
    struct api_key_row *row;
    struct change change;
};

/* Whoever may change keys may also know which there are. */
static bool begin(struct ctx *ctx, struct text id, struct key_change *out)
{
    if (!api_key_require_change(ctx, &out->decision) || !api_key_row_find(ctx, id, &out->row))
        return false;
    if (!out->row || out->row->key.deleted || out->row->key.kind == API_KEY_WORKER)
        return fail(ctx, ERR_NOT_FOUND, "API key not found");
    change_init(&out->change, ctx->arena);
    api_key_describe(&out->change.before, &out->row->key);
    return true;
}

static bool end(struct ctx *ctx, const char *action, struct key_change *change)
{
    return access_changed(ctx) &&
           audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "API_KEY",
                                                   .resource_id = change->row->key.id,
                                                   .decision = &change->decision,
                                                   .change = &change->change});
}

/* The rest of what is trusted stays: a token that was good for the key stays so. */
static bool replace_mappings(struct ctx *ctx, const struct api_key_update *update,
                             struct api_key *key)
{
    if (!key->oidc)
        return fail(ctx, ERR_INVALID, "only a key of the kind OIDC has claim mappings");
    struct oidc_trust *trust = ARENA_NEW(ctx->arena, struct oidc_trust);
    if (!trust)
        return fail_no_memory(ctx);
    *trust = *key->oidc;
    trust->mappings = update->mappings;
    trust->mappings_count = update->mappings_count;
    key->oidc = trust;
    return oidc_trust_check(ctx, trust);
}

static bool apply(struct ctx *ctx, const struct api_key_update *update, struct api_key *key)
{
    if (update->name.at)
        key->name = text_trim(update->name);
    if (update->description.at)
        key->description = update->description;
    if (update->has_teams)
        key->teams = update->teams;
    return (!update->has_mappings || replace_mappings(ctx, update, key)) &&
           api_key_check(ctx, key->name, key->description, key->teams);
}

static bool trusts_the_same(struct arena *arena, const struct api_key *a, const struct api_key *b)
{
    return !a->oidc ||
           text_equal(oidc_trust_print(arena, a->oidc), oidc_trust_print(arena, b->oidc));
}

/* Whether sessions that began before hold what they would not be given now: groups of other claims,
 * or what login policies decided by the key's name and groups. */
static bool outdates_sessions(struct ctx *ctx, const struct api_key *before,
                              const struct api_key *after, bool *out)
{
    enum strategy strategy;
    if (!strategy_get(ctx, &strategy))
        return false;
    bool is_judged_anew =
        !text_equal(before->name, after->name) ||
        !text_equal(ctx_print_texts(ctx, before->teams), ctx_print_texts(ctx, after->teams));
    *out = !trusts_the_same(ctx->arena, before, after) ||
           (strategy == STRATEGY_LOGIN_POLICIES && is_judged_anew);
    return true;
}

static bool end_sessions(struct ctx *ctx, const struct api_key *key)
{
    return session_revoke_all_of_actor(ctx, ACTOR_API_KEY, key->id);
}

bool api_key_update(struct ctx *ctx, struct text id, const struct api_key_update *update,
                    struct api_key **out)
{
    bool ends;
    struct key_change change;
    if (!begin(ctx, id, &change) || !access_require_lasting(ctx, &change.decision))
        return false;
    struct api_key *key = *out = &change.row->key;
    const struct api_key before = *key;
    if (!apply(ctx, update, key) || !outdates_sessions(ctx, &before, key, &ends))
        return false;
    api_key_describe(&change.change.after, key);
    return api_key_row_update(ctx, key) && (!ends || end_sessions(ctx, key)) &&
           end(ctx, "api_key.update", &change);
}

static bool check_reset(struct ctx *ctx, const struct api_key *key, int64_t grace_seconds)
{
    if (key->kind != API_KEY_SECRET)
        return fail(ctx, ERR_INVALID, "a key that trusts an identity provider has no secret");
    if (grace_seconds < 0 || grace_seconds > API_KEY_GRACE_MAX)
        return fail(ctx, ERR_INVALID, "the grace is 0 to %d seconds", API_KEY_GRACE_MAX);
    return true;
}

bool api_key_reset(struct ctx *ctx, struct text id, int64_t grace_seconds, struct api_key **out)
{
    struct key_change change;
    struct text digits;
    if (!begin(ctx, id, &change) || !access_require_lasting(ctx, &change.decision) ||
        !check_reset(ctx, &change.row->key, grace_seconds))
        return false;
    struct api_key *key = *out = &change.row->key;
    change_secret(&change.change.before, "secret", change.row->secret_hash);
    key->secret_changed_at = ctx->now;
    key->previous_secret_until = grace_seconds ? ctx->now + grace_seconds * CLOCK_SECOND : 0;
    if (!api_key_make_secret(ctx, key, &digits))
        return false;
    api_key_describe(&change.change.after, key);
    change_secret(&change.change.after, "secret", digits);
    return api_key_row_reset(ctx, key, digits) && (grace_seconds > 0 || end_sessions(ctx, key)) &&
           end(ctx, "api_key.reset", &change);
}

bool api_key_revoke_previous(struct ctx *ctx, struct text id, struct api_key **out)
{
    struct key_change change;
    if (!begin(ctx, id, &change))
        return false;
    struct api_key *key = *out = &change.row->key;
    if (key->previous_secret_until <= ctx->now)
        return fail(ctx, ERR_CONFLICT, "the key has no secret but its newest");
    key->previous_secret_until = 0;
    api_key_describe(&change.change.after, key);
    return api_key_row_revoke_previous(ctx, key->id) && end_sessions(ctx, key) &&
           end(ctx, "api_key.revoke_previous_secret", &change);
}
