/* Engines on the worker's wire. */
#include "doors/worker/vendor_wire.h"

static const char *const names[] = {
    [VENDOR_TERRAFORM] = "terraform",
    [VENDOR_OPEN_TOFU] = "tofu",
    [VENDOR_ANSIBLE] = "ansible",
    [VENDOR_CUSTOM] = "custom",
};

static_assert(ARRAY_LENGTH(names) == VENDOR_KIND_COUNT, "one name per vendor");

const char *vendor_wire_name(enum vendor_kind kind)
{
    return names[kind];
}

struct text vendor_wire_kind(struct text name)
{
    for (int i = 0; i < VENDOR_KIND_COUNT; i++) {
        if (text_equal_z(name, names[i]))
            return text_z(vendor_kind_name((enum vendor_kind)i));
    }
    return name;
}

void vendor_wire_print(const struct vendor *vendor, struct json_writer *writer)
{
    const struct {
        const char *phase;
        struct text command;
    } phases[] = {
        {"init", vendor->init_command},
        {"plan", vendor->plan_command},
        {"apply", vendor->apply_command},
        {"destroy", vendor->destroy_command},
    };
    if (vendor->kind != VENDOR_CUSTOM) {
        vendor_print(vendor, writer);
        return;
    }
    json_begin_object(writer);
    json_key_z(writer, "commands");
    json_begin_object(writer);
    for (size_t i = 0; i < ARRAY_LENGTH(phases); i++) {
        if (phases[i].command.len > 0)
            json_member_string(writer, phases[i].phase, phases[i].command);
    }
    json_end_object(writer);
    json_end_object(writer);
}
