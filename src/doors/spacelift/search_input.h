/* What the resolvers of searches share. */
#ifndef DOORS_SPACELIFT_SEARCH_INPUT_H
#define DOORS_SPACELIFT_SEARCH_INPUT_H

#include "doors/spacelift/resolver.h"
#include "kernel/search.h"

/* False only without memory. */
MUST_CHECK bool search_read(struct graphql_call *call, const struct spacelift_SearchInput *input,
                            struct search *out);
/* NULL without memory. */
const struct spacelift_PageInfo *search_page_info(struct graphql_call *call, struct text end_cursor,
                                                  bool has_next, bool has_previous);

#endif
