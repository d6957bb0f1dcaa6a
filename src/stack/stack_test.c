/* Stacks: names and slugs, what may be put in, who sees them and who may do what with them. */
#include "role/binding.h"
#include "stack/stack_test_support.h"

static void a_slug_that_is_taken_gets_a_number(void **state)
{
    struct kernel_test *test = *state;
    assert_text_is(test_stack(test, "Web")->id, "web");
    assert_text_is(test_stack(test, "web")->id, "web-1");
    assert_text_is(test_stack(test, "WEB")->id, "web-2");
    struct stack_input input = test_stack_input("Other");
    input.slug = TEXT("Web");
    assert_text_is(test_add_stack(test, &input)->id, "web-3");
    struct stack *deleted;
    assert_kept(test, stack_delete(ctx, TEXT("web-1"), &deleted));
    assert_text_is(test_stack(test, "web")->id, "web-1");
}

static void a_stack_keeps_everything_it_was_given(void **state)
{
    struct kernel_test *test = *state;
    static const struct text labels[] = {TEXT_INIT("a"), TEXT_INIT("b:c")};
    static const struct text globs[] = {TEXT_INIT("modules/**")};
    static const struct text commands[] = {TEXT_INIT("echo hi")};
    struct stack_input input = test_stack_input(" Web ");
    input.description = TEXT("what it is");
    input.namespace = TEXT("acme");
    input.project_root = TEXT("live/prod");
    input.labels = (struct text_list){labels, 2};
    input.hooks.before_apply = (struct text_list){commands, 1};
    input.additional_project_globs = (struct text_list){globs, 1};
    input.git_sparse_checkout_paths = (struct text_list){globs, 1};
    input.runner_image = TEXT("alpine");
    input.vendor.version = TEXT("1.11.0");
    input.vendor.concise = true;
    input.administrative = input.autodeploy = input.autoretry = true;
    input.github_action_deploy = input.local_preview_enabled = true;
    input.enable_well_known_secret_masking = input.enable_sensitive_output_upload = true;
    input.protect_from_deletion = input.manages_state_file = true;
    test_add_stack(test, &input);
    const struct stack *stack = test_find_stack(test, "web");
    assert_text_is(stack->name, "Web");
    assert_text_is(stack->description, "what it is");
    assert_text_is(stack->space, "root");
    assert_int_equal(stack->provider, VCS_RAW_GIT);
    assert_text_is(stack->namespace, "acme");
    assert_text_is(stack->repository, "infra");
    assert_text_is(stack->repository_url, "https://git.example/infra.git");
    assert_text_is(stack->branch, "main");
    assert_text_is(stack->project_root, "live/prod");
    assert_int_equal(stack->labels.len, 2);
    assert_text_is(stack->labels.items[1], "b:c");
    assert_text_is(stack->hooks.before_apply.items[0], "echo hi");
    assert_text_is(stack->additional_project_globs.items[0], "modules/**");
    assert_text_is(stack->git_sparse_checkout_paths.items[0], "modules/**");
    assert_text_is(stack->runner_image, "alpine");
    assert_int_equal(stack->vendor.kind, VENDOR_TERRAFORM);
    assert_text_is(stack->vendor.version, "1.11.0");
    assert_true(stack->vendor.concise);
    assert_true(stack->administrative && stack->autodeploy && stack->autoretry);
    assert_true(stack->github_action_deploy && stack->local_preview_enabled);
    assert_true(stack->enable_well_known_secret_masking && stack->enable_sensitive_output_upload);
    assert_true(stack->protect_from_deletion && stack->manages_state_file);
    assert_int_equal(stack->created_at, test->now);
    assert_int_equal(stack->state, STACK_NONE);
}

static void what_was_not_given_is_absent(void **state)
{
    struct kernel_test *test = *state;
    struct stack_input input = test_stack_input("web");
    input.repository = TEXT("");
    test_add_stack(test, &input);
    const struct stack *stack = test_find_stack(test, "web");
    assert_null(stack->description.at);
    assert_null(stack->namespace.at);
    assert_null(stack->project_root.at);
    assert_null(stack->runner_image.at);
    assert_null(stack->locked_by.at);
    assert_null(stack->blocker_id.at);
    assert_null(stack->tracked_commit);
    assert_int_equal(stack->labels.len, 0);
    /* The repository is named by its URL when it has no other name. */
    assert_text_is(stack->repository, "https://git.example/infra.git");
    assert_false(stack->is_disabled || stack->deleting || stack->autodeploy);
}

