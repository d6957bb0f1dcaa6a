/*
 * The contract that both drivers keep: one file of tests, run once on each engine (DB_TEST_URL).
 */
#include "db/db_row.h"
#include "db/db_test_support.h"
#include "db/migrate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char create_tables[] =
    "CREATE TABLE box (id ${text} PRIMARY KEY, size ${int}, open ${bool}, weight ${real},"
    " seal ${bytes}) ${table};"
    "CREATE TABLE item (id ${serial}, box ${text} NOT NULL REFERENCES box (id), name ${text} NOT "
    "NULL,"
    " UNIQUE (box, name)) ${table}";

static const struct db_statement insert_box = DB_STATEMENT(
    "insert_box", "INSERT INTO box (id, size, open, weight, seal) VALUES ($1, $2, $3, $4, $5)");
static const struct db_statement insert_sized =
    DB_STATEMENT("insert_sized", "INSERT INTO box (size, id) VALUES ($2, $1)");
static const struct db_statement insert_item =
    DB_STATEMENT("insert_item", "INSERT INTO item (box, name) VALUES ($1, $2) RETURNING id");
static const struct db_statement insert_link_row =
    DB_STATEMENT("insert_link_row", "INSERT INTO link (box) VALUES ($1)");
static const struct db_statement list_boxes =
    DB_STATEMENT("list_boxes", "SELECT id, size, open, weight, seal FROM box ORDER BY id");
static const struct db_statement count_boxes =
    DB_STATEMENT("count_boxes", "SELECT count(*) FROM box");
static const struct db_statement sum_sizes =
    DB_STATEMENT("sum_sizes", "SELECT CAST(sum(size) AS bigint) FROM box");
static const struct db_statement grow_boxes =
    DB_STATEMENT("grow_boxes", "UPDATE box SET size = size + $1");
static const struct db_statement boxes_in =
    DB_STATEMENT("boxes_in", "SELECT id FROM box WHERE id IN ${texts:1} ORDER BY id");
static const struct db_statement boxes_of_sizes =
    DB_STATEMENT("boxes_of_sizes", "SELECT id FROM box WHERE size IN ${ints:1} ORDER BY id");
static const struct db_statement boxes_by_parent =
    DB_STATEMENT("boxes_by_parent", "SELECT parent.position, box.size FROM ${rows:1} AS parent"
                                    " JOIN box ON box.id = parent.value ORDER BY parent.position");
static const struct db_statement boxes_like =
    DB_STATEMENT("boxes_like", "SELECT id FROM box WHERE id LIKE $1 ORDER BY id");
static const struct db_statement misspelt = DB_STATEMENT("misspelt", "SELEC 1");
static const struct db_statement unknown_macro =
    DB_STATEMENT("unknown_macro", "SELECT ${nothing:1}");

static int setup(void **state)
{
    int status = db_test_setup(state);
    struct db_test *test = *state;
    db_test_script(test->db, create_tables);
    return status;
}

static void add_box(struct db *db, const char *id, int64_t size)
{
    db_test_execute(db, &insert_sized, DB_VALUES(db_text_z(id), db_int(size)));
}

/* Runs a unit with the test as its data and gives back the error. */
static struct error run(struct db_test *test, enum db_mode mode, db_run_fn fn)
{
    struct error error = {0};
    bool kept = db_run(test->db, mode, fn, test, &error);
    assert_int_equal(kept, !error_is_set(&error));
    return error;
}

static bool write_values(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    int64_t changed = 0;
    assert_int_equal(db_session_mode(session), DB_WRITE);
    bool kept =
        db_execute(session, &insert_box,
                   DB_VALUES(db_text_z("a'; DROP TABLE box"), db_int(INT64_MIN), db_bool(true),
                             db_real(0.5), db_blob((struct text){"\0\xff'x", 4})),
                   &changed, error) &&
        db_execute(session, &insert_box,
                   DB_VALUES(db_text_z("\xc3\xa9\xf0\x9f\x8e\x89"), db_null(), db_bool(false),
                             db_null(), db_null()),
                   &changed, error);
    assert_int_equal(changed, 1);
    assert_int_equal(db_statement_count(session), 2);
    return kept;
}

static bool read_values(struct db_session *session, void *data, struct error *error)
{
    struct db_test *test = data;
    struct db_rows rows;
    if (!db_query(session, &list_boxes, DB_NO_VALUES, &rows, error))
        return false;
    assert_true(db_next(&rows));
    assert_true(text_equal_z(db_column_text(&rows, 0, test->arena), "a'; DROP TABLE box"));
    assert_true(db_column_int64(&rows, 1) == INT64_MIN);
    assert_true(db_column_bool(&rows, 2));
    assert_true(db_column_real(&rows, 3) > 0.4 && db_column_real(&rows, 3) < 0.6);
    assert_true(text_equal(db_column_blob(&rows, 4, test->arena), (struct text){"\0\xff'x", 4}));
    assert_true(db_next(&rows));
    assert_true(text_equal_z(db_column_peek(&rows, 0), "\xc3\xa9\xf0\x9f\x8e\x89"));
    assert_true(db_column_is_null(&rows, 1) && db_column_is_null(&rows, 4));
    assert_int_equal(db_column_int64(&rows, 1), 0);
    assert_false(db_column_bool(&rows, 2));
    assert_int_equal(db_column_peek(&rows, 4).len, 0);
    assert_false(db_next(&rows));
    assert_false(db_next(&rows));
    return db_end(&rows);
}

