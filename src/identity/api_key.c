/* Rules of API keys. */
#include "identity/api_key.h"

#include "access/decision.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/ulid.h"
#include "identity/api_key_store.h"
#include "identity/secret.h"
#include "identity/session.h"
#include "jose/secret_hash.h"

enum { NAME_MAX_BYTES = 200, GROUPS_MAX = 100 };

static const struct text root_space = TEXT_INIT("root");

static bool check_teams(struct ctx *ctx, struct text_list teams)
{
    if (teams.len > GROUPS_MAX)
        return fail(ctx, ERR_INVALID, "an API key may be in %d groups at most", GROUPS_MAX);
    for (size_t i = 0; i < teams.len; i++) {
        if (teams.items[i].len == 0)
            return fail(ctx, ERR_INVALID, "a group needs a name");
        if (teams.items[i].len > NAME_MAX_BYTES)
            return fail(ctx, ERR_INVALID, "the name of a group may have %d bytes at most",
                        NAME_MAX_BYTES);
    }
    return true;
}

static bool check_input(struct ctx *ctx, const struct api_key_input *input)
{
    struct text name = text_trim(input->name);
    if (name.len == 0)
        return fail(ctx, ERR_INVALID, "an API key needs a name");
    if (name.len > NAME_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "the name of an API key may have %d bytes at most",
                    NAME_MAX_BYTES);
    if (input->expires_at && input->expires_at <= ctx->now)
        return fail(ctx, ERR_INVALID, "an API key cannot expire in the past");
    return check_teams(ctx, input->teams);
}

/* Makes the row; the secret is in the key that is given back and nowhere else. */
static bool insert_new(struct ctx *ctx, const struct api_key_input *input, struct api_key **out)
{
    struct secret_hash hash;
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
        .secret = secret_new(ctx->arena),
    };
    if (key->secret.len == 0)
        return fail_no_memory(ctx);
    if (!secret_hash(ctx->account->ring, key->secret, &hash, ctx->error))
        return false;
    struct text digits =
        hex_encode(ctx->arena, (struct text){(const char *)hash.bytes, sizeof(hash.bytes)});
    *out = key;
    return api_key_insert(ctx, key, digits);
}

static void describe(struct change_side *side, const struct api_key *key)
{
    change_text(side, "name", key->name);
    change_text(side, "description", key->description);
    change_text(side, "kind", key->kind == API_KEY_WORKER ? TEXT("worker") : TEXT("secret"));
    change_texts(side, "teams", key->teams);
    if (key->expires_at)
        change_int64(side, "expires_at", key->expires_at / CLOCK_SECOND);
}

/* A key that was made, or one that is gone. */
static bool record(struct ctx *ctx, const char *action, const struct api_key *key,
                   const struct decision *decision)
{
    struct change change;
    change_init(&change, ctx->arena);
    describe(key->deleted ? &change.before : &change.after, key);
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "API_KEY",
                                                   .resource_id = key->id,
                                                   .decision = decision,
                                                   .change = &change});
}

static bool make_administrator(struct ctx *ctx, const struct api_key *key)
{
    return binding_insert(ctx, TEXT("API_KEY"), key->id, TEXT("space-admin"), root_space) &&
           access_changed(ctx);
}

bool api_key_create(struct ctx *ctx, const struct api_key_input *input, struct api_key **out)
{
    struct decision decision;
    return access_require(ctx, ACTION_SPACE_ADMIN, root_space, &decision) &&
           check_input(ctx, input) && insert_new(ctx, input, out) &&
           (!input->admin || make_administrator(ctx, *out)) &&
           record(ctx, "api_key.create", *out, &decision);
}

bool api_key_delete(struct ctx *ctx, struct text id, struct api_key **out)
{
    struct decision decision;
    if (!access_require(ctx, ACTION_SPACE_ADMIN, root_space, &decision) ||
        !api_key_find(ctx, id, out))
        return false;
    if (!*out)
        return true;
    (*out)->deleted = true;
    return api_key_mark_deleted(ctx, id) && session_revoke_all_of_actor(ctx, ACTOR_API_KEY, id) &&
           binding_delete_of_subject(ctx, TEXT("API_KEY"), id) && access_changed(ctx) &&
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

bool api_key_any_exists(struct ctx *ctx, bool *out)
{
    int64_t count;
    if (!api_key_count(ctx, &count))
        return false;
    *out = count > 0;
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

/* The host of the account's URL, for the credentials block of Terraform. */
static struct text url_host(struct text url)
{
    size_t scheme = text_find(url, TEXT("://"), 0);
    struct text rest = text_slice(url, scheme < url.len ? scheme + 3 : 0, url.len);
    return text_slice(rest, 0, text_find_byte(rest, '/', 0));
}

struct text api_key_file(struct ctx *ctx, const struct api_key *key)
{
    struct text pair =
        text_format(ctx->arena, "%.*s:%.*s", TEXT_ARG(key->id), TEXT_ARG(key->secret));
    struct text host = url_host(ctx->account->url);
    return text_format(ctx->arena,
                       "# Spacelift API Key Configuration\n"
                       "\n"
                       "[credentials]\n"
                       "api_key_id     = %.*s\n"
                       "api_key_secret = %.*s\n"
                       "\n"
                       "# Usage Options:\n"
                       "#\n"
                       "# - Programmatic Access:\n"
                       "#   Use the api_key_secret above in your API calls\n"
                       "#\n"
                       "# - UI Login:\n"
                       "#   Visit /apikeytoken and enter the credentials above\n"
                       "\n"
                       "# Terraform Module Access:\n"
                       "# Add this snippet to your .terraformrc file to access\n"
                       "# Terraform modules hosted by %.*s:\n"
                       "\n"
                       "credentials \"%.*s\" {\n"
                       "  token = \"%.*s\"\n"
                       "}\n",
                       TEXT_ARG(key->id), TEXT_ARG(key->secret), TEXT_ARG(host), TEXT_ARG(host),
                       TEXT_ARG(base64_encode(ctx->arena, pair)));
}
