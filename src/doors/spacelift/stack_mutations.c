/* Making and changing stacks. */
#include "doors/spacelift/resolver.h"
#include "stack/stack_config.h"

static struct vendor read_terraform(const struct spacelift_TerraformInput *input)
{
    return (struct vendor){.kind = VENDOR_TERRAFORM,
                           .version = input->version,
                           .workflow_tool = input->workflow_tool,
                           .workspace = input->workspace,
                           .external_state_access_enabled = input->external_state_access_enabled,
                           .use_smart_sanitization = input->use_smart_sanitization};
}

static struct vendor read_opentofu(const struct spacelift_OpenTofuInput *input)
{
    return (struct vendor){.kind = VENDOR_OPEN_TOFU,
                           .version = input->version,
                           .workflow_tool = input->workflow_tool,
                           .workspace = input->workspace,
                           .concise = input->concise,
                           .external_state_access_enabled = input->external_state_access_enabled,
                           .use_smart_sanitization = input->use_smart_sanitization};
}

static struct vendor read_custom(const struct spacelift_CustomInput *input)
{
    return (struct vendor){.kind = VENDOR_CUSTOM,
                           .init_command = input->init_command,
                           .plan_command = input->plan_command,
                           .apply_command = input->apply_command,
                           .destroy_command = input->destroy_command};
}

/* Exactly one part, of those that this server runs. */
static bool read_vendor(struct graphql_call *call, const struct spacelift_VendorConfigInput *input,
                        struct vendor *out)
{
    int given = (input->ansible != NULL) + (input->cloud_formation != NULL) +
                (input->custom != NULL) + (input->kubernetes != NULL) + (input->opentofu != NULL) +
                (input->pulumi != NULL) + (input->terraform != NULL) + (input->terragrunt != NULL);
    if (given != 1)
        return error_set(call->error, ERR_INVALID, "vendorConfig must have exactly one part");
    if (input->terraform)
        *out = read_terraform(input->terraform);
    else if (input->opentofu)
        *out = read_opentofu(input->opentofu);
    else if (input->ansible)
        *out = (struct vendor){.kind = VENDOR_ANSIBLE, .playbook = input->ansible->playbook};
    else if (input->custom)
        *out = read_custom(input->custom);
    else
        return error_set(call->error, ERR_INVALID,
                         "this server runs Terraform, OpenTofu, Ansible and custom commands");
    return true;
}

static struct hooks read_hooks(const struct spacelift_StackInput *input)
{
    struct hooks hooks;
#define HOOK(name, wire) hooks.name = input->name;
#include "tables/hooks.def"
#undef HOOK
    return hooks;
}

static bool read_input(struct graphql_call *call, const struct spacelift_StackInput *input,
                       struct stack_input *out)
{
    *out = (struct stack_input){
        .name = input->name,
        .description = input->description,
        .space = input->space,
        .provider = input->given.provider == GRAPHQL_GIVEN ? input->provider : VCS_RAW_GIT,
        .namespace = input->namespace,
        .repository = input->repository,
        .repository_url = input->repository_url,
        .branch = input->branch,
        .project_root = input->project_root,
        .labels = input->labels,
        .hooks = read_hooks(input),
        .additional_project_globs = input->additional_project_globs,
        .git_sparse_checkout_paths = input->git_sparse_checkout_paths,
        .runner_image = input->runner_image,
        .vendor = {.kind = VENDOR_TERRAFORM},
        .keeps_vendor = input->vendor_config == NULL,
        .administrative = input->administrative,
        .autodeploy = input->autodeploy,
        .autoretry = input->autoretry,
        .github_action_deploy = input->github_action_deploy,
        .local_preview_enabled = input->local_preview_enabled,
        .enable_well_known_secret_masking = input->enable_well_known_secret_masking,
        .enable_sensitive_output_upload = input->enable_sensitive_output_upload,
        .protect_from_deletion = input->protect_from_deletion,
    };
    if (input->vcs_integration_id.len)
        return error_set(call->error, ERR_NOT_FOUND, "VCS integration \"%.*s\" not found",
                         TEXT_ARG(input->vcs_integration_id));
    if (input->worker_pool.len)
        return error_set(call->error, ERR_NOT_FOUND, "worker pool \"%.*s\" not found",
                         TEXT_ARG(input->worker_pool));
    return !input->vendor_config || read_vendor(call, input->vendor_config, &out->vendor);
}

