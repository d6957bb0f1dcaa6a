/* Signing keys: rows, sealed, and the snapshot that requests use. */
#include "identity/signing_keys.h"

#include "base/list.h"
#include "jose/seal.h"
#include "kernel/snapshot.h"

#include "identity/signing_key_store.h"

#include <stdlib.h>

enum { KEY_SET_BYTES = 1 << 20 };

struct signing_keys {
    struct snapshot_slot slot;
    atomic_uint_fast64_t version;
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

bool signing_keys_reload(struct ctx *ctx)
{
    struct signing_keys *keys = ctx->account->signing_keys;
    uint64_t version = atomic_fetch_add(&keys->version, 1) + 1;
    struct arena *arena = arena_new(KEY_SET_BYTES);
    struct signing_key_set *set = arena ? ARENA_NEW(arena, struct signing_key_set) : NULL;
    struct ctx reading = *ctx;
    reading.arena = arena;
    if (!set || !open_keys(&reading, set)) {
        arena_free(arena);
        return fail_no_memory(ctx);
    }
    struct snapshot *snapshot = snapshot_new(arena, set, version);
    if (!snapshot)
        return fail_no_memory(ctx);
    snapshot_publish(&keys->slot, snapshot);
    snapshot_drop(snapshot);
    return true;
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
    row.verifies_until = row.signs_until + settings->api_key_token_lifetime;
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
    return signing_keys_reload(ctx);
}

const struct signing_key_set *signing_keys_get(struct signing_keys *keys, struct arena *arena)
{
    struct snapshot *snapshot = snapshot_take(&keys->slot);
    if (!snapshot || !snapshot_keep(arena, snapshot))
        return NULL;
    return snapshot->data;
}
