/* The fields by which stacks are searched and ordered. The cost grows with the number of visible
 * stacks and with nothing else. */
#include "stack/stack_search.h"

#include "kernel/search_list.h"

/* A stack, and what only the actor knows about it. */
struct candidate {
    const struct stack *stack;
    bool starred;
};

static const struct stack *stack_of(const void *item)
{
    return ((const struct candidate *)item)->stack;
}

/* The text of a field that has one value. False for unknown fields. */
static bool field_text(const struct stack *stack, struct text field, struct text *out)
{
    if (text_equal(field, TEXT("id")))
        *out = stack->id;
    else if (text_equal(field, TEXT("name")))
        *out = stack->name;
    else if (text_equal(field, TEXT("branch")))
        *out = stack->branch;
    else if (text_equal(field, TEXT("repository")))
        *out = stack->repository;
    else if (text_equal(field, TEXT("projectRoot")))
        *out = stack->project_root;
    else if (text_equal(field, TEXT("space")))
        *out = stack->space;
    else if (text_equal(field, TEXT("state")))
        *out = text_z(stack_state_name(stack->state));
    else if (text_equal(field, TEXT("vendor")))
        *out = text_z(vendor_kind_name(stack->vendor.kind));
    else if (text_equal(field, TEXT("commit")))
        *out = stack->tracked_commit ? stack->tracked_commit->hash : TEXT("");
    else if (text_equal(field, TEXT("administrative")))
        *out = search_bool(stack->administrative);
    else if (text_equal(field, TEXT("locked")))
        *out = search_bool(stack->locked_by.len > 0);
    else if (text_equal(field, TEXT("workerPool")))
        *out = TEXT("");
    else
        return false;
    return true;
}

static bool is_label_field(struct text field)
{
    return text_equal(field, TEXT("label")) || text_equal(field, TEXT("labels"));
}

static bool is_field(struct text field)
{
    static const struct stack none = {0};
    struct text ignored;
    return is_label_field(field) || field_text(&none, field, &ignored);
}

static bool is_order(struct text field)
{
    static const struct stack none = {0};
    struct text ignored;
    return text_equal(field, TEXT("starred")) || text_equal(field, TEXT("createdAt")) ||
           field_text(&none, field, &ignored);
}

static struct text get_id(const void *item)
{
    return stack_of(item)->id;
}

static struct text get_name(const void *item)
{
    return stack_of(item)->name;
}

static bool get_text(const void *item, struct text field, struct text *out)
{
    return field_text(stack_of(item), field, out);
}

static bool get_texts(const void *item, struct text field, struct text_list *out)
{
    *out = stack_of(item)->labels;
    return is_label_field(field);
}

static bool get_number(const void *item, struct text field, int64_t *out)
{
    const struct candidate *candidate = item;
    bool by_star = text_equal(field, TEXT("starred"));
    *out = by_star ? candidate->starred : candidate->stack->created_at;
    return by_star || text_equal(field, TEXT("createdAt"));
}

static void get_places(const void *item, struct text out[SEARCH_PLACES])
{
    const struct stack *stack = stack_of(item);
    out[0] = stack->name;
    out[1] = stack->id;
    out[2] = stack->description;
}

static const struct search_kind kind = {
    .fields = {.things = "stacks", .is_field = is_field, .is_order = is_order},
    .id = get_id,
    .name = get_name,
    .text = get_text,
    .texts = get_texts,
    .number = get_number,
    .places = get_places,
};

/* Which of them are favourites; asked only when the order depends on it. */
static bool set_stars(struct ctx *ctx, struct candidate *candidates, size_t count)
{
    struct text *ids = ARENA_ARRAY(ctx->arena, struct text, count);
    bool *starred = ARENA_ARRAY(ctx->arena, bool, count);
    if (!ids || !starred)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < count; i++)
        ids[i] = candidates[i].stack->id;
    if (!stack_stars(ctx, ids, count, starred))
        return false;
    for (size_t i = 0; i < count; i++)
        candidates[i].starred = starred[i];
    return true;
}

static bool take_page(struct ctx *ctx, const struct search_page *page, struct stack_page *out)
{
    const struct stack **stacks = ARENA_ARRAY(ctx->arena, const struct stack *, page->len);
    if (!stacks)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < page->len; i++)
        stacks[i] = stack_of(page->items[i]);
    *out = (struct stack_page){
        .stacks = stacks,
        .len = page->len,
        .end_cursor = page->end_cursor,
        .has_next = page->has_next,
        .has_previous = page->has_previous,
    };
    return true;
}

bool stack_search(struct ctx *ctx, const struct search *search, struct stack_page *out)
{
    struct list all;
    struct search_page page;
    if (!stack_list(ctx, STACK_ALL_COLUMNS, &all))
        return false;
    struct candidate *candidates = ARENA_ARRAY(ctx->arena, struct candidate, all.len);
    const void **items = ARENA_ARRAY(ctx->arena, const void *, all.len);
    if (!candidates || !items)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < all.len; i++) {
        candidates[i].stack = LIST_ITEMS(&all, struct stack *)[i];
        items[i] = &candidates[i];
    }
    bool by_star = text_equal(search->order_by, TEXT("starred"));
    return (!by_star || set_stars(ctx, candidates, all.len)) &&
           search_list(ctx, search, &kind, items, all.len, &page) && take_page(ctx, &page, out);
}
