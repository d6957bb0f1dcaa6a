/*
 * What access_test_support.h opens, with the refusals of an account. Units are run by an API key
 * that may read the space root, and nothing else.
 */
#ifndef AUDIT_DENIAL_TEST_SUPPORT_H
#define AUDIT_DENIAL_TEST_SUPPORT_H

#include "access/access_test_support.h"
#include "audit/denial.h"

/* cmocka set-up and tear-down; *state becomes a struct kernel_test. */
int denial_test_setup(void **state);
int denial_test_teardown(void **state);
#define WITH_DENIALS(test)                                                                         \
    cmocka_unit_test_setup_teardown(test, denial_test_setup, denial_test_teardown)

/* Refusals that are in the trail. */
int64_t test_denial_count(struct kernel_test *test);

#endif
