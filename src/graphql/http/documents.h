/*
 * Documents known by their SHA-256, in two ways:
 *
 *     persisted  a client sends the hash alone; if it is not known, the client sends text and hash
 *                once, and from then on the hash is enough. Bounded; the oldest go first.
 *     trusted    the operator lists documents before serving, and nothing else is executed.
 *
 * Safe from all threads.
 */
#ifndef GRAPHQL_HTTP_DOCUMENTS_H
#define GRAPHQL_HTTP_DOCUMENTS_H

#include "base/error.h"
#include "base/text.h"

struct graphql_documents;

/* max: documents kept at most. trusted_only: graphql_documents_trust is the only way in. NULL
 * without memory. */
struct graphql_documents *graphql_documents_new(uint32_t max, bool trusted_only);
void graphql_documents_free(struct graphql_documents *documents);
bool graphql_documents_are_trusted_only(const struct graphql_documents *documents);

/* Copied. Before serving begins. */
MUST_CHECK bool graphql_documents_trust(struct graphql_documents *documents, struct text text,
                                        struct error *error);

/* The text for a hash of 64 hex digits, copied; out->at == NULL when it is not known. */
MUST_CHECK bool graphql_documents_find(struct graphql_documents *documents, struct arena *arena,
                                       struct text hash, struct text *out, struct error *error);
/* Whether the text itself is known. */
MUST_CHECK bool graphql_documents_knows(struct graphql_documents *documents, struct text text,
                                        bool *out, struct error *error);
/* Keeps a text under its hash; INVALID when it is not its hash. */
MUST_CHECK bool graphql_documents_keep(struct graphql_documents *documents, struct text hash,
                                       struct text text, struct error *error);

#endif
