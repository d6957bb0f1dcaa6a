/*
 * Questions to other servers in the middle of a unit of work. A unit never waits for a peer. The
 * first time it asks, the call fails and with it the unit, which is rolled back; whoever started
 * the unit then sends the question, keeps the answer, and runs the unit again from its input: now
 * the same call gives the answer. What a unit does before it asks is done twice, so it should ask
 * early, and change nothing but the database.
 *
 * `doors/request_unit.c` does the sending, with account->http. Nouns only call outside_fetch.
 */
#ifndef KERNEL_OUTSIDE_H
#define KERNEL_OUTSIDE_H

#include "kernel/ctx.h"
#include "net/http_client.h"

enum {
    OUTSIDE_QUESTIONS_MAX = 8, /* of one request */
    OUTSIDE_TIMEOUT_MS = 10000,
    OUTSIDE_ANSWER_MAX = 1 << 20, /* bytes */
};

/* A question, and what came of it. */
struct outside_question {
    struct http_client_request request;
    struct http_client_response response;
    struct error error; /* set when the transfer failed */
    struct outside_question *next;
};

/* All questions of a request, over all runs of its unit. Zeroed, but for the arena. */
struct outside {
    struct arena *arena; /* outlives the runs */
    struct outside_question *questions;
    unsigned count;
    struct outside_question *wanted; /* what the run that just ended needs to know; NULL: nothing */
};

/* Asks, and gives the answer, of whatever status, in memory of the request. Two questions are the
 * same when method, URL, headers and body are. Limits of the request's own may only be tighter than
 * those above; no redirect is followed. Fails with UNAVAILABLE and a sentence: the first time, when
 * the peer failed, after too many questions, and in a unit that no request started. */
MUST_CHECK bool outside_fetch(struct ctx *ctx, const struct http_client_request *request,
                              const struct http_client_response **out);

/* For who runs units. Before each run. */
void outside_begin(struct outside *outside);
/* The unit has asked something that has no answer yet: roll it back. */
bool outside_is_wanted(const struct outside *outside);
/* The answer to what was wanted; response is NULL when there is none, and error says why. Copied.
 */
void outside_answer(struct outside *outside, const struct http_client_response *response,
                    const struct error *error);

#endif
