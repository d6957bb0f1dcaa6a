/*
 * Reading that takes longer than one unit of work should: a unit reads a piece, keeps how far it
 * has come in memory of the request, and gives way. Whoever started the unit runs it again from its
 * input; it goes on from there, and others are answered in between. The unit is as any other each
 * time: a token that was revoked meanwhile ends it.
 *
 * `doors/request_unit.c` does the running, on the threads that hash passwords, since on SQLite a
 * read runs on the thread that asks for it.
 */
#ifndef KERNEL_PIECES_H
#define KERNEL_PIECES_H

#include "kernel/ctx.h"

/* Of a request, over all runs of its unit. Zeroed, but for the arena. */
struct pieces {
    struct arena *arena; /* outlives the runs */
    void *progress;      /* of who gives way, made in its first run; NULL until then */
    bool wanted;         /* the run that just ended has more to read */
    bool is_refused;     /* there is nobody to run the unit again: too many wait */
};

/* Ends the run, to be run again. Always false, like fail(). */
bool pieces_give_way(struct ctx *ctx);

#endif
