/*
 * An account is the tenant and the unit of storage: one database, one set of keys, one set of
 * caches. `serve` opens it and wires the parts; nouns reach their own part through the unit of work
 * (ctx.h) and nobody else's. Parts are safe to use from many threads.
 */
#ifndef KERNEL_ACCOUNT_H
#define KERNEL_ACCOUNT_H

#include "base/text.h"
#include "kernel/settings.h"

#include <stdatomic.h>

struct attempt_limit; /* identity/attempt_limit.h */
struct db;
struct http_client;  /* net/http_client.h */
struct issuer_cache; /* identity/issuer.h */
struct key_ring;
struct password_pool;   /* kernel/password_work.h */
struct signing_keys;    /* identity/signing_keys.h */
struct token_cache;     /* jose/token_cache.h; its values are actors */
struct space_cache;     /* access/space_tree.h */
struct waiters;         /* kernel/waiters.h */
struct policy_cache;    /* policy/policy_cache.h */
struct denials;         /* audit/denial.h */
struct webhook_figures; /* audit/webhook_delivery.h */

struct account {
    struct text name;
    struct text url; /* base URL as clients see it, without a slash at the end */
    const struct settings *settings;
    struct text login_client_secret; /* at the provider that people log in with; empty: none */
    bool local_repositories;         /* stacks may use local paths and file:// URLs */
    struct db *db;
    const struct key_ring *ring; /* seals and hashes what is stored */
    struct signing_keys *signing_keys;
    struct token_cache *actors;
    struct space_cache *spaces;
    struct http_client *http; /* to other servers, guarded; see outside.h */
    struct policy_cache *policies;
    struct denials *denials;
    struct password_pool *passwords; /* checks them where nobody waits */
    struct webhook_figures *webhook_figures;
    struct attempt_limit *attempts;    /* failed ones, to come in */
    struct issuer_cache *issuers;      /* identity providers, as they were last asked */
    struct waiters *run_waiters;       /* workers that wait for a run */
    struct waiters *stream_waiters;    /* readers of streams, between two looks */
    atomic_int_fast64_t keys_expiring; /* as housekeeping counted them last; for metrics */
    atomic_int_fast64_t keys_expired;
    /* Grows with every change to keys, sessions, spaces, roles or bindings, here or on another
     * server: what was cached under an older number is stale. */
    atomic_uint_fast64_t access_version;
};

/* Makes every cached actor and space tree stale: after a commit here, or on the word of another
 * server. */
void account_access_changed(struct account *account);
/* The same while the word of other servers may be late: whoever is about to use a cached actor,
 * tree or policy calls it first, so that what was taken away elsewhere ends here within a second.
 */
void account_forget_what_may_be_old(struct account *account);

extern const struct text access_channel; /* what a change of rights notifies */
extern const struct text run_channel;    /* what a run that waits for a worker notifies */

#endif
