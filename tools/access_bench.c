/*
 * Measures decisions on one thread, on a SQLite database in a scratch folder: nanoseconds of
 * access_decide with 100 and with a million grants, of one actor and in the whole account, and what
 * reading an actor with a million grants takes. `access_bench [GRANTS]`, a million by default.
 */
#include "access/decision.h"
#include "access/grant.h"
#include "base/clock.h"
#include "base/random.h"
#include "migrations/migrations.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SPACES = 10000,
    ROLES = 100,
    FEW = 100,
    BATCH = 1000,
    BATCHES = 301,
    ARENA_MAX = 1 << 30,
    TIMEOUT_SECONDS = 600,
};

struct bench {
    struct account account;
    struct arena *arena;
    int64_t grants;
    const char *title;
    const char *subject; /* a user's id */
};

static struct error cause;

static void check(bool done)
{
    if (!done) {
        fprintf(stderr, "access_bench: %s\n", cause.message);
        exit(1);
    }
}

/* Every tenth space is below root, so that a tree of ten thousand is some six levels deep. */
static const struct db_statement insert_spaces = DB_STATEMENT(
    "bench_spaces",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
    "INSERT INTO space (id, name, parent_id, created_at) "
    "SELECT 's' || i, '', CASE WHEN i % 10 = 0 OR i < 10 THEN 'root' ELSE 's' || (i / 4 + 1) END, "
    "1 FROM n");
static const struct db_statement insert_roles = DB_STATEMENT(
    "bench_roles",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
    "INSERT INTO role (id, slug, name, actions, created_at) "
    "SELECT 'r' || i, 'r' || i, '', CASE i % 3 WHEN 0 THEN '[\"SPACE_READ\"]' WHEN 1 THEN "
    "'[\"RUN_TRIGGER\",\"RUN_CONFIRM\"]' ELSE '[\"STACK_CREATE\",\"SPACE_READ\"]' END, 1 FROM n");
static const struct db_statement insert_bindings = DB_STATEMENT(
    "bench_bindings",
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1) "
    "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, created_at, "
    "created_by) SELECT $2 || i, 'USER', $2, 'r' || (1 + i / 10000 % 100), "
    "'s' || (1 + i * 7919 % 10000), 1, 'x' FROM n");

static struct ctx unit_ctx(struct bench *bench, struct db_session *session, struct error *error)
{
    return (struct ctx){.arena = bench->arena,
                        .account = &bench->account,
                        .session = session,
                        .actor = &actor_system,
                        .error = error,
                        .now = clock_wall()};
}

static bool fill(struct db_session *session, void *data, struct error *error)
{
    struct bench *bench = data;
    struct ctx ctx = unit_ctx(bench, session, error);
    return ctx_execute(&ctx, &insert_spaces, DB_VALUES(db_int(SPACES))) &&
           ctx_execute(&ctx, &insert_roles, DB_VALUES(db_int(ROLES))) &&
           ctx_execute(&ctx, &insert_bindings, DB_VALUES(db_int(FEW), db_text_z("few")));
}

