/*
 * What a unit of work does to the server's memory, once: a counted guess, a turn that was taken. A
 * unit may run again, because the database tries it once more or because it had to wait for an
 * answer, and a rollback undoes rows only. So a run leaves here what it decided, and the next run
 * decides the same without doing it again.
 *
 * The values belong to the request; one thread at a time has it. Nouns that count call these.
 */
#ifndef KERNEL_ONCE_H
#define KERNEL_ONCE_H

#include "kernel/ctx.h"

struct once_value;

/* Of a request, over all runs of its units. Zeroed, but for the arena. */
struct once {
    struct arena *arena;       /* outlives the runs */
    struct once_value *values; /* newest first */
    unsigned run;
};

/* For whoever runs units: the next run begins. */
void once_begin(struct once *once);
/* What an earlier run of the unit kept under this name; `of` tells apart what is done to several.
 * What was kept twice is recalled twice in a run, in that order: two guesses of one request are two
 * in each of its runs. False when nothing is left, and always where ctx->once is NULL. */
bool once_recall(struct ctx *ctx, const char *name, struct text of, int64_t *value);
/* name: a literal. Without memory nothing is kept, and the next run does it again. */
void once_keep(struct ctx *ctx, const char *name, struct text of, int64_t value);

#endif
