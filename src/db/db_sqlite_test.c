/*
 * What only SQLite promises: one writer, query-only readers, one process, and what a full disk
 * does.
 */
#include "db/db_test_support.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct db_statement insert_row =
    DB_STATEMENT("insert_row", "INSERT INTO note (id, body) VALUES ($1, $2)");
static const struct db_statement count_rows =
    DB_STATEMENT("count_rows", "SELECT count(*) FROM note");
static const struct db_statement integrity = DB_STATEMENT(
    "integrity", "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'");

static const struct db_statement query_only = DB_STATEMENT("query_only", "PRAGMA query_only");
static const struct db_statement autocheckpoint =
    DB_STATEMENT("autocheckpoint", "PRAGMA wal_autocheckpoint");
static const struct db_statement mapped = DB_STATEMENT("mapped", "PRAGMA mmap_size");
static const struct db_statement synchronous = DB_STATEMENT("synchronous", "PRAGMA synchronous");
static const struct db_statement foreign_keys = DB_STATEMENT("foreign_keys", "PRAGMA foreign_keys");
static const struct db_statement few_pages =
    DB_STATEMENT("few_pages", "PRAGMA max_page_count = 64");
static const struct db_statement many_pages =
    DB_STATEMENT("many_pages", "PRAGMA max_page_count = 1000000");

static int setup(void **state)
{
    int status = db_test_setup(state);
    struct db_test *test = *state;
    db_test_script(test->db, "CREATE TABLE note (id INTEGER PRIMARY KEY, body BLOB)");
    return status;
}

/* Reads one integer in whichever mode. */
struct question {
    const struct db_statement *statement;
    int64_t answer;
};

static bool ask(struct db_session *session, void *data, struct error *error)
{
    struct question *question = data;
    struct db_rows rows;
    if (!db_query(session, question->statement, DB_NO_VALUES, &rows, error))
        return false;
    question->answer = db_next(&rows) ? db_column_int64(&rows, 0) : 0;
    return db_end(&rows);
}

static int64_t answer(struct db *db, enum db_mode mode, const struct db_statement *statement)
{
    struct error error = {0};
    struct question question = {.statement = statement, .answer = -1};
    assert_true(db_run(db, mode, ask, &question, &error));
    return question.answer;
}

static void *assert_query_only(void *data)
{
    struct db *db = data;
    assert_int_equal(answer(db, DB_READ, &query_only), 1);
    assert_int_equal(answer(db, DB_READ, &autocheckpoint), 0);
    assert_int_equal(answer(db, DB_READ, &mapped), 0);
    return NULL;
}

static void only_the_writer_writes(void **state)
{
    struct db_test *test = *state;
    pthread_t thread;
    (void)assert_query_only(test->db);
    assert_int_equal(pthread_create(&thread, NULL, assert_query_only, test->db), 0);
    pthread_join(thread, NULL);
    assert_int_equal(answer(test->db, DB_WRITE, &query_only), 0);
    assert_int_equal(answer(test->db, DB_WRITE, &mapped), 0);
    assert_int_equal(answer(test->db, DB_WRITE, &synchronous), 2);
    assert_int_equal(answer(test->db, DB_WRITE, &foreign_keys), 1);
    /* The writer checkpoints by hand, after it has answered. */
    assert_int_equal(answer(test->db, DB_WRITE, &autocheckpoint), 0);
}

static bool insert_note(struct db_session *session, int64_t id, size_t size, struct error *error)
{
    static const char zeros[1 << 20];
    return db_execute(session, &insert_row,
                      DB_VALUES(db_int(id), db_blob((struct text){zeros, size})), NULL, error);
}

static off_t log_size(const struct db_test *test)
{
    char path[128];
    struct stat status;
    (void)snprintf(path, sizeof(path), "%s/data.db-wal", test->folder);
    return stat(path, &status) == 0 ? status.st_size : 0;
}

static bool insert_ten(struct db_session *session, void *data, struct error *error)
{
    int64_t *next = data;
    for (int i = 0; i < 10; i++)
        if (!insert_note(session, (*next)++, 100 * 1000, error))
            return false;
    return true;
}

static void the_log_is_checkpointed(void **state)
{
    struct db_test *test = *state;
    int64_t next = 0;
    for (int i = 0; i < 60; i++) {
        struct error error = {0};
        assert_true(db_run(test->db, DB_WRITE, insert_ten, &next, &error));
        assert_int_equal(db_test_int(test->db, &count_rows), next);
    }
    /* 60 MB were written; the log started over many times. */
    assert_true(log_size(test) < 12 << 20);
    assert_int_equal(db_test_int(test->db, &integrity), 1);
}

static void refuse(const char *path)
{
    struct error error = {0};
    struct db *db = NULL;
    assert_false(db_open(path, NULL, &db, &error));
    assert_int_equal(error.kind, ERR_UNAVAILABLE);
    assert_non_null(strstr(error.message, "is already open in process"));
}

