/*
 * Commands of a run: a program with arguments, started inside of the run's walls with the run's
 * environment, its output going to the run's log. Git, the engines, hooks and custom commands all
 * come through here.
 */
#ifndef WORKER_COMMAND_H
#define WORKER_COMMAND_H

#include "worker/environment.h"
#include "worker/sandbox.h"
#include "worker/workspace.h"

/* Where the commands of one run are started, and what bounds them. */
struct command_room {
    struct arena *arena;
    struct workspace workspace;
    struct sandbox sandbox;
    struct environment environment;
    void (*on_output)(void *data, struct text piece); /* the log; pieces as process.h says */
    void *data;
    const atomic_bool *cancel; /* borrowed */
    int64_t deadline;          /* monotonic microseconds for the whole run; 0 for none */
    int64_t grace;             /* microseconds from SIGINT to SIGKILL */
};

struct command {
    const char *const *arguments;          /* [0] is searched in the PATH of the environment */
    const char *folder;                    /* NULL for source/ */
    const struct environment *environment; /* NULL for the room's */
    struct buffer *capture;                /* takes standard output; NULL for the log */
    bool quiet;                            /* no line in the log that shows the command */
};

/* Runs to the end and gives the exit status. False when it gave none: NOT_FOUND for a program that
 * is not installed, CANCELED when the run was stopped, LIMIT past the deadline, UNAVAILABLE when a
 * signal ended it. */
MUST_CHECK bool command_run(struct command_room *room, const struct command *command, int *status,
                            struct error *error);
/* The same, and any status but 0 is INVALID. */
MUST_CHECK bool command_succeeds(struct command_room *room, const struct command *command,
                                 struct error *error);
/* One line of the worker's own in the log; adds the newline. */
void command_note(struct command_room *room, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
