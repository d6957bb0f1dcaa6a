/* Whole requests to the shop: a query, and behind a NUL the variables. What is answered must be
 * JSON and within the limits. */
#include "graphql/execution/engine.h"

#include "graphql/shop_schema.h"
#include "graphql/testing/shop_data.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RESPONSE_MAX = 1 << 20 };

static const struct graphql_options options = {
    .limits = {.max_bytes = 1 << 16,
               .max_tokens = 2000,
               .max_depth = 12,
               .max_introspection_depth = 12,
               .max_aliases = 50,
               .max_root_fields = 20,
               .max_directives = 50,
               .max_plan_fields = 2000,
               .max_errors = 20,
               .max_cost = 100000,
               .max_milliseconds = 5000},
    .cache_documents = 64,
};

static bool authorize(struct graphql_call *call)
{
    if (call->count > 1)
        graphql_fail(call, 1, ERR_DENIED, "unauthorized");
    return true;
}

static void run(struct graphql_engine *engine, struct arena *arena, struct text query,
                const struct json *variables)
{
    struct shop_data context = {0};
    struct graphql_run hooks = {.context = &context, .authorize = authorize};
    struct graphql_request request = {.query = query, .variables = variables};
    struct graphql_operation *operation;
    const struct json *answer;
    struct error error = {0};
    struct buffer out;
    buffer_init(&out, arena, RESPONSE_MAX);
    if (!graphql_prepare(engine, arena, &request, &operation, &error) ||
        !graphql_run(operation, &hooks, &out, &error))
        return;
    struct json_limits limits = {.max_bytes = RESPONSE_MAX, .max_depth = 64};
    if (!json_parse(arena, buffer_text(&out), &limits, &answer, &error))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct graphql_engine *engine;
    if (!engine)
        engine = graphql_engine_new(&shop_schema, &options);
    struct arena *arena = arena_new(128 << 20);
    struct text input = {(const char *)data, size};
    size_t end = text_find_byte(input, '\0', 0);
    const struct json *variables = NULL;
    struct error error = {0};
    if (!json_parse(arena, text_slice(input, end + 1, size), NULL, &variables, &error) ||
        !json_is(variables, JSON_OBJECT))
        variables = NULL;
    run(engine, arena, text_slice(input, 0, end), variables);
    arena_free(arena);
    return 0;
}
