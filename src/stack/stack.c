/* Rules of stacks. */
#include "stack/stack.h"

#include "audit/audit.h"
#include "base/slug.h"
#include "kernel/free_slug.h"
#include "kernel/naming.h"
#include "role/binding.h"
#include "stack/stack_audit.h"
#include "stack/stack_store.h"

#include <stdlib.h>
#include <string.h>

enum {
    LABELS_MAX = 200,
    LIST_MAX = 500,
    /* Of one list together: as JSON, escaped, it must stay within what is read back. */
    LIST_MAX_BYTES = 128 << 10,
};

static const struct text legacy_space = TEXT_INIT("legacy");

/* A path on this machine, with or without file://. */
static bool is_local(struct text url)
{
    return text_starts_with(url, TEXT("file://")) || text_starts_with(url, TEXT("/")) ||
           text_starts_with(url, TEXT("."));
}

static bool has_blank_or_control(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7f)
            return true;
    }
    return false;
}

/* user:password@ after the scheme: a URL is shown to everybody who sees the stack. */
static bool carries_password(struct text url)
{
    size_t scheme = text_find(url, TEXT("://"), 0);
    if (scheme == url.len)
        return false;
    struct text authority = text_slice(url, scheme + 3, url.len);
    authority = text_slice(authority, 0, text_find_byte(authority, '/', 0));
    size_t at = text_find_byte(authority, '@', 0);
    return at < authority.len && text_find_byte(authority, ':', 0) < at;
}

static bool check_url(struct ctx *ctx, struct text url)
{
    if (url.len == 0)
        return true;
    if (url.at[0] == '-' || has_blank_or_control(url))
        return fail(ctx, ERR_INVALID, "the repository URL is not usable");
    if (carries_password(url))
        return fail(ctx, ERR_INVALID,
                    "the repository URL must not carry a password: everybody who sees the stack "
                    "would read it");
    if (text_starts_with(url, TEXT("https://")) || text_starts_with(url, TEXT("ssh://")))
        return true;
    if (is_local(url)) {
        if (ctx->account->local_repositories)
            return true;
        return fail(ctx, ERR_INVALID,
                    "local repositories are not allowed while this server listens beyond loopback; "
                    "set local-repositories to change that");
    }
    /* user@host:path, as SSH users write it: no scheme, and no "::" that names a helper program. */
    size_t at = text_find_byte(url, '@', 0);
    size_t colon = text_find_byte(url, ':', 0);
    if (at < colon && colon < url.len && !text_contains(url, TEXT("::")) &&
        !text_contains(url, TEXT("://")))
        return true;
    return fail(ctx, ERR_INVALID, "the repository URL must begin with https:// or ssh://");
}

static bool check_branch(struct ctx *ctx, struct text branch)
{
    if (branch.len == 0)
        return fail(ctx, ERR_INVALID, "a stack needs a branch");
    bool good = branch.at[0] != '-' && branch.at[0] != '/' && branch.len <= 255 &&
                !text_contains(branch, TEXT("..")) && !has_blank_or_control(branch);
    for (size_t i = 0; good && i < branch.len; i++)
        good = text_find_byte(TEXT("~^:?*[\\"), branch.at[i], 0) == strlen("~^:?*[\\");
    return good || fail(ctx, ERR_INVALID, "\"%.*s\" is not a branch name", TEXT_ARG(branch));
}

static bool check_list(struct ctx *ctx, struct text_list list, const char *one, size_t most)
{
    size_t bytes = 0;
    if (list.len > most)
        return fail(ctx, ERR_INVALID, "a stack may have %zu %ss at most", most, one);
    for (size_t i = 0; i < list.len; i++)
        bytes += list.items[i].len;
    return bytes <= LIST_MAX_BYTES ||
           fail(ctx, ERR_INVALID, "the %ss of a stack may have %d bytes at most", one,
                LIST_MAX_BYTES);
}

static bool check_lists(struct ctx *ctx, const struct stack_input *input)
{
#define HOOK(name, wire)                                                                           \
    if (!check_list(ctx, input->hooks.name, "hook", LIST_MAX))                                     \
        return false;
#include "tables/hooks.def"
#undef HOOK
    return check_list(ctx, input->labels, "label", LABELS_MAX) &&
           check_list(ctx, input->additional_project_globs, "project glob", LIST_MAX) &&
           check_list(ctx, input->git_sparse_checkout_paths, "checkout path", LIST_MAX);
}