struct input_case {
    const char *part; /* NULL: is fine */
    struct stack_input input;
};

/* What a case leaves out is as a good input has it. */
static struct stack_input completed(struct stack_input input)
{
    struct stack_input good = test_stack_input("web");
    input.name = input.name.at ? input.name : good.name;
    input.provider = good.provider;
    input.repository = input.repository.at ? input.repository : good.repository;
    input.branch = input.branch.at ? input.branch : good.branch;
    return input;
}

static void run_input_cases(struct kernel_test *test, const struct input_case *cases, size_t count)
{
    struct stack *stack;
    for (size_t i = 0; i < count; i++) {
        struct stack_input input = completed(cases[i].input);
        if (cases[i].part)
            assert_refused(test, ERR_INVALID, cases[i].part, stack_create(ctx, &input, &stack));
        else
            assert_kept(test, stack_create(ctx, &input, &stack));
    }
}

static void input_is_checked(void **state)
{
    struct kernel_test *test = *state;
    static char long_text[10001];
    memset(long_text, 'x', sizeof(long_text));
    const struct input_case cases[] = {
        {NULL, {.autodeploy = false}},
        {"needs a name", {.name = TEXT_INIT("  ")}},
        {"200 bytes at most", {.name = {long_text, 201}}},
        {NULL, {.name = {long_text, 200}}},
        {"10000 bytes at most", {.description = {long_text, 10001}}},
        {NULL, {.description = {long_text, 10000}}},
        {"needs a repository", {.repository = TEXT_INIT("")}},
        {"needs a branch", {.branch = TEXT_INIT("")}},
        {"is not a branch name", {.branch = TEXT_INIT("-x")}},
        {"is not a branch name", {.branch = TEXT_INIT("/x")}},
        {"is not a branch name", {.branch = TEXT_INIT("a..b")}},
        {"is not a branch name", {.branch = TEXT_INIT("a b")}},
        {"is not a branch name", {.branch = TEXT_INIT("a\nb")}},
        {"is not a branch name", {.branch = TEXT_INIT("a:b")}},
        {"is not a branch name", {.branch = TEXT_INIT("a~1")}},
        {"is not a branch name", {.branch = TEXT_INIT("a*")}},
        {"is not a branch name", {.branch = TEXT_INIT("a\\b")}},
        {"is not a branch name", {.branch = {long_text, 256}}},
        {NULL, {.branch = TEXT_INIT("feature/\xc3\xa9-1.2_x")}},
        {"must be inside the repository", {.project_root = TEXT_INIT("../x")}},
        {"must be inside the repository", {.project_root = TEXT_INIT("/etc")}},
        {NULL, {.project_root = TEXT_INIT("a/b")}},
        {"needs a playbook", {.vendor = {.kind = VENDOR_ANSIBLE}}},
        {"NUL", {.description = TEXT_INIT("a\0b")}},
    };
    run_input_cases(test, cases, ARRAY_LENGTH(cases));
}

static void repository_urls_are_checked(void **state)
{
    struct kernel_test *test = *state;
    const struct input_case cases[] = {
        {NULL, {.repository_url = TEXT_INIT("https://git.example/a.git")}},
        {NULL, {.repository_url = TEXT_INIT("ssh://git@git.example:22/a.git")}},
        {NULL, {.repository_url = TEXT_INIT("git@git.example:a/b.git")}},
        {NULL, {.repository_url = TEXT_INIT("file:///srv/a.git")}},
        {NULL, {.repository_url = TEXT_INIT("/srv/a.git")}},
        {NULL, {.repository_url = TEXT_INIT("./a.git")}},
        {"must begin with https", {.repository_url = TEXT_INIT("http://git.example/a.git")}},
        {"must begin with https", {.repository_url = TEXT_INIT("git://git.example/a.git")}},
        {"must begin with https", {.repository_url = TEXT_INIT("ftp://git@git.example/a")}},
        {"must begin with https", {.repository_url = TEXT_INIT("ext::sh")}},
        {"must begin with https", {.repository_url = TEXT_INIT("a@ext::sh")}},
        {"must begin with https", {.repository_url = TEXT_INIT("a.git")}},
        {"is not usable", {.repository_url = TEXT_INIT("--upload-pack=id")}},
        {"must not carry a password", {.repository_url = TEXT_INIT("https://me:pw@git.example/a")}},
        {"must not carry a password", {.repository_url = TEXT_INIT("ssh://me:pw@git.example/a")}},
        {"is not usable", {.repository_url = TEXT_INIT("https://git.example/a\nb")}},
        {"is not usable", {.repository_url = TEXT_INIT("https://git.example/a b")}},
        {"is not usable", {.repository_url = TEXT_INIT("https://git.example/a\x7f")}},
        {"is not usable", {.repository_url = TEXT_INIT("https://git.example/a\0b")}},
    };
    run_input_cases(test, cases, ARRAY_LENGTH(cases));
    test->account.local_repositories = false;
    const struct input_case local[] = {
        {"local repositories are not allowed", {.repository_url = TEXT_INIT("file:///a")}},
        {"local repositories are not allowed", {.repository_url = TEXT_INIT("/srv/a.git")}},
        {"local repositories are not allowed", {.repository_url = TEXT_INIT("../a.git")}},
        {NULL, {.repository_url = TEXT_INIT("https://git.example/a.git")}},
    };
    run_input_cases(test, local, ARRAY_LENGTH(local));
}

