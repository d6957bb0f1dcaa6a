/*
 * Who acts. An actor is resolved once per request by `identity`, carries what `access` needs to
 * decide, and is immutable: units of work borrow it.
 */
#ifndef KERNEL_ACTOR_H
#define KERNEL_ACTOR_H

#include "base/text.h"

enum actor_kind {
    ACTOR_ANONYMOUS, /* no credential came with the request */
    ACTOR_API_KEY,
    ACTOR_WORKER, /* a process that executes runs */
    ACTOR_RUN,    /* a leased run that reaches for its own state */
    ACTOR_SYSTEM, /* the server itself */
};

enum { ACTION_WORDS = 2 };

/* A set of actions, one bit each in the order of tables/actions.def. */
struct action_set {
    uint64_t words[ACTION_WORDS];
};

/* What an actor may do in one space and everything below it. */
struct grant {
    struct text binding_id; /* what made it */
    struct text role_id;
    struct text space_id;
    struct action_set actions;
};

struct actor {
    enum actor_kind kind;
    struct text id;         /* key, worker or run id; empty for anonymous */
    struct text name;       /* for people */
    struct text username;   /* "api::<key id>": in run histories and the audit trail */
    struct text session_id; /* empty when there is none */
    struct text_list groups;
    const struct grant *grants;
    size_t grant_count;
    int64_t valid_until; /* microseconds; token, session and key are all valid until then */
};

extern const struct actor actor_anonymous;
extern const struct actor actor_system;

#endif