static bool check_input(struct ctx *ctx, const struct stack_input *input)
{
    if (!naming_check_name(ctx, "a stack", text_trim(input->name)) ||
        !naming_check_description(ctx, "a stack", input->description))
        return false;
    if (input->repository.len == 0 && input->repository_url.len == 0)
        return fail(ctx, ERR_INVALID, "a stack needs a repository");
    if (!path_stays_inside(input->project_root))
        return fail(ctx, ERR_INVALID, "the project root must be inside the repository");
    return check_lists(ctx, input) && check_url(ctx, input->repository_url) &&
           check_branch(ctx, input->branch) &&
           (input->keeps_vendor || vendor_check(ctx, &input->vendor));
}

/* The space that was named, else the one stacks go to when none is. */
static bool choose_space(struct ctx *ctx, struct text named, struct text *out)
{
    const struct space_tree *tree = space_tree_get(ctx);
    if (!tree)
        return false;
    *out = named.len ? named : space_tree_find(tree, legacy_space) ? legacy_space : root_space;
    if (space_tree_find(tree, *out))
        return true;
    return fail(ctx, ERR_NOT_FOUND, "space \"%.*s\" not found", TEXT_ARG(*out));
}

static struct text none_if_empty(struct text text)
{
    return text.len ? text : (struct text){NULL, 0};
}

static void apply_input(struct stack *stack, const struct stack_input *input)
{
    stack->name = text_trim(input->name);
    stack->description = none_if_empty(input->description);
    stack->provider = input->provider;
    stack->namespace = none_if_empty(input->namespace);
    stack->repository = input->repository.len ? input->repository : input->repository_url;
    stack->repository_url = none_if_empty(input->repository_url);
    stack->branch = input->branch;
    stack->project_root = none_if_empty(input->project_root);
    stack->labels = input->labels;
    stack->hooks = input->hooks;
    stack->additional_project_globs = input->additional_project_globs;
    stack->git_sparse_checkout_paths = input->git_sparse_checkout_paths;
    stack->runner_image = none_if_empty(input->runner_image);
    if (!input->keeps_vendor)
        stack->vendor = input->vendor;
    stack->administrative = input->administrative;
    stack->autodeploy = input->autodeploy;
    stack->autoretry = input->autoretry;
    stack->github_action_deploy = input->github_action_deploy;
    stack->local_preview_enabled = input->local_preview_enabled;
    stack->enable_well_known_secret_masking = input->enable_well_known_secret_masking;
    stack->enable_sensitive_output_upload = input->enable_sensitive_output_upload;
    stack->protect_from_deletion = input->protect_from_deletion;
}

static bool record(struct ctx *ctx, const char *action, const struct stack *stack,
                   const struct change *change, const struct decision *decision)
{
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "STACK",
                                                   .resource_id = stack->id,
                                                   .decision = decision,
                                                   .change = change});
}

/* The stack as it is before a change. */
static void before_change(struct ctx *ctx, const struct stack *stack, struct change *change)
{
    change_init(change, ctx->arena);
    stack_describe(&change->before, stack);
}

static bool record_change(struct ctx *ctx, const char *action, const struct stack *stack,
                          struct change *change, const struct decision *decision)
{
    stack_describe(&change->after, stack);
    return record(ctx, action, stack, change, decision);
}

bool stack_create(struct ctx *ctx, const struct stack_input *input, struct stack **out)
{
    struct decision decision;
    struct change change;
    struct stack *stack = ARENA_NEW(ctx->arena, struct stack);
    if (!stack)
        return fail_no_memory(ctx);
    if (!choose_space(ctx, input->space, &stack->space) ||
        !access_require(ctx, ACTION_STACK_CREATE, stack->space, &decision) ||
        !check_input(ctx, input))
        return false;
    apply_input(stack, input);
    stack->manages_state_file = input->manages_state_file;
    stack->created_at = ctx->now;
    struct text slug = slug_make(ctx->arena, input->slug.len ? input->slug : stack->name, "stack");
    *out = stack;
    change_init(&change, ctx->arena);
    return free_slug(ctx, slug, stack_row_exists, "stacks", &stack->id) &&
           stack_row_insert(ctx, stack) &&
           record_change(ctx, "stack.create", stack, &change, &decision);
}

bool stack_find(struct ctx *ctx, struct text id, struct stack **out)
{
    struct visibility visibility;
    if (!visibility_get(ctx, &visibility) || !stack_row_find(ctx, id, out))
        return false;
    if (*out && !visibility_of(&visibility, (*out)->space))
        *out = NULL;
    return true;
}

