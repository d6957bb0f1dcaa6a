/* Reports from JSON. */
#include "doors/worker/job_json.h"

#include "doors/worker/vendor_wire.h"

enum { ITEMS_MAX = 100000 };

static bool need(struct ctx *ctx, bool good, const char *member)
{
    return good || fail(ctx, ERR_INVALID, "\"%s\" is missing or not usable", member);
}

static struct text optional(const struct json *object, const char *name)
{
    return json_text_or(json_get_z(object, name), (struct text){NULL, 0});
}

static bool parse_outcome(struct ctx *ctx, const struct json *body, enum run_outcome *out)
{
    struct text name = optional(body, "outcome");
    if (text_equal(name, TEXT("finished")))
        *out = RUN_OUTCOME_FINISHED;
    else if (text_equal(name, TEXT("failed")))
        *out = RUN_OUTCOME_FAILED;
    else if (text_equal(name, TEXT("stopped")))
        *out = RUN_OUTCOME_STOPPED;
    else
        return need(ctx, false, "outcome");
    return true;
}

static bool parse_delta(struct ctx *ctx, const struct json *value, struct run_report *out)
{
    if (!json_is(value, JSON_OBJECT))
        return true;
    struct run_delta *delta = ARENA_NEW(ctx->arena, struct run_delta);
    if (!delta)
        return fail_no_memory(ctx);
    delta->add_count = json_int64_or(json_get_z(value, "add"), 0);
    delta->change_count = json_int64_or(json_get_z(value, "change"), 0);
    delta->delete_count = json_int64_or(json_get_z(value, "delete"), 0);
    delta->resources = json_int64_or(json_get_z(value, "resources"), 0);
    out->delta = delta;
    return true;
}

static bool check_array(struct ctx *ctx, const struct json *value, const char *member)
{
    return need(ctx, json_is(value, JSON_ARRAY) && value->len <= ITEMS_MAX, member);
}

static bool parse_changes(struct ctx *ctx, const struct json *value, struct run_report *out)
{
    if (!value || json_is(value, JSON_NULL))
        return true;
    if (!check_array(ctx, value, "changes"))
        return false;
    struct run_change *changes = ARENA_ARRAY(ctx->arena, struct run_change, value->len);
    if (!changes)
        return fail_no_memory(ctx);
    for (uint32_t i = 0; i < value->len; i++) {
        const struct json *item = &value->items[i];
        changes[i] = (struct run_change){.address = optional(item, "address"),
                                         .previous_address = optional(item, "previous_address"),
                                         .type = optional(item, "type")};
        if (!need(ctx, changes[i].address.len && changes[i].type.len, "changes"))
            return false;
    }
    out->changes = changes;
    out->change_count = value->len;
    return true;
}

static struct text print_value(struct ctx *ctx, const struct json *value)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_value(writer, value);
    return json_print_end(&printer);
}

static bool parse_entities(struct ctx *ctx, const struct json *value, struct stack_result *out)
{
    if (!check_array(ctx, value, "entities"))
        return false;
    struct entity *entities = ARENA_ARRAY(ctx->arena, struct entity, value->len);
    if (!entities)
        return fail_no_memory(ctx);
    for (uint32_t i = 0; i < value->len; i++) {
        const struct json *item = &value->items[i];
        entities[i] = (struct entity){
            .id = optional(item, "address"),
            .parent = json_get_text(item, "parent"),
            .name = json_get_text(item, "name"),
            .type = json_get_text(item, "type"),
            .data = print_value(ctx, item),
        };
        if (!vendor_kind_parse(vendor_wire_kind(optional(item, "vendor")), &entities[i].vendor))
            entities[i].vendor = VENDOR_TERRAFORM;
        if (!need(ctx, entities[i].id.len > 0, "entities"))
            return false;
    }
    out->entities = entities;
    out->entity_count = value->len;
    return true;
}

static bool parse_outputs(struct ctx *ctx, const struct json *value, struct stack_result *out)
{
    if (!value || json_is(value, JSON_NULL))
        return true;
    if (!check_array(ctx, value, "outputs"))
        return false;
    struct output *outputs = ARENA_ARRAY(ctx->arena, struct output, value->len);
    if (!outputs)
        return fail_no_memory(ctx);
    for (uint32_t i = 0; i < value->len; i++) {
        const struct json *item = &value->items[i];
        const struct json *content = json_get_z(item, "value");
        bool sensitive = json_bool_or(json_get_z(item, "sensitive"), false);
        outputs[i] = (struct output){
            .id = optional(item, "name"),
            .description = json_get_text(item, "description"),
            .sensitive = sensitive,
        };
        if (!sensitive && content)
            outputs[i].value = print_value(ctx, content);
        if (!need(ctx, outputs[i].id.len > 0, "outputs"))
            return false;
    }
    out->outputs = outputs;
    out->output_count = value->len;
    return true;
}

/* Without entities the stack keeps what it has. */
static bool parse_result(struct ctx *ctx, const struct json *body, struct run_report *out)
{
    const struct json *entities = json_get_z(body, "entities");
    if (!entities || json_is(entities, JSON_NULL))
        return true;
    struct stack_result *result = ARENA_NEW(ctx->arena, struct stack_result);
    if (!result)
        return fail_no_memory(ctx);
    out->result = result;
    return parse_entities(ctx, entities, result) &&
           parse_outputs(ctx, json_get_z(body, "outputs"), result);
}

bool report_parse(struct ctx *ctx, const struct json *body, struct run_report *out)
{
    *out = (struct run_report){
        .error = json_get_text(body, "error"),
        .has_changes = json_bool_or(json_get_z(body, "has_changes"), false),
    };
    return parse_outcome(ctx, body, &out->outcome) &&
           parse_delta(ctx, json_get_z(body, "delta"), out) &&
           parse_changes(ctx, json_get_z(body, "changes"), out) && parse_result(ctx, body, out);
}
