/* Vendors from and to JSON, and what makes one complete. */
#include "stack/vendor.h"

static const char *const kinds[] = {[VENDOR_TERRAFORM] = "TERRAFORM",
                                    [VENDOR_OPEN_TOFU] = "OPEN_TOFU",
                                    [VENDOR_ANSIBLE] = "ANSIBLE",
                                    [VENDOR_CUSTOM] = "CUSTOM"};

static_assert(ARRAY_LENGTH(kinds) == VENDOR_KIND_COUNT, "one name per vendor");

/* The text members, for printing and parsing alike. */
static const struct {
    const char *name;
    size_t offset;
} texts[] = {
    {"version", offsetof(struct vendor, version)},
    {"workflow_tool", offsetof(struct vendor, workflow_tool)},
    {"workspace", offsetof(struct vendor, workspace)},
    {"playbook", offsetof(struct vendor, playbook)},
    {"init_command", offsetof(struct vendor, init_command)},
    {"plan_command", offsetof(struct vendor, plan_command)},
    {"apply_command", offsetof(struct vendor, apply_command)},
    {"destroy_command", offsetof(struct vendor, destroy_command)},
};

const char *vendor_kind_name(enum vendor_kind kind)
{
    return kinds[kind];
}

bool vendor_kind_parse(struct text name, enum vendor_kind *out)
{
    for (int i = 0; i < VENDOR_KIND_COUNT; i++) {
        if (text_equal_z(name, kinds[i])) {
            *out = (enum vendor_kind)i;
            return true;
        }
    }
    return false;
}

bool path_stays_inside(struct text path)
{
    struct text part;
    if (path.len && path.at[0] == '/')
        return false;
    if (path.len && text_find_byte(path, '\0', 0) < path.len)
        return false;
    while (text_next_part(&path, '/', &part)) {
        if (text_equal(part, TEXT("..")))
            return false;
    }
    return true;
}

bool vendor_check(struct ctx *ctx, const struct vendor *vendor)
{
    switch (vendor->kind) {
    case VENDOR_ANSIBLE:
        if (vendor->playbook.len == 0)
            return fail(ctx, ERR_INVALID, "an Ansible stack needs a playbook");
        if (!path_stays_inside(vendor->playbook))
            return fail(ctx, ERR_INVALID, "the playbook must be inside the project");
        return true;
    case VENDOR_CUSTOM:
        if (vendor->plan_command.len == 0 || vendor->apply_command.len == 0)
            return fail(ctx, ERR_INVALID, "a custom stack needs a plan and an apply command");
        return true;
    case VENDOR_TERRAFORM:
    case VENDOR_OPEN_TOFU:
    case VENDOR_KIND_COUNT: return true;
    }
    return true;
}

void vendor_print(const struct vendor *vendor, struct json_writer *writer)
{
    json_begin_object(writer);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        const struct text *value = (const struct text *)((const char *)vendor + texts[i].offset);
        if (value->at)
            json_member_string(writer, texts[i].name, *value);
    }
    json_member_bool(writer, "concise", vendor->concise);
    json_member_bool(writer, "external_state_access_enabled",
                     vendor->external_state_access_enabled);
    json_member_bool(writer, "use_smart_sanitization", vendor->use_smart_sanitization);
    json_end_object(writer);
}

struct vendor vendor_parse(enum vendor_kind kind, const struct json *value)
{
    struct vendor vendor = {
        .kind = kind,
        .concise = json_bool_or(json_get_z(value, "concise"), false),
        .external_state_access_enabled =
            json_bool_or(json_get_z(value, "external_state_access_enabled"), false),
        .use_smart_sanitization = json_bool_or(json_get_z(value, "use_smart_sanitization"), false),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        struct text *target = (struct text *)((char *)&vendor + texts[i].offset);
        *target = json_text_or(json_get_z(value, texts[i].name), (struct text){NULL, 0});
    }
    return vendor;
}
