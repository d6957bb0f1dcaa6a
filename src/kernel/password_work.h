/*
 * Hashing passwords in the middle of a unit of work. It takes tens of milliseconds, so it may run
 * neither on a loop nor on the thread that writes the database. As with questions to other servers
 * (outside.h), the first call fails and with it the unit, which is rolled back; a thread of the
 * pool does the work, and the unit runs again from its input: now the same call gives the result.
 *
 * `doors/request_unit.c` hands the work over. Nouns only call password_work_matches and
 * password_work_hash.
 */
#ifndef KERNEL_PASSWORD_WORK_H
#define KERNEL_PASSWORD_WORK_H

#include "jose/password_hash.h"
#include "kernel/ctx.h"

struct password_pool;
struct password_task;

/* All tasks of a request, over all runs of its unit. Zeroed, but for the arena. */
struct password_work {
    struct arena *arena; /* outlives the runs */
    struct password_task *tasks;
    unsigned count;
    struct password_task *wanted; /* what the run that just ended needs done; NULL: nothing */
    bool at_once;                 /* tests: the unit does the work itself, and waits for it */
};

/* Whether the password is the one that `stored` was made of. With an empty `stored` it is not, and
 * the work is done all the same. Both fail with UNAVAILABLE the first time, when too many wait, and
 * in a unit that no request started. */
MUST_CHECK bool password_work_matches(struct ctx *ctx, struct text password, struct text stored,
                                      bool *out);
/* The text to be stored for a password. */
MUST_CHECK bool password_work_hash(struct ctx *ctx, struct text password, struct text *out);

/* For who runs units. Before each run. */
void password_work_begin(struct password_work *work);
/* The unit needs a task done first: roll it back. */
bool password_work_is_wanted(const struct password_work *work);
/* Hands the wanted task over; `done` is called once, on a thread of the pool, or at once when too
 * many wait: the task has then failed. */
void password_work_start(struct password_pool *pool, struct password_work *work,
                         void (*done)(void *data), void *data);

/* Runs `done` once on a thread of the pool, behind the tasks that wait. False when too many do. */
MUST_CHECK bool password_pool_run(struct password_pool *pool, struct arena *arena,
                                  void (*done)(void *data), void *data);

/* Threads that hash, and the tasks that wait for them. NULL when they cannot be started. */
struct password_pool *password_pool_new(void);
/* Tasks that wait are failed, those that run end first. NULL is fine. */
void password_pool_close(struct password_pool *pool);
void password_pool_free(struct password_pool *pool);

#endif
