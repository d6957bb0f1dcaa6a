/*
 * Tests of policies: rules named test_... (todo_test_... are skipped), found in parsed modules and
 * evaluated one by one, each on its own. A test passes when its rule is defined and not false.
 */
#ifndef REGO_TOOLS_TEST_RUN_H
#define REGO_TOOLS_TEST_RUN_H

#include "rego/rego.h"
#include "rego/tools/coverage.h"

enum test_outcome { TEST_PASSED, TEST_FAILED, TEST_ERROR, TEST_SKIPPED };

struct policy_test {
    struct text package, name; /* "data.example", "test_allow" */
    struct text file;
    uint32_t line, column;
    enum test_outcome outcome;
    int64_t nanoseconds;
    struct text message; /* of an error; in the arena of the list */
    struct text printed; /* lines of print() */
    struct text failure; /* TEST_FAILED: the account of what was tried, for people */
};

struct policy_tests {
    struct arena *arena;
    struct list items; /* of struct policy_test, in the order of the text */
    unsigned passed, failed, errors, skipped;
};

/* Several rules of one name are one test. False without memory. */
MUST_CHECK bool policy_tests_find(struct policy_tests *tests, struct arena *arena,
                                  struct module *const *modules, size_t count);

struct policy_test_options {
    const struct value *data;  /* base documents; may be NULL */
    struct rego_limits limits; /* of each test; `cancel` ends the run */
    struct coverage *coverage; /* may be NULL */
    bool (*is_wanted)(void *data, const struct policy_test *test); /* NULL: all */
    void (*tell)(void *data, const struct policy_test *test);      /* after each; may be NULL */
    void *data_of_callbacks;
};

/* Runs them all. False when canceled, or without memory for a context. */
MUST_CHECK bool policy_tests_run(struct policy_tests *tests, const struct rego_policy *policy,
                                 const struct policy_test_options *options);

/* The array that `opa test --format=json` prints. False without memory. */
MUST_CHECK bool policy_tests_report(const struct policy_tests *tests, struct value *out);
/* What it prints for people: tests that did not pass (with `all`, the others too), then counts. */
void policy_tests_print(const struct policy_tests *tests, bool all, struct buffer *out);

#endif
