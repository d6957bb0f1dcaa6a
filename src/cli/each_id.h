/*
 * Commands that do one thing to each of their operands, one after the other: deleting, ending,
 * revoking. Such a command is a description; the first operand that fails ends it.
 */
#ifndef CLI_EACH_ID_H
#define CLI_EACH_ID_H

#include "cli/cli.h"

struct each_id {
    const char *mutation; /* takes $id */
    const char *member;   /* of the answer's data: the thing, or null when there was none */
    const char *thing;    /* "API key": for "API key X not found" */
    const char *hint;     /* said of each that is done; NULL for nothing */
    /* Whether the hint is true of this one; NULL: always. */
    bool (*deserves_hint)(const struct json *thing);
    /* From what was typed to the id; NULL: it is the id. */
    bool (*resolve)(struct api *api, const char *typed, struct text *id, struct error *error);
};

/* Gives the exit code. */
int each_id_run(struct command_line *line, const struct each_id *each);

#endif
