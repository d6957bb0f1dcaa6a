/* String literals as Go writes them: what the language's own text and sprintf's %q show. */
#ifndef REGO_VALUE_QUOTE_H
#define REGO_VALUE_QUOTE_H

#include "base/buffer.h"

/* With its double quotes; letters, marks, digits, punctuation and symbols of any script stay. */
void quote_print(struct buffer *out, struct text text);
/* Only ASCII stays. */
void quote_print_ascii(struct buffer *out, struct text text);
/* One code point between single quotes. */
void quote_print_rune(struct buffer *out, int32_t point, bool ascii_only);

/* The next code point at *at, which moves behind it; U+FFFD and one byte where it is malformed. */
int32_t utf8_next(struct text text, size_t *at);
void utf8_add(struct buffer *out, int32_t point);
/* Code points; each malformed byte counts as one. */
size_t utf8_count(struct text text);

#endif
