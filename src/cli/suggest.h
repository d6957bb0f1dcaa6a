/*
 * "Did you mean ...?": the nearest of several names to one that was mistyped, by the number of
 * letters to change, insert, remove or swap.
 */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include "base/text.h"

struct suggestion {
    struct text typed; /* borrowed */
    const char *best;  /* borrowed from what was offered */
    size_t distance;
};

void suggestion_init(struct suggestion *suggestion, struct text typed);
void suggestion_offer(struct suggestion *suggestion, const char *name);
/* NULL when nothing offered is near: within two letters, and a third of the name. */
const char *suggestion_best(const struct suggestion *suggestion);

#endif
