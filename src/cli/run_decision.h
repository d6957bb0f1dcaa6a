/*
 * The commands that move a run: confirm, discard, cancel, stop. They differ in one word.
 */
#ifndef CLI_RUN_DECISION_H
#define CLI_RUN_DECISION_H

#include "cli/run_reference.h"

/* --note, for each of them. */
#define RUN_DECISION_NOTE_OPTION                                                                   \
    {                                                                                              \
        "note", 'n', "TEXT", "why; kept in the history of the run", NULL                           \
    }

/* field: the mutation's name, "runConfirm". The state afterwards is printed. */
MUST_CHECK bool run_decision(struct command_line *line, struct api *api,
                             const struct run_reference *reference, const char *field,
                             struct error *error);
/* Finds the run, moves it, and returns an exit code. */
int run_decision_command(struct command_line *line, const char *field);

#endif
