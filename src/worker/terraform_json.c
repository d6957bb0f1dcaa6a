/* Reading terraform's JSON. */
#include "worker/terraform_json.h"

enum { VALUE_MAX = 16 << 20 };

static bool is_action(const struct json *actions, uint32_t index, const char *name)
{
    return actions->len > index &&
           text_equal_z(json_text_or(&actions->items[index], TEXT("")), name);
}

/* A change that leaves the resource as it is may still import it or give it another address. */
static struct text type_of_no_op(const struct json *resource)
{
    const struct json *importing = json_get_z(json_get_z(resource, "change"), "importing");
    if (importing && !json_is(importing, JSON_NULL))
        return TEXT("import");
    return json_get_z(resource, "previous_address") ? TEXT("move") : TEXT("");
}

/* Empty for what is no change. */
static struct text type_of(const struct json *resource)
{
    const struct json *actions = json_get_z(json_get_z(resource, "change"), "actions");
    if (!json_is(actions, JSON_ARRAY) || actions->len == 0)
        return TEXT("");
    if (actions->len == 2)
        return is_action(actions, 0, "create") ? TEXT("replace_create_before_destroy")
                                               : TEXT("replace_destroy_before_create");
    if (is_action(actions, 0, "create"))
        return TEXT("add");
    if (is_action(actions, 0, "update"))
        return TEXT("change");
    if (is_action(actions, 0, "delete"))
        return TEXT("delete");
    if (is_action(actions, 0, "forget"))
        return TEXT("forget");
    return is_action(actions, 0, "no-op") ? type_of_no_op(resource) : TEXT("");
}

static bool read_change(struct report *report, const struct json *resource)
{
    struct text type = type_of(resource);
    if (!text_equal(json_get_text(resource, "mode"), TEXT("managed")))
        return true;
    report->resources += !text_equal(type, TEXT("delete")) && !text_equal(type, TEXT("forget"));
    if (type.len == 0)
        return true;
    return report_add_change(
        report,
        (struct report_change){.address = json_get_text(resource, "address"),
                               .previous_address = json_get_text(resource, "previous_address"),
                               .type = type});
}

bool terraform_read_plan(struct report *report, const struct json *plan, struct error *error)
{
    const struct json *resources = json_get_z(plan, "resource_changes");
    for (uint32_t i = 0; json_is(resources, JSON_ARRAY) && i < resources->len; i++) {
        if (!read_change(report, &resources->items[i]))
            return error_set_no_memory(error);
    }
    return true;
}

/* --- states --- */

struct state_reader {
    struct report *report;
    const struct masking *masking;
    struct json_writer writer;
};

static void write_visible(struct state_reader *reader, const struct json *value,
                          const struct json *sensitive);

static void write_visible_string(struct state_reader *reader, struct text value)
{
    json_string(&reader->writer, masking_apply(reader->masking, reader->report->arena, value));
}

static void write_visible_array(struct state_reader *reader, const struct json *value,
                                const struct json *sensitive)
{
    bool parallel = json_is(sensitive, JSON_ARRAY);
    json_begin_array(&reader->writer);
    for (uint32_t i = 0; i < value->len; i++)
        write_visible(reader, &value->items[i],
                      parallel && i < sensitive->len ? &sensitive->items[i] : NULL);
    json_end_array(&reader->writer);
}

static void write_visible_object(struct state_reader *reader, const struct json *value,
                                 const struct json *sensitive)
{
    json_begin_object(&reader->writer);
    for (uint32_t i = 0; i < value->len; i++) {
        const struct json_member *entry = &value->members[i];
        json_key(&reader->writer,
                 masking_apply(reader->masking, reader->report->arena, entry->key));
        write_visible(reader, &entry->value, json_get(sensitive, entry->key));
    }
    json_end_object(&reader->writer);
}

/* The value without the parts that `sensitive`, a tree of the same shape with true at its marks,
 * calls so. As deep as the JSON, which its reader has bounded. */
