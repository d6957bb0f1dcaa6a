/*
 * Policy text to syntax tree: a recursive descent with a depth cap (AST_MAX_DEPTH) and a cap on
 * tokens read again after backtracking, so that no text takes longer than its length allows. The
 * first mistake ends the parse of a module.
 */
#ifndef REGO_LANGUAGE_PARSER_H
#define REGO_LANGUAGE_PARSER_H

#include "rego/language/ast.h"

/* The tree borrows the source. NULL after a diagnostic (or without memory). */
MUST_CHECK struct module *parse_module(struct arena *arena, const struct source *source,
                                       enum dialect dialect, struct diagnostics *diagnostics);
/* A query: a body without braces, all keywords on. */
MUST_CHECK struct body *parse_query(struct arena *arena, const struct source *source,
                                    struct diagnostics *diagnostics);
/* v1 when the text parses as v1, else v0 when it parses as v0, else whichever got further. */
enum dialect parse_detect(struct arena *arena, const struct source *source);

#endif
