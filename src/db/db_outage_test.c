/*
 * What is acknowledged is kept: the process killed in the middle of writes, connections cut, the
 * database server crashed. Run once on each engine (DB_TEST_URL); what only a server can suffer is
 * skipped on SQLite.
 */
#include "base/random.h"
#include "db/db_driver.h"
#include "db/db_test_support.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IN_FLIGHT = 32, ROUNDS = 12 };

static const struct db_statement insert_half =
    DB_STATEMENT("insert_half", "INSERT INTO half (number, side) VALUES ($1, $2)");
static const struct db_statement count_halves =
    DB_STATEMENT("count_halves", "SELECT count(*) FROM half");
static const struct db_statement list_halves = DB_STATEMENT(
    "list_halves", "SELECT number, count(*) FROM half GROUP BY number ORDER BY number");
static const struct db_statement cut_own_connection =
    DB_STATEMENT("cut_own_connection", "SELECT pg_terminate_backend(pg_backend_pid())");
static const struct db_statement cut_other_connections = DB_STATEMENT(
    "cut_other_connections", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                             " WHERE pid <> pg_backend_pid()"
                             " AND application_name = current_setting('application_name')");

static int setup(void **state)
{
    int status = db_test_setup(state);
    struct db_test *test = *state;
    db_test_script(test->db, "CREATE TABLE half (number ${int} NOT NULL, side ${text} NOT NULL,"
                             " UNIQUE (number, side)) ${table}");
    return status;
}

static bool insert_both(struct db_session *session, int64_t number, struct error *error)
{
    return db_execute(session, &insert_half, DB_VALUES(db_int(number), db_text_z("a")), NULL,
                      error) &&
           db_execute(session, &insert_half, DB_VALUES(db_int(number), db_text_z("b")), NULL,
                      error);
}

/* The child: keeps units in flight for ever and reports each number whose unit was acknowledged. */
struct writer {
    struct db *db;
    int pipe;
    atomic_int_fast64_t next;
};

struct flight {
    struct db_unit unit;
    struct writer *writer;
    int64_t number;
};

static bool flight_run(struct db_session *session, void *data, struct error *error)
{
    const struct flight *flight = data;
    return insert_both(session, flight->number, error);
}

static void flight_submit(struct flight *flight);

static void flight_done(void *data, const struct error *error)
{
    struct flight *flight = data;
    if (!error && write(flight->writer->pipe, &flight->number, sizeof(flight->number)) < 0)
        _exit(3);
    flight_submit(flight);
}

static void flight_submit(struct flight *flight)
{
    flight->number = atomic_fetch_add(&flight->writer->next, 1);
    flight->unit = (struct db_unit){.run = flight_run, .done = flight_done, .data = flight};
    db_submit(flight->writer->db, DB_WRITE, &flight->unit);
}

static void write_for_ever(const struct db_test *test, int pipe, int64_t first)
{
    static struct writer writer;
    static struct flight flights[IN_FLIGHT];
    struct error error = {0};
    writer.pipe = pipe;
    atomic_init(&writer.next, first);
    if (!db_open(test->url, &test->options, &writer.db, &error))
        _exit(2);
    for (int i = 0; i < IN_FLIGHT; i++) {
        flights[i].writer = &writer;
        flight_submit(&flights[i]);
    }
    for (;;)
        pause();
}

/* Lets a child write for a moment, kills it, and gives back the numbers it got acknowledged. */
static size_t run_and_kill(const struct db_test *test, int64_t first, int64_t *numbers, size_t most)
{
    int ends[2];
    uint8_t dice = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        write_for_ever(test, ends[1], first);
    }
    (void)close(ends[1]);
    size_t count = 0;
    /* From its first answer on, up to 64 ms. */
    assert_int_equal(read(ends[0], &numbers[count++], sizeof(*numbers)), sizeof(*numbers));
    random_bytes(&dice, sizeof(dice));
    usleep((useconds_t)dice * 250);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    while (count < most && read(ends[0], &numbers[count], sizeof(*numbers)) == sizeof(*numbers))
        count++;
    (void)close(ends[0]);
    return count;
}

