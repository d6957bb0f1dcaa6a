/*
 * What checking a token and deciding cost inside the process, on a database of its own with 10,000
 * spaces and a million role bindings of one key: `access_bench [BINDINGS]`. Each figure is the
 * median of several rounds.
 */
#include "access/explain.h"
#include "access/grant.h"
#include "base/clock.h"
#include "identity/api_key.h"
#include "identity/identity_test_support.h"
#include "jose/jwt.h"
#include "jose/token_cache.h"

#include <stdio.h>
#include <time.h>

enum {
    ROUNDS = 5,
    ROUND_US = 100000,
    SPACES = 10000,
    ROLES = 100, /* one action each */
    FEW = 100,   /* bindings of an ordinary key */
    BINDINGS = SPACES * ROLES,
    QUESTIONS = 4096,
    PIECE = 50000,
};

/* Bytes: a million grants, and the lists they grew out of. */
static const size_t many_grants = (size_t)4 << 30;

struct question {
    enum action action;
    struct text space_id;
};

struct bench {
    struct kernel_test *test;
    struct ctx *unit;      /* a reading unit that stays open for decisions */
    struct arena *scratch; /* reset after each call */
    struct text token;
    struct question questions[QUESTIONS];
    size_t next, allowed;
};

static void check(bool done, const char *what)
{
    if (!done) {
        fprintf(stderr, "access_bench: %s failed\n", what);
        exit(1);
    }
}