/* What is stored as one document must be readable again. */
static void lists_are_bounded(void **state)
{
    struct kernel_test *test = *state;
    enum { MANY = 501 };
    static struct text many[MANY], one[1];
    size_t huge = 140000;
    char *bytes = arena_alloc_raw(test->arena, huge);
    memset(bytes, 'x', huge);
    one[0] = (struct text){bytes, huge};
    for (int i = 0; i < MANY; i++)
        many[i] = TEXT("label");
    const struct input_case cases[] = {
        {"200 labels at most", {.labels = {many, 201}}},
        {NULL, {.labels = {many, 200}}},
        {"the labels of a stack may have 131072 bytes", {.labels = {one, 1}}},
        {"hooks at most", {.hooks = {.after_run = {many, MANY}}}},
        {"the hooks of a stack may have 131072 bytes", {.hooks = {.before_init = {one, 1}}}},
        {"project globs at most", {.additional_project_globs = {many, MANY}}},
        {"checkout paths at most", {.git_sparse_checkout_paths = {many, MANY}}},
    };
    run_input_cases(test, cases, ARRAY_LENGTH(cases));
}

static void a_stack_goes_to_the_space_that_was_named_or_the_usual_one(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    struct stack_input input = test_stack_input("web");
    test_add_space(test, "team", "root");
    assert_text_is(test_add_stack(test, &input)->space, "root");
    input.space = TEXT("team");
    assert_text_is(test_add_stack(test, &input)->space, "team");
    input.space = TEXT("nowhere");
    assert_refused(test, ERR_NOT_FOUND, "space \"nowhere\" not found",
                   stack_create(ctx, &input, &stack));
    test_add_space(test, "legacy", "root");
    input.space = TEXT("");
    assert_text_is(test_add_stack(test, &input)->space, "legacy");
}

static void what_may_not_be_seen_is_not_there(void **state)
{
    struct kernel_test *test = *state;
    test_add_space(test, "team", "root");
    test_add_space(test, "other", "root");
    test_stack(test, "web");
    struct stack_input input = test_stack_input("db");
    input.space = TEXT("team");
    test_add_stack(test, &input);
    struct stack *found;
    struct list list;
    test->actor = test_actor(test, "reader", ACTION_SPACE_READ, "team");
    assert_non_null(test_find_stack(test, "db"));
    assert_null(test_find_stack(test, "web"));
    assert_null(test_find_stack(test, "nothing"));
    assert_refused(test, ERR_NOT_FOUND, "stack \"web\" not found",
                   stack_get(ctx, TEXT("web"), ACTION_STACK_DELETE, &found, NULL));
    assert_refused(test, ERR_DENIED, "unauthorized",
                   stack_get(ctx, TEXT("db"), ACTION_STACK_DELETE, &found, NULL));
    assert_read(test, stack_list(ctx, 0, &list));
    assert_int_equal(list.len, 1);
    const struct text ids[] = {TEXT("web"), TEXT("db"), TEXT("nothing"), TEXT("db")};
    const struct stack *many[4];
    assert_read(test, stack_find_many(ctx, ids, 4, many));
    assert_null(many[0]);
    assert_text_is(many[1]->id, "db");
    assert_null(many[2]);
    assert_ptr_equal(many[3], many[1]);
    test->actor = &actor_anonymous;
    assert_null(test_find_stack(test, "db"));
    assert_read(test, stack_list(ctx, STACK_ALL_COLUMNS, &list));
    assert_int_equal(list.len, 0);
}

