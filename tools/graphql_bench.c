/*
 * What the GraphQL engine costs by itself, without HTTP and database: CPU per request, each figure
 * the best of several rounds.
 *
 *     graphql_bench [MILLISECONDS per round, 100]
 */
#include "graphql/bench_schema.h"
#include "graphql/execution/engine.h"
#include "graphql/language/parser.h"
#include "graphql/types/schema_build.h"
#include "graphql/validation/validate.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5, ROWS_MAX = 10000, ARENA_MAX = 256 << 20, VARIED = 2000 };

static struct bench_stack *stacks;
static struct bench_run *runs;
static struct bench_step *steps;
static const struct text labels[] = {TEXT_INIT("production"), TEXT_INIT("eu-west-1")};

bool bench_Query_stacks(struct graphql_call *call, const struct bench_Query_stacks_args *args)
{
    bench_Query_stacks_give_array(call, 0, stacks, (size_t)args->count);
    return true;
}

bool bench_Stack_runs(struct graphql_call *call, const struct bench_Stack_runs_args *args)
{
    for (size_t i = 0; i < call->count; i++)
        bench_Stack_runs_give_array(call, i, runs, (size_t)args->count);
    return true;
}

bool bench_Run_history(struct graphql_call *call, const struct bench_Run_history_args *args)
{
    for (size_t i = 0; i < call->count; i++)
        bench_Run_history_give_array(call, i, steps, (size_t)args->count);
    return true;
}

static void make_rows(struct arena *arena)
{
    stacks = ARENA_ARRAY(arena, struct bench_stack, ROWS_MAX);
    runs = ARENA_ARRAY(arena, struct bench_run, ROWS_MAX);
    steps = ARENA_ARRAY(arena, struct bench_step, ROWS_MAX);
    if (!stacks || !runs || !steps)
        exit(1);
    for (int i = 0; i < ROWS_MAX; i++) {
        struct text id = text_format(arena, "stack-number-%d", i);
        stacks[i] = (struct bench_stack){.id = id,
                                         .name = id,
                                         .description = TEXT("Keeps the network of one region."),
                                         .branch = TEXT("main"),
                                         .repository = TEXT("infrastructure"),
                                         .labels = {labels, 2},
                                         .created_at = INT64_C(1700000000000000) + i,
                                         .state = BENCH_FINISHED};
        runs[i] = (struct bench_run){id, TEXT("A commit that changed something")};
        steps[i] = (struct bench_step){BENCH_QUEUED, INT64_C(1700000000000000)};
    }
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

struct job {
    const char *name;
    void (*once)(struct job *job);
    struct graphql_engine *engine;
    struct arena *arena;
    struct text query;
    const struct text *queries; /* VARIED of them, instead of one */
    uint32_t at;
    const struct graphql_schema *schema;
    size_t bytes; /* of the last response */
};

static void run_request(struct job *job)
{
    struct graphql_request request = {.query = job->queries ? job->queries[job->at++ % VARIED]
                                                            : job->query};
    struct graphql_operation *operation;
    struct graphql_run run = {0};
    struct error error = {0};
    struct buffer out;
    buffer_init(&out, job->arena, ARENA_MAX);
    if (!graphql_prepare(job->engine, job->arena, &request, &operation, &error) ||
        !graphql_operation_is_valid(operation) || !graphql_run(operation, &run, &out, &error)) {
        fprintf(stderr, "%s: %s\n", job->name, error.message);
        exit(1);
    }
    job->bytes = out.len;
    arena_reset(job->arena);
}

static void parse_and_validate(struct job *job)
{
    static const struct graphql_options options;
    struct ast_document *document;
    struct graphql_errors errors;
    struct error error = {0};
    graphql_errors_init(&errors, job->arena, 0);
    if (!graphql_parse(job->arena, job->query, NULL, &document, &error) ||
        !graphql_validate(job->arena, job->schema, document, &options, &errors)) {
        fprintf(stderr, "%s: %s\n", job->name, error.message);
        exit(1);
    }
    arena_reset(job->arena);
}

static void measure(struct job *job, double round)
{
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now();
        double end = start;
        long count = 0;
        for (; end - start < round; count++) {
            job->once(job);
            end = now();
        }
        double each = (end - start) / (double)count;
        if (i == 0 || each < best)
            best = each;
    }
    printf("%-48s %10.2f us", job->name, best);
    if (job->bytes > 0)
        printf("  %8zu bytes", job->bytes);
    printf("\n");
}