struct box {
    struct text id;
    int64_t size;
    bool open;
    double weight;
    struct text seal;
};

static const struct db_member box_members[] = {
    {DB_MEMBER_TEXT, offsetof(struct box, id), sizeof(struct text)},
    {DB_MEMBER_INT, offsetof(struct box, size), sizeof(int64_t)},
    {DB_MEMBER_BOOL, offsetof(struct box, open), sizeof(bool)},
    {DB_MEMBER_OWN, offsetof(struct box, weight), sizeof(double)},
    {DB_MEMBER_OPTIONAL, offsetof(struct box, seal), sizeof(struct text)},
};

static bool read_members(struct db_session *session, void *data, struct error *error)
{
    struct db_test *test = data;
    struct db_rows rows;
    struct box box = {.weight = 7}, part = {.size = 7, .open = true};
    const uint64_t all = DB_COLUMN(ARRAY_LENGTH(box_members)) - 1;
    if (!db_query(session, &list_boxes, DB_NO_VALUES, &rows, error))
        return false;
    assert_true(db_next(&rows));
    db_read_row(&rows, box_members, all, test->arena, &box);
    db_read_row(&rows, box_members, DB_COLUMN(0) | DB_COLUMN(2), test->arena, &part);
    assert_true(db_next(&rows));
    /* The first row's texts are copies, and the caller's own column is left alone. */
    assert_true(text_equal_z(box.id, "a'; DROP TABLE box") && box.size == INT64_MIN && box.open);
    assert_true(text_equal(box.seal, (struct text){"\0\xff'x", 4}) && (int)box.weight == 7);
    assert_true(text_equal(part.id, box.id) && part.size == 7 && !part.seal.at);
    db_read_row(&rows, box_members, all, test->arena, &box);
    assert_true(box.id.len == 6 && box.size == 0 && !box.open && !box.seal.at);
    assert_false(db_next(&rows));
    return db_end(&rows);
}

static void a_row_fills_the_members_that_were_asked_for(void **state)
{
    struct db_test *test = *state;
    struct error error = run(test, DB_WRITE, write_values);
    assert_false(error_is_set(&error));
    error = run(test, DB_READ, read_members);
    assert_false(error_is_set(&error));
    assert_int_equal(
        db_columns_at(box_members, ARRAY_LENGTH(box_members), offsetof(struct box, size)),
        DB_COLUMN(1));
    assert_int_equal(db_columns_at(box_members, ARRAY_LENGTH(box_members),
                                   offsetof(struct box, seal) + sizeof(char *)),
                     DB_COLUMN(4));
    assert_int_equal(db_columns_at(box_members, ARRAY_LENGTH(box_members), sizeof(struct box)), 0);
}

static bool read_without_memory(struct db_session *session, void *data, struct error *error)
{
    struct db_test *test = data;
    struct db_rows rows;
    struct box box = {0};
    if (!db_query(session, &list_boxes, DB_NO_VALUES, &rows, error))
        return false;
    assert_true(db_next(&rows));
    arena_fail_after(test->arena, 0);
    db_read_row(&rows, box_members, DB_COLUMN(0) | DB_COLUMN(1), test->arena, &box);
    assert_true(arena_failed(test->arena));
    assert_true(!box.id.at && box.id.len == 0 && box.size == INT64_MIN);
    arena_reset(test->arena);
    return db_end(&rows);
}

static void a_row_without_memory_has_no_texts(void **state)
{
    struct db_test *test = *state;
    (void)run(test, DB_WRITE, write_values);
    struct error error = run(test, DB_READ, read_without_memory);
    assert_false(error_is_set(&error));
}

static void values_come_back_as_they_went_in(void **state)
{
    assert_int_equal(run(*state, DB_WRITE, write_values).kind, ERR_NONE);
    assert_int_equal(run(*state, DB_READ, read_values).kind, ERR_NONE);
}

/* Joins the first column of a query with blanks. */
static void expect_list(struct db_session *session, const struct db_statement *statement,
                        struct db_value value, const char *expected)
{
    struct error error = {0};
    struct db_rows rows;
    char list[256] = "";
    assert_true(db_query(session, statement, &value, 1, &rows, &error));
    while (db_next(&rows)) {
        struct text id = db_column_peek(&rows, 0);
        (void)snprintf(list + strlen(list), sizeof(list) - strlen(list), "%.*s ", TEXT_ARG(id));
    }
    assert_true(db_end(&rows));
    assert_string_equal(list, expected);
}

