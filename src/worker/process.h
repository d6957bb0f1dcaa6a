/*
 * One child process from start to end: exact arguments and environment, its own process group, a
 * time limit, a flag that stops it, its output passed on while it runs. Used for git, the engines
 * (terraform, ansible-playbook), hooks and custom commands; never with a shell unless the arguments
 * name one.
 *
 * A stop is gentle first: SIGINT, which terraform answers by finishing the resource at hand, then
 * SIGKILL after the grace period. When the child is gone so is its whole process group; no zombie
 * and no descriptor is left, and the child has no descriptor of this process but its three. The
 * caller's thread waits; the child is killed when that thread or the process dies.
 */
#ifndef WORKER_PROCESS_H
#define WORKER_PROCESS_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdatomic.h>

/* What the child may use; 0 leaves a limit as it is. */
struct process_limits {
    uint64_t open_files;
    uint64_t file_size; /* bytes of one file */
    uint64_t processes; /* of the same user */
    bool no_core_dump;
    bool no_new_privileges; /* set-user-id programs gain nothing */
};

struct process_options {
    const char *program;            /* path */
    const char *const *arguments;   /* [0] is the name; NULL at the end */
    const char *const *environment; /* "NAME=value"; NULL at the end */
    const char *folder;             /* to start in; NULL for this process's own */
    /* Standard output and error, line by line with the newline; a line over 32 KiB comes in pieces.
     * May be NULL. */
    void (*on_output)(void *data, struct text piece);
    void *data;
    struct buffer *capture; /* takes standard output instead; past its maximum the rest is lost */
    const atomic_bool *cancel; /* borrowed; NULL for none */
    int64_t time_limit;        /* microseconds; 0 for none */
    int64_t grace;             /* microseconds from SIGINT to SIGKILL; 0 for ten seconds */
    /* The child is a wrapper (a sandbox) that a SIGINT would end at once: only the processes it has
     * started get the signal. */
    bool wrapper;
    struct process_limits limits;
};

enum process_end {
    PROCESS_EXITED,
    PROCESS_SIGNALED,  /* ended by a signal that nobody here sent */
    PROCESS_CANCELED,  /* the flag was raised, however it ended then */
    PROCESS_TIMED_OUT, /* the limit passed, however it ended then */
};

struct process_result {
    enum process_end end;
    int code; /* exit status, or the signal */
};

/* Runs the child to its end. False when it could not be started: NOT_FOUND for a missing program or
 * folder, UNAVAILABLE otherwise. */
MUST_CHECK bool process_run(const struct process_options *options, struct process_result *result,
                            struct error *error);

/* The path of a program: as given when it holds a slash, else the first executable file in the
 * folders of `path` (as in PATH). Copied into the arena; NULL when there is none. */
const char *process_find(struct arena *arena, const char *name, const char *path);

#endif
