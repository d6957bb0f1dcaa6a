/* Rules of API keys. */
#include "identity/api_key.h"

#include "access/decision.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/ulid.h"
#include "identity/api_key_private.h"
#include "identity/api_key_right.h"
#include "identity/secret.h"
#include "identity/session.h"
#include "jose/secret_hash.h"
#include "kernel/naming.h"

enum { GROUPS_MAX = 100 };

/* As the trail says it. */
static const char *kind_name(enum api_key_kind kind)
{
    static const char *const names[] = {
        [API_KEY_SECRET] = "secret", [API_KEY_WORKER] = "worker", [API_KEY_OIDC] = "oidc"};
    return names[kind];
}

struct text api_key_username(struct arena *arena, struct text id)
{
    return text_format(arena, "api::%.*s", TEXT_ARG(id));
}

static bool check_teams(struct ctx *ctx, struct text_list teams)
{
    if (teams.len > GROUPS_MAX)
        return fail(ctx, ERR_INVALID, "an API key may be in %d groups at most", GROUPS_MAX);
    for (size_t i = 0; i < teams.len; i++) {
        if (!naming_check_name(ctx, "a group", teams.items[i]))
            return false;
    }
    return true;
}

bool api_key_check(struct ctx *ctx, struct text name, struct text description,
                   struct text_list teams)
{
    return naming_check_name(ctx, "an API key", name) &&
           naming_check_description(ctx, "an API key", description) && check_teams(ctx, teams);
}

static bool check_input(struct ctx *ctx, const struct api_key_input *input)
{
    if (input->expires_at && input->expires_at <= ctx->now)
        return fail(ctx, ERR_INVALID, "an API key cannot expire in the past");
    return api_key_check(ctx, text_trim(input->name), input->description, input->teams) &&
           (input->kind != API_KEY_OIDC || oidc_trust_check(ctx, input->oidc));
}

bool api_key_make_secret(struct ctx *ctx, struct api_key *key, struct text *digits)
{
    struct secret_hash hash;
    *digits = TEXT("");
    if (key->kind == API_KEY_OIDC)
        return true;
    key->secret = secret_new(ctx->arena);
    if (key->secret.len == 0)
        return fail_no_memory(ctx);
    if (!secret_hash(ctx->account->ring, key->secret, &hash, ctx->error))
        return false;
    *digits = hex_encode(ctx->arena, (struct text){(const char *)hash.bytes, sizeof(hash.bytes)});
    return true;
}

static bool insert_new(struct ctx *ctx, const struct api_key_input *input, struct api_key **out)
{
    struct text digits;
    struct api_key *key = ARENA_NEW(ctx->arena, struct api_key);
    if (!key)
        return fail_no_memory(ctx);
    *key = (struct api_key){
        .id = ulid_make(ctx->arena),
        .kind = input->kind,
        .name = text_trim(input->name),
        .description = input->description,
        .teams = input->teams,
        .creator = ctx->actor->username,
        .created_at = ctx->now,
        .expires_at = input->expires_at,
        .oidc = input->oidc,
    };
    *out = key;
    return api_key_make_secret(ctx, key, &digits) && api_key_insert(ctx, key, digits);
}

void api_key_describe(struct change_side *side, const struct api_key *key)
{
    change_text(side, "name", key->name);
    change_text(side, "description", key->description);
    change_text(side, "kind", text_z(kind_name(key->kind)));
    change_texts(side, "teams", key->teams);
    if (key->expires_at)
        change_int64(side, "expires_at", key->expires_at / CLOCK_SECOND);
    if (key->previous_secret_until)
        change_int64(side, "previous_secret_until", key->previous_secret_until / CLOCK_SECOND);
    if (key->oidc)
        change_json(side, "oidc", oidc_trust_print(side->members.arena, key->oidc));
}

