/*
 * One unit of work: who asks, when, in which transaction, with which memory. Every function of a
 * noun takes it first. It lives as long as the transaction does; nothing else may move in.
 *
 * Errors: a function that fails calls fail() and returns false; the first error of a unit wins, and
 * the caller returns false in turn, so that the transaction is rolled back.
 */
#ifndef KERNEL_CTX_H
#define KERNEL_CTX_H

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "kernel/account.h"
#include "kernel/actor.h"

#include <inttypes.h>

struct once;          /* kernel/once.h */
struct outside;       /* kernel/outside.h */
struct password_work; /* kernel/password_work.h */
struct pieces;        /* kernel/pieces.h */

struct ctx {
    struct arena *arena;
    struct account *account;
    struct db_session *session;
    const struct actor *actor; /* never NULL */
    struct error *error;
    int64_t now;                     /* microseconds since 1970; the same for the whole unit */
    struct text request_id;          /* ULID; empty for the server's own work */
    struct text address;             /* where the request came from */
    struct text mutation;            /* root field of the API that acts; empty for anything else */
    struct outside *outside;         /* questions to other servers; NULL where none can be asked */
    struct password_work *passwords; /* NULL where none can be checked */
    struct pieces *pieces;           /* NULL where a unit is never run again to go on */
    struct once *once;               /* NULL where a unit that runs again counts again */
    /* The newest refusal, for the audit trail; NULL: none. */
    const struct decision *denied;
};

/* Sets the unit's error. Always false. */
bool fail(struct ctx *ctx, enum error_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);
bool fail_no_memory(struct ctx *ctx);

/* Statements in the unit's transaction; see db/db.h. */
MUST_CHECK bool ctx_execute(struct ctx *ctx, const struct db_statement *statement,
                            const struct db_value *values, size_t count);
/* The same, and the number of rows that changed. */
MUST_CHECK bool ctx_change(struct ctx *ctx, const struct db_statement *statement,
                           const struct db_value *values, size_t count, int64_t *changed);
MUST_CHECK bool ctx_query(struct ctx *ctx, const struct db_statement *statement,
                          const struct db_value *values, size_t count, struct db_rows *rows);
/* True when there is a row; *rows then stands on it and must be ended by the caller. False without
 * an error when there is none. */
bool ctx_query_one(struct ctx *ctx, const struct db_statement *statement,
                   const struct db_value *values, size_t count, struct db_rows *rows);

/* Whether the database still answers. */
MUST_CHECK bool ctx_ping(struct ctx *ctx);

/* Ends a query; also fails when a row could not be kept for lack of memory. */
MUST_CHECK bool ctx_end(struct ctx *ctx, struct db_rows *rows);
/* A text column that may be NULL: at == NULL then. Copied. */
struct text ctx_optional_text(struct ctx *ctx, const struct db_rows *rows, int column);
/* The other way round: NULL when at == NULL, and for times NULL when 0. */
struct db_value ctx_text_or_null(struct text text);
struct db_value ctx_time_or_null(int64_t time);

/* Text columns of JSON arrays of texts. An array that does not parse reads as empty. */
struct text_list ctx_parse_texts(struct ctx *ctx, struct text json);
struct text ctx_print_texts(struct ctx *ctx, struct text_list list);

#endif
