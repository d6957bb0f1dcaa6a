/* The two phases of a request, and the engine they share. */
#include "graphql/execution/engine.h"

#include "graphql/execution/cache.h"
#include "graphql/execution/measure.h"
#include "graphql/execution/plan.h"
#include "graphql/execution/state.h"
#include "graphql/execution/variables.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct graphql_limits graphql_default_limits = {
    .max_bytes = 256 << 10,
    .max_tokens = 10000,
    .max_depth = 20,
    .max_introspection_depth = 20,
    .max_aliases = 100,
    .max_root_fields = 50,
    .max_directives = 100,
    .max_plan_fields = 20000,
    .max_errors = 100,
    .max_cost = 1000000,
    .max_response_bytes = 64 << 20,
    .max_milliseconds = 30000,
};

struct graphql_engine {
    const struct graphql_schema *schema;
    struct graphql_options options;
    struct graphql_cache *cache;
};

struct graphql_operation {
    struct graphql_engine *engine;
    struct arena *arena;
    struct graphql_document *document;
    struct document_operation *definition; /* NULL when there is nothing to run */
    struct graphql_variables variables;
    const struct graphql_plan *plan;
    uint64_t cost;
    struct graphql_errors errors;
};

struct graphql_engine *graphql_engine_new(const struct graphql_schema *schema,
                                          const struct graphql_options *options)
{
    struct graphql_engine *engine = calloc(1, sizeof(*engine));
    if (!engine)
        return NULL;
    engine->schema = schema;
    engine->options =
        (struct graphql_options){.limits = graphql_default_limits, .cache_documents = 1000};
    if (options)
        engine->options = *options;
    engine->cache = graphql_cache_new(engine->options.cache_documents);
    if (!engine->cache) {
        free(engine);
        return NULL;
    }
    return engine;
}

void graphql_engine_free(struct graphql_engine *engine)
{
    if (!engine)
        return;
    graphql_cache_free(engine->cache);
    free(engine);
}

const struct graphql_schema *graphql_engine_schema(const struct graphql_engine *engine)
{
    return engine->schema;
}

static void release_document(void *document)
{
    graphql_document_release(document);
}

static void release_plan(void *plan)
{
    graphql_plan_free(plan);
}

static bool take_document(struct graphql_operation *operation, struct text text)
{
    struct graphql_engine *engine = operation->engine;
    struct graphql_document *document = graphql_cache_find(engine->cache, text);
    if (!document) {
        document = graphql_document_new(engine->schema, &engine->options, text);
        if (!document)
            return false;
        if (document->errors.items.len == 0)
            graphql_cache_keep(engine->cache, document);
    }
    operation->document = document;
    return arena_defer(operation->arena, release_document, document);
}

/* False with the error recorded. */
static bool refuse(struct graphql_operation *operation, const struct error *error)
{
    graphql_errors_add_error(&operation->errors, error);
    operation->definition = NULL;
    return false;
}

static bool choose(struct graphql_operation *operation, const struct graphql_request *request)
{
    struct error error = {0};
    const struct graphql_options *options = &operation->engine->options;
    operation->definition =
        graphql_document_operation(operation->document, request->operation_name, &error);
    if (!operation->definition)
        return refuse(operation, &error);
    return graphql_measure_check(operation->arena, operation->document, operation->definition,
                                 options, &error) ||
           refuse(operation, &error);
}

static uint64_t conditions_of(const struct graphql_operation *operation)
{
    uint64_t bits = 0;
    const struct document_operation *definition = operation->definition;
    for (uint32_t i = 0; i < definition->condition_count && i < DOCUMENT_CONDITIONS_MAX; i++) {
        const struct graphql_value *value =
            graphql_variables_find(&operation->variables, definition->conditions[i]);
        if (value && value->kind == GRAPHQL_VALUE_BOOLEAN && value->boolean)
            bits |= UINT64_C(1) << i;
    }
    return bits;
}

static const struct graphql_plan *find_plan(const struct document_operation *definition,
                                            uint64_t conditions)
{
    const struct graphql_plan *plan = atomic_load(&definition->plans);
    while (plan && plan->conditions != conditions)
        plan = plan->next;
    return plan;
}

