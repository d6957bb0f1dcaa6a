/* Counting changes and printing reports. */
#include "worker/report.h"

void report_init(struct report *report, struct arena *arena)
{
    *report = (struct report){.arena = arena};
    list_init(&report->changes, arena, sizeof(struct report_change));
    list_init(&report->entities, arena, sizeof(struct report_entity));
    list_init(&report->outputs, arena, sizeof(struct report_output));
}

bool report_add_change(struct report *report, struct report_change change)
{
    struct report_change *slot = list_push(&report->changes);
    if (!slot)
        return false;
    *slot = change;
    bool replaced = text_starts_with(change.type, TEXT("replace"));
    report->add += replaced || text_equal(change.type, TEXT("add"));
    report->remove += replaced || text_equal(change.type, TEXT("delete"));
    report->change += text_equal(change.type, TEXT("change"));
    return true;
}

static void write_changes(const struct report *report, struct json_writer *writer)
{
    const struct report_change *changes = LIST_ITEMS(&report->changes, struct report_change);
    json_key_z(writer, "changes");
    json_begin_array(writer);
    for (size_t i = 0; i < report->changes.len; i++) {
        json_begin_object(writer);
        json_member_string(writer, "address", changes[i].address);
        if (changes[i].previous_address.len)
            json_member_string(writer, "previous_address", changes[i].previous_address);
        json_member_string(writer, "type", changes[i].type);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_entities(const struct report *report, struct json_writer *writer)
{
    const struct report_entity *entities = LIST_ITEMS(&report->entities, struct report_entity);
    json_key_z(writer, "entities");
    json_begin_array(writer);
    for (size_t i = 0; i < report->entities.len; i++) {
        const struct report_entity *entity = &entities[i];
        json_begin_object(writer);
        json_member_string(writer, "address", entity->address);
        json_member_string(writer, "type", entity->type);
        json_member_string(writer, "name", entity->name);
        json_member_string(writer, "mode", entity->mode);
        json_member_string(writer, "provider", entity->provider);
        json_member_string(writer, "module", entity->module);
        json_member_string(writer, "parent", entity->module);
        json_member_string(writer, "vendor", report->vendor);
        json_member_bool(writer, "tainted", entity->tainted);
        json_key_z(writer, "values");
        json_raw(writer, entity->values);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_outputs(const struct report *report, struct json_writer *writer)
{
    const struct report_output *outputs = LIST_ITEMS(&report->outputs, struct report_output);
    json_key_z(writer, "outputs");
    json_begin_array(writer);
    for (size_t i = 0; i < report->outputs.len; i++) {
        json_begin_object(writer);
        json_member_string(writer, "name", outputs[i].name);
        json_member_string(writer, "description", outputs[i].description);
        json_member_bool(writer, "sensitive", outputs[i].sensitive);
        json_key_z(writer, "value");
        json_raw(writer, outputs[i].value);
        json_end_object(writer);
    }
    json_end_array(writer);
}

void report_write(const struct report *report, struct json_writer *writer)
{
    json_member_bool(writer, "has_changes", report->has_changes);
    json_key_z(writer, "delta");
    json_begin_object(writer);
    json_member_int64(writer, "add", report->add);
    json_member_int64(writer, "change", report->change);
    json_member_int64(writer, "delete", report->remove);
    json_member_int64(writer, "resources", report->resources);
    json_end_object(writer);
    write_changes(report, writer);
    if (report->has_inventory) {
        write_entities(report, writer);
        write_outputs(report, writer);
    }
}
