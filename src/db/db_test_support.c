/* Fresh databases for tests. */
#include "db/db_test_support.h"

#include "db/db_driver.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Causes are expected here, so they are shown only on request. */
static void print_line(void *data, const char *line)
{
    UNUSED(data);
    if (getenv("DB_TEST_VERBOSE"))
        fprintf(stderr, "db: %s\n", line);
}

void db_test_open(struct db_test *test)
{
    struct error error = {0};
    if (!db_open(test->url, &test->options, &test->db, &error))
        fail_msg("%s", error.message);
}

void db_test_reopen(struct db_test *test)
{
    db_close(test->db);
    db_test_open(test);
}

int db_test_setup(void **state)
{
    static int number;
    struct db_test *test = calloc(1, sizeof(*test));
    const char *url = getenv("DB_TEST_URL");
    assert_non_null(test);
    (void)snprintf(test->folder, sizeof(test->folder), "/tmp/db-test-XXXXXX");
    assert_non_null(mkdtemp(test->folder));
    if (url && *url) {
        (void)snprintf(test->url, sizeof(test->url), "%s", url);
        (void)snprintf(test->schema, sizeof(test->schema), "test_%d_%d", (int)getpid(), ++number);
        test->options.schema = test->schema;
    } else {
        (void)snprintf(test->url, sizeof(test->url), "sqlite:%s/data.db", test->folder);
    }
    test->options.log = print_line;
    test->arena = arena_new(256 << 20);
    db_test_open(test);
    *state = test;
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    UNUSED(status);
    UNUSED(kind);
    UNUSED(place);
    return remove(path);
}

int db_test_teardown(void **state)
{
    struct db_test *test = *state;
    char command[256];
    if (!db_test_is_sqlite(test)) {
        (void)snprintf(command, sizeof(command), "DROP SCHEMA %s CASCADE", test->schema);
        db_test_script(test->db, command);
    }
    db_close(test->db);
    arena_free(test->arena);
    int status = nftw(test->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(test);
    return status;
}

bool db_test_is_sqlite(const struct db_test *test)
{
    return text_equal_z(text_z(db_driver_name(test->db)), "sqlite");
}

static bool run_script(struct db_session *session, void *data, struct error *error)
{
    return db_script(session, data, error);
}

void db_test_script(struct db *db, const char *sql)
{
    struct error error = {0};
    char *copy = strdup(sql);
    bool done = db_run(db, DB_WRITE, run_script, copy, &error);
    free(copy);
    if (!done)
        fail_msg("%s: %s", sql, error.message);
}

struct call {
    const struct db_statement *statement;
    const struct db_value *values;
    size_t count;
    int64_t result;
};

static bool run_execute(struct db_session *session, void *data, struct error *error)
{
    struct call *call = data;
    return db_execute(session, call->statement, call->values, call->count, &call->result, error);
}

void db_test_execute(struct db *db, const struct db_statement *statement,
                     const struct db_value *values, size_t count)
{
    struct error error = {0};
    struct call call = {statement, values, count, 0};
    if (!db_run(db, DB_WRITE, run_execute, &call, &error))
        fail_msg("%s: %s", statement->name, error.message);
}

static bool run_int(struct db_session *session, void *data, struct error *error)
{
    struct call *call = data;
    struct db_rows rows;
    if (!db_query(session, call->statement, DB_NO_VALUES, &rows, error))
        return false;
    call->result = db_next(&rows) ? db_column_int64(&rows, 0) : -1;
    return db_end(&rows);
}

int64_t db_test_int(struct db *db, const struct db_statement *statement)
{
    struct error error = {0};
    struct call call = {.statement = statement};
    if (!db_run(db, DB_READ, run_int, &call, &error))
        fail_msg("%s: %s", statement->name, error.message);
    return call.result;
}
