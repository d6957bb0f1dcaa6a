/*
 * What kernel_test_support.h opens, with the tree of spaces; spaces and actors to test rights with.
 */
#ifndef ACCESS_ACCESS_TEST_SUPPORT_H
#define ACCESS_ACCESS_TEST_SUPPORT_H

#include "access/decision.h"
#include "kernel/kernel_test_support.h"

/* cmocka set-up and tear-down; *state becomes a struct kernel_test. */
int access_test_setup(void **state);
int access_test_teardown(void **state);
#define WITH_SPACES(test)                                                                          \
    cmocka_unit_test_setup_teardown(test, access_test_setup, access_test_teardown)

/* Makes a space below `parent`. */
void test_add_space(struct kernel_test *test, const char *id, const char *parent);
/* An API key's actor that was granted the one action in the space. Lives as long as the test. */
const struct actor *test_actor(struct kernel_test *test, const char *id, enum action action,
                               const char *space);

#endif