static void lists_are_by_name_and_carry_what_was_asked_for(void **state)
{
    struct kernel_test *test = *state;
    static const struct text labels[] = {TEXT_INIT("a")};
    struct list list;
    struct stack_input input = test_stack_input("b");
    input.labels = (struct text_list){labels, 1};
    input.runner_image = TEXT("alpine");
    test_add_stack(test, &input);
    test_stack(test, "a");
    assert_read(test, stack_list(ctx, 0, &list));
    assert_int_equal(list.len, 2);
    assert_text_is(LIST_ITEMS(&list, struct stack *)[0]->id, "a");
    assert_null(LIST_ITEMS(&list, struct stack *)[1]->labels.items);
    assert_read(test, stack_list(ctx, stack_columns_at(offsetof(struct stack, labels)), &list));
    assert_text_is(LIST_ITEMS(&list, struct stack *)[1]->labels.items[0], "a");
    assert_null(LIST_ITEMS(&list, struct stack *)[1]->runner_image.at);
    assert_read(test, stack_list(ctx, STACK_ALL_COLUMNS, &list));
    assert_text_is(LIST_ITEMS(&list, struct stack *)[1]->runner_image, "alpine");
}

/* A list reads as much as it needs, and what it reads is what is stored. */
static void a_list_reads_the_columns_that_were_asked_for(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    struct stack_input input = test_stack_input("web");
    input.description = TEXT("words");
    input.runner_image = TEXT("alpine");
    input.autoretry = true;
    test_add_stack(test, &input);
    uint64_t description = stack_columns_at(offsetof(struct stack, description));
    uint64_t image = stack_columns_at(offsetof(struct stack, runner_image));
    assert_read(test, stack_list(ctx, 0, &list));
    const struct stack *stack = LIST_ITEMS(&list, struct stack *)[0];
    assert_text_is(stack->name, "web");
    assert_true(!stack->description.at && !stack->runner_image.at && !stack->branch.at);
    assert_read(test, stack_list(ctx, description, &list));
    stack = LIST_ITEMS(&list, struct stack *)[0];
    assert_text_is(stack->description, "words");
    assert_true(!stack->runner_image.at && !stack->branch.at);
    assert_read(test, stack_list(ctx, description | image, &list));
    stack = LIST_ITEMS(&list, struct stack *)[0];
    assert_text_is(stack->description, "words");
    assert_text_is(stack->runner_image, "alpine");
    assert_true(!stack->autoretry && !stack->branch.at);
}

static void a_member_knows_its_columns(void **state)
{
    UNUSED(state);
    uint64_t vendor = stack_columns_at(offsetof(struct stack, vendor));
    assert_int_equal(__builtin_popcountll(vendor), 2);
    assert_int_equal(stack_columns_at(offsetof(struct stack, vendor.version)), vendor);
    assert_int_equal(stack_columns_at(offsetof(struct stack, hooks.after_run)),
                     stack_columns_at(offsetof(struct stack, hooks)));
    assert_int_equal(stack_columns_at(sizeof(struct stack)), 0);
}

/* Each right is needed, and is enough when seeing the stack comes with it. */
struct right {
    enum action action;
    bool (*call)(struct ctx *ctx, struct stack **out);
};

static bool call_create(struct ctx *ctx, struct stack **out)
{
    struct stack_input input = test_stack_input("new");
    return stack_create(ctx, &input, out);
}

static bool call_update(struct ctx *ctx, struct stack **out)
{
    struct stack_input input = test_stack_input("web");
    return stack_update(ctx, TEXT("web"), &input, out);
}

static bool call_lock(struct ctx *ctx, struct stack **out)
{
    return stack_lock(ctx, TEXT("web"), TEXT(""), out);
}

static bool call_unlock(struct ctx *ctx, struct stack **out)
{
    return stack_unlock(ctx, TEXT("locked"), out);
}

static bool call_disable(struct ctx *ctx, struct stack **out)
{
    return stack_set_disabled(ctx, TEXT("web"), true, out);
}

