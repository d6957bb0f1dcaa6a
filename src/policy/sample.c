/* Keeping evaluations, and showing them. */
#include "policy/sample.h"

#include "access/decision.h"
#include "base/clock.h"
#include "base/ulid.h"
#include "jose/seal.h"
#include "policy/sample_store.h"

enum { SHOWN_MAX = 100, KEPT_DAYS = 7 };

static struct seal_place place_of(struct text key)
{
    return (struct seal_place){TEXT("policy_sample"), key};
}

static int64_t oldest(const struct ctx *ctx)
{
    return ctx->now - KEPT_DAYS * CLOCK_DAY;
}

bool sample_keep(struct ctx *ctx, const struct policy_sample *sample)
{
    struct policy_sample row = *sample;
    row.key = ulid_make(ctx->arena);
    row.created_at = ctx->now;
    if (!row.key.len)
        return fail_no_memory(ctx);
    return seal(ctx->account->ring, place_of(row.key), sample->input, ctx->arena, &row.input,
                ctx->error) &&
           sample_row_insert(ctx, &row);
}

bool sample_list_many(struct ctx *ctx, const struct text *policy_ids, size_t count,
                      struct list *out)
{
    return access_require_administrator(ctx, NULL) &&
           sample_row_list(ctx, policy_ids, count, oldest(ctx), SHOWN_MAX, out);
}

bool sample_get(struct ctx *ctx, struct text policy_id, struct text key, struct policy_sample **out)
{
    if (!access_require_administrator(ctx, NULL) || !sample_row_find(ctx, policy_id, key, out))
        return false;
    struct policy_sample *sample = *out;
    if (!sample || sample->created_at <= oldest(ctx))
        return fail(ctx, ERR_NOT_FOUND, "sample \"%.*s\" of policy \"%.*s\" not found",
                    TEXT_ARG(key), TEXT_ARG(policy_id));
    return unseal(ctx->account->ring, place_of(sample->key), sample->input, ctx->arena,
                  &sample->input, ctx->error);
}

bool sample_delete_old(struct ctx *ctx)
{
    return sample_row_delete(ctx, oldest(ctx), SHOWN_MAX);
}

/* ---- Searching. ---- */

static struct text get_key(const void *item)
{
    return ((const struct policy_sample *)item)->key;
}

static bool get_text(const void *item, struct text field, struct text *out)
{
    *out = ((const struct policy_sample *)item)->outcome;
    return text_equal(field, TEXT("outcome"));
}

static bool get_number(const void *item, struct text field, int64_t *out)
{
    *out = ((const struct policy_sample *)item)->created_at;
    return text_equal(field, TEXT("createdAt"));
}

static void get_places(const void *item, struct text out[SEARCH_PLACES])
{
    const struct policy_sample *sample = item;
    out[0] = sample->key;
    out[1] = sample->outcome;
}

static bool is_field(struct text field)
{
    return text_equal(field, TEXT("outcome"));
}

static bool is_order(struct text field)
{
    return is_field(field) || text_equal(field, TEXT("createdAt"));
}

static const struct search_kind kind = {
    .fields = {.things = "evaluation records", .is_field = is_field, .is_order = is_order},
    .id = get_key,
    .name = get_key,
    .text = get_text,
    .number = get_number,
    .places = get_places,
};

bool sample_search(struct ctx *ctx, struct text policy_id, const struct search *search,
                   struct search_page *out)
{
    struct list samples;
    if (!sample_list_many(ctx, &policy_id, 1, &samples))
        return false;
    const void **items = ARENA_ARRAY(ctx->arena, const void *, samples.len);
    if (!items)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < samples.len; i++)
        items[i] = list_at(&samples, i);
    return search_list(ctx, search, &kind, items, samples.len, out);
}
