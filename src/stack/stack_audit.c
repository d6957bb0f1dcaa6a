/* A stack, member by member. */
#include "stack/stack_audit.h"

static void describe_hooks(struct change_side *side, const struct hooks *hooks)
{
#define HOOK(name, wire) change_texts(side, #name, hooks->name);
#include "tables/hooks.def"
#undef HOOK
}

static void describe_vendor(struct change_side *side, const struct vendor *vendor)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, side->members.arena);
    vendor_print(vendor, writer);
    change_text(side, "vendor", text_z(vendor_kind_name(vendor->kind)));
    change_json(side, "vendor_config", json_print_end(&printer));
}

static void describe_source(struct change_side *side, const struct stack *stack)
{
    change_text(side, "provider", text_z(vcs_provider_name(stack->provider)));
    change_text(side, "namespace", stack->namespace);
    change_text(side, "repository", stack->repository);
    change_text(side, "repository_url", stack->repository_url);
    change_text(side, "branch", stack->branch);
    change_text(side, "project_root", stack->project_root);
    change_texts(side, "additional_project_globs", stack->additional_project_globs);
    change_texts(side, "git_sparse_checkout_paths", stack->git_sparse_checkout_paths);
    if (stack->tracked_commit_pinned && stack->tracked_commit)
        change_text(side, "pinned_commit", stack->tracked_commit->hash);
}

static void describe_switches(struct change_side *side, const struct stack *stack)
{
    change_bool(side, "administrative", stack->administrative);
    change_bool(side, "autodeploy", stack->autodeploy);
    change_bool(side, "autoretry", stack->autoretry);
    change_bool(side, "github_action_deploy", stack->github_action_deploy);
    change_bool(side, "local_preview_enabled", stack->local_preview_enabled);
    change_bool(side, "enable_well_known_secret_masking", stack->enable_well_known_secret_masking);
    change_bool(side, "enable_sensitive_output_upload", stack->enable_sensitive_output_upload);
    change_bool(side, "protect_from_deletion", stack->protect_from_deletion);
    change_bool(side, "manages_state_file", stack->manages_state_file);
    change_bool(side, "is_disabled", stack->is_disabled);
}

void stack_describe(struct change_side *side, const struct stack *stack)
{
    change_text(side, "name", stack->name);
    change_text(side, "description", stack->description);
    change_text(side, "space", stack->space);
    change_texts(side, "labels", stack->labels);
    change_text(side, "runner_image", stack->runner_image);
    change_text(side, "locked_by", stack->locked_by);
    change_text(side, "lock_note", stack->lock_note);
    describe_source(side, stack);
    describe_vendor(side, &stack->vendor);
    describe_hooks(side, &stack->hooks);
    describe_switches(side, stack);
}
