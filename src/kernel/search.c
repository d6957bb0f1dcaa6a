/* Conditions, words and limits of a search. */
#include "kernel/search.h"

bool search_check(struct ctx *ctx, const struct search *search, const struct search_fields *fields)
{
    for (size_t i = 0; i < search->predicate_count; i++) {
        struct text field = search->predicates[i].field;
        if (!fields->is_field(field))
            return fail(ctx, ERR_INVALID, "%s cannot be searched by \"%.*s\"", fields->things,
                        TEXT_ARG(field));
    }
    if (search->order_by.len && !fields->is_order(search->order_by))
        return fail(ctx, ERR_INVALID, "%s cannot be ordered by \"%.*s\"", fields->things,
                    TEXT_ARG(search->order_by));
    if (search->first < 0 || search->first > SEARCH_PAGE_MAX)
        return fail(ctx, ERR_INVALID, "a page has %d items at most", SEARCH_PAGE_MAX);
    return true;
}

size_t search_page_size(const struct search *search)
{
    return search->first ? (size_t)search->first : SEARCH_PAGE_DEFAULT;
}

struct text search_bool(bool value)
{
    return value ? TEXT("true") : TEXT("false");
}

/* `*` stands for any run of characters; without one the whole text must be equal. */
static bool matches(struct text value, struct text pattern)
{
    size_t star = text_find_byte(pattern, '*', 0);
    if (star == pattern.len)
        return text_equal(value, pattern);
    if (!text_starts_with(value, text_slice(pattern, 0, star)))
        return false;
    struct text rest = text_slice(value, star, value.len);
    struct text left = text_slice(pattern, star + 1, pattern.len);
    while (true) {
        star = text_find_byte(left, '*', 0);
        struct text piece = text_slice(left, 0, star);
        if (star == left.len)
            return text_ends_with(rest, piece);
        size_t found = text_find(rest, piece, 0);
        if (found == rest.len && piece.len)
            return false;
        rest = text_slice(rest, found + piece.len, rest.len);
        left = text_slice(left, star + 1, left.len);
    }
}

static bool matches_any(struct text value, struct text_list patterns)
{
    for (size_t i = 0; i < patterns.len; i++) {
        if (matches(value, patterns.items[i]))
            return true;
    }
    return false;
}

bool search_predicate_holds(const struct search_predicate *predicate, const struct text *values,
                            size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = matches_any(values[i], predicate->matches);
    return found != predicate->exclude;
}

static bool is_in_a_place(struct arena *arena, struct text word, const struct text *places,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_contains(text_lower_ascii(arena, places[i]), word))
            return true;
    }
    return false;
}

/* The words in lower case are scratch memory: there may be many things to look through. */
bool search_has_words(struct arena *arena, struct text words, const struct text *places,
                      size_t count)
{
    struct arena_mark mark = arena_mark(arena);
    struct text word;
    bool all = true;
    while (all && text_next_part(&words, ' ', &word))
        all = word.len == 0 || is_in_a_place(arena, text_lower_ascii(arena, word), places, count);
    arena_rewind(arena, mark);
    return all;
}