static bool read_sets(struct db_session *session, void *data, struct error *error)
{
    struct db_test *test = data;
    const struct text ids[] = {TEXT("c"), TEXT("a"), TEXT("no\"t\n\\"), TEXT("a")};
    const int64_t sizes[] = {2, 3, 77};
    struct db_rows rows;
    char line[64] = "";
    expect_list(session, &boxes_in, db_texts(test->arena, ids, 4), "a c ");
    expect_list(session, &boxes_in, db_texts(test->arena, ids, 0), "");
    expect_list(session, &boxes_of_sizes, db_ints(test->arena, sizes, 3), "b c ");
    expect_list(session, &boxes_like, db_text_z("A%"), "");
    expect_list(session, &boxes_like, db_text_z("a%"), "a ");
    if (!db_query(session, &boxes_by_parent, DB_VALUES(db_texts(test->arena, ids, 4)), &rows,
                  error))
        return false;
    while (db_next(&rows))
        (void)snprintf(line + strlen(line), sizeof(line) - strlen(line), "%d:%d ",
                       (int)db_column_int64(&rows, 0), (int)db_column_int64(&rows, 1));
    assert_string_equal(line, "0:3 1:1 3:1 ");
    return db_end(&rows);
}

static void a_set_is_one_parameter(void **state)
{
    struct db_test *test = *state;
    add_box(test->db, "a", 1);
    add_box(test->db, "b", 2);
    add_box(test->db, "c", 3);
    assert_int_equal(run(test, DB_READ, read_sets).kind, ERR_NONE);
    assert_int_equal(db_test_int(test->db, &sum_sizes), 6);
}

static bool insert_twice(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    return db_execute(session, &insert_sized, DB_VALUES(db_text_z("new"), db_int(1)), NULL,
                      error) &&
           db_execute(session, &insert_sized, DB_VALUES(db_text_z("old"), db_int(1)), NULL, error);
}

static void a_failed_unit_leaves_nothing(void **state)
{
    struct db_test *test = *state;
    add_box(test->db, "old", 1);
    struct error error = run(test, DB_WRITE, insert_twice);
    assert_int_equal(error.kind, ERR_CONFLICT);
    assert_string_equal(error.field, "id");
    assert_null(strstr(error.message, "box"));
    assert_int_equal(db_test_int(test->db, &count_boxes), 1);
}

static bool insert_item_twice(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    for (int i = 0; i < 2; i++) {
        struct db_rows rows;
        if (!db_query(session, &insert_item, DB_VALUES(db_text_z("a"), db_text_z("x")), &rows,
                      error))
            return false;
        bool found = db_next(&rows) && db_column_int64(&rows, 0) > 0;
        if (!db_end(&rows)) {
            const struct db_violation *violation = db_violation(session);
            assert_true(violation->unique);
            assert_true(text_equal_z(violation->table, "item"));
            assert_true(text_equal_z(violation->columns, "box, name"));
            return false;
        }
        assert_true(found);
    }
    return true;
}

static bool ignore_conflict(struct db_session *session, void *data, struct error *error)
{
    if (!db_execute(session, &insert_sized, DB_VALUES(db_text_z("before"), db_int(1)), NULL, error))
        return false;
    assert_false(db_nested(session, insert_twice, data, error));
    assert_int_equal(error->kind, ERR_CONFLICT);
    error_clear(error);
    return db_execute(session, &insert_sized, DB_VALUES(db_text_z("after"), db_int(1)), NULL,
                      error);
}

static void a_nested_block_is_undone_alone(void **state)
{
    struct db_test *test = *state;
    add_box(test->db, "old", 1);
    assert_int_equal(run(test, DB_WRITE, ignore_conflict).kind, ERR_NONE);
    assert_int_equal(db_test_int(test->db, &count_boxes), 3);
}

static bool ignore_failure(struct db_session *session, void *data, struct error *error)
{
    assert_false(insert_twice(session, data, error));
    error_clear(error);
    assert_false(
        db_execute(session, &insert_sized, DB_VALUES(db_text_z("x"), db_int(1)), NULL, error));
    error_clear(error);
    return true;
}

static void a_failure_cannot_be_ignored(void **state)
{
    struct db_test *test = *state;
    add_box(test->db, "old", 1);
    assert_int_equal(run(test, DB_WRITE, ignore_failure).kind, ERR_INTERNAL);
    assert_int_equal(db_test_int(test->db, &count_boxes), 1);
}

static bool insert_orphan(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    struct db_rows rows;
    if (!db_query(session, &insert_item, DB_VALUES(db_text_z("none"), db_text_z("x")), &rows,
                  error))
        return false;
    (void)db_next(&rows);
    return db_end(&rows);
}

static void a_missing_parent_is_a_conflict(void **state)
{
    assert_int_equal(run(*state, DB_WRITE, insert_orphan).kind, ERR_CONFLICT);
}

static bool run_misspelt(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    return db_execute(session, &misspelt, DB_NO_VALUES, NULL, error);
}

static bool run_unknown_macro(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    return db_execute(session, &unknown_macro, DB_VALUES(db_int(1)), NULL, error);
}

static bool run_too_few_values(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    return db_execute(session, &insert_sized, DB_VALUES(db_text_z("x")), NULL, error);
}

static bool run_nul_in_text(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    return db_execute(session, &insert_sized,
                      DB_VALUES(db_text((struct text){"a\0b", 3}), db_int(1)), NULL, error);
}

