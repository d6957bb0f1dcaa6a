/* Reading a password: typed twice on a terminal without being shown, or the first line of a pipe.
 */
#ifndef CLI_PASSWORD_PROMPT_H
#define CLI_PASSWORD_PROMPT_H

#include "base/error.h"
#include "base/text.h"

#include <stdio.h>

enum { PASSWORD_PROMPT_MAX_BYTES = 1024 };

/* In the arena. prompts: where to ask. INVALID when the two differ, nothing came, or too much. */
MUST_CHECK bool password_prompt_read(struct arena *arena, int descriptor, FILE *prompts,
                                     struct text *out, struct error *error);

#endif
