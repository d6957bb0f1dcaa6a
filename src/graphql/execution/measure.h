/* The limits on the shape of an operation: depth, aliases, root fields. Counted through fragments
 * in time linear in the document, however often fragments are spread. */
#ifndef GRAPHQL_EXECUTION_MEASURE_H
#define GRAPHQL_EXECUTION_MEASURE_H

#include "graphql/execution/document.h"

/* The document is valid, so its fragments form no cycle. */
MUST_CHECK bool graphql_measure_check(struct arena *arena, const struct graphql_document *document,
                                      const struct document_operation *operation,
                                      const struct graphql_options *options, struct error *error);

#endif
