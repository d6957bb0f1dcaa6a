/*
 * Which run a command is about: `STACK [RUN]`, where no RUN means the newest tracked run of the
 * stack.
 */
#ifndef CLI_RUN_REFERENCE_H
#define CLI_RUN_REFERENCE_H

#include "cli/api.h"

struct run_reference {
    struct text stack, run; /* ids */
};

/* Asks the server when the operands name no run. NOT_FOUND when there is no stack or no run. */
MUST_CHECK bool run_reference_get(const struct command_line *line, struct api *api,
                                  struct run_reference *out, struct error *error);

#endif
