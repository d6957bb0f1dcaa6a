/*
 * The chain of hashes: what makes a removed or altered entry show. The database is walked through
 * audit_verify; here are the steps, for that and for files that were exported.
 */
#ifndef AUDIT_CHAIN_H
#define AUDIT_CHAIN_H

#include "audit/audit.h"

enum { CHAIN_HASH_SIZE = 64 }; /* hexadecimal SHA-256 */

/* The hash an entry must have after an entry with the hash `previous`. */
MUST_CHECK bool chain_hash(struct arena *arena, struct text previous,
                           const struct audit_entry *entry, struct text *out);

/* How far a walk has come. */
struct chain_walk {
    int64_t sequence; /* of the newest entry that fits */
    int64_t count;    /* entries that fit */
    char hash[CHAIN_HASH_SIZE];
    size_t hash_length;
    bool is_broken; /* the entry after it does not fit */
};

/* Before the entry that follows the one with this sequence and hash; 0 and empty for the first. */
void chain_begin(struct chain_walk *walk, int64_t sequence, struct text hash);
/* Steps on when the entry fits, else the walk is broken. False only without memory. */
MUST_CHECK bool chain_step(struct chain_walk *walk, struct arena *arena,
                           const struct audit_entry *entry);
struct text chain_walk_hash(const struct chain_walk *walk);

#endif
