/*
 * A request that becomes one unit of work: the shape that all doors share. The door says what to do
 * in the transaction and how to answer afterwards; this says on which thread, who the actor is, and
 * what is logged.
 *
 *     loop thread      the door's handler calls request_unit_start and returns
 *     database thread  `work` runs in the transaction (a read on SQLite stays on the loop)
 *     after the commit `answer` sets the HTTP answer, which then leaves
 *
 * `work` may run again when the database asks for another try, or when it asked another server
 * something (kernel/outside.h), had a password checked (kernel/password_work.h) or gave way in the
 * middle of much to read (kernel/pieces.h), so it starts from its input each time.
 */
#ifndef DOORS_REQUEST_UNIT_H
#define DOORS_REQUEST_UNIT_H

#include "kernel/once.h"
#include "kernel/outside.h"
#include "kernel/password_work.h"
#include "kernel/pieces.h"
#include "net/http_request.h"

struct request_unit {
    struct db_unit unit; /* private, as is all up to `work` */
    struct http_request *request;
    struct account *account;
    struct ctx ctx;
    struct once once;
    struct outside outside;
    struct pieces pieces;
    struct password_work passwords;
    enum db_mode mode;
    bool suspended;
    bool follows; /* another unit was asked for instead of an answer */

    /* Finds out who asks; NULL leaves the anonymous actor. The error of a failure is answered. */
    bool (*authenticate)(struct ctx *ctx, struct http_request *request, const struct actor **out);
    /* False with the unit's error set rolls back. */
    bool (*work)(struct ctx *ctx, struct request_unit *unit);
    /* error is NULL when the work is committed. Must respond, or ask for another unit. */
    void (*answer)(struct request_unit *unit, const struct error *error);
};

/* unit: allocated by the door in the request's arena, usually as the first member of a struct of
 * its own, with the three functions set. The request belongs to the unit from here on. */
void request_unit_start(struct request_unit *unit, struct account *account,
                        struct http_request *request, enum db_mode mode);

/* From within `answer`, instead of an answer: runs `work` in a unit of its own, and then asks for
 * the answer again. */
void request_unit_follow(struct request_unit *unit, enum db_mode mode,
                         bool (*work)(struct ctx *ctx, struct request_unit *unit));

/* Where the request came from, as units of work say it. In its arena. */
struct text request_unit_address(struct http_request *request);

/* A request that cannot even begin: out of memory. */
void request_unit_refuse(struct http_request *request);

#endif
