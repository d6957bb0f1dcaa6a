/*
 * What is wrong with a policy, in the words of the person who wrote it: a code from OPA's list, a
 * place, a sentence, and where we know better a hint that says what to write instead.
 *
 * A list belongs to one compilation and lives in its arena. It keeps the first
 * DIAGNOSTICS_MAX entries; the rest are counted.
 */
#ifndef REGO_LANGUAGE_DIAGNOSTIC_H
#define REGO_LANGUAGE_DIAGNOSTIC_H

#include "base/buffer.h"
#include "base/list.h"
#include "base/text.h"

enum { DIAGNOSTICS_MAX = 20 };

enum rego_code {
    REGO_PARSE_ERROR,
    REGO_COMPILE_ERROR,
    REGO_TYPE_ERROR,
    REGO_UNSAFE_VARIABLE_ERROR,
    REGO_RECURSION_ERROR,
    REGO_CODE_COUNT
};

/* A place in a source text. Lines and columns count from 1, columns in code points. */
struct place {
    uint32_t line, column;
    uint32_t offset, end; /* bytes: [offset, end) of the construct */
};

/* One source text; borrowed by everything parsed from it. */
struct source {
    struct text name; /* file name, for messages */
    struct text text;
};

struct rego_diagnostic {
    enum rego_code code;
    struct text file;
    uint32_t line, column; /* 0 when about no place */
    struct text message;
    struct text source_line; /* borrowed from the source; empty when about no place */
    struct text hint;        /* empty when there is none */
};

struct diagnostics {
    struct arena *arena;
    struct list items; /* of struct rego_diagnostic */
    size_t dropped;    /* found after the list was full */
};

void diagnostics_init(struct diagnostics *list, struct arena *arena);
/* Always false, so that `return diagnostic_add(...)` is the one line to fail. */
bool diagnostic_add(struct diagnostics *list, enum rego_code code, const struct source *source,
                    struct place at, const char *format, ...) PRINTF_LIKE(5, 6);
/* Sets the hint of the newest diagnostic. Always false. */
bool diagnostic_hint(struct diagnostics *list, const char *format, ...) PRINTF_LIKE(2, 3);
/* Copies what is borrowed from sources, so that the list outlives them. */
void diagnostics_own(struct diagnostics *list);
bool diagnostics_any(const struct diagnostics *list);

/* "rego_unsafe_var_error" */
const char *rego_code_name(enum rego_code code);
/* file:line: code: message, the source line, a caret under the column, the hint. */
void rego_diagnostic_print(const struct rego_diagnostic *diagnostic, struct buffer *out);

#endif
