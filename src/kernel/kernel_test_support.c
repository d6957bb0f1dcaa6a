/* Accounts for tests, and units of work that a test holds open. */
#include "kernel/kernel_test_support.h"

#include "jose/key_ring.h"
#include "migrations/migrations.h"

#include <dirent.h>
#include <stdio.h>

static void migrate_database(struct kernel_test *test)
{
    if (!migrate(test->database->db, &embedded_migrations, TEST_NOW, NULL, &test->error))
        fail_msg("%s", test->error.message);
}

static void open_ring(struct kernel_test *test)
{
    struct text path = text_format(test->arena, "%s/master.key", test->database->folder);
    if (!key_ring_open(test->arena, path, &test->account.ring, &test->error))
        fail_msg("%s", test->error.message);
}

int kernel_test_setup(void **state)
{
    struct kernel_test *test = calloc(1, sizeof(*test));
    assert_non_null(test);
    void *database;
    if (db_test_setup(&database) != 0)
        return -1;
    test->database = database;
    test->arena = test->database->arena;
    test->actor = &actor_system;
    test->now = TEST_NOW;
    pthread_mutex_init(&test->unit.lock, NULL);
    pthread_cond_init(&test->unit.changed, NULL);
    struct text none = {NULL, 0};
    if (!settings_read(test->arena, NULL, 0, none, NULL, &test->settings, &test->error))
        fail_msg("%s", test->error.message);
    test->account = (struct account){
        .name = TEXT("test"),
        .url = TEXT("https://gatehouse.example"),
        .settings = &test->settings,
        .local_repositories = true,
        .db = test->database->db,
    };
    atomic_init(&test->account.access_version, 1);
    migrate_database(test);
    open_ring(test);
    *state = test;
    return 0;
}

int kernel_test_teardown(void **state)
{
    struct kernel_test *test = *state;
    /* A test that failed inside a unit left it open. */
    if (test->unit.phase != TEST_UNIT_NONE)
        (void)unit_end(test, false);
    db_fail_after(test->database->db, -1);
    pthread_cond_destroy(&test->unit.changed);
    pthread_mutex_destroy(&test->unit.lock);
    void *database = test->database;
    free(test);
    return db_test_teardown(&database);
}

static void change_phase(struct test_unit *unit, int phase)
{
    unit->phase = phase;
    pthread_cond_broadcast(&unit->changed);
}

static void wait_for_phase(struct test_unit *unit, int phase)
{
    while ((int)unit->phase != phase)
        pthread_cond_wait(&unit->changed, &unit->lock);
}

/* Lends the session to the test until it ends the unit. */
static bool lend_session(struct db_session *session, void *data, struct error *error)
{
    struct kernel_test *test = data;
    struct test_unit *unit = &test->unit;
    unit->ctx.session = session;
    unit->ctx.error = error;
    pthread_mutex_lock(&unit->lock);
    change_phase(unit, TEST_UNIT_OPEN);
    wait_for_phase(unit, TEST_UNIT_ENDING);
    pthread_mutex_unlock(&unit->lock);
    return unit->keep;
}

static void *run_unit(void *data)
{
    struct kernel_test *test = data;
    struct test_unit *unit = &test->unit;
    unit->kept = db_run(test->database->db, unit->mode, lend_session, test, &unit->outcome);
    /* A database that refused to begin never lent a session. */
    pthread_mutex_lock(&unit->lock);
    if (unit->phase == TEST_UNIT_STARTING)
        change_phase(unit, TEST_UNIT_NONE);
    pthread_mutex_unlock(&unit->lock);
    return NULL;
}

struct ctx *unit_begin(struct kernel_test *test, enum db_mode mode, const struct actor *actor)
{
    struct test_unit *unit = &test->unit;
    assert_int_equal(unit->phase, TEST_UNIT_NONE);
    error_clear(&unit->outcome);
    error_clear(&test->error);
    unit->mode = mode;
    unit->phase = TEST_UNIT_STARTING;
    struct arena *arena = test->unit_arena ? test->unit_arena : test->arena;
    test->passwords = (struct password_work){.arena = arena, .at_once = true};
    unit->ctx = (struct ctx){
        .arena = arena,
        .account = &test->account,
        .actor = actor,
        .now = test->now,
        .request_id = TEXT("01KANK5M80REQUEST000000000"),
        .address = TEXT("192.0.2.7"),
        .passwords = &test->passwords,
    };
    assert_int_equal(pthread_create(&unit->thread, NULL, run_unit, test), 0);
    pthread_mutex_lock(&unit->lock);
    while (unit->phase == TEST_UNIT_STARTING)
        pthread_cond_wait(&unit->changed, &unit->lock);
    bool open = unit->phase == TEST_UNIT_OPEN;
    pthread_mutex_unlock(&unit->lock);
    if (!open) {
        pthread_join(unit->thread, NULL);
        fail_msg("no unit could be begun: %s", unit->outcome.message);
    }
    return &unit->ctx;
}

bool unit_end(struct kernel_test *test, bool keep)
{
    struct test_unit *unit = &test->unit;
    pthread_mutex_lock(&unit->lock);
    unit->keep = keep;
    change_phase(unit, TEST_UNIT_ENDING);
    pthread_mutex_unlock(&unit->lock);
    pthread_join(unit->thread, NULL);
    unit->phase = TEST_UNIT_NONE;
    test->error = unit->outcome;
    return unit->kept;
}

void test_sql(struct kernel_test *test, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct text sql = text_format_list(test->arena, format, arguments);
    va_end(arguments);
    db_test_script(test->database->db, text_terminated(test->arena, sql));
}

int64_t test_sql_int(struct kernel_test *test, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct text sql = text_format_list(test->arena, format, arguments);
    va_end(arguments);
    /* A statement's address is its identity, so each is a new one. */
    struct db_statement *statement = ARENA_NEW(test->arena, struct db_statement);
    assert_non_null(statement);
    statement->name = "of the test";
    statement->sql = text_terminated(test->arena, sql);
    return db_test_int(test->database->db, statement);
}

static bool file_holds(struct kernel_test *test, const char *name, struct text needle)
{
    struct text path = text_format(test->arena, "%s/%s", test->database->folder, name);
    FILE *file = fopen(text_terminated(test->arena, path), "rb");
    if (!file)
        return false;
    struct buffer content;
    char piece[65536];
    size_t got;
    buffer_init(&content, test->arena, SIZE_MAX);
    while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
        buffer_add(&content, (struct text){piece, got});
    (void)fclose(file);
    return text_contains(buffer_text(&content), needle);
}

bool test_database_holds(struct kernel_test *test, struct text needle)
{
    DIR *folder = opendir(test->database->folder);
    assert_non_null(folder);
    bool found = false;
    for (struct dirent *entry; (entry = readdir(folder));)
        found = found || (strncmp(entry->d_name, "data.db", 7) == 0 &&
                          file_holds(test, entry->d_name, needle));
    closedir(folder);
    return found;
}