static bool call_enable(struct ctx *ctx, struct stack **out)
{
    return stack_set_disabled(ctx, TEXT("web"), false, out);
}

static bool call_commit(struct ctx *ctx, struct stack **out)
{
    return stack_set_current_commit(ctx, TEXT("web"),
                                    TEXT("0123456789abcdef0123456789abcdef01234567"), out);
}

static bool call_delete(struct ctx *ctx, struct stack **out)
{
    return stack_delete(ctx, TEXT("web"), out);
}

static void each_act_needs_its_own_right(void **state)
{
    struct kernel_test *test = *state;
    static const struct right rights[] = {
        {ACTION_STACK_CREATE, call_create},
        {ACTION_STACK_UPDATE, call_update},
        {ACTION_STACK_LOCK, call_lock},
        {ACTION_STACK_UNLOCK, call_unlock},
        {ACTION_STACK_DISABLE, call_disable},
        {ACTION_STACK_ENABLE, call_enable},
        {ACTION_STACK_SET_CURRENT_COMMIT, call_commit},
        {ACTION_STACK_DELETE, call_delete},
    };
    struct stack *stack;
    test_stack(test, "web");
    test_stack(test, "locked");
    for (size_t i = 0; i < ARRAY_LENGTH(rights); i++) {
        struct grant grants[2] = {{.space_id = TEXT("root")}, {.space_id = TEXT("root")}};
        struct actor actor = {.kind = ACTOR_API_KEY, .username = TEXT("api::x"), .grants = grants};
        action_set_add(&grants[0].actions, ACTION_SPACE_READ);
        action_set_add(&grants[1].actions, rights[i].action);
        test_sql(test, "UPDATE stack SET locked_by = 'api::x' WHERE id = 'locked'");
        test->actor = &actor;
        actor.grant_count = 1;
        assert_refused(test, ERR_DENIED, action_words(rights[i].action),
                       rights[i].call(ctx, &stack));
        actor.grant_count = 2;
        assert_kept(test, rights[i].call(ctx, &stack));
        test_sql(test, "UPDATE stack SET locked_by = NULL WHERE id = 'web'");
    }
}

static void an_update_replaces_the_configuration_and_nothing_else(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    struct stack_input input = test_stack_input("web");
    input.description = TEXT("old");
    input.manages_state_file = true;
    input.vendor.version = TEXT("1.5.0");
    test_add_stack(test, &input);
    test_sql(test, "UPDATE stack SET state = 'FINISHED', entity_count = 7, is_disabled = TRUE");
    input = test_stack_input("Renamed");
    input.branch = TEXT("next");
    input.autodeploy = true;
    input.keeps_vendor = true;
    assert_kept(test, stack_update(ctx, TEXT("web"), &input, &stack));
    const struct stack *found = test_find_stack(test, "web");
    assert_text_is(found->name, "Renamed");
    assert_text_is(found->branch, "next");
    assert_null(found->description.at);
    assert_true(found->autodeploy && found->manages_state_file && found->is_disabled);
    assert_text_is(found->vendor.version, "1.5.0");
    assert_int_equal(found->entity_count, 7);
    assert_int_equal(found->state, STACK_FINISHED);
    input.keeps_vendor = false;
    input.vendor = (struct vendor){.kind = VENDOR_OPEN_TOFU};
    assert_kept(test, stack_update(ctx, TEXT("web"), &input, &stack));
    assert_int_equal(test_find_stack(test, "web")->vendor.kind, VENDOR_OPEN_TOFU);
    assert_null(test_find_stack(test, "web")->vendor.version.at);
    input.branch = TEXT("");
    assert_refused(test, ERR_INVALID, "needs a branch",
                   stack_update(ctx, TEXT("web"), &input, &stack));
}

static void moving_needs_the_right_at_both_ends(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    struct stack_input input = test_stack_input("web");
    test_add_space(test, "left", "root");
    test_add_space(test, "right", "root");
    input.space = TEXT("left");
    test_add_stack(test, &input);
    test->actor = test_actor(test, "left", ACTION_SPACE_ADMIN, "left");
    input.space = TEXT("right");
    assert_refused(test, ERR_DENIED, "stack:create in space \"right\"",
                   stack_update(ctx, TEXT("web"), &input, &stack));
    input.space = TEXT("gone");
    assert_refused(test, ERR_NOT_FOUND, "space \"gone\" not found",
                   stack_update(ctx, TEXT("web"), &input, &stack));
    input.space = TEXT("left");
    assert_kept(test, stack_update(ctx, TEXT("web"), &input, &stack));
    test->actor = test_actor(test, "root", ACTION_SPACE_ADMIN, "root");
    input.space = TEXT("right");
    assert_kept(test, stack_update(ctx, TEXT("web"), &input, &stack));
    assert_text_is(test_find_stack(test, "web")->space, "right");
    input.space = TEXT("");
    assert_kept(test, stack_update(ctx, TEXT("web"), &input, &stack));
    assert_text_is(test_find_stack(test, "web")->space, "right");
}

