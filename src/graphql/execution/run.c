/* The first half of a run: resolvers, level by level. */
#include "graphql/execution/arguments.h"
#include "graphql/execution/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t run_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

bool run_in_time(struct run_state *state)
{
    if (state->deadline == 0 || run_now() < state->deadline)
        return true;
    return error_set(&state->error, ERR_LIMIT, "The request took longer than it may.");
}

void graphql_fail(struct graphql_call *call, size_t index, enum error_kind kind, const char *format,
                  ...)
{
    struct error *error = ARENA_NEW(call->arena, struct error);
    char message[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    if (error)
        error_set(error, kind, "%s", message);
    call->results[index] = (struct graphql_result){.kind = GRAPHQL_RESULT_ERROR, .error = error};
}

const struct graphql_field *graphql_call_next_selected(const struct graphql_call *call,
                                                       uint32_t *at)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < call->plan->set_count; i++) {
        const struct plan_set *set = &call->plan->sets[i];
        if (*at - first < set->field_count)
            return set->fields[(*at)++ - first].field;
        first += set->field_count;
    }
    return NULL;
}

bool graphql_give_absent(struct graphql_call *call)
{
    uint64_t wrappers = call->field->type.wrappers;
    if (!graphql_is_non_null(wrappers) || !graphql_is_list(graphql_nullable(wrappers)))
        return true;
    for (size_t i = 0; i < call->count; i++)
        graphql_give_pointers(call, i, NULL, 0);
    return true;
}

/* Every parent gets the same error, one copy of it. */
static bool fail_all(struct run_state *state, struct graphql_result *results, size_t count,
                     const struct error *error)
{
    struct error *copy = ARENA_NEW(state->arena, struct error);
    if (!copy)
        return error_set_no_memory(&state->error);
    *copy = *error;
    if (!error_is_set(copy))
        error_set(copy, ERR_INTERNAL, "The field could not be resolved.");
    for (size_t i = 0; i < count; i++)
        results[i] = (struct graphql_result){.kind = GRAPHQL_RESULT_ERROR, .error = copy};
    return true;
}

static bool bind_arguments(struct run_state *state, struct graphql_call *call)
{
    const struct graphql_plan_field *field = call->plan;
    const struct ast_selection *node = field->nodes[0];
    call->values = field->values;
    call->args = field->args;
    if (!field->has_variables)
        return true;
    struct graphql_value *values = ARENA_NEW(state->arena, struct graphql_value);
    if (!values)
        return error_set_no_memory(call->error);
    if (!graphql_arguments_coerce(state->arena, state->document->text, field->field->arguments,
                                  field->field->argument_count, node->arguments, node->at,
                                  state->variables, values, call->error))
        return false;
    call->values = values;
    if (field->field->args_size == 0)
        return true;
    call->args =
        graphql_arguments_bind(state->arena, field->field->arguments, field->field->argument_count,
                               field->field->args_size, values);
    return call->args || error_set_no_memory(call->error);
}

static bool authorize(struct run_state *state, struct graphql_call *call)
{
    if (call->field->access.kind != GRAPHQL_ACCESS_REQUIRES)
        return true;
    if (!state->run->authorize)
        return error_set(call->error, ERR_DENIED, "unauthorized");
    return state->run->authorize(call);
}

/* The resolver itself, or the plain members of a field that only has an access rule. */
static bool call_resolver(struct graphql_call *call)
{
    if (call->field->resolve)
        return call->field->resolve(call);
    for (size_t i = 0; i < call->count; i++)
        call->results[i].kind = GRAPHQL_RESULT_MEMBER;
    return true;
}

static size_t count_errors(const struct graphql_call *call)
{
    size_t count = 0;
    for (size_t i = 0; i < call->count; i++)
        count += call->results[i].kind == GRAPHQL_RESULT_ERROR;
    return count;
}

/* Some parents were refused one by one: the resolver sees only the others. */
static bool call_for_allowed(struct run_state *state, struct graphql_call *call, size_t refused)
{
    size_t count = call->count - refused;
    const void **parents = ARENA_ARRAY(state->arena, const void *, count);
    struct graphql_result *results = ARENA_ARRAY(state->arena, struct graphql_result, count);
    if (!parents || !results)
        return error_set_no_memory(call->error);
    struct graphql_call allowed = *call;
    allowed.count = 0;
    allowed.parents = parents;
    allowed.results = results;
    for (size_t i = 0; i < call->count; i++)
        if (call->results[i].kind != GRAPHQL_RESULT_ERROR)
            parents[allowed.count++] = call->parents[i];
    if (count > 0 && !call_resolver(&allowed))
        return false;
    for (size_t i = 0, at = 0; i < call->count; i++)
        if (call->results[i].kind != GRAPHQL_RESULT_ERROR)
            call->results[i] = results[at++];
    return true;
}

static bool call_authorized(struct run_state *state, struct graphql_call *call)
{
    if (!bind_arguments(state, call) || !authorize(state, call))
        return false;
    size_t refused = count_errors(call);
    return refused == 0 ? call_resolver(call) : call_for_allowed(state, call, refused);
}

static bool call_in_step(struct run_state *state, struct graphql_call *call)
{
    if (state->run->begin && !state->run->begin(call))
        return false;
    bool ok = call_authorized(state, call);
    if (state->run->end && !state->run->end(call, ok))
        return false;
    return ok;
}