static void a_second_server_is_refused(void **state)
{
    struct db_test *test = *state;
    char path[128], link[128];
    (void)snprintf(path, sizeof(path), "%s/data.db", test->folder);
    (void)snprintf(link, sizeof(link), "%s/link.db", test->folder);
    assert_int_equal(symlink(path, link), 0);
    refuse(path);
    refuse(link);
    pid_t child = fork();
    if (child == 0) {
        struct error error = {0};
        struct db *db = NULL;
        _exit(db_open(path, NULL, &db, &error) || error.kind != ERR_UNAVAILABLE);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    db_test_reopen(test);
}

static void the_file_is_the_owners_alone(void **state)
{
    struct db_test *test = *state;
    char path[128];
    struct stat status;
    (void)snprintf(path, sizeof(path), "%s/data.db", test->folder);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    (void)snprintf(path, sizeof(path), "%s/data.db-wal", test->folder);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* A batch in which one unit is too large for the disk. */
enum { BATCH = 9 };

struct member {
    struct db_unit unit;
    int number;
    enum error_kind result;
    atomic_bool done;
};

static bool member_run(struct db_session *session, void *data, struct error *error)
{
    const struct member *member = data;
    return insert_note(session, member->number, member->number == BATCH / 2 ? 1 << 20 : 10, error);
}

static void member_done(void *data, const struct error *error)
{
    struct member *member = data;
    member->result = error ? error->kind : ERR_NONE;
    atomic_store(&member->done, true);
}

/* Holds the writer until the others wait behind it: they are one batch then. */
static bool wait_at_gate(struct db_session *session, void *data, struct error *error)
{
    UNUSED(session);
    UNUSED(error);
    while (!atomic_load((atomic_bool *)data))
        usleep(1000);
    return true;
}

static void ignore_done(void *data, const struct error *error)
{
    UNUSED(data);
    UNUSED(error);
}

static void one_unit_too_many_fails_alone(void **state)
{
    struct db_test *test = *state;
    static struct member members[BATCH];
    static atomic_bool gate;
    struct db_unit first = {.run = wait_at_gate, .done = ignore_done, .data = &gate};
    atomic_store(&gate, false);
    (void)answer(test->db, DB_WRITE, &few_pages);
    db_submit(test->db, DB_WRITE, &first);
    for (int i = 0; i < BATCH; i++) {
        members[i].number = i;
        atomic_store(&members[i].done, false);
        members[i].unit =
            (struct db_unit){.run = member_run, .done = member_done, .data = &members[i]};
        db_submit(test->db, DB_WRITE, &members[i].unit);
    }
    atomic_store(&gate, true);
    for (int i = 0; i < BATCH; i++) {
        while (!atomic_load(&members[i].done))
            usleep(1000);
        assert_int_equal(members[i].result, i == BATCH / 2 ? ERR_UNAVAILABLE : ERR_NONE);
    }
    assert_int_equal(db_test_int(test->db, &count_rows), BATCH - 1);
}

static bool insert_one(struct db_session *session, void *data, struct error *error)
{
    const int64_t *id = data;
    return insert_note(session, *id, 8000, error);
}

/* Inserts until it fails. */
static int64_t fill(struct db_test *test)
{
    struct error error = {0};
    int64_t id = 0;
    while (db_run(test->db, DB_WRITE, insert_one, &id, &error)) {
        id++;
        assert_true(id < 10000);
    }
    assert_int_equal(error.kind, ERR_UNAVAILABLE);
    return id;
}

static void expect_recovery(struct db_test *test, int64_t kept)
{
    struct error error = {0};
    assert_int_equal(db_test_int(test->db, &count_rows), kept);
    assert_true(db_run(test->db, DB_WRITE, insert_one, &kept, &error));
    assert_int_equal(db_test_int(test->db, &count_rows), kept + 1);
    db_test_reopen(test);
    assert_int_equal(db_test_int(test->db, &count_rows), kept + 1);
    assert_int_equal(db_test_int(test->db, &integrity), 1);
}

static void a_full_database_recovers(void **state)
{
    struct db_test *test = *state;
    (void)answer(test->db, DB_WRITE, &few_pages);
    int64_t kept = fill(test);
    assert_int_equal(db_test_int(test->db, &count_rows), kept);
    (void)answer(test->db, DB_WRITE, &many_pages);
    expect_recovery(test, kept);
}

static void a_refused_write_recovers(void **state)
{
    struct db_test *test = *state;
    struct rlimit before, limit;
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    assert_int_equal(sigaction(SIGXFSZ, &ignore, NULL), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 512 * 1024;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int64_t kept = fill(test);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    expect_recovery(test, kept);
}

static void *read_many(void *data)
{
    struct db_test *test = data;
    for (int i = 0; i < 2000; i++)
        assert_true(db_test_int(test->db, &count_rows) >= 10);
    return NULL;
}

static void readers_do_not_wait_for_the_writer(void **state)
{
    struct db_test *test = *state;
    int64_t next = 0;
    pthread_t threads[2];
    struct error error = {0};
    assert_true(db_run(test->db, DB_WRITE, insert_ten, &next, &error));
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_many, test), 0);
    for (int i = 0; i < 20; i++)
        assert_true(db_run(test->db, DB_WRITE, insert_ten, &next, &error));
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    struct db_statistics statistics;
    db_statistics(test->db, &statistics);
    assert_int_equal(statistics.read_units, 4000);
    assert_int_equal(statistics.failed_units, 0);
}

#define ON_SQLITE(name) cmocka_unit_test_setup_teardown(name, setup, db_test_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(only_the_writer_writes),        ON_SQLITE(the_log_is_checkpointed),
        ON_SQLITE(a_second_server_is_refused),    ON_SQLITE(the_file_is_the_owners_alone),
        ON_SQLITE(one_unit_too_many_fails_alone), ON_SQLITE(a_full_database_recovers),
        ON_SQLITE(a_refused_write_recovers),      ON_SQLITE(readers_do_not_wait_for_the_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
