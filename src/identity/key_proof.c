/* Comparing secrets with what is kept of them. */
#include "identity/key_proof.h"

#include "base/encoding.h"
#include "identity/api_key_store.h"
#include "jose/secret_hash.h"

static bool read_hash(struct ctx *ctx, struct text digits, struct text *out)
{
    *out = TEXT("");
    return digits.len == 0 || hex_decode(ctx->arena, digits, out, ctx->error);
}

/* Both secrets that the key may have are compared, always, and also where there is no key. */
static bool compare(struct ctx *ctx, const struct api_key_row *row, struct text secret, bool *out)
{
    static const struct api_key_row none;
    struct text current, previous;
    bool has_previous = row && row->key.previous_secret_until > ctx->now;
    if (!read_hash(ctx, row ? row->secret_hash : none.secret_hash, &current) ||
        !read_hash(ctx, has_previous ? row->previous_secret_hash : none.secret_hash, &previous))
        return false;
    *out = secret_hash_matches_either(ctx->account->ring, secret, current, previous);
    return true;
}

const char *key_problem(const struct api_key *key, int64_t now)
{
    if (key->deleted)
        return "the key was deleted";
    if (key->expires_at && key->expires_at <= now)
        return "the key has expired";
    return NULL;
}

bool key_prove_secret(struct ctx *ctx, struct text id, struct text secret, enum api_key_kind kind,
                      struct key_proof *out)
{
    struct api_key_row *row;
    bool matches;
    *out = (struct key_proof){0};
    if (!api_key_row_find(ctx, id, &row))
        return false;
    if (row && row->key.kind != kind)
        row = NULL;
    if (!compare(ctx, row, secret, &matches))
        return false;
    out->key = row ? &row->key : NULL;
    if (!row)
        out->problem = "there is no such key";
    else
        out->problem = matches ? key_problem(&row->key, ctx->now) : "the secret is wrong";
    return true;
}