bool stack_get(struct ctx *ctx, struct text id, enum action action, struct stack **out,
               struct decision *decision)
{
    if (!stack_find(ctx, id, out))
        return false;
    if (!*out)
        return fail(ctx, ERR_NOT_FOUND, "stack \"%.*s\" not found", TEXT_ARG(id));
    return access_require(ctx, action, (*out)->space, decision);
}

bool stack_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                     const struct stack **out)
{
    struct list found;
    struct map by_id;
    struct visibility visibility;
    if (!visibility_get(ctx, &visibility) || !stack_row_find_many(ctx, ids, count, &found))
        return false;
    map_init(&by_id, ctx->arena);
    for (size_t i = 0; i < found.len; i++) {
        struct stack *stack = LIST_ITEMS(&found, struct stack *)[i];
        if (visibility_of(&visibility, stack->space) && !map_set(&by_id, stack->id, stack))
            return fail_no_memory(ctx);
    }
    for (size_t i = 0; i < count; i++)
        out[i] = map_get(&by_id, ids[i]);
    return true;
}

static int compare_names(const void *left, const void *right)
{
    const struct stack *a = *(struct stack *const *)left;
    const struct stack *b = *(struct stack *const *)right;
    int order = text_compare(a->name, b->name);
    return order ? order : text_compare(a->id, b->id);
}

/* Rows often come in the order of their names, and looking is cheaper than sorting. */
static bool is_sorted(const struct list *stacks)
{
    for (size_t i = 1; i < stacks->len; i++) {
        if (compare_names(list_at(stacks, i - 1), list_at(stacks, i)) > 0)
            return false;
    }
    return true;
}

bool stack_list(struct ctx *ctx, uint64_t columns, struct list *out)
{
    struct visibility visibility;
    if (!visibility_get(ctx, &visibility))
        return false;
    bool read = visibility.everything
                    ? stack_row_list_all(ctx, columns, out)
                    : stack_row_list(ctx, columns, visibility_spaces(&visibility, ctx->arena), out);
    if (read && !is_sorted(out))
        qsort(out->items, out->len, out->item_size, compare_names);
    return read;
}

bool stack_update(struct ctx *ctx, struct text id, const struct stack_input *input,
                  struct stack **out)
{
    struct decision decision;
    struct change change;
    struct text space;
    if (!stack_get(ctx, id, ACTION_STACK_UPDATE, out, &decision) || !check_input(ctx, input))
        return false;
    struct stack *stack = *out;
    before_change(ctx, stack, &change);
    if (input->space.len && !text_equal(input->space, stack->space)) {
        /* Moving needs the right to create at the destination as well. */
        if (!choose_space(ctx, input->space, &space) ||
            !access_require(ctx, ACTION_STACK_CREATE, space, NULL) ||
            !role_binding_check_move(ctx, id, space))
            return false;
        stack->space = space;
    }
    apply_input(stack, input);
    return stack_row_update(ctx, stack) &&
           record_change(ctx, "stack.update", stack, &change, &decision);
}

bool stack_delete(struct ctx *ctx, struct text id, struct stack **out)
{
    struct decision decision;
    struct change change;
    if (!stack_get(ctx, id, ACTION_STACK_DELETE, out, &decision))
        return false;
    struct stack *stack = *out;
    before_change(ctx, stack, &change);
    if (stack->protect_from_deletion)
        return fail(ctx, ERR_CONFLICT, "stack \"%.*s\" is protected from deletion", TEXT_ARG(id));
    if (stack->blocker_id.len)
        return fail(ctx, ERR_CONFLICT, "stack \"%.*s\" has a run under way", TEXT_ARG(id));
    return role_binding_delete_of(ctx, SUBJECT_STACK, id) && stack_row_delete(ctx, id) &&
           record(ctx, "stack.delete", stack, &change, &decision);
}

bool stack_lock(struct ctx *ctx, struct text id, struct text note, struct stack **out)
{
    struct decision decision;
    struct change change;
    if (!stack_get(ctx, id, ACTION_STACK_LOCK, out, &decision))
        return false;
    struct stack *stack = *out;
    before_change(ctx, stack, &change);
    if (stack->locked_by.len)
        return fail(ctx, ERR_CONFLICT, "stack \"%.*s\" is already locked by %.*s", TEXT_ARG(id),
                    TEXT_ARG(stack->locked_by));
    stack->locked_by = ctx->actor->username;
    stack->locked_at = ctx->now;
    stack->lock_note = none_if_empty(note);
    return stack_row_set_lock(ctx, stack) &&
           record_change(ctx, "stack.lock", stack, &change, &decision);
}

