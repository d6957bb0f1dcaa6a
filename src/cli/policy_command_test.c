/* The `policy` commands on files in a folder of their own. */
#include "cli/test_support.h"

static const char policy[] = "package example\n\n"
                             "default allow := false\n\n"
                             "allow if {\n\tinput.user == data.root\n}\n\n"
                             "deny contains msg if {\n\tto_number(input.age) < 18\n"
                             "\tmsg := \"too young\"\n}\n";
static const char tests[] =
    "package example_test\n\nimport data.example\n\n"
    "test_root if example.allow with input as {\"user\": \"r\"} with data.root as \"r\"\n\n"
    "test_other if example.allow with input as {\"user\": \"x\"} with data.root as \"r\"\n";

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* The working folder is one of the test's own, made by set_up_fake. */
static void write_files(void)
{
    write_file("example.rego", policy);
    write_file("example_test.rego", tests);
    write_file("input.json", "{\"user\": \"r\", \"age\": \"x\"}");
    write_file("data.json", "{\"root\": \"r\"}");
}

static void remove_files(void)
{
    static const char *const names[] = {"example.rego", "example_test.rego", "input.json",
                                        "data.json", "messy.rego"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        unlink(names[i]);
}

static void eval_prints_values_and_swallowed_errors(void **state)
{
    struct fake *fake = *state;
    write_files();
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "policy", "eval", "-i", "input.json", "data.example",
                   "example.rego", "data.json");
    assert_string_equal(fake->out, "{\"allow\":true,\"deny\":[]}\n");
    assert_contains(fake->err, "made undefined by eval_builtin_error: to_number");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "policy", "eval", "x := input.user", "example.rego", "-i",
                   "input.json");
    assert_string_equal(fake->out, "[{\"x\":\"r\"}]\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "policy", "eval", "--strict", "-i", "input.json",
                   "data.example.deny", "example.rego");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_MISSING, "policy", "eval", "data.example.deny", "nowhere.rego");
    remove_files();
}

static void check_and_explain_say_why(void **state)
{
    struct fake *fake = *state;
    write_files();
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "policy", "check", ".");
    write_file("messy.rego", "package a\np if x\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "policy", "check", "messy.rego");
    assert_contains(fake->err, "messy.rego:2:6: rego_unsafe_var_error");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "policy", "explain", "-i", "input.json",
                   "data.example.allow", "example.rego");
    assert_contains(fake->out, "input.user == data.root");
    assert_contains(fake->out, "= false");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_MISSING, "policy", "explain", "data.nope", "example.rego");
    remove_files();
}

static void tests_are_run_and_counted(void **state)
{
    struct fake *fake = *state;
    write_files();
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "policy", "test", ".", "--coverage");
    assert_contains(fake->out, "data.example_test.test_other: FAIL");
    assert_contains(fake->out, "PASS: 1/2\nFAIL: 1/2\n");
    assert_contains(fake->out, "coverage: ");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "policy", "test", ".", "--run", "test_root", "--json");
    assert_contains(fake->out, "\"name\":\"test_root\"");
    remove_files();
}

static void lint_fails_on_errors(void **state)
{
    struct fake *fake = *state;
    write_files();
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "policy", "lint", "example.rego");
    assert_contains(fake->out, "example.rego:10:2: error:");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "policy", "lint", "example.rego", "--json");
    assert_contains(fake->out, "\"rule\":\"deny-on-fallible\"");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "policy", "lint", "example_test.rego");
    remove_files();
}

static void fmt_prints_lists_and_writes(void **state)
{
    struct fake *fake = *state;
    write_files();
    write_file("messy.rego", "package a\np if {input.x}\n");
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "policy", "fmt", "messy.rego");
    assert_string_equal(fake->out, "package a\n\np if input.x\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_FAILED, "policy", "fmt", "--list", ".");
    assert_contains(fake->out, "messy.rego\n");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "policy", "fmt", "--write", "messy.rego");
    fake_forget(fake);
    FAKE_RUN_ALONE(fake, EXIT_CODE_OK, "policy", "fmt", "--list", "messy.rego");
    remove_files();
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        WITH_FAKE(eval_prints_values_and_swallowed_errors),
        WITH_FAKE(check_and_explain_say_why),
        WITH_FAKE(tests_are_run_and_counted),
        WITH_FAKE(lint_fails_on_errors),
        WITH_FAKE(fmt_prints_lists_and_writes),
    };
    return cmocka_run_group_tests_name("policy_command", cases, NULL, NULL);
}
