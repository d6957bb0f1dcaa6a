/* Signing keys: rows, sealed, and the snapshot that requests use. */
#include "identity/signing_keys.h"

#include "base/clock.h"
#include "base/list.h"
#include "identity/signing_key_store.h"
#include "jose/seal.h"
#include "kernel/snapshot.h"

#include <stdlib.h>

enum { KEY_SET_BYTES = 1 << 20 };

/* Unknown keys make a server look into the database once in so long. */
#define CATCH_UP_INTERVAL CLOCK_SECOND

/* A server that looks for keys only once in a while signs with an old one for that long at most. */
#define SIGNING_SLACK CLOCK_HOUR

struct signing_keys {
    struct snapshot_slot slot;
    atomic_uint_fast64_t version;
    atomic_int_fast64_t caught_up_at; /* by signing_keys_catch_up */
};

/* A set that waits for the commit of the unit which made it. */
struct pending_set {
    struct signing_keys *keys;
    struct snapshot *snapshot;
};

struct signing_keys *signing_keys_new(void)
{
    struct signing_keys *keys = calloc(1, sizeof(*keys));
    if (keys)
        snapshot_slot_init(&keys->slot);
    return keys;
}

void signing_keys_free(struct signing_keys *keys)
{
    if (!keys)
        return;
    snapshot_slot_release(&keys->slot);
    free(keys);
}

static struct seal_place key_place(struct text id)
{
    return (struct seal_place){.table = TEXT("signing_key"), .row = id};
}

static bool open_key(struct ctx *ctx, const struct signing_key_row *row,
                     const struct jose_key **out)
{
    struct text plain;
    return unseal(ctx->account->ring, key_place(row->id), row->sealed_key, ctx->arena, &plain,
                  ctx->error) &&
           jose_key_parse_der(ctx->arena, plain, JOSE_ES256, out, ctx->error);
}

/* Rows come newest first: the first that may still sign does. */
static bool open_keys(struct ctx *ctx, struct signing_key_set *set)
{
    struct list rows;
    if (!signing_key_list(ctx, &rows))
        return false;
    const struct jose_key **keys = ARENA_ARRAY(ctx->arena, const struct jose_key *, rows.len);
    if (!keys)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < rows.len; i++) {
        const struct signing_key_row *row = &LIST_ITEMS(&rows, struct signing_key_row)[i];
        if (!open_key(ctx, row, &keys[i]))
            return false;
        if (!set->signing && row->signs_until > ctx->now)
            set->signing = keys[i];
    }
    set->verifying = (struct jose_key_set){keys, rows.len};
    return true;
}

/* The keys as this unit sees them; the caller is the holder. NULL on failure. */
static struct snapshot *read_keys(struct ctx *ctx, uint64_t version)
{
    struct arena *arena = arena_new(KEY_SET_BYTES);
    struct signing_key_set *set = arena ? ARENA_NEW(arena, struct signing_key_set) : NULL;
    struct ctx reading = *ctx;
    reading.arena = arena;
    if (!set || !open_keys(&reading, set)) {
        arena_free(arena);
        fail_no_memory(ctx);
        return NULL;
    }
    struct snapshot *snapshot = snapshot_new(arena, set, version);
    if (!snapshot)
        fail_no_memory(ctx);
    return snapshot;
}

static uint64_t next_version(struct signing_keys *keys)
{
    return atomic_fetch_add(&keys->version, 1) + 1;
}

bool signing_keys_reload(struct ctx *ctx)
{
    struct signing_keys *keys = ctx->account->signing_keys;
    /* The version first: of two that read at once, the one that began later wins. */
    struct snapshot *snapshot = read_keys(ctx, next_version(keys));
    if (!snapshot)
        return false;
    snapshot_publish(&keys->slot, snapshot);
    snapshot_drop(snapshot);
    return true;
}

bool signing_keys_catch_up(struct ctx *ctx)
{
    struct signing_keys *keys = ctx->account->signing_keys;
    int_fast64_t last = atomic_load(&keys->caught_up_at);
    bool due = ctx->now - last >= CATCH_UP_INTERVAL || ctx->now < last;
    if (!due || !atomic_compare_exchange_strong(&keys->caught_up_at, &last, ctx->now))
        return true;
    return signing_keys_reload(ctx);
}

static void publish_pending(void *data)
{
    struct pending_set *pending = data;
    /* Whoever reads from now on sees the commit, whoever read before has an older version. */
    pending->snapshot->version = next_version(pending->keys);
    snapshot_publish(&pending->keys->slot, pending->snapshot);
}

/* Nobody signs with a key whose row might still be rolled back. */
static bool publish_after_commit(struct ctx *ctx)
{
    struct pending_set *pending = ARENA_NEW(ctx->arena, struct pending_set);
    if (!pending)
        return fail_no_memory(ctx);
    pending->keys = ctx->account->signing_keys;
    pending->snapshot = read_keys(ctx, 0);
    if (!pending->snapshot)
        return false;
    if (!snapshot_keep(ctx->arena, pending->snapshot))
        return fail_no_memory(ctx);
    return db_after_commit(ctx->session, publish_pending, pending, ctx->error);
}

/* Of any token that one of our keys signs: those of keys and runs, of people, of GitHub logins. */
static int64_t longest_token_lifetime(const struct settings *settings)
{
    const int64_t lifetimes[] = {settings->api_key_token_lifetime, settings->user_session_lifetime,
                                 settings->github_token_lifetime};
    int64_t longest = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(lifetimes); i++) {
        if (lifetimes[i] > longest)
            longest = lifetimes[i];
    }
    return longest;
}

static bool make_key(struct ctx *ctx)
{
    const struct jose_key *key;
    struct text der;
    struct signing_key_row row = {.created_at = ctx->now};
    if (!jose_key_generate(ctx->arena, JOSE_ES256, &key, ctx->error) ||
        !jose_key_print_private_der(key, ctx->arena, &der, ctx->error))
        return false;
    const struct settings *settings = ctx->account->settings;
    row.id = jose_key_id(key);
    row.signs_until = ctx->now + settings->signing_key_lifetime;
    row.verifies_until = row.signs_until + SIGNING_SLACK + longest_token_lifetime(settings);
    return seal(ctx->account->ring, key_place(row.id), der, ctx->arena, &row.sealed_key,
                ctx->error) &&
           signing_key_insert(ctx, &row);
}

bool signing_keys_refresh(struct ctx *ctx)
{
    bool signs;
    if (!signing_key_delete_expired(ctx) || !signing_key_signs(ctx, &signs))
        return false;
    if (!signs && !make_key(ctx))
        return false;
    return publish_after_commit(ctx);
}

const struct signing_key_set *signing_keys_get(struct signing_keys *keys, struct arena *arena)
{
    struct snapshot *snapshot = snapshot_take(&keys->slot);
    if (!snapshot || !snapshot_keep(arena, snapshot))
        return NULL;
    return snapshot->data;
}