static bool fill_many(struct db_session *session, void *data, struct error *error)
{
    struct bench *bench = data;
    struct ctx ctx = unit_ctx(bench, session, error);
    return ctx_execute(&ctx, &insert_bindings, DB_VALUES(db_int(bench->grants), db_text_z("many")));
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* A question whose answer nobody can foresee, drawn before the clock runs. */
struct question {
    enum action action;
    struct text space;
};

static struct question *draw(struct ctx *ctx)
{
    /* Most questions are about what some role has; others end sooner. */
    static const enum action asked[] = {ACTION_SPACE_READ, ACTION_RUN_TRIGGER, ACTION_STACK_CREATE};
    struct question *questions = ARENA_ARRAY(ctx->arena, struct question, BATCH);
    check(questions != NULL);
    for (int i = 0; i < BATCH; i++) {
        questions[i].action = i % 4 ? asked[i % 4 - 1] : (enum action)random_below(ACTION_COUNT);
        questions[i].space = text_format(ctx->arena, "s%d", 1 + (int)random_below(SPACES));
    }
    return questions;
}

static double measure_batch(struct ctx *ctx, const struct question *questions)
{
    struct decision decision;
    int64_t start = clock_monotonic();
    for (int i = 0; i < BATCH; i++)
        check(access_decide(ctx, questions[i].action, questions[i].space, &decision));
    return (double)(clock_monotonic() - start) * 1000 / BATCH;
}

static void measure(struct bench *bench, struct ctx *ctx, const struct actor *actor)
{
    static double nanoseconds[BATCHES];
    const struct question *questions = draw(ctx);
    ctx->actor = actor;
    for (int i = 0; i < BATCHES; i++)
        nanoseconds[i] = measure_batch(ctx, questions);
    qsort(nanoseconds, BATCHES, sizeof(*nanoseconds), compare);
    printf("%-44s %8.0f ns\n", bench->title, nanoseconds[BATCHES / 2]);
}

static bool decide(struct db_session *session, void *data, struct error *error)
{
    struct bench *bench = data;
    struct actor actor = {.kind = ACTOR_USER, .username = text_z(bench->subject)};
    struct grant_subject subject = {.kind = SUBJECT_USER, .id = text_z(bench->subject)};
    struct ctx ctx = unit_ctx(bench, session, error);
    /* The tree first, as a request has it: in the account's snapshot. */
    if (!space_tree_get(&ctx))
        return false;
    size_t used = arena_used(bench->arena);
    int64_t start = clock_monotonic();
    if (!grants_read(&ctx, &subject, &actor))
        return false;
    int64_t took = clock_monotonic() - start;
    used = arena_used(bench->arena) - used;
    measure(bench, &ctx, &actor);
    if (actor.grant_count > FEW)
        printf("%-44s %8.2f s  %8.0f MB\n", "  reading that actor", (double)took / 1e6,
               (double)used / 1e6);
    return true;
}

static void run(struct bench *bench, const char *title, const char *subject)
{
    bench->title = title;
    bench->subject = subject;
    check(db_run(bench->account.db, DB_READ, decide, bench, &cause));
    arena_reset(bench->arena);
}

static void open_account(struct bench *bench, const char *path)
{
    struct db_options options = {.timeout_us = TIMEOUT_SECONDS * CLOCK_SECOND};
    check(db_open(path, &options, &bench->account.db, &cause));
    check(migrate(bench->account.db, &embedded_migrations, clock_wall(), NULL, &cause));
    bench->account.spaces = space_cache_new();
    bench->arena = arena_new(ARENA_MAX);
    check((bench->account.spaces && bench->arena) || error_set_no_memory(&cause));
}

static void measure_all(struct bench *bench)
{
    printf("%-44s %11s\n", "", "median");
    check(db_run(bench->account.db, DB_WRITE, fill, bench, &cause));
    run(bench, "decision, actor of 100 grants", "few");
    check(db_run(bench->account.db, DB_WRITE, fill_many, bench, &cause));
    char among[64], of[64];
    snprintf(among, sizeof(among), "the same, among %" PRId64 " of others", bench->grants);
    snprintf(of, sizeof(of), "decision, actor of %" PRId64 " grants", bench->grants);
    run(bench, among, "few");
    run(bench, of, "many");
}

int main(int argc, char **argv)
{
    struct bench bench = {.grants = argc > 1 ? atoll(argv[1]) : 1000000};
    char folder[] = "/tmp/access_bench_XXXXXX", path[64], file[96];
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof(path), "%s/data", folder);
    open_account(&bench, path);
    measure_all(&bench);
    db_close(bench.account.db);
    space_cache_free(bench.account.spaces);
    arena_free(bench.arena);
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
        snprintf(file, sizeof(file), "%s%s", path, suffixes[i]);
        unlink(file);
    }
    return rmdir(folder) == 0 ? 0 : 1;
}
