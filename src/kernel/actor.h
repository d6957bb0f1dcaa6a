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
    ACTOR_USER,   /* a person */
    ACTOR_WORKER, /* a process that executes runs */
    ACTOR_RUN,    /* a leased run that reaches for its own state */
    ACTOR_SYSTEM, /* the server itself */
};

enum { ACTION_WORDS = 2 };

/* A set of actions, one bit each in the order of tables/actions.def. */
struct action_set {
    uint64_t words[ACTION_WORDS];
};

/* Why an actor holds a grant. */
enum grant_source {
    GRANT_BOUND,  /* a role is bound to the actor itself */
    GRANT_GROUP,  /* a role is bound to a group the actor is in */
    GRANT_POLICY, /* a rule of a login policy gave it to the session */
    GRANT_OWNER,  /* the actor owns the account */
    GRANT_BELOW,  /* a role in a space below that inherits: to see the space, and nothing in others
                   */
};

/* What an actor may do in one space and, but for GRANT_BELOW, in everything below it. */
struct grant {
    enum grant_source source;
    struct text source_id; /* of the binding or policy; the space below for GRANT_BELOW */
    struct text through;   /* name of the group, or of the policy's rule; else empty */
    int32_t line;          /* of the rule in the policy; else 0 */
    struct text role_id;   /* empty for owners and what comes from below */
    struct text space_id;
    struct text reason; /* that somebody gave for a grant that ends; may be empty */
    int64_t expires_at; /* 0: never */
    struct action_set actions;
};

struct actor {
    enum actor_kind kind;
    struct text id;       /* key, user, worker or run id; empty for anonymous */
    struct text name;     /* for people */
    struct text username; /* "api::<key id>", "oidc::jane": in run histories and the audit trail */
    struct text session_id; /* empty when there is none */
    struct text_list groups;
    struct text claims; /* JSON object: of the identity provider's token that opened the session */
    const struct grant *grants;
    size_t grant_count;
    const struct grant_index *index; /* access/grant_index.h; NULL: made anew for each question */
    int64_t valid_until; /* microseconds; token, session and key are all valid until then */
    int64_t stale_at;    /* microseconds; a grant ends then, so it has to be read anew; 0: never */
};

extern const struct actor actor_anonymous;
extern const struct actor actor_system;

#endif
