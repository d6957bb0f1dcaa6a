/* Vendors and hooks: from and to JSON, and what makes a vendor complete. */
#include "stack/hooks.h"
#include "stack/stack_test_support.h"

static struct text print_vendor(struct kernel_test *test, const struct vendor *vendor)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, test->arena, SIZE_MAX);
    json_writer_init(&writer, &buffer);
    vendor_print(vendor, &writer);
    return buffer_text(&buffer);
}

static const struct json *parse(struct kernel_test *test, struct text source)
{
    const struct json *value = NULL;
    if (!json_parse(test->arena, source, NULL, &value, &test->error))
        fail_msg("%s", test->error.message);
    return value;
}

static void every_vendor_has_a_name(void **state)
{
    UNUSED(state);
    enum vendor_kind kind;
    for (int i = 0; i < VENDOR_KIND_COUNT; i++) {
        assert_true(vendor_kind_parse(text_z(vendor_kind_name((enum vendor_kind)i)), &kind));
        assert_int_equal(kind, i);
    }
    assert_false(vendor_kind_parse(TEXT("PULUMI"), &kind));
    assert_false(vendor_kind_parse(TEXT("terraform"), &kind));
    assert_false(vendor_kind_parse(TEXT(""), &kind));
}

static void a_vendor_goes_to_json_and_back(void **state)
{
    struct kernel_test *test = *state;
    struct vendor vendor = {.kind = VENDOR_CUSTOM,
                            .version = TEXT("1.11.0"),
                            .workflow_tool = TEXT(""),
                            .plan_command = TEXT("echo \"a\nb\""),
                            .concise = true,
                            .use_smart_sanitization = true};
    struct text printed = print_vendor(test, &vendor);
    struct vendor back = vendor_parse(VENDOR_CUSTOM, parse(test, printed));
    assert_int_equal(back.kind, VENDOR_CUSTOM);
    assert_text_is(back.version, "1.11.0");
    assert_non_null(back.workflow_tool.at);
    assert_null(back.workspace.at);
    assert_text_is(back.plan_command, "echo \"a\nb\"");
    assert_true(back.concise);
    assert_false(back.external_state_access_enabled);
    assert_true(back.use_smart_sanitization);
    assert_true(text_equal(print_vendor(test, &back), printed));
}

static void what_is_no_vendor_reads_as_an_empty_one(void **state)
{
    struct kernel_test *test = *state;
    struct vendor vendor = vendor_parse(VENDOR_ANSIBLE, NULL);
    assert_int_equal(vendor.kind, VENDOR_ANSIBLE);
    assert_null(vendor.playbook.at);
    vendor = vendor_parse(VENDOR_ANSIBLE, parse(test, TEXT("[1]")));
    assert_null(vendor.playbook.at);
    vendor = vendor_parse(VENDOR_ANSIBLE, parse(test, TEXT("{\"playbook\":1,\"concise\":\"x\"}")));
    assert_null(vendor.playbook.at);
    assert_false(vendor.concise);
}

static void a_vendor_needs_what_it_runs_with(void **state)
{
    struct kernel_test *test = *state;
    const struct {
        struct vendor vendor;
        const char *part; /* NULL: is fine */
    } cases[] = {
        {{.kind = VENDOR_TERRAFORM}, NULL},
        {{.kind = VENDOR_OPEN_TOFU}, NULL},
        {{.kind = VENDOR_ANSIBLE}, "an Ansible stack needs a playbook"},
        {{.kind = VENDOR_ANSIBLE, .playbook = TEXT("../x.yml")}, "must be inside the project"},
        {{.kind = VENDOR_ANSIBLE, .playbook = TEXT("/x.yml")}, "must be inside the project"},
        {{.kind = VENDOR_ANSIBLE, .playbook = TEXT("a/x.yml")}, NULL},
        {{.kind = VENDOR_CUSTOM}, "needs a plan and an apply command"},
        {{.kind = VENDOR_CUSTOM, .plan_command = TEXT("a")}, "needs a plan and an apply command"},
        {{.kind = VENDOR_CUSTOM, .apply_command = TEXT("a")}, "needs a plan and an apply command"},
        {{.kind = VENDOR_CUSTOM, .plan_command = TEXT("a"), .apply_command = TEXT("b")}, NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        if (cases[i].part)
            assert_refused(test, ERR_INVALID, cases[i].part, vendor_check(ctx, &cases[i].vendor));
        else
            assert_kept(test, vendor_check(ctx, &cases[i].vendor));
    }
}

static void paths_that_leave_are_known(void **state)
{
    UNUSED(state);
    static const char *const inside[] = {"",    "a",   "a/b",   "./a", "a/./b",
                                         "..a", "a..", "a/...", "a/"};
    static const char *const outside[] = {"/",    "/a",     "..",      "../a",
                                          "a/..", "a/../b", "a/b/../", "./.."};
    for (size_t i = 0; i < ARRAY_LENGTH(inside); i++)
        assert_true(path_stays_inside(text_z(inside[i])));
    for (size_t i = 0; i < ARRAY_LENGTH(outside); i++)
        assert_false(path_stays_inside(text_z(outside[i])));
    assert_false(path_stays_inside(TEXT("a\0b")));
}

static void hooks_go_to_json_and_back(void **state)
{
    struct kernel_test *test = *state;
    static const struct text two[] = {TEXT_INIT("echo 1"), TEXT_INIT("echo \"2\"")};
    static const struct text one[] = {TEXT_INIT("date")};
    struct hooks hooks = {.before_init = {two, 2}, .after_run = {one, 1}};
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, test->arena, SIZE_MAX);
    json_writer_init(&writer, &buffer);
    hooks_print(&hooks, &writer);
    assert_text_is(buffer_text(&buffer),
                   "{\"before_init\":[\"echo 1\",\"echo \\\"2\\\"\"],\"after_run\":[\"date\"]}");
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    struct hooks back = hooks_parse(ctx, parse(test, buffer_text(&buffer)));
    assert_int_equal(back.before_init.len, 2);
    assert_text_is(back.before_init.items[1], "echo \"2\"");
    assert_int_equal(back.after_run.len, 1);
    assert_int_equal(back.before_apply.len, 0);
    assert_int_equal(hooks_parse(ctx, NULL).before_init.len, 0);
    assert_int_equal(hooks_parse(ctx, parse(test, TEXT("{\"before_init\":1}"))).before_init.len, 0);
    assert_true(unit_end(test, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(every_vendor_has_a_name),
        WITH_ACCOUNT(a_vendor_goes_to_json_and_back),
        WITH_ACCOUNT(what_is_no_vendor_reads_as_an_empty_one),
        WITH_ACCOUNT(a_vendor_needs_what_it_runs_with),
        WITH_ACCOUNT(paths_that_leave_are_known),
        WITH_ACCOUNT(hooks_go_to_json_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
