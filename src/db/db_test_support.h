/*
 * What the tests of the database engine share: a fresh database on the engine that DB_TEST_URL
 * names (a new schema there), or on a new SQLite file in a scratch folder when it is not set.
 */
#ifndef DB_DB_TEST_SUPPORT_H
#define DB_DB_TEST_SUPPORT_H

#include "db/db.h"

/* cmocka wants these before its header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct db_test {
    struct db *db;
    struct arena *arena;
    char folder[64];
    char url[512];
    char schema[64];
    struct db_options options;
};

/* cmocka set-up and tear-down; *state becomes a struct db_test. */
int db_test_setup(void **state);
int db_test_teardown(void **state);

void db_test_open(struct db_test *test);
/* Closes and opens again, on the same data. */
void db_test_reopen(struct db_test *test);
bool db_test_is_sqlite(const struct db_test *test);

/* A write unit that runs SQL without parameters, which may hold macros. */
void db_test_script(struct db *db, const char *sql);
/* One statement with int parameters as a unit of its own. */
void db_test_execute(struct db *db, const struct db_statement *statement,
                     const struct db_value *values, size_t count);
/* The integer in the first column of the first row, read in a unit of its own; -1 without rows. */
int64_t db_test_int(struct db *db, const struct db_statement *statement);

#endif
