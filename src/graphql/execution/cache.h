/*
 * The documents an engine keeps, by their text: bounded in number and bytes, the least recently
 * used go first. Safe from all threads; the lock is held for a lookup, never for a parse.
 */
#ifndef GRAPHQL_EXECUTION_CACHE_H
#define GRAPHQL_EXECUTION_CACHE_H

#include "graphql/execution/document.h"

struct graphql_cache;

/* documents 0: nothing is ever kept. NULL without memory. */
struct graphql_cache *graphql_cache_new(uint32_t documents);
void graphql_cache_free(struct graphql_cache *cache);
/* A share of the document that the caller releases, or NULL. */
struct graphql_document *graphql_cache_find(struct graphql_cache *cache, struct text text);
/* Keeps a share of its own. When two threads prepared the same text, the first one stays. */
void graphql_cache_keep(struct graphql_cache *cache, struct graphql_document *document);

#endif
