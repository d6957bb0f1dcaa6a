/* What the tests of the worker share: a room in a new folder, its log in a buffer, repositories. */
#ifndef WORKER_TESTING_H
#define WORKER_TESTING_H

#include "worker/command.h"

struct testing {
    struct arena *arena;
    struct command_room room;
    struct buffer log;
    struct error error;
    const char *folder; /* parent of the workspace, and place for repositories */
};

/* The room is of the kind; its environment holds PATH, HOME and TMPDIR. */
void testing_open(struct testing *testing, enum sandbox_kind kind);
void testing_close(struct testing *testing);
/* Runs a shell script in `folder`, outside of any walls; fails the test when the script fails. */
void testing_shell(struct testing *testing, const char *folder, const char *script);
/* A new git repository with one commit of a file; gives its path. */
const char *testing_repository(struct testing *testing, const char *name, const char *file,
                               const char *content);
/* Path of a file or folder below testing->folder. */
const char *testing_path(struct testing *testing, const char *name);
bool testing_log_has(const struct testing *testing, const char *part);

#endif