/* Gives the plan to the document when there is room, else to the request. */
static bool keep_plan(struct graphql_operation *operation, struct graphql_plan *plan)
{
    struct document_operation *definition = operation->definition;
    bool cacheable = definition->condition_count <= DOCUMENT_CONDITIONS_MAX &&
                     atomic_fetch_add(&definition->plan_count, 1) < DOCUMENT_PLANS_MAX;
    if (!cacheable)
        return arena_defer(operation->arena, release_plan, plan);
    plan->next = atomic_load(&definition->plans);
    while (!atomic_compare_exchange_weak(&definition->plans, &plan->next, plan))
        continue;
    return true;
}

static bool make_plan(struct graphql_operation *operation)
{
    struct document_operation *definition = operation->definition;
    uint64_t conditions = conditions_of(operation);
    if (definition->condition_count <= DOCUMENT_CONDITIONS_MAX)
        operation->plan = find_plan(definition, conditions);
    if (operation->plan)
        return true;
    struct error error = {0};
    struct graphql_plan *plan;
    const struct ast_selection *about = NULL;
    if (!graphql_plan_build(operation->arena, operation->document, definition,
                            operation->engine->schema, &operation->variables,
                            operation->engine->options.limits.max_plan_fields, &plan, &error,
                            &about))
        return refuse(operation, &error);
    plan->conditions = conditions;
    operation->plan = plan;
    return keep_plan(operation, plan);
}

static bool weigh(struct graphql_operation *operation)
{
    struct error error = {0};
    uint64_t max = operation->engine->options.limits.max_cost;
    operation->cost = graphql_plan_cost(operation->plan, &operation->variables);
    if (max == 0 || operation->cost <= max)
        return true;
    error_set(&error, ERR_LIMIT, "The operation may cost %llu, more than the %llu it may.",
              (unsigned long long)operation->cost, (unsigned long long)max);
    return refuse(operation, &error);
}

static bool prepare(struct graphql_operation *operation, const struct graphql_request *request)
{
    if (operation->document->errors.items.len > 0) {
        operation->errors = operation->document->errors;
        return false;
    }
    if (!choose(operation, request))
        return false;
    if (!graphql_variables_coerce(
            operation->arena, operation->engine->schema, operation->document->text,
            operation->definition->definition->variables, request->variables,
            operation->engine->options.hide_values, &operation->variables, &operation->errors)) {
        operation->definition = NULL;
        return false;
    }
    return make_plan(operation) && weigh(operation);
}

bool graphql_prepare(struct graphql_engine *engine, struct arena *arena,
                     const struct graphql_request *request, struct graphql_operation **out,
                     struct error *error)
{
    struct graphql_operation *operation = ARENA_NEW(arena, struct graphql_operation);
    if (!operation)
        return error_set_no_memory(error);
    operation->engine = engine;
    operation->arena = arena;
    graphql_errors_init(&operation->errors, arena, engine->options.limits.max_errors);
    if (!take_document(operation, request->query))
        return error_set_no_memory(error);
    if (!prepare(operation, request)) {
        operation->plan = NULL;
        if (operation->errors.items.len == 0)
            return error_set_no_memory(error);
    }
    *out = operation;
    return true;
}

bool graphql_operation_is_valid(const struct graphql_operation *operation)
{
    return operation->plan != NULL;
}

enum graphql_operation_kind graphql_operation_kind(const struct graphql_operation *operation)
{
    if (!operation->definition)
        return GRAPHQL_QUERY;
    return (enum graphql_operation_kind)operation->definition->definition->operation;
}

struct text graphql_operation_name(const struct graphql_operation *operation)
{
    return operation->definition ? operation->definition->definition->name : TEXT("");
}

uint64_t graphql_operation_cost(const struct graphql_operation *operation)
{
    return operation->cost;
}

