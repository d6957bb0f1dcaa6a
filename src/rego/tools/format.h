/*
 * Policies in the usual shape: tabs, one expression a line, a blank line between rules; lists that
 * stand on several lines stay so, with a comma behind each line. Comments keep their places: those
 * on lines of their own stand before what followed them, the others at the end of their line.
 *
 * The result parses to the same tree, and formatting it again changes nothing.
 */
#ifndef REGO_TOOLS_FORMAT_H
#define REGO_TOOLS_FORMAT_H

#include "base/buffer.h"
#include "rego/language/ast.h"

/* Appends the text of the module, whose source must still be there. */
void format_module(struct buffer *out, const struct module *module);

#endif
