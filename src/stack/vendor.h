/*
 * What runs a stack: Terraform, OpenTofu, Ansible, or commands of one's own. Every vendor has the
 * fields that its clients ask for; a stack has exactly one.
 */
#ifndef STACK_VENDOR_H
#define STACK_VENDOR_H

#include "base/json.h"
#include "kernel/ctx.h"

enum vendor_kind {
    VENDOR_TERRAFORM,
    VENDOR_OPEN_TOFU,
    VENDOR_ANSIBLE,
    VENDOR_CUSTOM,
    VENDOR_KIND_COUNT
};

struct vendor {
    enum vendor_kind kind;
    /* Terraform and OpenTofu; texts with at == NULL are not set. */
    struct text version;
    struct text workflow_tool;
    struct text workspace;
    bool concise;
    bool external_state_access_enabled;
    bool use_smart_sanitization;
    /* Ansible: path of the playbook below the project root. */
    struct text playbook;
    /* Custom: shell commands of the phases; plan ends with 0 without changes, 2 with changes. */
    struct text init_command;
    struct text plan_command;
    struct text apply_command;
    struct text destroy_command;
};

const char *vendor_kind_name(enum vendor_kind kind); /* "OPEN_TOFU" */
MUST_CHECK bool vendor_kind_parse(struct text name, enum vendor_kind *out);
/* Fails with INVALID for an Ansible stack without a playbook, a path that leaves the project, or
 * custom commands that are missing. */
MUST_CHECK bool vendor_check(struct ctx *ctx, const struct vendor *vendor);
void vendor_print(const struct vendor *vendor, struct json_writer *writer);
struct vendor vendor_parse(enum vendor_kind kind, const struct json *value);

/* True for a relative path that stays inside the folder it starts from. */
bool path_stays_inside(struct text path);

#endif