/* Its runs would carry what root gave them to whoever may start runs in the other space. */
static void a_stack_that_is_bound_to_root_stays_there(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    struct role_binding *binding, *deleted;
    struct stack_input input = test_stack_input("web");
    const struct role_binding_input bound = {
        .subject_id = TEXT("web"), .role = TEXT("space-admin"), .space_id = TEXT("root")};
    test_add_space(test, "team", "root");
    input.space = TEXT("root");
    test_add_stack(test, &input);
    assert_kept(test, role_binding_create(ctx, SUBJECT_STACK, &bound, &binding));
    input.space = TEXT("team");
    assert_refused(test, ERR_CONFLICT, "is bound to root",
                   stack_update(ctx, TEXT("web"), &input, &stack));
    assert_text_is(test_find_stack(test, "web")->space, "root");
    assert_kept(test, role_binding_delete(ctx, SUBJECT_STACK, binding->id, &deleted));
    assert_kept(test, stack_update(ctx, TEXT("web"), &input, &stack));
}

static void a_lock_belongs_to_who_took_it(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    const struct actor *owner = test_actor(test, "owner", ACTION_SPACE_WRITE, "root");
    const struct actor *writer = test_actor(test, "writer", ACTION_SPACE_WRITE, "root");
    test_stack(test, "web");
    test->actor = owner;
    assert_refused(test, ERR_CONFLICT, "is not locked", stack_unlock(ctx, TEXT("web"), &stack));
    assert_kept(test, stack_lock(ctx, TEXT("web"), TEXT("deploying"), &stack));
    assert_text_is(stack->locked_by, "api::owner");
    const struct stack *found = test_find_stack(test, "web");
    assert_text_is(found->locked_by, "api::owner");
    assert_text_is(found->lock_note, "deploying");
    assert_int_equal(found->locked_at, test->now);
    assert_refused(test, ERR_CONFLICT, "already locked by api::owner",
                   stack_lock(ctx, TEXT("web"), TEXT(""), &stack));
    test->actor = writer;
    assert_refused(test, ERR_CONFLICT, "already locked by api::owner",
                   stack_lock(ctx, TEXT("web"), TEXT(""), &stack));
    assert_refused(test, ERR_DENIED, "stack:unlock-force", stack_unlock(ctx, TEXT("web"), &stack));
    test->actor = owner;
    assert_kept(test, stack_unlock(ctx, TEXT("web"), &stack));
    found = test_find_stack(test, "web");
    assert_null(found->locked_by.at);
    assert_null(found->lock_note.at);
    assert_int_equal(found->locked_at, 0);
}

static void an_administrator_may_break_a_lock(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    test_stack(test, "web");
    test->actor = test_actor(test, "owner", ACTION_SPACE_WRITE, "root");
    assert_kept(test, stack_lock(ctx, TEXT("web"), TEXT(""), &stack));
    test->actor = test_actor(test, "admin", ACTION_SPACE_ADMIN, "root");
    assert_kept(test, stack_unlock(ctx, TEXT("web"), &stack));
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'stack.unlock' AND "
                           "actor = 'api::admin' AND decision LIKE '%%stack:unlock-force%%'"),
        1);
}

static void a_protected_or_busy_stack_is_not_deleted(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    struct stack_input input = test_stack_input("web");
    input.protect_from_deletion = true;
    test_add_stack(test, &input);
    assert_refused(test, ERR_CONFLICT, "protected from deletion",
                   stack_delete(ctx, TEXT("web"), &stack));
    input.protect_from_deletion = false;
    assert_kept(test, stack_update(ctx, TEXT("web"), &input, &stack));
    test_sql(test, "UPDATE stack SET blocker_id = '01ARZ3NDEKTSV4RRFFQ69G5FAV'");
    assert_refused(test, ERR_CONFLICT, "has a run under way",
                   stack_delete(ctx, TEXT("web"), &stack));
    test_sql(test, "UPDATE stack SET blocker_id = NULL");
    assert_kept(test, stack_delete(ctx, TEXT("web"), &stack));
    assert_text_is(stack->name, "web");
    assert_null(test_find_stack(test, "web"));
    assert_refused(test, ERR_NOT_FOUND, "not found", stack_delete(ctx, TEXT("web"), &stack));
}

