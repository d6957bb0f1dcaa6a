/* Users as people name them on the command line: by name or by id. */
#ifndef CLI_USER_REFERENCE_H
#define CLI_USER_REFERENCE_H

#include "cli/api.h"

/* The id of the user; NOT_FOUND when there is none. */
MUST_CHECK bool user_reference_resolve(struct api *api, const char *reference, struct text *id,
                                       struct error *error);

#endif