static struct text introspection_query(void)
{
    return TEXT(
        "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { "
        "name kind } subscriptionType { name kind } types { ...FullType } directives { name "
        "description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } } "
        "fragment FullType on __Type { kind name description specifiedByURL isOneOf "
        "fields(includeDeprecated: true) { name description args(includeDeprecated: true) { "
        "...InputValue } type { ...TypeRef } isDeprecated deprecationReason } "
        "inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef } "
        "enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } "
        "possibleTypes { ...TypeRef } } fragment InputValue on __InputValue { name description "
        "type "
        "{ ...TypeRef } defaultValue isDeprecated deprecationReason } fragment TypeRef on __Type { "
        "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name "
        "ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind "
        "name } } } } } } } } } }");
}

static void measure_engine(struct arena *rows, double round)
{
    struct graphql_options options = {.cache_documents = 1000};
    struct graphql_engine *engine = graphql_engine_new(&bench_schema, &options);
    struct text *varied = ARENA_ARRAY(rows, struct text, VARIED);
    struct job job = {.once = run_request, .engine = engine, .arena = arena_new(ARENA_MAX)};
    static const struct {
        const char *name;
        struct text query;
    } queries[] = {
        {"{ __typename }, document known", TEXT_INIT("{ __typename }")},
        {"50 rows x 9 fields, document known",
         TEXT_INIT("{ stacks { id name administrative createdAt description state labels branch "
                   "repository } }")},
        {"50 x 10 x 8 rows nested, document known",
         TEXT_INIT("{ stacks { id runs { id title history { state timestamp } } } }")},
        {"100 rows x 9 fields", TEXT_INIT("{ stacks(count: 100) { id name administrative createdAt "
                                          "description state labels branch repository } }")},
        {"1000 rows x 9 fields",
         TEXT_INIT("{ stacks(count: 1000) { id name administrative createdAt "
                   "description state labels branch repository } }")},
        {"10000 rows x 9 fields",
         TEXT_INIT("{ stacks(count: 10000) { id name administrative createdAt "
                   "description state labels branch repository } }")},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        job.name = queries[i].name;
        job.query = queries[i].query;
        measure(&job, round);
    }
    for (int i = 0; varied && i < VARIED; i++)
        varied[i] = text_format(rows,
                                "query Q%d { stacks { id name administrative createdAt description "
                                "state labels branch repository } }",
                                i);
    job.name = "50 rows x 9 fields, 2000 documents in turn";
    job.queries = varied;
    measure(&job, round);
    job.queries = NULL;
    job.name = "introspection, document known";
    job.query = introspection_query();
    measure(&job, round);
    arena_free(job.arena);
    graphql_engine_free(engine);
}

static void measure_validation(double round)
{
    struct job job = {.once = parse_and_validate,
                      .arena = arena_new(ARENA_MAX),
                      .schema = &bench_schema,
                      .name = "parse and validate the introspection query",
                      .query = introspection_query()};
    measure(&job, round);
    arena_free(job.arena);
}

/* A schema of `count` types, and a query over the first of them. */
static void measure_types(int count, double round)
{
    struct arena *arena = arena_new(1U << 30);
    struct buffer sdl;
    struct ast_document *document;
    const struct graphql_schema *schema;
    struct error error = {0};
    char name[64];
    buffer_init(&sdl, arena, 64 << 20);
    for (int i = 0; i < count; i++)
        buffer_add_format(&sdl, "type T%d { id: ID name(x: Int): String next: T%d }\n", i,
                          (i + 1) % count);
    buffer_add(&sdl, TEXT("type Query { first: T0 }"));
    if (!graphql_parse(arena, buffer_text(&sdl), NULL, &document, &error) ||
        !graphql_schema_build(arena, document, NULL, &schema, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    snprintf(name, sizeof(name), "parse and validate over %d types", count);
    struct job job = {
        .name = name,
        .once = parse_and_validate,
        .arena = arena_new(ARENA_MAX),
        .schema = schema,
        .query = TEXT("{ first { id name(x: 1) next { id next { id ...F } } } } fragment F on T2 { "
                      "name }")};
    measure(&job, round);
    arena_free(job.arena);
    arena_free(arena);
}

int main(int count, char **arguments)
{
    double round = (count > 1 ? strtod(arguments[1], NULL) : 100) * 1e3;
    struct arena *rows = arena_new(ARENA_MAX);
    if (!rows)
        return 1;
    make_rows(rows);
    measure_engine(rows, round);
    measure_validation(round);
    for (int types = 10; types <= 10000; types *= 10)
        measure_types(types, round);
    arena_free(rows);
    return 0;
}