static double cpu_us(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double measure_round(void (*call)(struct bench *), struct bench *bench)
{
    double start = cpu_us(), spent = 0;
    size_t calls = 0;
    for (; spent < ROUND_US; spent = cpu_us() - start) {
        for (int i = 0; i < 64; i++) {
            call(bench);
            arena_reset(bench->scratch);
        }
        calls += 64;
    }
    return spent / (double)calls;
}

/* CPU microseconds of one call. */
static double measure(void (*call)(struct bench *), struct bench *bench)
{
    double rounds[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++)
        rounds[i] = measure_round(call, bench);
    qsort(rounds, ROUNDS, sizeof(rounds[0]), compare);
    return rounds[ROUNDS / 2];
}

static void print_line(const char *name, double microseconds)
{
    printf("%-52s%10.3f µs\n", name, microseconds);
    fflush(stdout);
}

static void print_beside(const char *name, double microseconds, double budget)
{
    printf("%-52s%10.3f µs  budget %7.3f  %s\n", name, microseconds, budget,
           microseconds <= budget ? "ok" : "missed");
    fflush(stdout);
}

static void check_cached(struct bench *bench)
{
    const struct actor *actor;
    check(token_authenticate_cached(&bench->test->account, bench->scratch, bench->token,
                                    bench->test->now, &actor),
          "finding a token");
}

static void verify(struct bench *bench)
{
    struct account *account = &bench->test->account;
    struct jwt_claims claims;
    struct error error = {0};
    struct jwt_expectation expectation = {.issuer = TEXT("api-key"),
                                          .audience = account->url,
                                          .only_audience = true,
                                          .now = bench->test->now / CLOCK_SECOND};
    const struct signing_key_set *keys = signing_keys_get(account->signing_keys, bench->scratch);
    check(jwt_verify(bench->scratch, &keys->verifying, bench->token, &expectation, &claims, &error),
          "verifying a token");
}

static bool authenticate(struct db_session *session, void *data, struct error *error)
{
    struct bench *bench = data;
    const struct actor *actor;
    struct ctx ctx = {.arena = bench->scratch,
                      .account = &bench->test->account,
                      .session = session,
                      .actor = &actor_anonymous,
                      .error = error,
                      .now = bench->test->now};
    return token_authenticate(&ctx, bench->token, &actor);
}

static void check_anew(struct bench *bench)
{
    struct error error = {0};
    check(db_run(bench->test->account.db, DB_READ, authenticate, bench, &error), error.message);
}

static void check_after_change(struct bench *bench)
{
    token_cache_clear(bench->test->account.actors);
    check_anew(bench);
}

static void check_first(struct bench *bench)
{
    struct account *account = &bench->test->account;
    struct token_cache *whole = account->actors;
    account->actors = token_cache_new(1, token_actor_free);
    check(account->actors != NULL, "making a cache");
    check_anew(bench);
    arena_reset(bench->scratch);
    token_cache_free(account->actors);
    account->actors = whole;
}

static void decide(struct bench *bench)
{
    const struct question *question = &bench->questions[bench->next++ % QUESTIONS];
    struct decision decision;
    struct ctx ctx = *bench->unit;
    ctx.arena = bench->scratch;
    check(access_decide(&ctx, question->action, question->space_id, &decision), "deciding");
    bench->allowed += decision.allowed;
}

static void explain(struct bench *bench)
{
    const struct question *question = &bench->questions[bench->next++ % QUESTIONS];
    struct explanation explanation;
    struct ctx ctx = *bench->unit;
    ctx.arena = bench->scratch;
    check(access_explain(&ctx, ctx.actor, question->action, question->space_id, &explanation),
          "explaining");
}

/* A tree: below each space ten others, until there are enough. */
static void make_spaces(struct kernel_test *test)
{
    test_sql(test,
             "INSERT INTO space (id, name, parent_id, created_at) "
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
             "SELECT 'space-' || i, 'space', "
             "CASE WHEN i < 10 THEN 'root' ELSE 'space-' || (i / 10) END, 1 FROM n",
             SPACES);
    assert_kept(test, access_changed(ctx));
}

static void make_roles(struct kernel_test *test)
{
    for (int i = 0; i < ROLES; i++)
        test_sql(test,
                 "INSERT INTO role (id, slug, name, actions, created_at) "
                 "VALUES ('role-%d', 'role-%d', 'role', '[\"%s\"]', 1)",
                 i, i, action_name((enum action)i));
}

/* Binding i: role i in a space that roles share out among themselves. */
static void bind_roles(struct kernel_test *test, struct text key, int64_t from, int64_t to)
{
    test_sql(
        test,
        "INSERT INTO role_binding (id, subject_kind, subject_id, role_id, space_id, created_at, "
        "created_by) "
        "WITH RECURSIVE n (i) AS (SELECT %lld UNION ALL SELECT i + 1 FROM n WHERE i < %lld - 1) "
        "SELECT '%.*s-' || i, 'API_KEY', '%.*s', 'role-' || (i %% %d), "
        "'space-' || (1 + (i / %d + i %% %d * 97) %% %d), 1, 'bench' FROM n",
        (long long)from, (long long)to, TEXT_ARG(key), TEXT_ARG(key), ROLES, ROLES, ROLES, SPACES);
}

static struct api_key *make_key(struct kernel_test *test, int64_t bindings)
{
    const struct api_key_input input = {.kind = API_KEY_SECRET, .name = TEXT("bench")};
    struct api_key *key;
    assert_kept(test, api_key_create(ctx, &input, &key));
    /* In pieces, each within the time of a unit. */
    for (int64_t at = 0; at < bindings; at += PIECE)
        bind_roles(test, key->id, at, at + PIECE < bindings ? at + PIECE : bindings);
    return key;
}

static void make_questions(struct bench *bench)
{
    for (int i = 0; i < QUESTIONS; i++)
        bench->questions[i] = (struct question){
            .action = (enum action)(i * 31 % ROLES),
            .space_id = text_format(bench->test->arena, "space-%d", 1 + i * 7919 % SPACES)};
}

static void bench_tokens(struct bench *bench, const struct api_key *key)
{
    struct token *token;
    assert_kept(bench->test, token_exchange(ctx, key->id, key->secret, &token));
    bench->token = token->jwt;
    double verified = measure(verify, bench);
    print_line("ES256 signature and claims alone", verified);
    print_line("token never seen, key with one grant", measure(check_first, bench));
    print_beside("token seen, but rights have changed since", measure(check_after_change, bench),
                 verified);
    print_beside("token seen", measure(check_cached, bench), 3);
}

/* Grants of a key, read as for a request, though without its bound on memory. */
static void gather(struct bench *bench, const struct api_key *key, struct arena *arena,
                   struct actor *actor)
{
    const struct grant_subject subject = {.kind = SUBJECT_API_KEY, .id = key->id};
    struct ctx *unit = unit_begin(bench->test, DB_READ, &actor_system);
    unit->arena = arena;
    *actor = (struct actor){.kind = ACTOR_API_KEY, .id = key->id, .valid_until = INT64_MAX};
    bool done = grants_read(unit, &subject, actor);
    check(unit_end(bench->test, done), "reading grants");
}

static void bench_decisions(struct bench *bench, const struct api_key *key)
{
    char name[64];
    struct actor actor;
    struct arena *arena = arena_new(many_grants);
    double start = cpu_us();
    gather(bench, key, arena, &actor);
    snprintf(name, sizeof(name), "reading %zu grants of an actor", actor.grant_count);
    print_line(name, cpu_us() - start);
    bench->unit = unit_begin(bench->test, DB_READ, &actor);
    check(space_tree_get(bench->unit) != NULL, "reading spaces");
    bench->next = bench->allowed = 0;
    double decision = measure(decide, bench);
    snprintf(name, sizeof(name), "decision, %zu grants of the actor, %zu %% allowed",
             actor.grant_count, 100 * bench->allowed / bench->next);
    print_beside(name, decision, 1);
    print_line("  the same in words, with the nearest grants", measure(explain, bench));
    check(unit_end(bench->test, true), "reading");
    arena_free(arena);
}

/* A unit that reads a million rows takes longer than those of tests. */
static void allow_time(struct kernel_test *test)
{
    test->database->options.timeout_us = 10 * CLOCK_MINUTE;
    db_test_reopen(test->database);
    test->account.db = test->database->db;
}

int main(int argc, char **argv)
{
    void *state = NULL;
    struct bench bench = {.scratch = arena_new(64 << 20)};
    int64_t bindings = argc > 1 ? strtoll(argv[1], NULL, 10) : BINDINGS;
    check(bindings > 0 && bindings <= BINDINGS, "reading the number of bindings");
    check(bench.scratch && account_test_setup(&state) == 0, "opening an account");
    bench.test = state;
    allow_time(bench.test);
    make_spaces(bench.test);
    make_roles(bench.test);
    make_questions(&bench);
    const struct api_key *few = make_key(bench.test, FEW);
    bench_tokens(&bench, make_key(bench.test, 1));
    const struct api_key *many = make_key(bench.test, bindings);
    bench_decisions(&bench, few);
    bench_decisions(&bench, many);
    arena_free(bench.scratch);
    return account_test_teardown(&state);
}
