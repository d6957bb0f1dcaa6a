/* What clients write about identity providers, as the noun wants it. */
#ifndef DOORS_SPACELIFT_OIDC_INPUT_H
#define DOORS_SPACELIFT_OIDC_INPUT_H

#include "doors/spacelift/resolver.h"
#include "identity/oidc_trust.h"

/* NULL without memory. */
const struct oidc_trust *oidc_input_read(struct graphql_call *call,
                                         const struct spacelift_ApiKeyInputOIDC *input);
/* The same for its mappings; an absent input has none. */
const struct oidc_mapping *oidc_input_mappings(struct graphql_call *call,
                                               const struct spacelift_ClaimMappingInput *input,
                                               size_t *count);

#endif
