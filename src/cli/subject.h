/* Whom a role is given to, as it was typed: the first operand and --type. */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include "cli/api.h"

enum subject_type { SUBJECT_KEY, SUBJECT_USER, SUBJECT_GROUP, SUBJECT_STACK };

/* What --type takes, in the order above; the first is the default. Ends with NULL. */
extern const char *const subject_types[];

enum subject_type subject_type(const struct command_line *line);
/* The id of the subject. Of users the name is looked up; every other reference is given to the
 * server as it is. */
MUST_CHECK bool subject_resolve(const struct command_line *line, struct api *api, struct text *id,
                                struct error *error);

#endif