static void a_commit_is_pinned_by_its_whole_hash(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    static const char *const bad[] = {"",
                                      "main",
                                      "0123456",
                                      "0123456789ABCDEF0123456789ABCDEF01234567",
                                      "0123456789abcdef0123456789abcdef0123456",
                                      "0123456789abcdef0123456789abcdef0123456g"};
    test_stack(test, "web");
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_refused(test, ERR_INVALID, "whole hash",
                       stack_set_current_commit(ctx, TEXT("web"), text_z(bad[i]), &stack));
    assert_kept(test, call_commit(ctx, &stack));
    const struct stack *found = test_find_stack(test, "web");
    assert_text_is(found->tracked_commit->hash, "0123456789abcdef0123456789abcdef01234567");
    assert_true(found->tracked_commit_pinned);
    assert_text_is(found->tracked_commit_set_by, "gatehouse");
}

static void a_pinned_commit_is_not_followed(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack = test_stack(test, "web");
    const struct commit first = {.hash = TEXT("aaaa"),
                                 .author_name = TEXT("A"),
                                 .message = TEXT("m\n\"x\""),
                                 .timestamp = 5};
    assert_kept(test, stack_follow_commit(ctx, stack, &first));
    const struct stack *found = test_find_stack(test, "web");
    assert_text_is(found->tracked_commit->hash, "aaaa");
    assert_text_is(found->tracked_commit->author_name, "A");
    assert_text_is(found->tracked_commit->message, "m\n\"x\"");
    assert_int_equal(found->tracked_commit->timestamp, 5);
    assert_false(found->tracked_commit_pinned);
    assert_kept(test, call_commit(ctx, &stack));
    assert_kept(test, stack_follow_commit(ctx, stack, &first));
    assert_int_equal(test_find_stack(test, "web")->tracked_commit->hash.len, 40);
}

static void stars_are_each_actors_own(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    const struct text ids[] = {TEXT("a"), TEXT("b"), TEXT("nothing")};
    bool starred[3];
    test_stack(test, "a");
    test_stack(test, "b");
    test->actor = test_actor(test, "one", ACTION_SPACE_READ, "root");
    assert_kept(test, stack_set_star(ctx, TEXT("b"), true, &stack));
    assert_kept(test, stack_set_star(ctx, TEXT("b"), true, &stack));
    assert_read(test, stack_stars(ctx, ids, 3, starred));
    assert_true(!starred[0] && starred[1] && !starred[2]);
    test->actor = test_actor(test, "two", ACTION_SPACE_READ, "root");
    assert_read(test, stack_stars(ctx, ids, 3, starred));
    assert_false(starred[0] || starred[1] || starred[2]);
    test->actor = test_actor(test, "one", ACTION_SPACE_READ, "root");
    assert_kept(test, stack_set_star(ctx, TEXT("b"), false, &stack));
    assert_read(test, stack_stars(ctx, ids, 3, starred));
    assert_false(starred[1]);
}

static void every_change_is_recorded_with_its_decision(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    struct stack_input input = test_stack_input("web");
    test->actor = test_actor(test, "admin", ACTION_SPACE_ADMIN, "root");
    test_add_stack(test, &input);
    input.branch = TEXT("next");
    assert_kept(test, stack_update(ctx, TEXT("web"), &input, &stack));
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'stack.update' AND "
                           "body LIKE '%%\"before\":{\"branch\":\"main\"},"
                           "\"after\":{\"branch\":\"next\"}%%'"),
        1);
    assert_kept(test, call_lock(ctx, &stack));
    assert_kept(test, stack_unlock(ctx, TEXT("web"), &stack));
    assert_kept(test, call_disable(ctx, &stack));
    assert_true(test_find_stack(test, "web")->is_disabled);
    assert_kept(test, call_enable(ctx, &stack));
    assert_kept(test, call_commit(ctx, &stack));
    assert_kept(test, call_delete(ctx, &stack));
    static const char *const actions[] = {
        "create", "update", "lock", "unlock", "disable", "enable", "set_current_commit", "delete"};
    for (size_t i = 0; i < ARRAY_LENGTH(actions); i++)
        assert_int_equal(test_sql_int(test,
                                      "SELECT count(*) FROM audit_entry WHERE action = 'stack.%s' "
                                      "AND resource_type = 'STACK' AND resource_id = 'web' AND "
                                      "actor = 'api::admin' AND decision LIKE "
                                      "'%%\"allowed\":true%%binding-of-admin%%'",
                                      actions[i]),
                         1);
}