static bool init_state(struct run_state *state, struct graphql_operation *operation,
                       const struct graphql_run *run)
{
    const struct graphql_plan *plan = operation->plan;
    uint32_t milliseconds = operation->engine->options.limits.max_milliseconds;
    struct arena *arena = run->arena ? run->arena : operation->arena;
    *state = (struct run_state){.arena = arena,
                                .schema = operation->engine->schema,
                                .document = operation->document,
                                .plan = plan,
                                .variables = &operation->variables,
                                .run = run};
    state->sets = ARENA_ARRAY(arena, struct list, plan->set_count);
    state->fields = ARENA_ARRAY(arena, struct field_state, plan->field_count);
    graphql_errors_init(&state->errors, arena, operation->engine->options.limits.max_errors);
    if (!state->sets || !state->fields)
        return false;
    if (milliseconds > 0)
        state->deadline = run_now() + (int64_t)milliseconds * 1000;
    list_init(&state->sets[plan->root.id], arena, sizeof(void *));
    const void **root = list_push(&state->sets[plan->root.id]);
    if (root)
        *root = run->root;
    return root != NULL;
}

/* Each root field to its end before the next one begins; queries gain nothing from another order.
 */
static bool write_data(struct run_state *state, struct buffer *out, bool is_mutation)
{
    const struct plan_set *root = &state->plan->root;
    buffer_add_byte(out, '{');
    for (uint32_t i = 0; i < root->field_count; i++) {
        const struct graphql_plan_field *field = &root->fields[i];
        if (!run_field(state, root, field, is_mutation) ||
            !write_field(state, out, root, field, state->run->root, 0, i == 0, NULL))
            return false;
    }
    buffer_add_byte(out, '}');
    return true;
}

static void write_cost(const struct graphql_operation *operation, struct buffer *out)
{
    if (operation->engine->options.show_cost)
        buffer_add_format(out, ",\"extensions\":{\"cost\":%llu}",
                          (unsigned long long)operation->cost);
}

static void write_refusal(const struct graphql_operation *operation, struct buffer *out)
{
    buffer_add_byte(out, '{');
    graphql_errors_write(&operation->errors, out);
    buffer_add_byte(out, '}');
}

static void execute(struct graphql_operation *operation, struct run_state *state,
                    struct buffer *out)
{
    bool is_mutation = graphql_operation_kind(operation) == GRAPHQL_MUTATION;
    buffer_add(out, TEXT("{\"data\":"));
    size_t start = out->len;
    if (!write_data(state, out, is_mutation)) {
        buffer_truncate(out, start);
        buffer_add(out, TEXT("null"));
    }
    if (error_is_set(&state->error))
        graphql_errors_add_error(&state->errors, &state->error);
    if (state->errors.items.len > 0) {
        buffer_add_byte(out, ',');
        graphql_errors_write(&state->errors, out);
    }
    write_cost(operation, out);
    buffer_add_byte(out, '}');
}

bool graphql_run(struct graphql_operation *operation, const struct graphql_run *run,
                 struct buffer *out, struct error *error)
{
    uint32_t max = operation->engine->options.limits.max_response_bytes;
    struct run_state state;
    if (max > 0 && out->max > max)
        out->max = max;
    if (!operation->plan) {
        write_refusal(operation, out);
        return !out->failed || error_set_no_memory(error);
    }
    if (!init_state(&state, operation, run))
        return error_set_no_memory(error);
    execute(operation, &state, out);
    bool no_memory = arena_failed(state.arena) || arena_failed(out->arena);
    if (!out->failed && !no_memory)
        return true;
    if (no_memory)
        return error_set_no_memory(error);
    return error_set(error, ERR_TOO_LARGE, "The response is larger than %zu bytes.", out->max);
}

bool graphql_subscribe(struct graphql_operation *operation, const struct graphql_run *run,
                       struct graphql_source *out, struct error *error)
{
    struct run_state state;
    struct graphql_call call;
    assert(operation->plan && operation->plan->root.field_count > 0);
    if (!init_state(&state, operation, run))
        return error_set_no_memory(error);
    if (!run_prepare_source(&state, &operation->plan->root.fields[0], &call, error))
        return false;
    *out = (struct graphql_source){call.field, call.args, call.values};
    return true;
}

void graphql_write_error(struct buffer *out, const struct error *error)
{
    struct graphql_errors errors;
    graphql_errors_init(&errors, out->arena, 0);
    graphql_errors_add_error(&errors, error);
    buffer_add_byte(out, '{');
    graphql_errors_write(&errors, out);
    buffer_add_byte(out, '}');
}
