/*
 * An error is a value: a kind from tables/errors.def, a sentence for the person who asked, and
 * optionally the field or the place in the source that it is about. The caller owns the struct;
 * setting it allocates nothing. Functions that can fail take a `struct error *` last (never NULL)
 * and return false, so that `return error_set(...)` is the one line to fail.
 *
 * The sentence is shown to clients: no secrets, no paths, no SQL. The cause of an internal error
 * goes to the log instead.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/text.h"

enum error_kind {
#define ERROR(name, status, code, sentence) ERR_##name,
#include "tables/errors.def"
#undef ERROR
    ERR_KIND_COUNT
};

enum { ERROR_MESSAGE_SIZE = 480 };

struct error {
    enum error_kind kind; /* ERR_NONE until something failed */
    int line, column;     /* from 1; 0 when the error is about no source text */
    char field[64];       /* input field or setting, empty when none */
    char message[ERROR_MESSAGE_SIZE];
};

/* Sets kind and sentence (cut at the size, on a UTF-8 boundary) and clears field and place. Always
 * false. The first error wins: a second call changes nothing. */
bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* The same with a place. */
bool error_set_at(struct error *error, enum error_kind kind, int line, int column,
                  const char *format, ...) PRINTF_LIKE(5, 6);
/* The same for a refused allocation. */
bool error_set_no_memory(struct error *error);
void error_set_field(struct error *error, const char *field);
void error_clear(struct error *error);
bool error_is_set(const struct error *error);

int error_http_status(enum error_kind kind);
const char *error_code(enum error_kind kind);     /* "NOT_FOUND" */
const char *error_sentence(enum error_kind kind); /* for the manual */

#endif
