/*
 * Identity providers that issue ID tokens: what their discovery document announces and the keys
 * they sign with. Asked over the network in the middle of a unit (kernel/outside.h) and kept in
 * memory, per account, within bounds of number, size and age. A key that nobody knows makes the
 * issuer be asked again, at most once in a while; an issuer that failed is left alone for a while.
 *
 * Only issuers that an administrator has named are ever asked. They speak https, but for those on
 * this machine and where a setting allows otherwise, and must call themselves exactly what they
 * were named.
 */
#ifndef IDENTITY_ISSUER_H
#define IDENTITY_ISSUER_H

#include "jose/jws.h"
#include "kernel/ctx.h"

enum {
    ISSUER_URL_MAX = 500,  /* bytes */
    ISSUERS_MAX = 64,      /* kept; the one longest unused gives way */
    ISSUER_FAILURE_S = 15, /* seconds that a failed issuer is left alone */
};

struct issuer {
    struct text url;
    struct text authorization_endpoint; /* empty where none is announced */
    struct text token_endpoint;
    struct text userinfo_endpoint;
    struct jose_key_set keys;
    int64_t fetched_at;
};

struct issuer_cache *issuer_cache_new(void);
/* NULL is fine. */
void issuer_cache_free(struct issuer_cache *cache);

/* INVALID, with what is wrong, for a URL that no issuer may have. */
MUST_CHECK bool issuer_url_check(struct ctx *ctx, struct text url);

/* What is known of the issuer, at most as old as the settings say. It lives as long as the unit's
 * arena. UNAVAILABLE when it cannot be asked or answers nonsense; see also outside_fetch. */
MUST_CHECK bool issuer_get(struct ctx *ctx, struct text url, const struct issuer **out);
/* The key that a token asks for; NULL when the issuer has none, even when asked just now. */
MUST_CHECK bool issuer_find_key(struct ctx *ctx, struct text url, const struct jws *jws,
                                const struct jose_key **out);

#endif