static bool write_in_read(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    assert_int_equal(db_session_mode(session), DB_READ);
    return db_execute(session, &insert_sized, DB_VALUES(db_text_z("x"), db_int(1)), NULL, error);
}

static bool wait_in_unit(struct db_session *session, void *data, struct error *error)
{
    UNUSED(session);
    struct db_test *test = data;
    return db_run(test->db, DB_WRITE, write_values, test, error);
}

static bool keep_nothing(struct db_session *session, void *data, struct error *error)
{
    UNUSED(session);
    UNUSED(data);
    return error_set(error, ERR_DENIED, "no");
}

static void mistakes_are_internal_and_say_nothing(void **state)
{
    struct db_test *test = *state;
    static const db_run_fn mistakes[] = {run_misspelt, run_unknown_macro, run_too_few_values,
                                         wait_in_unit};
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        struct error error = run(test, DB_WRITE, mistakes[i]);
        assert_int_equal(error.kind, ERR_INTERNAL);
        assert_null(strstr(error.message, "SELEC"));
    }
    assert_int_equal(run(test, DB_READ, write_in_read).kind, ERR_INTERNAL);
    assert_int_equal(run(test, DB_WRITE, run_nul_in_text).kind, ERR_INVALID);
    assert_int_equal(run(test, DB_WRITE, keep_nothing).kind, ERR_DENIED);
    assert_int_equal(db_test_int(test->db, &count_boxes), 0);
}

static bool count_in_pieces(struct db_session *session, void *data, struct error *error)
{
    struct db_test *test = data;
    struct db_rows outer, inner;
    int pairs = 0;
    /* The same statement twice at once, and a loop that is left early. */
    if (!db_query(session, &list_boxes, DB_NO_VALUES, &outer, error))
        return false;
    while (db_next(&outer)) {
        if (!db_query(session, &list_boxes, DB_NO_VALUES, &inner, error))
            return false;
        while (db_next(&inner))
            pairs++;
        if (!db_end(&inner))
            return false;
        struct text id = db_column_text(&outer, 0, test->arena);
        assert_int_equal(id.len, 1);
    }
    assert_int_equal(pairs, 4);
    if (!db_end(&outer) || !db_query(session, &list_boxes, DB_NO_VALUES, &outer, error))
        return false;
    assert_true(db_next(&outer));
    return db_end(&outer);
}

static void queries_may_overlap(void **state)
{
    struct db_test *test = *state;
    add_box(test->db, "a", 1);
    add_box(test->db, "b", 2);
    assert_int_equal(run(test, DB_READ, count_in_pieces).kind, ERR_NONE);
    assert_int_equal(run(test, DB_WRITE, count_in_pieces).kind, ERR_NONE);
}

struct snapshot {
    struct db_test *test;
    atomic_bool first_read, written;
};

static int64_t count_in(struct db_session *session)
{
    struct error error = {0};
    struct db_rows rows;
    assert_true(db_query(session, &count_boxes, DB_NO_VALUES, &rows, &error));
    assert_true(db_next(&rows));
    int64_t count = db_column_int64(&rows, 0);
    assert_true(db_end(&rows));
    return count;
}

static bool read_around_a_write(struct db_session *session, void *data, struct error *error)
{
    UNUSED(error);
    struct snapshot *snapshot = data;
    assert_int_equal(count_in(session), 1);
    atomic_store(&snapshot->first_read, true);
    while (!atomic_load(&snapshot->written))
        usleep(1000);
    assert_int_equal(count_in(session), 1);
    return true;
}

static void *write_meanwhile(void *data)
{
    struct snapshot *snapshot = data;
    while (!atomic_load(&snapshot->first_read))
        usleep(1000);
    add_box(snapshot->test->db, "b", 2);
    atomic_store(&snapshot->written, true);
    return NULL;
}

static void a_read_sees_one_snapshot(void **state)
{
    struct snapshot snapshot = {.test = *state};
    struct error error = {0};
    pthread_t writer;
    add_box(snapshot.test->db, "a", 1);
    assert_int_equal(pthread_create(&writer, NULL, write_meanwhile, &snapshot), 0);
    assert_true(db_run(snapshot.test->db, DB_READ, read_around_a_write, &snapshot, &error));
    pthread_join(writer, NULL);
    assert_int_equal(db_test_int(snapshot.test->db, &count_boxes), 2);
}

/* Many units at once: what is asserted is order, isolation and the number of commits. */
enum { CROWD = 600 };

struct crowd {
    struct db_test *test;
    struct db_unit units[CROWD];
    struct member {
        struct crowd *crowd;
        int number;
    } members[CROWD];
    atomic_int finished, failed, hooked, runs;
    atomic_bool gate;
    int last;
};

static void count_hook(void *data)
{
    struct crowd *crowd = data;
    atomic_fetch_add(&crowd->hooked, 1);
}

