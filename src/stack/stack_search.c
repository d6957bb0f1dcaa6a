/*
 * Search in memory: one statement reads what is visible, then filter, order and cut. The cost grows
 * with the number of visible stacks and with nothing else.
 */
#include "stack/stack_search.h"

#include <stdlib.h>

/* A stack with what the order compares. */
struct candidate {
    const struct stack *stack;
    struct text text;
    int64_t number;
};

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

static bool holds(const struct stack *stack, const struct search_predicate *predicate)
{
    struct text value;
    if (is_label_field(predicate->field))
        return search_predicate_holds(predicate, stack->labels.items, stack->labels.len);
    bool is_known = field_text(stack, predicate->field, &value);
    return search_predicate_holds(predicate, &value, is_known ? 1 : 0);
}

static bool fits(struct ctx *ctx, const struct search *search, const struct stack *stack)
{
    const struct text places[] = {stack->name, stack->id, stack->description};
    for (size_t i = 0; i < search->predicate_count; i++) {
        if (!holds(stack, &search->predicates[i]))
            return false;
    }
    return search_has_words(ctx->arena, search->full_text, places, ARRAY_LENGTH(places));
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

static const struct search_fields fields = {
    .things = "stacks", .is_field = is_field, .is_order = is_order};

static int compare(const void *left, const void *right, void *data)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    const bool *descending = data;
    int order = (a->number > b->number) - (a->number < b->number);
    if (order == 0)
        order = text_compare(a->text, b->text);
    if (*descending)
        order = -order;
    /* Equal ones in the order of their names, so that pages are stable. */
    if (order == 0)
        order = text_compare(a->stack->name, b->stack->name);
    return order ? order : text_compare(a->stack->id, b->stack->id);
}

/* What the order compares: a number, a text, or for favourites whether it is one. */
static bool set_keys(struct ctx *ctx, const struct search *search, struct candidate *candidates,
                     size_t count)
{
    bool by_star = text_equal(search->order_by, TEXT("starred"));
    bool by_time = text_equal(search->order_by, TEXT("createdAt"));
    struct text field = search->order_by.len ? search->order_by : TEXT("name");
    struct text *ids = ARENA_ARRAY(ctx->arena, struct text, count);
    bool *starred = ARENA_ARRAY(ctx->arena, bool, count);
    if (!ids || !starred)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < count; i++)
        ids[i] = candidates[i].stack->id;
    if (by_star && !stack_stars(ctx, ids, count, starred))
        return false;
    for (size_t i = 0; i < count; i++) {
        candidates[i].number = by_star ? starred[i] : by_time ? candidates[i].stack->created_at : 0;
        if (!by_star && !by_time)
            (void)field_text(candidates[i].stack, field, &candidates[i].text);
    }
    return true;
}

/* Where the page after the cursor begins. A stack that is gone meanwhile ends the search. */
static size_t page_start(const struct search *search, const struct candidate *candidates,
                         size_t count)
{
    if (search->after.len == 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (text_equal(candidates[i].stack->id, search->after))
            return i + 1;
    }
    return count;
}

static bool cut_page(struct ctx *ctx, const struct search *search,
                     const struct candidate *candidates, size_t count, struct stack_page *out)
{
    size_t start = page_start(search, candidates, count);
    size_t size = search_page_size(search);
    size_t len = count - start < size ? count - start : size;
    const struct stack **stacks = ARENA_ARRAY(ctx->arena, const struct stack *, len);
    if (!stacks)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < len; i++)
        stacks[i] = candidates[start + i].stack;
    *out = (struct stack_page){
        .stacks = stacks,
        .len = len,
        .end_cursor = len ? stacks[len - 1]->id : TEXT(""),
        .has_next = (start + len < count),
        .has_previous = (start > 0),
    };
    return true;
}

bool stack_search(struct ctx *ctx, const struct search *search, struct stack_page *out)
{
    struct list all;
    bool descending = search->descending;
    if (!search_check(ctx, search, &fields) || !stack_list(ctx, STACK_WHOLE, &all))
        return false;
    struct candidate *candidates = ARENA_ARRAY(ctx->arena, struct candidate, all.len);
    if (!candidates)
        return fail_no_memory(ctx);
    size_t count = 0;
    for (size_t i = 0; i < all.len; i++) {
        const struct stack *stack = LIST_ITEMS(&all, struct stack *)[i];
        if (fits(ctx, search, stack))
            candidates[count++].stack = stack;
    }
    if (arena_failed(ctx->arena))
        return fail_no_memory(ctx);
    if (!set_keys(ctx, search, candidates, count))
        return false;
    qsort_r(candidates, count, sizeof(*candidates), compare, &descending);
    return cut_page(ctx, search, candidates, count, out);
}