static int compare_numbers(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

struct expectation {
    const int64_t *numbers; /* sorted */
    size_t count;
};

static bool expect_all(struct db_session *session, void *data, struct error *error)
{
    const struct expectation *expected = data;
    struct db_rows rows;
    size_t found = 0;
    if (!db_query(session, &list_halves, DB_NO_VALUES, &rows, error))
        return false;
    while (db_next(&rows)) {
        if (db_column_int64(&rows, 1) != 2)
            return error_set(error, ERR_INTERNAL, "half a unit was kept");
        if (found < expected->count && db_column_int64(&rows, 0) == expected->numbers[found])
            found++;
    }
    if (found < expected->count)
        return error_set(error, ERR_INTERNAL, "%zu acknowledged units of %zu were kept", found,
                         expected->count);
    return db_end(&rows);
}

static void a_killed_process_keeps_what_it_acknowledged(void **state)
{
    struct db_test *test = *state;
    enum { MOST = 1 << 18 };
    static int64_t numbers[MOST];
    size_t count = 0;
    db_close(test->db);
    for (int round = 0; round < ROUNDS; round++)
        count += run_and_kill(test, (int64_t)round << 32, numbers + count, MOST - count);
    db_test_open(test);
    qsort(numbers, count, sizeof(*numbers), compare_numbers);
    struct expectation expected = {numbers, count};
    struct error error = {0};
    if (!db_run(test->db, DB_READ, expect_all, &expected, &error))
        fail_msg("%s", error.message);
    print_message("%d kills, %zu acknowledged units, all kept\n", ROUNDS, count);
}

/* Units that write, one of which cuts the writer's connection the first time it runs. */
struct cutter {
    struct db_unit unit;
    int number;
    bool cut;
    atomic_bool done;
    enum error_kind result;
};

static bool cutter_run(struct db_session *session, void *data, struct error *error)
{
    struct cutter *cutter = data;
    if (!insert_both(session, cutter->number, error))
        return false;
    if (!cutter->cut)
        return true;
    cutter->cut = false;
    assert_false(db_execute(session, &cut_own_connection, DB_NO_VALUES, NULL, error));
    return false;
}

static void cutter_done(void *data, const struct error *error)
{
    struct cutter *cutter = data;
    cutter->result = error ? error->kind : ERR_NONE;
    atomic_store(&cutter->done, true);
}

static void a_lost_connection_is_made_up_for(void **state)
{
    struct db_test *test = *state;
    static struct cutter cutters[10];
    struct db_statistics statistics;
    if (db_test_is_sqlite(test))
        skip();
    for (int i = 0; i < 10; i++) {
        cutters[i] = (struct cutter){.number = i, .cut = i == 5};
        cutters[i].unit =
            (struct db_unit){.run = cutter_run, .done = cutter_done, .data = &cutters[i]};
        db_submit(test->db, DB_WRITE, &cutters[i].unit);
    }
    for (int i = 0; i < 10; i++) {
        while (!atomic_load(&cutters[i].done))
            usleep(1000);
        assert_int_equal(cutters[i].result, ERR_NONE);
    }
    assert_int_equal(db_test_int(test->db, &count_halves), 20);
    db_statistics(test->db, &statistics);
    assert_int_equal(statistics.reconnects, 1);
}

static void note_gap(void *data, struct text channel, struct text payload)
{
    UNUSED(payload);
    if (channel.len == 0)
        atomic_store((atomic_bool *)data, true);
}

static bool cut_others(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    return db_execute(session, &cut_other_connections, DB_NO_VALUES, NULL, error);
}

static void readers_and_listeners_come_back(void **state)
{
    struct db_test *test = *state;
    static atomic_bool gap;
    struct error error = {0};
    atomic_store(&gap, false);
    if (db_test_is_sqlite(test))
        skip();
    assert_int_equal(db_test_int(test->db, &count_halves), 0);
    assert_true(db_listen(test->db, note_gap, &gap, &error));
    assert_true(db_run(test->db, DB_WRITE, cut_others, NULL, &error));
    for (int i = 0; i < 10; i++)
        assert_int_equal(db_test_int(test->db, &count_halves), 0);
    for (int i = 0; i < 20000 && !atomic_load(&gap); i++)
        usleep(1000);
    assert_true(atomic_load(&gap));
}

/* Runs the command that crashes the server and starts it again. */
static void *restart_server(void *data)
{
    char shell[] = "sh", flag[] = "-c", *arguments[] = {shell, flag, data, NULL};
    pid_t child;
    usleep(50 * 1000);
    if (posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, environ) != 0 ||
        waitpid(child, NULL, 0) != child)
        abort();
    return NULL;
}

struct attempt {
    int64_t number;
};

static bool attempt_run(struct db_session *session, void *data, struct error *error)
{
    const struct attempt *attempt = data;
    return insert_both(session, attempt->number, error);
}

static void a_crashed_server_keeps_what_it_acknowledged(void **state)
{
    struct db_test *test = *state;
    char *command = getenv("DB_TEST_RESTART");
    enum { MOST = 1 << 16 };
    static int64_t numbers[MOST];
    size_t count = 0, failures = 0;
    pthread_t restarter;
    if (!command || db_test_is_sqlite(test))
        skip();
    assert_int_equal(pthread_create(&restarter, NULL, restart_server, command), 0);
    /* Until it has been seen to fail and to work again. */
    int64_t until = db_now() + 60 * 1000 * 1000;
    for (int64_t number = 0, good = 0; good < 50 && db_now() < until; number++) {
        struct attempt attempt = {number};
        struct error error = {0};
        if (db_run(test->db, DB_WRITE, attempt_run, &attempt, &error)) {
            numbers[count++ % MOST] = number;
            good += failures > 0;
        } else {
            assert_int_equal(error.kind, ERR_UNAVAILABLE);
            failures++;
            usleep(1000);
        }
    }
    pthread_join(restarter, NULL);
    assert_true(failures > 0 && count > 50 && count < MOST);
    struct expectation expected = {numbers, count};
    struct error error = {0};
    if (!db_run(test->db, DB_READ, expect_all, &expected, &error))
        fail_msg("%s", error.message);
}

#define OUTAGE(name) cmocka_unit_test_setup_teardown(name, setup, db_test_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OUTAGE(a_killed_process_keeps_what_it_acknowledged),
        OUTAGE(a_lost_connection_is_made_up_for),
        OUTAGE(readers_and_listeners_come_back),
        OUTAGE(a_crashed_server_keeps_what_it_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