static bool resolve(struct run_state *state, const struct plan_set *set,
                    const struct graphql_plan_field *field, bool is_mutation)
{
    const struct list *objects = &state->sets[set->id];
    struct graphql_result *results = ARENA_ARRAY(state->arena, struct graphql_result, objects->len);
    if (!results)
        return error_set_no_memory(&state->error);
    state->fields[field->id].results = results;
    if (!run_in_time(state))
        return false;
    struct error error = {0};
    struct graphql_call call = {.field = field->field,
                                .count = objects->len,
                                .parents = objects->items,
                                .results = results,
                                .arena = state->arena,
                                .context = state->run->context,
                                .schema = state->schema,
                                .error = &error,
                                .plan = field};
    bool ok = is_mutation ? call_in_step(state, &call) : call_authorized(state, &call);
    return ok || fail_all(state, results, objects->len, &error);
}

bool run_prepare_source(struct run_state *state, const struct graphql_plan_field *field,
                        struct graphql_call *out, struct error *error)
{
    const void *const *root = state->sets[state->plan->root.id].items;
    struct graphql_result *result = ARENA_NEW(state->arena, struct graphql_result);
    *out = (struct graphql_call){.field = field->field,
                                 .count = 1,
                                 .parents = root,
                                 .results = result,
                                 .arena = state->arena,
                                 .context = state->run->context,
                                 .schema = state->schema,
                                 .error = error,
                                 .plan = field};
    if (!result)
        return error_set_no_memory(error);
    if (!bind_arguments(state, out) || !authorize(state, out))
        return false;
    if (result->kind != GRAPHQL_RESULT_ERROR)
        return true;
    if (!result->error)
        return error_set_no_memory(error);
    *error = *result->error;
    return false;
}

/* Puts one object into the column of its set. */
static bool gather_object(struct run_state *state, const struct graphql_plan_field *field,
                          const void *object, uint32_t *children)
{
    const struct plan_set *set = set_for(field, object);
    struct list *positions = &state->fields[field->id].positions;
    ++*children;
    if (graphql_type_is_abstract(field->field->type.type)) {
        uint32_t *position = list_push(positions);
        if (!position)
            return error_set_no_memory(&state->error);
        *position = set ? (uint32_t)state->sets[set->id].len : UINT32_MAX;
    }
    if (!set)
        return true;
    const void **slot = list_push(&state->sets[set->id]);
    if (!slot)
        return error_set_no_memory(&state->error);
    *slot = object;
    return true;
}

/* write.c meets the objects in the same order. */
static bool gather(struct run_state *state, const struct graphql_plan_field *field,
                   const struct graphql_result *result, uint32_t *children)
{
    bool ok = true;
    switch (result->kind) {
    case GRAPHQL_RESULT_OBJECT: return gather_object(state, field, result->object, children);
    case GRAPHQL_RESULT_POINTERS:
        for (size_t i = 0; ok && i < result->len; i++)
            if (result->pointers[i])
                ok = gather_object(state, field, result->pointers[i], children);
        return ok;
    case GRAPHQL_RESULT_STRUCTS:
        for (size_t i = 0; ok && i < result->len; i++)
            ok = gather_object(state, field, (const char *)result->object + i * result->stride,
                               children);
        return ok;
    case GRAPHQL_RESULT_LIST:
        for (size_t i = 0; ok && i < result->len; i++)
            ok = gather(state, field, &result->items[i], children);
        return ok;
    default: return true;
    }
}

static bool gather_children(struct run_state *state, const struct plan_set *set,
                            const struct graphql_plan_field *field)
{
    const struct list *objects = &state->sets[set->id];
    struct field_state *column = &state->fields[field->id];
    uint32_t children = 0;
    column->first = ARENA_ARRAY(state->arena, uint32_t, objects->len);
    list_init(&column->positions, state->arena, sizeof(uint32_t));
    for (uint32_t i = 0; i < field->set_count; i++)
        list_init(&state->sets[field->sets[i].id], state->arena, sizeof(void *));
    if (!column->first)
        return error_set_no_memory(&state->error);
    for (size_t i = 0; i < objects->len; i++) {
        column->first[i] = children;
        struct graphql_result result = {.kind = GRAPHQL_RESULT_MEMBER};
        if (column->results)
            result = column->results[i];
        if (result.kind == GRAPHQL_RESULT_MEMBER)
            result = read_member(field->field, LIST_ITEMS(objects, const void *)[i]);
        if (!gather(state, field, &result, &children))
            return false;
    }
    return true;
}

bool run_field(struct run_state *state, const struct plan_set *set,
               const struct graphql_plan_field *field, bool is_mutation)
{
    if (field->is_resolved && !resolve(state, set, field, is_mutation))
        return false;
    if (!field->has_work_below)
        return true;
    if (!gather_children(state, set, field))
        return false;
    for (uint32_t i = 0; i < field->set_count; i++) {
        const struct plan_set *child = &field->sets[i];
        if (state->sets[child->id].len == 0)
            continue;
        for (uint32_t j = 0; j < child->field_count; j++)
            if (!run_field(state, child, &child->fields[j], false))
                return false;
    }
    return true;
}