static bool crowd_run(struct db_session *session, void *data, struct error *error)
{
    const struct member *member = data;
    char id[16];
    (void)snprintf(id, sizeof(id), "m%06d", member->number);
    atomic_fetch_add(&member->crowd->runs, 1);
    if (!db_after_commit(session, count_hook, member->crowd, error) ||
        !db_execute(session, &insert_sized, DB_VALUES(db_text_z(id), db_int(member->number)), NULL,
                    error))
        return false;
    return member->number % 3 != 0 || error_set(error, ERR_DENIED, "every third one is refused");
}

static void crowd_done(void *data, const struct error *error)
{
    const struct member *member = data;
    struct crowd *crowd = member->crowd;
    assert_true(member->number > crowd->last);
    crowd->last = member->number;
    assert_true((member->number % 3 == 0) == (error && error->kind == ERR_DENIED));
    if (error)
        atomic_fetch_add(&crowd->failed, 1);
    atomic_fetch_add(&crowd->finished, 1);
}

static bool hold_the_writer(struct db_session *session, void *data, struct error *error)
{
    UNUSED(session);
    UNUSED(error);
    struct crowd *crowd = data;
    while (!atomic_load(&crowd->gate))
        usleep(1000);
    return true;
}

static void ignore_done(void *data, const struct error *error)
{
    UNUSED(data);
    UNUSED(error);
}

/* Hands over `count` units that wait for each other, so that they come into one batch, and waits
 * for their end. */
static void run_crowd(struct crowd *crowd, db_run_fn fn, void (*done)(void *, const struct error *),
                      int count)
{
    struct db *db = crowd->test->db;
    struct db_unit holder = {.run = hold_the_writer, .done = ignore_done, .data = crowd};
    db_submit(db, DB_WRITE, &holder);
    for (int i = 0; i < count; i++) {
        crowd->members[i] = (struct member){crowd, i};
        crowd->units[i] = (struct db_unit){.run = fn, .done = done, .data = &crowd->members[i]};
        db_submit(db, DB_WRITE, &crowd->units[i]);
    }
    atomic_store(&crowd->gate, true);
    while (atomic_load(&crowd->finished) < count)
        usleep(1000);
}

static void units_share_commits_and_fail_alone(void **state)
{
    static struct crowd crowd;
    crowd = (struct crowd){.test = *state, .last = -1};
    struct db *db = crowd.test->db;
    struct db_statistics before, after;
    db_statistics(db, &before);
    run_crowd(&crowd, crowd_run, crowd_done, CROWD);
    db_statistics(db, &after);
    assert_int_equal(atomic_load(&crowd.failed), CROWD / 3);
    assert_int_equal(atomic_load(&crowd.hooked), CROWD - CROWD / 3);
    assert_int_equal(db_test_int(db, &count_boxes), CROWD - CROWD / 3);
    /* How many share one depends on the machine; each had its own otherwise. */
    print_message("%d units, %d commits\n", CROWD, (int)(after.commits - before.commits));
    assert_true(after.commits - before.commits <= CROWD / 2);
}

/* Every third has nothing to undo: it has only read. */
static bool read_and_refuse(struct db_session *session, void *data, struct error *error)
{
    const struct member *member = data;
    struct db_rows rows;
    if (member->number % 3 != 0)
        return crowd_run(session, data, error);
    atomic_fetch_add(&member->crowd->runs, 1);
    return db_after_commit(session, count_hook, member->crowd, error) &&
           db_query(session, &count_boxes, DB_NO_VALUES, &rows, error) && db_end(&rows) &&
           error_set(error, ERR_DENIED, "every third one is refused");
}

static void a_refusal_alone_costs_nobody_a_second_run(void **state)
{
    static struct crowd crowd;
    enum { MEMBERS = 9 };
    crowd = (struct crowd){.test = *state, .last = -1};
    run_crowd(&crowd, read_and_refuse, crowd_done, MEMBERS);
    assert_int_equal(atomic_load(&crowd.runs), MEMBERS);
    assert_int_equal(atomic_load(&crowd.hooked), MEMBERS - MEMBERS / 3);
    assert_int_equal(db_test_int(crowd.test->db, &count_boxes), MEMBERS - MEMBERS / 3);
}

static bool insert_hooked(struct db_session *session, void *data, struct error *error)
{
    const struct member *member = data;
    char id[16];
    (void)snprintf(id, sizeof(id), "in%d", member->number);
    return db_after_commit(session, count_hook, member->crowd, error) &&
           db_execute(session, &insert_sized, DB_VALUES(db_text_z(id), db_int(1)), NULL, error) &&
           member->number % 3 != 0;
}

/* Every third undoes a block and goes on, as a mutation does that puts its refusal on record. */
static bool insert_around_block(struct db_session *session, void *data, struct error *error)
{
    const struct member *member = data;
    char before[16], after[16];
    (void)snprintf(before, sizeof(before), "b%d", member->number);
    (void)snprintf(after, sizeof(after), "a%d", member->number);
    if (!db_execute(session, &insert_sized, DB_VALUES(db_text_z(before), db_int(1)), NULL, error))
        return false;
    if (!db_nested(session, insert_hooked, data, error))
        error_clear(error);
    return db_execute(session, &insert_sized, DB_VALUES(db_text_z(after), db_int(1)), NULL, error);
}

