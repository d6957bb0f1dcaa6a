/*
 * Measures the database engine: db_bench [URL]. Without a URL on a new SQLite file in the current
 * folder. CPU is that of this process, without a database server's.
 */
#include "db/db_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 100000, SECONDS = 1, READS_PER_UNIT = 200, IN_FLIGHT_MOST = 256 };

static const struct db_statement insert_row =
    DB_STATEMENT("insert_row", "INSERT INTO bench (id, body, size) VALUES ($1, $2, $3)");
static const struct db_statement find_row =
    DB_STATEMENT("find_row", "SELECT id, body, size FROM bench WHERE id = $1");

static const char create_table[] =
    "DROP TABLE IF EXISTS bench; CREATE TABLE bench (id ${text} PRIMARY KEY, body ${text} NOT NULL,"
    " size ${int} NOT NULL) ${table}";

static char body[201];

static int64_t cpu_us(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

static struct text row_id(char room[27], int64_t number)
{
    int len = snprintf(room, 27, "01BENCH%019lld", (long long)number);
    return (struct text){room, (size_t)len};
}

static bool insert(struct db_session *session, int64_t number, struct error *error)
{
    char room[27];
    return db_execute(session, &insert_row,
                      DB_VALUES(db_text(row_id(room, number)), db_text_z(body), db_int(number)),
                      NULL, error);
}

static bool fill(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    session->deadline = INT64_MAX;
    if (!db_script(session, create_table, error))
        return false;
    for (int64_t i = 0; i < ROWS; i++)
        if (!insert(session, i, error))
            return false;
    return true;
}

/* One thread's reads. */
struct reader {
    struct db *db;
    int reads_per_unit;
    unsigned random;
    int64_t rows;
    atomic_bool *stop;
};

static bool read_rows(struct db_session *session, void *data, struct error *error)
{
    struct reader *reader = data;
    for (int i = 0; i < reader->reads_per_unit; i++) {
        char room[27];
        struct db_rows rows;
        reader->random = reader->random * 1103515245 + 12345;
        if (!db_query(session, &find_row,
                      DB_VALUES(db_text(row_id(room, (reader->random >> 8) % ROWS))), &rows, error))
            return false;
        while (db_next(&rows))
            reader->rows += db_column_peek(&rows, 1).len > 0 && db_column_int64(&rows, 2) >= 0;
        if (!db_end(&rows))
            return false;
    }
    return true;
}

static void *reader_main(void *data)
{
    struct reader *reader = data;
    struct error error = {0};
    while (!atomic_load_explicit(reader->stop, memory_order_relaxed))
        if (!db_run(reader->db, DB_READ, read_rows, reader, &error))
            break;
    return NULL;
}

static void print_line(const char *what, int64_t rows, int64_t cpu, int64_t wall)
{
    printf("%-44s %9.0f /s  %6.2f us CPU each\n", what, (double)rows * 1e6 / (double)wall,
           (double)cpu / (double)rows);
}

static void bench_reads(struct db *db, const char *what, int threads, int reads_per_unit)
{
    pthread_t ids[8];
    struct reader readers[8];
    atomic_bool stop = false;
    int64_t cpu = cpu_us(), start = db_now(), rows = 0;
    for (int i = 0; i < threads; i++) {
        readers[i] = (struct reader){db, reads_per_unit, (unsigned)i + 7, 0, &stop};
        if (pthread_create(&ids[i], NULL, reader_main, &readers[i]) != 0)
            abort();
    }
    usleep(SECONDS * 1000 * 1000);
    atomic_store(&stop, true);
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        rows += readers[i].rows;
    }
    print_line(what, rows, cpu_us() - cpu, db_now() - start);
}

/* Units that submit themselves again as long as the bench lasts. */
struct writer {
    struct db *db;
    atomic_int_fast64_t next, written;
    atomic_int running;
    int64_t until;
};

struct flight {
    struct db_unit unit;
    struct writer *writer;
};

static bool flight_run(struct db_session *session, void *data, struct error *error)
{
    struct flight *flight = data;
    return insert(session, atomic_fetch_add(&flight->writer->next, 1), error);
}

static void flight_done(void *data, const struct error *error)
{
    struct flight *flight = data;
    struct writer *writer = flight->writer;
    atomic_fetch_add(&writer->written, error == NULL);
    if (!error && db_now() < writer->until)
        db_submit(writer->db, DB_WRITE, &flight->unit);
    else
        atomic_fetch_sub(&writer->running, 1);
}

static void bench_writes(struct db *db, const char *what, int in_flight)
{
    static int64_t first = ROWS;
    static struct flight flights[IN_FLIGHT_MOST];
    struct writer writer = {.db = db, .running = in_flight, .until = db_now() + SECONDS * 1000000};
    struct db_statistics before, after;
    db_statistics(db, &before);
    atomic_init(&writer.next, first);
    int64_t cpu = cpu_us(), start = db_now();
    for (int i = 0; i < in_flight; i++) {
        flights[i].writer = &writer;
        flights[i].unit =
            (struct db_unit){.run = flight_run, .done = flight_done, .data = &flights[i]};
        db_submit(db, DB_WRITE, &flights[i].unit);
    }
    while (atomic_load(&writer.running) > 0)
        usleep(1000);
    first = atomic_load(&writer.next);
    cpu = cpu_us() - cpu;
    int64_t wall = db_now() - start;
    db_statistics(db, &after);
    print_line(what, atomic_load(&writer.written), cpu, wall);
    printf("%44s %9.1f rows a commit\n", "",
           (double)atomic_load(&writer.written) / (double)(after.commits - before.commits));
}

int main(int count, char **arguments)
{
    struct error error = {0};
    struct db *db;
    const char *file = "bench.db", *url = count > 1 ? arguments[1] : file;
    memset(body, 'x', sizeof(body) - 1);
    if (!db_open(url, NULL, &db, &error) || !db_run(db, DB_WRITE, fill, NULL, &error)) {
        fprintf(stderr, "db_bench: %s\n", error.message);
        return 1;
    }
    bench_reads(db, "point read, a unit each, 1 thread", 1, 1);
    bench_reads(db, "point read, a unit each, 2 threads", 2, 1);
    bench_reads(db, "point read, 200 a unit, 1 thread", 1, READS_PER_UNIT);
    bench_reads(db, "point read, 200 a unit, 2 threads", 2, READS_PER_UNIT);
    bench_writes(db, "durable write, 1 in flight", 1);
    bench_writes(db, "durable write, 16 in flight", 16);
    bench_writes(db, "durable write, 64 in flight", 64);
    bench_writes(db, "durable write, 256 in flight", 256);
    db_close(db);
    if (url == file) {
        (void)unlink(file);
        (void)unlink("bench.db.lock");
    }
    return 0;
}
