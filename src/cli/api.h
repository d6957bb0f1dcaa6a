/*
 * The server as a command sees it: one GraphQL endpoint, asked exactly as any other client of the
 * spacelift door asks it. A key is exchanged for a token once a call, and the session ends with the
 * call; nothing is cached on disk.
 *
 * How bytes travel is a function pointer, so that tests answer without a network.
 */
#ifndef CLI_API_H
#define CLI_API_H

#include "base/json.h"
#include "cli/command.h"

struct api_request {
    struct text url;
    struct text token; /* bearer; empty for none */
    struct text body;  /* JSON; empty for a GET */
};

struct api_answer {
    unsigned status;
    struct text body; /* in the arena of the call */
};

/* UNAVAILABLE when there was no answer, CANCELED when the person interrupted. */
typedef bool (*api_transport_fn)(void *data, const struct api_request *request, struct arena *arena,
                                 struct api_answer *out, struct error *error);

struct api {
    struct arena *arena;
    const struct cli *cli;
    struct text url;
    struct text token;
};

/* Finds server and key, and exchanges the key for a token. */
MUST_CHECK bool api_open(const struct command_line *line, struct api *out, struct error *error);

/* Ends the session that api_open has begun for the call, if it did; whatever comes of that. For
 * cli.c, after the command. */
void api_end_session(const struct command_line *line);

/* A variable of a query. */
struct api_variable {
    const char *name;
    enum { API_TEXT, API_TEXT_OR_NULL, API_INT, API_BOOL, API_JSON } kind;
    struct text text; /* API_JSON: the value as it goes over the wire; the empty text is null */
    int64_t number;   /* API_INT; not 0 for true of API_BOOL */
};

/* *out is the `data` of the answer, never NULL. An answer with errors fails with the first of them:
 * UNAUTHENTICATED, NOT_FOUND or INVALID by what it says. */
MUST_CHECK bool api_query(struct api *api, const char *query, const struct api_variable *variables,
                          size_t variable_count, const struct json **out, struct error *error);

/* A GET beside the endpoint, such as "/audit-trail?limit=5". *out is the body of a 200; anything
 * else fails with what the server said. */
MUST_CHECK bool api_get(struct api *api, struct text path, struct text *out, struct error *error);

#endif