static void expect_kept(void *data, const struct error *error)
{
    const struct member *member = data;
    assert_null(error);
    atomic_fetch_add(&member->crowd->finished, 1);
}

/* The first time none of them has savepoints, the second time all of them do. */
static void a_block_is_undone_alone_in_a_batch(void **state)
{
    static struct crowd crowd;
    enum { MEMBERS = 9 };
    for (int time = 0; time < 2; time++) {
        crowd = (struct crowd){.test = *state};
        db_test_script(crowd.test->db, "DELETE FROM box");
        run_crowd(&crowd, insert_around_block, expect_kept, MEMBERS);
        assert_int_equal(atomic_load(&crowd.hooked), MEMBERS - MEMBERS / 3);
        assert_int_equal(db_test_int(crowd.test->db, &count_boxes), 3 * MEMBERS - MEMBERS / 3);
    }
}

/* Units of one batch, of which some break a constraint that is only looked at by the commit. */
static bool insert_link(struct db_session *session, void *data, struct error *error)
{
    const struct member *member = data;
    char id[16];
    (void)snprintf(id, sizeof(id), "%d", member->number);
    return db_execute(session, &insert_sized, DB_VALUES(db_text_z(id), db_int(1)), NULL, error) &&
           db_execute(session, &insert_link_row,
                      DB_VALUES(db_text_z(member->number % 3 == 0 ? "none" : id)), NULL, error);
}

static void link_done(void *data, const struct error *error)
{
    const struct member *member = data;
    assert_int_equal(error ? error->kind : ERR_NONE,
                     member->number % 3 == 0 ? ERR_CONFLICT : ERR_NONE);
    atomic_fetch_add(&member->crowd->finished, 1);
}

static void a_late_constraint_fails_its_own_unit(void **state)
{
    static struct crowd crowd;
    enum { LINKS = 9 };
    crowd = (struct crowd){.test = *state};
    struct db *db = crowd.test->db;
    db_test_script(db, "CREATE TABLE link (box ${text} REFERENCES box (id) DEFERRABLE INITIALLY"
                       " DEFERRED) ${table}");
    run_crowd(&crowd, insert_link, link_done, LINKS);
    assert_int_equal(db_test_int(db, &count_boxes), LINKS - LINKS / 3);
}

static void a_full_queue_refuses(void **state)
{
    struct db_test *test = *state;
    static struct crowd crowd;
    crowd = (struct crowd){.test = test, .last = -1};
    db_close(test->db);
    test->options.queue_size = 5;
    db_test_open(test);
    struct db_unit holder = {.run = hold_the_writer, .done = ignore_done, .data = &crowd};
    db_submit(test->db, DB_WRITE, &holder);
    struct db_statistics statistics = {.waiting_writes = 1};
    while (statistics.waiting_writes > 0)
        db_statistics(test->db, &statistics);
    /* Numbers that are no multiple of three, so that none is refused by itself. */
    for (int i = 0; i < 5; i++) {
        crowd.members[i] = (struct member){&crowd, i * 3 + 1};
        crowd.units[i] =
            (struct db_unit){.run = crowd_run, .done = crowd_done, .data = &crowd.members[i]};
        db_submit(test->db, DB_WRITE, &crowd.units[i]);
    }
    struct error error = {0};
    assert_false(db_run(test->db, DB_WRITE, keep_nothing, NULL, &error));
    assert_int_equal(error.kind, ERR_UNAVAILABLE);
    atomic_store(&crowd.gate, true);
    /* Closing waits for what was accepted. */
    db_test_reopen(test);
    assert_int_equal(atomic_load(&crowd.finished), 5);
    assert_int_equal(db_test_int(test->db, &count_boxes), 5);
}

static bool is_late(struct db_session *session, void *data, struct error *error)
{
    UNUSED(session);
    UNUSED(data);
    UNUSED(error);
    fail_msg("a late unit ran");
    return true;
}

static void late_done(void *data, const struct error *error)
{
    assert_int_equal(error->kind, ERR_UNAVAILABLE);
    atomic_store((atomic_bool *)data, true);
}

static void a_unit_that_waited_too_long_does_not_run(void **state)
{
    struct db_test *test = *state;
    static struct crowd crowd;
    static atomic_bool answered;
    crowd = (struct crowd){.test = test, .last = -1};
    atomic_store(&answered, false);
    struct db_unit holder = {.run = hold_the_writer, .done = ignore_done, .data = &crowd};
    struct db_unit late = {
        .run = is_late, .done = late_done, .data = &answered, .timeout_us = 10 * 1000};
    db_submit(test->db, DB_WRITE, &holder);
    db_submit(test->db, DB_WRITE, &late);
    usleep(30 * 1000);
    atomic_store(&crowd.gate, true);
    while (!atomic_load(&answered))
        usleep(1000);
}

static const struct db_statement endless =
    DB_STATEMENT("endless", "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t"
                            " WHERE n < 100000000000) SELECT count(*) FROM t");

