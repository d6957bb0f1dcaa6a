/* Edit distance with swaps, on short names. */
#include "cli/suggest.h"

#include <string.h>

enum { NAME_MAX_BYTES = 32, FAR = 100 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* FAR for names that are too long to compare. */
static size_t distance(struct text a, struct text b)
{
    size_t rows[NAME_MAX_BYTES + 1][NAME_MAX_BYTES + 1];
    if (a.len > NAME_MAX_BYTES || b.len > NAME_MAX_BYTES)
        return FAR;
    for (size_t i = 0; i <= a.len; i++)
        rows[i][0] = i;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = rows[i - 1][j - 1] + (a.at[i - 1] != b.at[j - 1]);
            rows[i][j] = least(change, rows[i - 1][j] + 1, rows[i][j - 1] + 1);
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1, FAR);
        }
    }
    return rows[a.len][b.len];
}

void suggestion_init(struct suggestion *suggestion, struct text typed)
{
    *suggestion = (struct suggestion){.typed = typed, .distance = FAR};
}

void suggestion_offer(struct suggestion *suggestion, const char *name)
{
    size_t near = distance(suggestion->typed, text_z(name));
    if (near < suggestion->distance) {
        suggestion->distance = near;
        suggestion->best = name;
    }
}

const char *suggestion_best(const struct suggestion *suggestion)
{
    if (!suggestion->best || suggestion->distance > 2)
        return NULL;
    return suggestion->distance * 3 <= strlen(suggestion->best) ? suggestion->best : NULL;
}
