/*
 * People. A user is invited by name and comes in with a password or through the identity provider;
 * somebody whom the provider vouches for may come in uninvited, and then has what groups and
 * policies give. Who may do what is the business of roles; an owner administers the account
 * whatever they say.
 *
 * An invitation is a link with a secret in it, shown once to who invited; only its keyed hash is
 * kept. It ends after a day, or with the first login.
 */
#ifndef IDENTITY_USER_H
#define IDENTITY_USER_H

#include "base/list.h"
#include "role/access_rule.h"

enum user_status {
    USER_PENDING,  /* invited, and has not come yet */
    USER_EXPIRED,  /* did not come in time */
    USER_ACTIVE,   /* may log in */
    USER_INACTIVE, /* was switched off */
};

const char *user_status_name(enum user_status status); /* "PENDING" */

struct user {
    struct text id; /* ULID */
    struct text username;
    struct text email;        /* at == NULL: none was given */
    struct text name;         /* for people; may be empty */
    struct text login_method; /* of the last login: PASSWORD, OIDC, GITHUB; at == NULL before it */
    struct text_list groups;  /* as the provider last reported them */
    bool has_password;
    bool is_owner;
    bool is_disabled;
    enum user_status status; /* as of the unit that read it */
    int64_t invited_at;
    struct text invited_by;        /* username */
    int64_t invitation_expires_at; /* 0: there is no invitation */
    int64_t accepted_at;           /* 0: not yet */
    int64_t last_login_at;         /* 0: never */
    struct text last_login_from;
    int64_t space_count;        /* spaces the user itself has roles in */
    struct text invitation_url; /* only in what user_invite and user_invite_again give back */
};

struct user_invitation {
    struct text username;
    struct text email; /* may be empty */
    struct text name;  /* may be empty */
    bool is_owner;
    const struct access_rule *rules;
    size_t rules_count;
};

struct user_update {
    bool sets_disabled;
    bool is_disabled; /* switches the user off, which ends all sessions, or on again */
    bool sets_owner;
    bool is_owner;
    bool sets_rules;
    const struct access_rule *rules;
    size_t rules_count;
};

/* What a user is at that time, by the rest of it. */
enum user_status user_status_at(const struct user *user, int64_t now);

/* Inviting, changing and deleting need admin on root. INVALID for names that are empty, too long or
 * not text, CONFLICT for one that is taken. */
MUST_CHECK bool user_invite(struct ctx *ctx, const struct user_invitation *invitation,
                            struct user **out);
/* A new link with a day of its own; the one before it ends. CONFLICT for who has come already. */
MUST_CHECK bool user_invite_again(struct ctx *ctx, struct text id, struct user **out);
MUST_CHECK bool user_update(struct ctx *ctx, struct text id, const struct user_update *update,
                            struct user **out);
/* With sessions and bindings. */
MUST_CHECK bool user_delete(struct ctx *ctx, struct text id, struct user **out);
/* A new password, set by an administrator, or in the end by whoever was invited; every session of
 * the user ends. Accepts the invitation. One's own: own_password.h. */
MUST_CHECK bool user_set_password(struct ctx *ctx, struct text id, struct text password,
                                  struct user **out);

/* *out of all these is NULL when there is no such user, or none that the actor may see: whoever
 * administers any space may see all, and everybody may see oneself. */
MUST_CHECK bool user_find(struct ctx *ctx, struct text id, struct user **out);
/* Of many ids, whoever asks: NULL for those that do not exist. */
MUST_CHECK bool user_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                               const struct user **out);
/* By name: a list of struct user. Empty when the actor may not list users. */
MUST_CHECK bool user_list(struct ctx *ctx, struct list *out);
/* Without asking who wants to know: for what turns a session into an actor. */
MUST_CHECK bool user_get_any(struct ctx *ctx, struct text id, struct user **out);

/* The user behind the link of an invitation that has not ended; NULL otherwise. */
MUST_CHECK bool user_of_invitation(struct ctx *ctx, struct text id, struct text secret,
                                   struct user **out);

/* Accepts the invitation with a password. *out is NULL when it has ended or is another's. */
MUST_CHECK bool user_accept_with_password(struct ctx *ctx, struct text id, struct text secret,
                                          struct text password, struct user **out);

/* Why the password is not good enough for the user, as a sentence; empty when it is. */
struct text user_password_weakness(struct arena *arena, struct text password,
                                   const struct user *user);

/* The full name, or the username where there is none. */
struct text user_shown_name(const struct user *user);
/* How the user is called in histories and in the audit trail. */
struct text user_actor_name(struct arena *arena, const struct user *user);

#endif
