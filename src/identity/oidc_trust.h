/*
 * Whom an API key without a secret trusts: an issuer, and what must be in its tokens. Kept as JSON
 * in the key's row; never changes but for the mapping.
 *
 * All expressions are of RE2's syntax and must match the whole text, whatever anchors they have.
 */
#ifndef IDENTITY_OIDC_TRUST_H
#define IDENTITY_OIDC_TRUST_H

#include "kernel/ctx.h"

/* How a claim of the provider becomes one of ours. */
struct oidc_mapping {
    struct text name;  /* of the provider's claim, or a path ("/a/b") */
    struct text value; /* ours: "groups" is the one there is */
};

enum oidc_rule {
    OIDC_EQUALS,     /* one value */
    OIDC_ONE_OF,     /* several */
    OIDC_EXPRESSION, /* one expression */
};

/* What a claim must be. An array fulfils it when one of its items does. */
struct oidc_condition {
    struct text claim; /* name, or path */
    enum oidc_rule rule;
    struct text_list values;
};

struct oidc_trust {
    struct text issuer;
    struct text client_id; /* must be among the token's audiences */
    struct text subject_expression;
    const struct oidc_mapping *mappings;
    size_t mappings_count;
    const struct oidc_condition *conditions;
    size_t conditions_count;
};

/* INVALID, with what is wrong. */
MUST_CHECK bool oidc_trust_check(struct ctx *ctx, const struct oidc_trust *trust);

/* at == NULL without memory. */
struct text oidc_trust_print(struct arena *arena, const struct oidc_trust *trust);
MUST_CHECK bool oidc_trust_parse(struct ctx *ctx, struct text json, const struct oidc_trust **out);

/* What is legal, and lets in more than somebody may have meant: one sentence each. */
MUST_CHECK bool oidc_trust_warnings(struct ctx *ctx, const struct oidc_trust *trust,
                                    struct text_list *out);

#endif
