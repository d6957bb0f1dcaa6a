/* Names that somebody may have meant: at a small edit distance, the nearest first. */
#include "graphql/validation/facts.h"

#include <ctype.h>
#include <string.h>

static_assert(offsetof(struct graphql_field, name) == 0, "graphql_suggest reads names first");
static_assert(offsetof(struct graphql_input, name) == 0, "graphql_suggest reads names first");
static_assert(offsetof(struct graphql_enum_value, name) == 0, "graphql_suggest reads names first");

/* Past ERRORS_MAX errors nobody reads suggestions, and computing them is not free. */
enum { SUGGESTIONS_MAX = 5, LENGTH_MAX = 64, ERRORS_MAX = 10 };

struct suggestion {
    struct text name;
    size_t distance;
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int fold(char byte)
{
    return tolower((unsigned char)byte);
}

/* Insertions, deletions, replacements and swaps of neighbours, letters compared without case. */
static size_t distance(struct text a, struct text b)
{
    size_t rows[3][LENGTH_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t cost = fold(a.at[i - 1]) != fold(b.at[j - 1]);
            row[j] = smaller(smaller(above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
            bool is_swap = i > 1 && j > 1 && fold(a.at[i - 1]) == fold(b.at[j - 2]) &&
                           fold(a.at[i - 2]) == fold(b.at[j - 1]);
            if (is_swap)
                row[j] = smaller(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

static void keep(struct suggestion *best, size_t *count, struct suggestion candidate)
{
    size_t at = *count;
    while (at > 0 && best[at - 1].distance > candidate.distance)
        at--;
    if (at == SUGGESTIONS_MAX)
        return;
    size_t moved = (*count < SUGGESTIONS_MAX ? *count : SUGGESTIONS_MAX - 1) - at;
    memmove(&best[at + 1], &best[at], moved * sizeof(*best));
    best[at] = candidate;
    *count += *count < SUGGESTIONS_MAX;
}

static struct text print(struct arena *arena, const struct suggestion *best, size_t found)
{
    struct buffer out;
    buffer_init(&out, arena, 1 << 10);
    buffer_add(&out, TEXT(" Did you mean "));
    for (size_t i = 0; i < found; i++) {
        const char *separator = i == 0 ? "" : i + 1 == found ? " or " : ", ";
        buffer_add_format(&out, "%s\"%.*s\"", separator, TEXT_ARG(best[i].name));
    }
    buffer_add_byte(&out, '?');
    return out.failed ? TEXT("") : buffer_text(&out);
}

struct text graphql_suggest(struct validation *validation, struct text name, const void *items,
                            size_t count, size_t stride)
{
    struct suggestion best[SUGGESTIONS_MAX];
    size_t found = 0;
    bool is_wanted = !validation->options->no_suggestions && name.len > 0 &&
                     name.len <= LENGTH_MAX && validation->errors->items.len < ERRORS_MAX;
    size_t limit = name.len * 2 / 5 + 1;
    for (size_t i = 0; is_wanted && i < count; i++) {
        struct suggestion candidate;
        memcpy(&candidate.name, (const char *)items + i * stride, sizeof(candidate.name));
        size_t len = candidate.name.len;
        if (len > LENGTH_MAX || (len > name.len ? len - name.len : name.len - len) > limit)
            continue;
        candidate.distance = distance(name, candidate.name);
        if (candidate.distance <= limit)
            keep(best, &found, candidate);
    }
    return found > 0 ? print(validation->arena, best, found) : TEXT("");
}
