/* Names as identifiers that people can type: "My Stack!" becomes "my-stack". */
#ifndef BASE_SLUG_H
#define BASE_SLUG_H

#include "base/text.h"

enum { SLUG_MAX_BYTES = 80 };

/* Letters without a form in ASCII are left out; `otherwise` for a name of which nothing is left. */
struct text slug_make(struct arena *arena, struct text name, const char *otherwise);

#endif