static void write_visible(struct state_reader *reader, const struct json *value,
                          const struct json *sensitive)
{
    if (json_is(sensitive, JSON_TRUE))
        json_string(&reader->writer, TEXT("****"));
    else if (json_is(value, JSON_STRING))
        write_visible_string(reader, value->text);
    else if (json_is(value, JSON_ARRAY))
        write_visible_array(reader, value, sensitive);
    else if (json_is(value, JSON_OBJECT))
        write_visible_object(reader, value, sensitive);
    else
        json_value(&reader->writer, value);
}

static struct text visible_values(struct state_reader *reader, const struct json *resource)
{
    struct buffer out;
    const struct json *values = json_get_z(resource, "values");
    if (!json_is(values, JSON_OBJECT))
        return TEXT("{}");
    buffer_init(&out, reader->report->arena, VALUE_MAX);
    json_writer_init(&reader->writer, &out);
    write_visible(reader, values, json_get_z(resource, "sensitive_values"));
    return out.failed ? TEXT("{}") : buffer_text(&out);
}

static bool read_resource(struct state_reader *reader, const struct json *resource,
                          struct text module)
{
    struct report_entity *entity = list_push(&reader->report->entities);
    if (!entity)
        return false;
    *entity = (struct report_entity){
        .address = json_get_text(resource, "address"),
        .type = json_get_text(resource, "type"),
        .name = json_get_text(resource, "name"),
        .mode = json_get_text(resource, "mode"),
        .provider = json_get_text(resource, "provider_name"),
        .module = module,
        .values = visible_values(reader, resource),
        .tainted = json_bool_or(json_get_z(resource, "tainted"), false),
    };
    reader->report->resources += text_equal(entity->mode, TEXT("managed"));
    return true;
}

static bool read_module(struct state_reader *reader, const struct json *module)
{
    const struct json *resources = json_get_z(module, "resources");
    const struct json *children = json_get_z(module, "child_modules");
    for (uint32_t i = 0; json_is(resources, JSON_ARRAY) && i < resources->len; i++) {
        if (!read_resource(reader, &resources->items[i], json_get_text(module, "address")))
            return false;
    }
    for (uint32_t i = 0; json_is(children, JSON_ARRAY) && i < children->len; i++) {
        if (!read_module(reader, &children->items[i]))
            return false;
    }
    return true;
}

bool terraform_read_state(struct report *report, const struct json *state,
                          const struct masking *masking, struct error *error)
{
    struct state_reader reader = {.report = report, .masking = masking};
    report->has_inventory = true;
    report->resources = 0;
    return read_module(&reader, json_get_z(json_get_z(state, "values"), "root_module")) ||
           error_set_no_memory(error);
}

/* --- outputs --- */

static struct text description_of(const struct json *plan, struct text name)
{
    const struct json *configuration = json_get_z(plan, "configuration");
    const struct json *root = json_get_z(configuration, "root_module");
    return json_get_text(json_get(json_get_z(root, "outputs"), name), "description");
}

static struct text print(struct arena *arena, const struct json *value)
{
    struct buffer out;
    struct json_writer writer;
    if (!value)
        return TEXT("null");
    buffer_init(&out, arena, VALUE_MAX);
    json_writer_init(&writer, &out);
    json_value(&writer, value);
    return out.failed ? TEXT("null") : buffer_text(&out);
}

bool terraform_read_outputs(struct report *report, const struct json *outputs,
                            const struct json *plan, struct error *error)
{
    report->has_inventory = true;
    for (uint32_t i = 0; json_is(outputs, JSON_OBJECT) && i < outputs->len; i++) {
        const struct json_member *entry = &outputs->members[i];
        struct report_output *output = list_push(&report->outputs);
        if (!output)
            return error_set_no_memory(error);
        *output = (struct report_output){
            .name = entry->key,
            .description = description_of(plan, entry->key),
            .value = print(report->arena, json_get_z(&entry->value, "value")),
            .sensitive = json_bool_or(json_get_z(&entry->value, "sensitive"), false)};
    }
    return true;
}
