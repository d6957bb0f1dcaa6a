/* Filter, order and cut. */
#include "kernel/search_list.h"

#include <stdlib.h>

/* A thing with what the order compares. */
struct candidate {
    const void *item;
    struct text name;
    struct text id;
    struct text text;
    int64_t number;
};

static bool holds(const struct search_kind *kind, const void *item,
                  const struct search_predicate *predicate)
{
    struct text value;
    struct text_list values;
    if (kind->texts && kind->texts(item, predicate->field, &values))
        return search_predicate_holds(predicate, values.items, values.len);
    bool is_known = kind->text(item, predicate->field, &value);
    return search_predicate_holds(predicate, &value, is_known ? 1 : 0);
}

static bool fits(struct ctx *ctx, const struct search *search, const struct search_kind *kind,
                 const void *item)
{
    struct text places[SEARCH_PLACES] = {{0}};
    for (size_t i = 0; i < search->predicate_count; i++) {
        if (!holds(kind, item, &search->predicates[i]))
            return false;
    }
    kind->places(item, places);
    return search_has_words(ctx->arena, search->full_text, places, SEARCH_PLACES);
}

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
        order = text_compare(a->name, b->name);
    return order ? order : text_compare(a->id, b->id);
}

static struct candidate candidate_of(const struct search *search, const struct search_kind *kind,
                                     const void *item)
{
    struct candidate candidate = {.item = item, .name = kind->name(item), .id = kind->id(item)};
    int64_t number;
    if (search->order_by.len == 0)
        candidate.text = candidate.name;
    else if (kind->number && kind->number(item, search->order_by, &number))
        candidate.number = number;
    else
        (void)kind->text(item, search->order_by, &candidate.text);
    return candidate;
}

/* Where the page after the cursor begins. A thing that is gone meanwhile ends the search: nobody
 * knows where it stood. */
static size_t page_start(const struct search *search, const struct candidate *candidates,
                         size_t count)
{
    if (search->after.len == 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (text_equal(candidates[i].id, search->after))
            return i + 1;
    }
    return count;
}

static bool cut_page(struct ctx *ctx, const struct search *search,
                     const struct candidate *candidates, size_t count, struct search_page *out)
{
    size_t start = page_start(search, candidates, count);
    size_t size = search_page_size(search);
    size_t len = count - start < size ? count - start : size;
    const void **items = ARENA_ARRAY(ctx->arena, const void *, len);
    if (!items)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < len; i++)
        items[i] = candidates[start + i].item;
    *out = (struct search_page){
        .items = items,
        .len = len,
        .end_cursor = len ? candidates[start + len - 1].id : TEXT(""),
        .has_next = (start + len < count),
        .has_previous = (start > 0),
    };
    return true;
}

bool search_list(struct ctx *ctx, const struct search *search, const struct search_kind *kind,
                 const void *const *items, size_t count, struct search_page *out)
{
    bool descending = search->descending;
    struct candidate *candidates = ARENA_ARRAY(ctx->arena, struct candidate, count);
    size_t fitting = 0;
    if (!search_check(ctx, search, &kind->fields))
        return false;
    if (!candidates)
        return fail_no_memory(ctx);
    for (size_t i = 0; i < count; i++) {
        if (fits(ctx, search, kind, items[i]))
            candidates[fitting++] = candidate_of(search, kind, items[i]);
    }
    if (arena_failed(ctx->arena))
        return fail_no_memory(ctx);
    qsort_r(candidates, fitting, sizeof(*candidates), compare, &descending);
    return cut_page(ctx, search, candidates, fitting, out);
}
