/* A short list: a request does few things of this kind. */
#include "kernel/once.h"

#include <string.h>

struct once_value {
    const char *name;
    struct text of;
    int64_t value;
    unsigned last_run; /* that kept or recalled it */
    struct once_value *next;
};

void once_begin(struct once *once)
{
    once->run++;
}

bool once_recall(struct ctx *ctx, const char *name, struct text of, int64_t *value)
{
    struct once *once = ctx->once;
    struct once_value *oldest = NULL;
    for (struct once_value *at = once ? once->values : NULL; at; at = at->next) {
        if (at->last_run != once->run && strcmp(at->name, name) == 0 && text_equal(at->of, of))
            oldest = at;
    }
    if (!oldest)
        return false;
    oldest->last_run = once->run;
    *value = oldest->value;
    return true;
}

void once_keep(struct ctx *ctx, const char *name, struct text of, int64_t value)
{
    struct once *once = ctx->once;
    struct once_value *kept = once ? ARENA_NEW(once->arena, struct once_value) : NULL;
    if (!kept)
        return;
    *kept = (struct once_value){name, text_copy(once->arena, of), value, once->run, once->values};
    once->values = kept;
}
