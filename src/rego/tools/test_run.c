/* The test runner. */
#include "rego/tools/test_run.h"

#include <time.h>

enum { MAX_PATH = 1 << 16 };

/* Finding. */

static struct text package_path(struct arena *arena, const struct module *module)
{
    struct buffer path;
    buffer_init(&path, arena, MAX_PATH);
    buffer_add(&path, TEXT("data"));
    for (uint32_t i = 1; i < module->package->len; i++) {
        buffer_add_byte(&path, '.');
        buffer_add(&path, module->package->items[i]->text);
    }
    return buffer_text(&path);
}

static struct text rule_name(const struct rule *rule)
{
    const struct term *name = rule->name;
    return name->kind == TERM_REFERENCE ? name->items[0]->text : name->text;
}

static bool is_todo(struct text name)
{
    return text_starts_with(name, TEXT("todo_test_"));
}

static bool is_known(const struct policy_tests *tests, struct text package, struct text name)
{
    const struct policy_test *items = tests->items.items;
    for (size_t i = 0; i < tests->items.len; i++) {
        if (text_equal(items[i].name, name) && text_equal(items[i].package, package))
            return true;
    }
    return false;
}

bool policy_tests_find(struct policy_tests *tests, struct arena *arena,
                       struct module *const *modules, size_t count)
{
    *tests = (struct policy_tests){.arena = arena};
    list_init(&tests->items, arena, sizeof(struct policy_test));
    for (size_t i = 0; i < count; i++) {
        struct text package = package_path(arena, modules[i]);
        for (uint32_t k = 0; k < modules[i]->rule_count; k++) {
            const struct rule *rule = modules[i]->rules[k];
            struct text name = rule_name(rule);
            if ((!text_starts_with(name, TEXT("test_")) && !is_todo(name)) ||
                rule->kind == RULE_FUNCTION || is_known(tests, package, name))
                continue;
            struct policy_test *test = list_push(&tests->items);
            if (!test)
                return false;
            *test = (struct policy_test){.package = package,
                                         .name = text_copy(arena, name),
                                         .file = modules[i]->source->name,
                                         .line = rule->at.line,
                                         .column = rule->at.column};
        }
    }
    return !arena_failed(arena);
}

/* Running. */

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static struct text joined_lines(struct arena *arena, const struct rego_result *result)
{
    struct buffer lines;
    buffer_init(&lines, arena, 1 << 20);
    for (size_t i = 0; i < result->printed_count; i++) {
        buffer_add(&lines, result->printed[i]);
        buffer_add_byte(&lines, '\n');
    }
    return buffer_text(&lines);
}

static void judge(struct policy_tests *tests, struct policy_test *test,
                  const struct rego_result *result)
{
    bool holds = result->outcome == REGO_DEFINED && value_holds(&result->value);
    test->printed = joined_lines(tests->arena, result);
    if (result->outcome == REGO_ERROR || result->outcome == REGO_STOPPED) {
        test->outcome = TEST_ERROR;
        tests->errors++;
        test->message = text_format(tests->arena, "%.*s:%u: %.*s: %.*s",
                                    TEXT_ARG(result->error.file), result->error.line,
                                    TEXT_ARG(result->error.code), TEXT_ARG(result->error.message));
        return;
    }
    test->outcome = holds ? TEST_PASSED : TEST_FAILED;
    tests->passed += holds;
    tests->failed += !holds;
}

static bool is_canceled(const struct policy_test_options *options)
{
    return options->limits.cancel && atomic_load(options->limits.cancel);
}

/* Explained when somebody wants coverage, and once more when the test failed. */
static void explain(struct policy_tests *tests, struct policy_test *test,
                    struct rego_context *context, const struct rego_entry *entry,
                    const struct rego_call *call, const struct policy_test_options *options)
{
    struct rego_result result;
    struct value account;
    if (test->outcome != TEST_FAILED && !options->coverage)
        return;
    rego_context_reset(context);
    rego_explain(context, entry, call, &result, &account);
    if (options->coverage)
        coverage_add(options->coverage, &account);
    if (test->outcome == TEST_FAILED) {
        struct buffer text;
        buffer_init(&text, tests->arena, 1 << 20);
        rego_explain_print(&account, &text);
        test->failure = buffer_text(&text);
    }
}

static void run_test(struct policy_tests *tests, struct policy_test *test,
                     const struct rego_policy *policy, struct rego_context *context,
                     const struct policy_test_options *options)
{
    if (is_todo(test->name)) {
        test->outcome = TEST_SKIPPED;
        tests->skipped++;
        return;
    }
    struct text path =
        text_format(tests->arena, "%.*s.%.*s", TEXT_ARG(test->package), TEXT_ARG(test->name));
    const struct rego_entry *entry = rego_entry_find(policy, path);
    struct rego_result result = {.outcome = REGO_UNDEFINED};
    struct rego_call call = {.data = options->data, .limits = options->limits};
    int64_t start = now();
    rego_context_reset(context);
    if (entry)
        rego_evaluate(context, entry, &call, &result);
    test->nanoseconds = now() - start;
    judge(tests, test, &result);
    if (entry)
        explain(tests, test, context, entry, &call, options);
}

