/* Whom a role is given to, as it was typed: the first operand and --type. */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include "cli/api.h"

enum subject_type { SUBJECT_KEY, SUBJECT_USER, SUBJECT_GROUP, SUBJECT_STACK };

/* What --type takes, in the order above; the first is the default. Ends with NULL. */
extern const char *const subject_types[];

/* What commands that give SUBJECT a ROLE say and take. */
#define SUBJECT_AND_ROLE "SUBJECT ROLE"
#define SUBJECT_AND_ROLE_DESCRIPTION                                                               \
    "SUBJECT is the id of an API key, or of what --type says, or the name of a user; ROLE a slug " \
    "or an id."
#define SUBJECT_OPTION_SPACE                                                                       \
    {                                                                                              \
        "space", 'S', "ID", "the space (default: root)", NULL                                      \
    }
#define SUBJECT_OPTION_TYPE                                                                        \
    {                                                                                              \
        "type", 't', "TYPE", "what SUBJECT is (default: key)", subject_types                       \
    }

enum subject_type subject_type(const struct command_line *line);
/* The id of the subject. Of users the name is looked up; every other reference is given to the
 * server as it is. */
MUST_CHECK bool subject_resolve(const struct command_line *line, struct api *api, struct text *id,
                                struct error *error);

#endif
