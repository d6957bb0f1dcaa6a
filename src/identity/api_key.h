/*
 * API keys: credentials of machines. A key has an id that may be known and a secret that is shown
 * once, when the key is made; only a keyed hash of it is stored. While a secret is replaced, the
 * one before it stays valid for a while. Keys of the kind OIDC have no secret: they trust tokens of
 * an identity provider. Keys of the kind WORKER authenticate processes that execute runs and can do
 * nothing else.
 *
 * Called by the doors, and at start by cli/serve for the first key and its own worker's. A secret
 * is in no row, entry, log or error; whoever lost it resets it.
 */
#ifndef IDENTITY_API_KEY_H
#define IDENTITY_API_KEY_H

#include "base/list.h"
#include "identity/oidc_trust.h"
#include "role/access_rule.h"

enum api_key_kind { API_KEY_SECRET, API_KEY_WORKER, API_KEY_OIDC };

struct api_key {
    struct text id; /* ULID */
    enum api_key_kind kind;
    struct text name;
    struct text description;
    struct text_list teams; /* groups it belongs to */
    struct text creator;    /* username */
    int64_t created_at;
    int64_t expires_at;         /* 0: never */
    int64_t last_used_at;       /* 0: never */
    struct text last_used_from; /* at == NULL: never */
    bool deleted;
    int64_t secret_changed_at;     /* 0: it is the first one */
    int64_t previous_secret_until; /* 0: there is none */
    const struct oidc_trust *oidc; /* of the kind OIDC; else NULL */
    struct text secret;            /* only in what api_key_create and api_key_reset give back */
};

struct api_key_input {
    enum api_key_kind kind;
    struct text name;
    struct text description;
    struct text_list teams;
    bool admin;                      /* binds the role that administers everything */
    int64_t expires_at;              /* 0: never */
    const struct oidc_trust *oidc;   /* of the kind OIDC; else NULL */
    const struct access_rule *rules; /* levels in spaces, bound at once */
    size_t rules_count;
};

/* Needs admin on root. INVALID for an empty name or an end in the past. */
MUST_CHECK bool api_key_create(struct ctx *ctx, const struct api_key_input *input,
                               struct api_key **out);
/* Deletes it and ends its sessions. *out is NULL when there is no such key. */
MUST_CHECK bool api_key_delete(struct ctx *ctx, struct text id, struct api_key **out);
/* NULL when absent, deleted or not visible to the actor. */
MUST_CHECK bool api_key_find(struct ctx *ctx, struct text id, struct api_key **out);
/* Every key that is not deleted, by name: a list of struct api_key. Empty when the actor may not
 * list keys. */
MUST_CHECK bool api_key_list(struct ctx *ctx, struct list *out);

struct id_token_report;

/* What the exchange would find in an ID token. *out is NULL when there is no such key, or none that
 * the actor may see; INVALID for a key with a secret. */
MUST_CHECK bool api_key_test_token(struct ctx *ctx, struct text id, struct text token,
                                   struct id_token_report **out);

/* The first key of an account: administrative. Needs no right; refused when there ever was one.
 * Keys of workers do not count. */
MUST_CHECK bool api_key_bootstrap(struct ctx *ctx, struct api_key **out);
/* A key for the worker that this server starts itself. It replaces the one of the same name, whose
 * process is gone. Only for the server. */
MUST_CHECK bool api_key_for_own_worker(struct ctx *ctx, struct text name, struct api_key **out);
/* Of the kind SECRET; deleted ones count. */
MUST_CHECK bool api_key_any_exists(struct ctx *ctx, bool *out);

/* How a key is called in histories and in the audit trail: "api::<id>". */
struct text api_key_username(struct arena *arena, struct text id);
/* The documented file: id, secret, usage, .terraformrc snippet. */
struct text api_key_file(struct ctx *ctx, const struct api_key *key);

#endif