static bool run_endless(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    struct db_rows rows;
    if (!db_query(session, &endless, DB_NO_VALUES, &rows, error))
        return false;
    (void)db_next(&rows);
    return db_end(&rows);
}

static bool show_life(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    return db_execute(session, &insert_sized, DB_VALUES(db_text_z("alive"), db_int(1)), NULL,
                      error);
}

static void a_statement_is_stopped_at_the_deadline(void **state)
{
    struct db_test *test = *state;
    db_close(test->db);
    test->options.timeout_us = 200 * 1000;
    db_test_open(test);
    assert_int_equal(run(test, DB_READ, run_endless).kind, ERR_UNAVAILABLE);
    assert_int_equal(run(test, DB_WRITE, run_endless).kind, ERR_UNAVAILABLE);
    /* Still alive, also where the machine is slow enough to miss such a deadline. */
    enum error_kind kind = ERR_UNAVAILABLE;
    for (int i = 0; i < 100 && kind == ERR_UNAVAILABLE; i++)
        kind = run(test, DB_WRITE, show_life).kind;
    assert_int_equal(kind, ERR_NONE);
}

static bool three_statements(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    return db_execute(session, &insert_sized, DB_VALUES(db_text_z("x"), db_int(1)), NULL, error) &&
           db_execute(session, &insert_sized, DB_VALUES(db_text_z("y"), db_int(1)), NULL, error) &&
           db_execute(session, &grow_boxes, DB_VALUES(db_int(1)), NULL, error);
}

static void any_statement_may_fail(void **state)
{
    struct db_test *test = *state;
    for (int i = 0; i < 3; i++) {
        db_fail_after(test->db, i);
        assert_int_equal(run(test, DB_WRITE, three_statements).kind, ERR_UNAVAILABLE);
        assert_int_equal(db_test_int(test->db, &count_boxes), 0);
    }
    assert_int_equal(run(test, DB_WRITE, three_statements).kind, ERR_NONE);
    assert_int_equal(db_test_int(test->db, &sum_sizes), 4);
}

struct mailbox {
    pthread_mutex_t lock;
    char text[256];
    atomic_int count;
};

static void receive(void *data, struct text channel, struct text payload)
{
    struct mailbox *mailbox = data;
    if (channel.len == 0)
        return;
    pthread_mutex_lock(&mailbox->lock);
    size_t used = strlen(mailbox->text);
    (void)snprintf(mailbox->text + used, sizeof(mailbox->text) - used, "%.*s=%.*s;",
                   TEXT_ARG(channel), TEXT_ARG(payload));
    pthread_mutex_unlock(&mailbox->lock);
    atomic_fetch_add(&mailbox->count, 1);
}

static bool notify_and_fail(struct db_session *session, void *data, struct error *error)
{
    UNUSED(data);
    return db_notify(session, TEXT("run"), TEXT("lost"), error) &&
           error_set(error, ERR_DENIED, "no");
}

static bool notify_twice(struct db_session *session, void *data, struct error *error)
{
    assert_false(db_nested(session, notify_and_fail, data, error));
    error_clear(error);
    return db_notify(session, TEXT("run"), TEXT("1"), error) &&
           db_notify(session, TEXT("key"), TEXT("two words\n"), error);
}

static void messages_arrive_after_the_commit(void **state)
{
    struct db_test *test = *state;
    static struct mailbox mailbox = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct error error = {0};
    mailbox.text[0] = '\0';
    atomic_store(&mailbox.count, 0);
    assert_true(db_listen(test->db, receive, &mailbox, &error));
    assert_int_equal(run(test, DB_WRITE, notify_and_fail).kind, ERR_DENIED);
    assert_int_equal(run(test, DB_WRITE, notify_twice).kind, ERR_NONE);
    for (int i = 0; i < 20000 && atomic_load(&mailbox.count) < 2; i++)
        usleep(1000);
    pthread_mutex_lock(&mailbox.lock);
    assert_string_equal(mailbox.text, "run=1;key=two words\n;");
    pthread_mutex_unlock(&mailbox.lock);
}

static void it_is_known_whether_messages_are_late(void **state)
{
    const struct db_test *test = *state;
    static struct mailbox mailbox = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct error error = {0};
    /* Nobody listens yet, so on a server of its own anything may have been said. */
    assert_int_equal(db_hears(test->db), db_test_is_sqlite(test));
    assert_true(db_listen(test->db, receive, &mailbox, &error));
    bool hears = false;
    for (int i = 0; i < 60000 && !hears; i++) {
        hears = db_hears(test->db);
        usleep(1000);
    }
    assert_true(hears);
}

static const struct migration first_migrations[] = {
    {1, "shelf", "aa", "CREATE TABLE shelf (id ${int} PRIMARY KEY) ${table};", "", ""},
    {2, "engines", "bb", "", "INSERT INTO shelf VALUES (1);", "INSERT INTO shelf VALUES (2);"},
    {3, "last", "cc", "INSERT INTO shelf VALUES (9);", "", ""},
};
static const struct migration broken_migrations[] = {
    {1, "shelf", "aa", "CREATE TABLE shelf (id ${int} PRIMARY KEY) ${table};", "", ""},
    {2, "broken", "bb", "INSERT INTO shelf VALUES (7); INSERT INTO nowhere VALUES (1);", "", ""},
};
static const struct migration changed_migrations[] = {
    {1, "shelf", "a0", "CREATE TABLE shelf (id ${int} PRIMARY KEY) ${table};", "", ""},
    {2, "engines", "bb", "", "", ""},
    {3, "last", "cc", "", "", ""},
};
static const struct db_statement shelf_sum =
    DB_STATEMENT("shelf_sum", "SELECT CAST(sum(id) AS bigint) FROM shelf");
