/* Edit distance, row by row. */
#include "rego/compile/nearest.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 48, DISTANCE_MAX = 2 };

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* Letters to change, add or leave out; both names are short. */
static unsigned distance(struct text a, struct text b)
{
    unsigned row[NAME_MAX_LENGTH + 1];
    for (unsigned j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned above = row[j];
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + (a.at[i - 1] != b.at[j - 1]));
            diagonal = above;
        }
    }
    return row[b.len];
}

const struct builtin *nearest_builtin(struct text name)
{
    size_t count;
    const struct builtin *table = builtin_table(&count), *best = NULL;
    unsigned least = DISTANCE_MAX + 1;
    if (name.len < 3 || name.len > NAME_MAX_LENGTH)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        struct text other = text_z(table[i].name);
        if (other.len > NAME_MAX_LENGTH || (table[i].flags & (BUILTIN_FORBIDDEN | BUILTIN_MISSING)))
            continue;
        unsigned changes = distance(name, other);
        if (changes < least) {
            least = changes;
            best = &table[i];
        }
    }
    return best;
}
