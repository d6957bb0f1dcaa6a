/*
 * The repository of a run: git, as a child inside of the run's walls, fetches one commit or the
 * head of one branch into source/. It never asks anything, reads no configuration of the machine,
 * and speaks https and ssh only; plain http and repositories on this machine's disk only where the
 * run allows them. Git's own messages go to the run's log.
 */
#ifndef WORKER_REPOSITORY_H
#define WORKER_REPOSITORY_H

#include "worker/command.h"

struct repository {
    struct text url; /* https://, ssh://, user@host:path; file:// or /path when local is allowed */
    struct text branch; /* empty for the repository's own head */
    struct text commit; /* 40 or 64 hexadecimal digits; empty for the head of the branch */
    struct text username, password; /* for https; empty when none is needed */
    bool local_allowed;
};

struct repository_commit {
    struct text hash;
    struct text author;  /* name */
    struct text message; /* first line */
    int64_t timestamp;   /* of the commit, seconds since 1970 */
};

/* INVALID for a URL, branch or commit that is refused, and when git fails. */
MUST_CHECK bool repository_fetch(struct command_room *room, const struct repository *repository,
                                 struct repository_commit *out, struct error *error);

#endif
