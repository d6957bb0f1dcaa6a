/* Whole accounts for tests. */
#include "identity/identity_test_support.h"

#include "jose/token_cache.h"
#include "policy/policy_cache.h"

int account_test_setup(void **state)
{
    if (access_test_setup(state) != 0)
        return -1;
    struct kernel_test *test = *state;
    test->account.signing_keys = signing_keys_new();
    test->account.policies = policy_cache_new();
    token_cache_free(test->account.actors);
    test->account.actors = token_cache_new(64, token_actor_free);
    if (!test->account.signing_keys || !test->account.actors || !test->account.policies)
        return -1;
    assert_kept(test, signing_keys_refresh(ctx));
    return 0;
}

int account_test_teardown(void **state)
{
    struct kernel_test *test = *state;
    struct signing_keys *keys = test->account.signing_keys;
    struct policy_cache *policies = test->account.policies;
    int status = access_test_teardown(state);
    signing_keys_free(keys);
    policy_cache_free(policies);
    return status;
}
