/* Answers a query with the GraphQL engine alone: graphql_example '{ greet(name: "you") { text } }'
 */
#include "graphql/example_schema.h"
#include "graphql/execution/engine.h"

#include <stdio.h>

bool example_Query_greet(struct graphql_call *call, const struct example_Query_greet_args *args)
{
    struct example_Greeting *greeting = ARENA_NEW(call->arena, struct example_Greeting);
    if (!greeting)
        return error_set_no_memory(call->error);
    greeting->text = text_format(call->arena, "Hello, %.*s!", TEXT_ARG(args->name));
    greeting->length = (int64_t)greeting->text.len;
    example_Query_greet_give(call, 0, greeting);
    return true;
}

int main(int argc, char **argv)
{
    struct graphql_engine *engine = graphql_engine_new(&example_schema, NULL);
    struct arena *arena = arena_new(16 << 20);
    struct graphql_request request = {.query = text_z(argc > 1 ? argv[1] : "{ greet { text } }")};
    struct graphql_operation *operation;
    struct graphql_run run = {.context = NULL};
    struct error error = {.kind = ERR_NONE};
    struct buffer out;
    buffer_init(&out, arena, 1 << 20);
    bool ok = engine && arena && graphql_prepare(engine, arena, &request, &operation, &error) &&
              graphql_run(operation, &run, &out, &error);
    printf("%.*s\n", TEXT_ARG(ok ? buffer_text(&out) : text_z(error.message)));
    arena_free(arena);
    graphql_engine_free(engine);
    return ok ? 0 : 1;
}
