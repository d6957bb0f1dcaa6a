/*
 * A whole account for tests: what access_test_support.h opens, with the cache of actors and a key
 * that signs.
 */
#ifndef IDENTITY_IDENTITY_TEST_SUPPORT_H
#define IDENTITY_IDENTITY_TEST_SUPPORT_H

#include "access/access_test_support.h"
#include "identity/signing_keys.h"
#include "identity/token.h"

/* cmocka set-up and tear-down; *state becomes a struct kernel_test. */
int account_test_setup(void **state);
int account_test_teardown(void **state);
#define WITH_ACCOUNT(test)                                                                         \
    cmocka_unit_test_setup_teardown(test, account_test_setup, account_test_teardown)

#endif