bool spacelift_Mutation_stackCreate(struct graphql_call *call,
                                    const struct spacelift_Mutation_stackCreate_args *args)
{
    struct stack_input input;
    struct stack *stack;
    if (!read_input(call, args->input, &input))
        return false;
    if (args->stack_object_id.len)
        return error_set(call->error, ERR_NOT_FOUND, "uploaded state \"%.*s\" not found",
                         TEXT_ARG(args->stack_object_id));
    input.keeps_vendor = false;
    input.slug = args->slug;
    input.manages_state_file = args->manage_state;
    if (!stack_create(resolver_ctx(call), &input, &stack))
        return false;
    spacelift_Mutation_stackCreate_give(call, 0, stack);
    return true;
}

bool spacelift_Mutation_stackUpdate(struct graphql_call *call,
                                    const struct spacelift_Mutation_stackUpdate_args *args)
{
    struct stack_input input;
    struct stack *stack;
    if (!read_input(call, args->input, &input) ||
        !stack_update(resolver_ctx(call), args->id, &input, &stack))
        return false;
    spacelift_Mutation_stackUpdate_give(call, 0, stack);
    return true;
}

bool spacelift_Mutation_stackDelete(struct graphql_call *call,
                                    const struct spacelift_Mutation_stackDelete_args *args)
{
    struct stack *stack;
    if (args->destroy_resources)
        return error_set(call->error, ERR_INVALID,
                         "trigger a run of type DESTROY and delete the stack when it has finished");
    if (!stack_delete(resolver_ctx(call), args->id, &stack))
        return false;
    spacelift_Mutation_stackDelete_give(call, 0, stack);
    return true;
}

bool spacelift_Mutation_stackLock(struct graphql_call *call,
                                  const struct spacelift_Mutation_stackLock_args *args)
{
    struct stack *stack;
    if (!stack_lock(resolver_ctx(call), args->id, args->note, &stack))
        return false;
    spacelift_Mutation_stackLock_give(call, 0, stack);
    return true;
}

bool spacelift_Mutation_stackUnlock(struct graphql_call *call,
                                    const struct spacelift_Mutation_stackUnlock_args *args)
{
    struct stack *stack;
    if (!stack_unlock(resolver_ctx(call), args->id, &stack))
        return false;
    spacelift_Mutation_stackUnlock_give(call, 0, stack);
    return true;
}

bool spacelift_Mutation_stackDisable(struct graphql_call *call,
                                     const struct spacelift_Mutation_stackDisable_args *args)
{
    struct stack *stack;
    if (!stack_set_disabled(resolver_ctx(call), args->id, true, &stack))
        return false;
    spacelift_Mutation_stackDisable_give(call, 0, stack);
    return true;
}

bool spacelift_Mutation_stackEnable(struct graphql_call *call,
                                    const struct spacelift_Mutation_stackEnable_args *args)
{
    struct stack *stack;
    if (!stack_set_disabled(resolver_ctx(call), args->id, false, &stack))
        return false;
    spacelift_Mutation_stackEnable_give(call, 0, stack);
    return true;
}

bool spacelift_Mutation_stackSetCurrentCommit(
    struct graphql_call *call, const struct spacelift_Mutation_stackSetCurrentCommit_args *args)
{
    struct stack *stack;
    if (!stack_set_current_commit(resolver_ctx(call), args->id, args->sha, &stack))
        return false;
    spacelift_Mutation_stackSetCurrentCommit_give(call, 0, stack);
    return true;
}

bool spacelift_Mutation_starSet(struct graphql_call *call,
                                const struct spacelift_Mutation_starSet_args *args)
{
    struct stack *stack;
    if (!stack_set_star(resolver_ctx(call), args->id, args->star, &stack))
        return false;
    spacelift_Mutation_starSet_give(call, 0, stack);
    return true;
}

bool spacelift_Mutation_stackConfigAdd(struct graphql_call *call,
                                       const struct spacelift_Mutation_stackConfigAdd_args *args)
{
    const struct spacelift_ConfigInput *input = args->config;
    struct config_element *element;
    if (!stack_config_add(resolver_ctx(call), args->stack,
                          &(struct config_input){.id = input->id,
                                                 .type = input->type,
                                                 .value = input->value,
                                                 .write_only = input->write_only,
                                                 .description = input->description},
                          &element))
        return false;
    spacelift_Mutation_stackConfigAdd_give(call, 0, element);
    return true;
}

bool spacelift_Mutation_stackConfigDelete(
    struct graphql_call *call, const struct spacelift_Mutation_stackConfigDelete_args *args)
{
    struct config_element *element;
    if (!stack_config_delete(resolver_ctx(call), args->stack, args->id, &element))
        return false;
    spacelift_Mutation_stackConfigDelete_give(call, 0, element);
    return true;
}