bool stack_unlock(struct ctx *ctx, struct text id, struct stack **out)
{
    struct decision decision;
    struct change change;
    if (!stack_get(ctx, id, ACTION_STACK_UNLOCK, out, &decision))
        return false;
    struct stack *stack = *out;
    before_change(ctx, stack, &change);
    if (stack->locked_by.len == 0)
        return fail(ctx, ERR_CONFLICT, "stack \"%.*s\" is not locked", TEXT_ARG(id));
    if (!text_equal(stack->locked_by, ctx->actor->username) &&
        !access_require(ctx, ACTION_STACK_UNLOCK_FORCE, stack->space, &decision))
        return false;
    stack->locked_by = stack->lock_note = (struct text){NULL, 0};
    stack->locked_at = 0;
    return stack_row_set_lock(ctx, stack) &&
           record_change(ctx, "stack.unlock", stack, &change, &decision);
}

bool stack_set_disabled(struct ctx *ctx, struct text id, bool disabled, struct stack **out)
{
    struct decision decision;
    struct change change;
    enum action action = disabled ? ACTION_STACK_DISABLE : ACTION_STACK_ENABLE;
    if (!stack_get(ctx, id, action, out, &decision))
        return false;
    before_change(ctx, *out, &change);
    (*out)->is_disabled = disabled;
    return stack_row_set_disabled(ctx, *out) &&
           record_change(ctx, disabled ? "stack.disable" : "stack.enable", *out, &change,
                         &decision);
}

bool stack_set_current_commit(struct ctx *ctx, struct text id, struct text hash, struct stack **out)
{
    struct decision decision;
    struct change change;
    if (!stack_get(ctx, id, ACTION_STACK_SET_CURRENT_COMMIT, out, &decision))
        return false;
    if (!commit_hash_is_whole(hash))
        return fail(ctx, ERR_INVALID, "a commit is named by its whole hash, in lower case");
    struct commit *commit = ARENA_NEW(ctx->arena, struct commit);
    if (!commit)
        return fail_no_memory(ctx);
    commit->hash = hash;
    commit->timestamp = ctx->now;
    before_change(ctx, *out, &change);
    (*out)->tracked_commit = commit;
    (*out)->tracked_commit_pinned = true;
    (*out)->tracked_commit_set_by = ctx->actor->username;
    return stack_row_set_commit(ctx, *out) &&
           record_change(ctx, "stack.set_current_commit", *out, &change, &decision);
}

bool stack_set_star(struct ctx *ctx, struct text id, bool starred, struct stack **out)
{
    struct decision decision;
    struct change change;
    bool was_starred;
    if (!stack_get(ctx, id, ACTION_STACK_SET_STAR, out, &decision) ||
        !stack_stars(ctx, &id, 1, &was_starred))
        return false;
    change_init(&change, ctx->arena);
    change_bool(&change.before, "starred", was_starred);
    change_bool(&change.after, "starred", starred);
    return stack_row_set_star(ctx, id, starred) &&
           record(ctx, "stack.set_star", *out, &change, &decision);
}

bool stack_stars(struct ctx *ctx, const struct text *ids, size_t count, bool *out)
{
    struct list starred;
    if (!stack_row_stars(ctx, ids, count, &starred))
        return false;
    struct map set;
    map_init(&set, ctx->arena);
    for (size_t i = 0; i < starred.len; i++) {
        if (!map_set(&set, LIST_ITEMS(&starred, struct text)[i], NULL))
            return fail_no_memory(ctx);
    }
    for (size_t i = 0; i < count; i++)
        out[i] = map_find(&set, ids[i]) != NULL;
    return true;
}

bool stack_progress(struct ctx *ctx, const struct stack *stack)
{
    return stack_row_set_progress(ctx, stack);
}

bool stack_follow_commit(struct ctx *ctx, struct stack *stack, const struct commit *commit)
{
    if (stack->tracked_commit_pinned)
        return true;
    stack->tracked_commit = commit;
    stack->tracked_commit_set_by = ctx->actor->username;
    return stack_row_set_commit(ctx, stack);
}

bool stack_of_run(struct ctx *ctx, struct text id, struct stack **out)
{
    if (!stack_row_find(ctx, id, out))
        return false;
    return *out || fail(ctx, ERR_INTERNAL, "a run has lost its stack");
}