static const struct db_statement version_sum =
    DB_STATEMENT("version_sum", "SELECT CAST(sum(version) AS bigint) FROM schema_version");

static void migrations_run_once_and_in_order(void **state)
{
    struct db_test *test = *state;
    struct error error = {0};
    struct migration_list list = {first_migrations, 1};
    int applied = -1;
    assert_true(migrate(test->db, &list, 1, &applied, &error));
    assert_int_equal(applied, 1);
    list.count = 3;
    assert_true(migrate(test->db, &list, 2, &applied, &error));
    assert_int_equal(applied, 2);
    db_test_reopen(test);
    assert_true(migrate(test->db, &list, 3, &applied, &error));
    assert_int_equal(applied, 0);
    assert_int_equal(db_test_int(test->db, &shelf_sum), db_test_is_sqlite(test) ? 10 : 11);
    assert_int_equal(db_test_int(test->db, &version_sum), 6);
}

static void a_broken_migration_leaves_the_version_before(void **state)
{
    struct db_test *test = *state;
    struct error error = {0};
    const struct migration_list list = {broken_migrations, 2};
    assert_false(migrate(test->db, &list, 1, NULL, &error));
    assert_int_equal(error.kind, ERR_INTERNAL);
    assert_int_equal(db_test_int(test->db, &version_sum), 1);
}

static void a_newer_or_changed_database_is_refused(void **state)
{
    struct db_test *test = *state;
    struct error error = {0};
    struct migration_list list = {first_migrations, 3};
    assert_true(migrate(test->db, &list, 1, NULL, &error));
    list.count = 2;
    assert_false(migrate(test->db, &list, 1, NULL, &error));
    assert_non_null(strstr(error.message, "newer program"));
    error_clear(&error);
    list = (struct migration_list){changed_migrations, 3};
    assert_false(migrate(test->db, &list, 1, NULL, &error));
    assert_non_null(strstr(error.message, "migration 1 of the database (shelf)"));
    assert_int_equal(db_test_int(test->db, &version_sum), 6);
}

static void bad_urls_are_refused(void **state)
{
    static const char *const urls[] = {"",
                                       "sqlite:",
                                       "mysql://x",
                                       "sqlite::memory:",
                                       "/nonexistent/folder/x.db",
                                       "postgres://127.0.0.1:1/x?connect_timeout=1"};
    UNUSED(state);
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        struct error error = {0};
        struct db *db = NULL;
        assert_false(db_open(urls[i], NULL, &db, &error));
        assert_true(error.kind == ERR_INVALID || error.kind == ERR_UNAVAILABLE);
        assert_null(db);
    }
}

static void a_violation_names_its_columns(void **state)
{
    struct db_test *test = *state;
    add_box(test->db, "a", 1);
    assert_int_equal(run(test, DB_WRITE, insert_item_twice).kind, ERR_CONFLICT);
}

#define CONTRACT(name) cmocka_unit_test_setup_teardown(name, setup, db_test_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTRACT(values_come_back_as_they_went_in),
        CONTRACT(a_row_fills_the_members_that_were_asked_for),
        CONTRACT(a_row_without_memory_has_no_texts),
        CONTRACT(a_set_is_one_parameter),
        CONTRACT(a_failed_unit_leaves_nothing),
        CONTRACT(a_violation_names_its_columns),
        CONTRACT(a_nested_block_is_undone_alone),
        CONTRACT(a_failure_cannot_be_ignored),
        CONTRACT(a_missing_parent_is_a_conflict),
        CONTRACT(mistakes_are_internal_and_say_nothing),
        CONTRACT(queries_may_overlap),
        CONTRACT(a_read_sees_one_snapshot),
        CONTRACT(units_share_commits_and_fail_alone),
        CONTRACT(a_refusal_alone_costs_nobody_a_second_run),
        CONTRACT(a_block_is_undone_alone_in_a_batch),
        CONTRACT(a_late_constraint_fails_its_own_unit),
        CONTRACT(a_full_queue_refuses),
        CONTRACT(a_unit_that_waited_too_long_does_not_run),
        CONTRACT(a_statement_is_stopped_at_the_deadline),
        CONTRACT(any_statement_may_fail),
        CONTRACT(messages_arrive_after_the_commit),
        CONTRACT(it_is_known_whether_messages_are_late),
        CONTRACT(migrations_run_once_and_in_order),
        CONTRACT(a_broken_migration_leaves_the_version_before),
        CONTRACT(a_newer_or_changed_database_is_refused),
        cmocka_unit_test(bad_urls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
