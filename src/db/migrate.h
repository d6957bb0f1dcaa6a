/*
 * Migrations bring the tables of a database to what this program expects: numbered, forward only,
 * each applied once and in one transaction together with its row in `schema_version`. A database
 * that is newer than the program, or whose applied migrations differ from the ones the program
 * carries, is refused rather than guessed at.
 *
 * Called once at start, before anything else uses the database. Several servers may start at once:
 * each migration is a write unit, so they take turns.
 */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "db/db.h"

struct migration {
    int version; /* from 1, without gaps */
    const char *name;
    const char *checksum; /* SHA-256 over all its files, hexadecimal */
    const char *common;   /* SQL for both engines, "" when there is none */
    const char *sqlite;   /* runs after the common text */
    const char *postgres;
};

struct migration_list {
    const struct migration *items; /* in the order of their versions */
    size_t count;
};

/* applied: how many were new; may be NULL. now_us: microseconds since 1970, for the record. */
MUST_CHECK bool migrate(struct db *db, const struct migration_list *list, int64_t now_us,
                        int *applied, struct error *error);

#endif