static void a_failing_statement_leaves_no_half_of_a_stack(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    int failures = 0;
    for (;; failures++) {
        db_fail_after(test->database->db, failures);
        bool kept = UNIT(test, DB_WRITE, call_create(ctx, &stack));
        db_fail_after(test->database->db, -1);
        if (kept)
            break;
        assert_int_equal(test->error.kind, ERR_UNAVAILABLE);
        assert_int_equal(test_sql_int(test, "SELECT count(*) FROM stack"), 0);
        assert_int_equal(test_sql_int(test, "SELECT count(*) FROM audit_entry"), 0);
    }
    assert_in_range(failures, 5, 20);
    assert_non_null(test_find_stack(test, "new"));
}

static uint64_t statements_of_lists(struct kernel_test *test, int count)
{
    struct list list;
    const struct text *ids = test_bulk_ids(test, count);
    const struct stack **found = ARENA_ARRAY(test->arena, const struct stack *, (size_t)count);
    bool *starred = ARENA_ARRAY(test->arena, bool, (size_t)count);
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_true(stack_list(ctx, 0, &list));
    assert_true(stack_list(ctx, STACK_ALL_COLUMNS, &list));
    assert_true(stack_find_many(ctx, ids, (size_t)count, found));
    assert_true(stack_stars(ctx, ids, (size_t)count, starred));
    assert_non_null(found[count - 1]);
    uint64_t statements = db_statement_count(ctx->session);
    assert_true(unit_end(test, true));
    return statements;
}

static void lists_cost_the_same_statements_for_one_and_a_thousand(void **state)
{
    struct kernel_test *test = *state;
    test_add_many_stacks(test, 1000);
    (void)statements_of_lists(test, 1);
    uint64_t one = statements_of_lists(test, 1);
    assert_int_equal(statements_of_lists(test, 1000), one);
    assert_int_equal(one, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(a_slug_that_is_taken_gets_a_number),
        WITH_ACCOUNT(a_stack_keeps_everything_it_was_given),
        WITH_ACCOUNT(what_was_not_given_is_absent),
        WITH_ACCOUNT(input_is_checked),
        WITH_ACCOUNT(repository_urls_are_checked),
        WITH_ACCOUNT(lists_are_bounded),
        WITH_ACCOUNT(a_stack_goes_to_the_space_that_was_named_or_the_usual_one),
        WITH_ACCOUNT(what_may_not_be_seen_is_not_there),
        WITH_ACCOUNT(lists_are_by_name_and_carry_what_was_asked_for),
        WITH_ACCOUNT(a_list_reads_the_columns_that_were_asked_for),
        cmocka_unit_test(a_member_knows_its_columns),
        WITH_ACCOUNT(each_act_needs_its_own_right),
        WITH_ACCOUNT(an_update_replaces_the_configuration_and_nothing_else),
        WITH_ACCOUNT(moving_needs_the_right_at_both_ends),
        WITH_ACCOUNT(a_stack_that_is_bound_to_root_stays_there),
        WITH_ACCOUNT(a_lock_belongs_to_who_took_it),
        WITH_ACCOUNT(an_administrator_may_break_a_lock),
        WITH_ACCOUNT(a_protected_or_busy_stack_is_not_deleted),
        WITH_ACCOUNT(a_commit_is_pinned_by_its_whole_hash),
        WITH_ACCOUNT(a_pinned_commit_is_not_followed),
        WITH_ACCOUNT(stars_are_each_actors_own),
        WITH_ACCOUNT(every_change_is_recorded_with_its_decision),
        WITH_ACCOUNT(a_failing_statement_leaves_no_half_of_a_stack),
        WITH_ACCOUNT(lists_cost_the_same_statements_for_one_and_a_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
