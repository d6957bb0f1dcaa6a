/* Accounts that refuse, for tests. */
#include "audit/denial_test_support.h"

int denial_test_setup(void **state)
{
    if (access_test_setup(state) != 0)
        return -1;
    struct kernel_test *test = *state;
    test->account.denials = denials_new();
    test->actor = test_actor(test, "key", ACTION_SPACE_READ, "root");
    return test->account.denials ? 0 : -1;
}

int denial_test_teardown(void **state)
{
    struct kernel_test *test = *state;
    denials_free(test->account.denials);
    return access_test_teardown(state);
}

int64_t test_denial_count(struct kernel_test *test)
{
    return test_sql_int(test, "SELECT count(*) FROM audit_entry WHERE action = 'access.denied'");
}
