/* The fields by which policies are searched and ordered. */
#include "policy/policy.h"

static struct text get_id(const void *item)
{
    return ((const struct policy *)item)->id;
}

static struct text get_name(const void *item)
{
    return ((const struct policy *)item)->name;
}

static bool get_text(const void *item, struct text field, struct text *out)
{
    const struct policy *policy = item;
    if (text_equal(field, TEXT("id")))
        *out = policy->id;
    else if (text_equal(field, TEXT("name")))
        *out = policy->name;
    else if (text_equal(field, TEXT("description")))
        *out = policy->description;
    else if (text_equal(field, TEXT("space")))
        *out = policy->space;
    else if (text_equal(field, TEXT("type")))
        *out = text_z(policy_type_name(policy->type));
    else if (text_equal(field, TEXT("engineType")))
        *out = text_z(policy_engine_name(policy->engine_type));
    else
        return false;
    return true;
}

static bool get_texts(const void *item, struct text field, struct text_list *out)
{
    *out = ((const struct policy *)item)->labels;
    return text_equal(field, TEXT("label")) || text_equal(field, TEXT("labels"));
}

static bool get_number(const void *item, struct text field, int64_t *out)
{
    const struct policy *policy = item;
    bool by_creation = text_equal(field, TEXT("createdAt"));
    *out = by_creation ? policy->created_at : policy->updated_at;
    return by_creation || text_equal(field, TEXT("updatedAt"));
}

static void get_places(const void *item, struct text out[SEARCH_PLACES])
{
    const struct policy *policy = item;
    out[0] = policy->name;
    out[1] = policy->id;
    out[2] = policy->description;
}

static bool is_field(struct text field)
{
    static const struct policy none;
    struct text text;
    struct text_list texts;
    return get_text(&none, field, &text) || get_texts(&none, field, &texts);
}

static bool is_order(struct text field)
{
    static const struct policy none;
    struct text text;
    int64_t number;
    return get_text(&none, field, &text) || get_number(&none, field, &number);
}

bool policy_search(struct ctx *ctx, const struct search *search, struct search_page *out)
{
    static const struct search_kind kind = {
        .fields = {.things = "policies", .is_field = is_field, .is_order = is_order},
        .id = get_id,
        .name = get_name,
        .text = get_text,
        .texts = get_texts,
        .number = get_number,
        .places = get_places,
    };
    struct list all;
    if (!policy_list(ctx, &all))
        return false;
    const void **items = ARENA_ARRAY(ctx->arena, const void *, all.len);
    if (!items)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < all.len; i++)
        items[i] = list_at(&all, i);
    return search_list(ctx, search, &kind, items, all.len, out);
}
