/*
 * Strings of a response. Most are short and plain, so a string is copied while it is looked at: one
 * pass, and no call for a handful of bytes. Whatever needs an escape, and all beyond ASCII, goes to
 * the JSON writer, which also mends broken encoding. Called by write.c alone.
 */
#ifndef GRAPHQL_EXECUTION_WRITE_TEXT_H
#define GRAPHQL_EXECUTION_WRITE_TEXT_H

#include "base/buffer.h"

/* Appends a JSON string, quotes included. */
void write_text(struct buffer *out, struct text text);
/* Appends a JSON array of strings. False, with nothing appended, when one has no bytes to show
 * (at == NULL), which stands for null. */
MUST_CHECK bool write_texts(struct buffer *out, struct text_list list);

#endif
