/*
 * Following a run: its states and its log as they come, to the end. The server is asked again and
 * again, as every client of the spacelift door does; a server that is away for a moment is waited
 * for, a token that expired is exchanged anew.
 */
#ifndef CLI_RUN_FOLLOW_H
#define CLI_RUN_FOLLOW_H

#include "cli/run_reference.h"

struct follow_options {
    bool confirm;           /* confirm the run when it asks for it */
    bool from_confirmation; /* leave out what came before the run asked for it */
    struct text until;      /* stop at this state, successfully; empty: at the end */
};

/* --auto-confirm and --until, for the commands that follow. */
#define FOLLOW_OPTIONS                                                                             \
    {"auto-confirm", 0, NULL, "confirm the run when it asks for it", NULL},                        \
    {                                                                                              \
        "until", 'u', "STATE", "stop at this state, such as UNCONFIRMED", NULL                     \
    }

struct follow_options follow_options_get(const struct command_line *line);
/* Returns an exit code: OK when the run ended FINISHED or reached `until`. */
int run_follow(struct command_line *line, const struct api *api,
               const struct run_reference *reference, const struct follow_options *options);

#endif