bool policy_tests_run(struct policy_tests *tests, const struct rego_policy *policy,
                      const struct policy_test_options *options)
{
    struct rego_context *context = rego_context_new((size_t)256 << 20);
    struct policy_test *items = tests->items.items;
    for (size_t i = 0; context && i < tests->items.len && !is_canceled(options); i++) {
        if (options->is_wanted && !options->is_wanted(options->data_of_callbacks, &items[i]))
            items[i].outcome = TEST_SKIPPED;
        else
            run_test(tests, &items[i], policy, context, options);
        if (options->tell)
            options->tell(options->data_of_callbacks, &items[i]);
    }
    bool done = context && !is_canceled(options);
    rego_context_free(context);
    return done;
}

/* Reporting. */

static bool put(struct collection *object, const char *key, struct value value)
{
    return object && object_put(object, value_string(text_z(key)), value);
}

static bool put_location(struct arena *arena, struct collection *object,
                         const struct policy_test *test)
{
    struct collection *location = object_new(arena, 3);
    return put(location, "file", value_string(test->file)) &&
           put(location, "row", VALUE_INT(test->line)) &&
           put(location, "col", VALUE_INT(test->column)) &&
           put(object, "location", collection_value(location));
}

static bool put_outcome(struct arena *arena, struct collection *object,
                        const struct policy_test *test)
{
    if (test->outcome == TEST_FAILED)
        return put(object, "fail", VALUE_BOOL(true));
    if (test->outcome == TEST_SKIPPED)
        return put(object, "skip", VALUE_BOOL(true));
    if (test->outcome != TEST_ERROR)
        return true;
    struct collection *error = object_new(arena, 1);
    return put(error, "message", value_string(test->message)) &&
           put(object, "error", collection_value(error));
}

bool policy_tests_report(const struct policy_tests *tests, struct value *out)
{
    struct value_list list;
    value_list_init(&list, tests->arena);
    const struct policy_test *items = tests->items.items;
    for (size_t i = 0; i < tests->items.len; i++) {
        struct collection *object = object_new(tests->arena, 0);
        if (!object || !put_location(tests->arena, object, &items[i]) ||
            !put(object, "package", value_string(items[i].package)) ||
            !put(object, "name", value_string(items[i].name)) ||
            !put_outcome(tests->arena, object, &items[i]) ||
            !put(object, "duration", VALUE_INT(items[i].nanoseconds)) ||
            !value_list_add(&list, collection_value(object)))
            return false;
    }
    *out = value_list_array(&list);
    return true;
}

static void print_indented(struct buffer *out, struct text text)
{
    struct text line;
    while (text_next_part(&text, '\n', &line)) {
        buffer_add(out, TEXT("  "));
        buffer_add(out, line);
        buffer_add_byte(out, '\n');
    }
}

static void print_duration(struct buffer *out, int64_t nanoseconds)
{
    if (nanoseconds < 1000000)
        buffer_add_format(out, " (%.1f\xc2\xb5s)\n", (double)nanoseconds / 1e3);
    else
        buffer_add_format(out, " (%.1fms)\n", (double)nanoseconds / 1e6);
}

static void print_test(struct buffer *out, const struct policy_test *test)
{
    static const char *const names[] = {"PASS", "FAIL", "ERROR", "SKIPPED"};
    buffer_add_format(out, "%.*s.%.*s: %s", TEXT_ARG(test->package), TEXT_ARG(test->name),
                      names[test->outcome]);
    if (test->outcome == TEST_SKIPPED)
        buffer_add_byte(out, '\n');
    else
        print_duration(out, test->nanoseconds);
    print_indented(out, test->message);
    print_indented(out, test->failure);
    print_indented(out, test->printed);
}

static void print_count(struct buffer *out, const char *name, unsigned count, size_t total)
{
    if (count > 0)
        buffer_add_format(out, "%s: %u/%zu\n", name, count, total);
}

void policy_tests_print(const struct policy_tests *tests, bool all, struct buffer *out)
{
    const struct policy_test *items = tests->items.items;
    struct text file = {NULL, 0};
    bool any = false;
    for (size_t i = 0; i < tests->items.len; i++) {
        if (!all && items[i].outcome == TEST_PASSED && items[i].printed.len == 0)
            continue;
        if (!text_equal(file, items[i].file))
            buffer_add_format(out, "%s%.*s:\n", any ? "\n" : "", TEXT_ARG(items[i].file));
        file = items[i].file;
        any = true;
        print_test(out, &items[i]);
    }
    for (int i = 0; any && i < 80; i++)
        buffer_add_byte(out, '-');
    if (any)
        buffer_add_byte(out, '\n');
    print_count(out, "PASS", tests->passed, tests->items.len);
    print_count(out, "FAIL", tests->failed, tests->items.len);
    print_count(out, "ERROR", tests->errors, tests->items.len);
    print_count(out, "SKIPPED", tests->skipped, tests->items.len);
}
