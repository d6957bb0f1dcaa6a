/* What access_test_support.h opens, with the cache of policies, and login policies to ask. */
#ifndef POLICY_POLICY_TEST_SUPPORT_H
#define POLICY_POLICY_TEST_SUPPORT_H

#include "access/access_test_support.h"
#include "policy/login_policy.h"
#include "policy/policy_type.h"

/* cmocka set-up and tear-down; *state becomes a struct kernel_test. Login policies decide. */
int policy_test_setup(void **state);
int policy_test_teardown(void **state);
#define WITH_POLICIES(test)                                                                        \
    cmocka_unit_test_setup_teardown(test, policy_test_setup, policy_test_teardown)

/* A login policy in the database, younger than those before it. */
void test_add_login_policy(struct kernel_test *test, const char *id, enum policy_engine engine,
                           const char *body);
void test_add_role(struct kernel_test *test, const char *id, const char *slug);

/* A key of that name; tests change what they are about. */
struct login_attempt test_attempt(const char *login);
/* Asks in a unit that is kept. */
/* Decides in a unit of the caller's, under the strategy that it reads. */
bool test_ask(struct ctx *ctx, const struct login_attempt *attempt, struct login_verdict *out);
struct login_verdict test_decide(struct kernel_test *test, const struct login_attempt *attempt);

#endif