/* A key that was made, or one that is gone. */
static bool record(struct ctx *ctx, const char *action, const struct api_key *key,
                   const struct decision *decision)
{
    struct change change;
    change_init(&change, ctx->arena);
    api_key_describe(key->deleted ? &change.before : &change.after, key);
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "API_KEY",
                                                   .resource_id = key->id,
                                                   .decision = decision,
                                                   .change = &change});
}

static bool make_administrator(struct ctx *ctx, const struct api_key *key)
{
    struct role_binding *binding;
    struct role_binding_input input = {
        .subject_id = key->id, .role = TEXT("space-admin"), .space_id = root_space};
    return role_binding_create(ctx, SUBJECT_API_KEY, &input, &binding);
}

/* What the key may do from the beginning, as far as its maker may give it. */
static bool bind(struct ctx *ctx, const struct api_key_input *input, const struct api_key *key)
{
    if (input->admin && !make_administrator(ctx, key))
        return false;
    return input->rules_count == 0 ||
           access_rule_set(ctx, SUBJECT_API_KEY, key->id, input->rules, input->rules_count);
}

bool api_key_create(struct ctx *ctx, const struct api_key_input *input, struct api_key **out)
{
    struct decision decision;
    return api_key_require_create(ctx, input, &decision) && check_input(ctx, input) &&
           insert_new(ctx, input, out) && bind(ctx, input, *out) &&
           record(ctx, "api_key.create", *out, &decision);
}

bool api_key_delete(struct ctx *ctx, struct text id, struct api_key **out)
{
    struct decision decision;
    if (!api_key_find(ctx, id, out))
        return false;
    /* Who may not delete keys learns nothing about which there are. */
    if (!*out)
        return api_key_require_change(ctx, &decision);
    if (!api_key_require_delete(ctx, *out, &decision))
        return false;
    (*out)->deleted = true;
    return api_key_mark_deleted(ctx, id) && session_revoke_all_of_actor(ctx, ACTOR_API_KEY, id) &&
           role_binding_delete_of(ctx, SUBJECT_API_KEY, id) && access_changed(ctx) &&
           record(ctx, "api_key.delete", *out, &decision);
}

/* Whoever administers any space may see the keys. */
static bool may_list(const struct actor *actor)
{
    return access_holds_anywhere(actor, ACTION_SPACE_ADMIN);
}

bool api_key_find(struct ctx *ctx, struct text id, struct api_key **out)
{
    struct api_key_row *row;
    *out = NULL;
    bool own = text_equal(ctx->actor->id, id);
    if (!own && !may_list(ctx->actor))
        return true;
    if (!api_key_row_find(ctx, id, &row))
        return false;
    if (row && !row->key.deleted)
        *out = &row->key;
    return true;
}

bool api_key_list(struct ctx *ctx, struct list *out)
{
    struct list rows;
    list_init(out, ctx->arena, sizeof(struct api_key));
    if (!may_list(ctx->actor))
        return true;
    if (!api_key_row_list(ctx, &rows))
        return false;
    for (size_t i = 0; i < rows.len; i++) {
        struct api_key *key = list_push(out);
        if (!key)
            return fail_no_memory(ctx);
        *key = LIST_ITEMS(&rows, struct api_key_row)[i].key;
    }
    return true;
}

bool api_key_bootstrap(struct ctx *ctx, struct api_key **out)
{
    static const struct api_key_input input = {
        .kind = API_KEY_SECRET,
        .name = TEXT_INIT("bootstrap"),
        .description = TEXT_INIT("Made when the server first started.")};
    bool exists;
    if (!api_key_any_exists(ctx, &exists))
        return false;
    if (exists)
        return fail(ctx, ERR_CONFLICT, "the account has API keys already");
    return insert_new(ctx, &input, out) && make_administrator(ctx, *out) &&
           record(ctx, "api_key.bootstrap", *out, NULL);
}

bool api_key_for_own_worker(struct ctx *ctx, struct text name, struct api_key **out)
{
    struct api_key_input input = {.kind = API_KEY_WORKER, .name = name};
    return api_key_delete_workers(ctx, name) && insert_new(ctx, &input, out);
}
