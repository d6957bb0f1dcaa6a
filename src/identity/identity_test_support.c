/* Whole accounts for tests. */
#include "identity/identity_test_support.h"

#include "identity/attempt_limit.h"
#include "identity/issuer.h"
#include "jose/token_cache.h"
#include "policy/policy_cache.h"

int account_test_setup(void **state)
{
    if (access_test_setup(state) != 0)
        return -1;
    struct kernel_test *test = *state;
    test->account.signing_keys = signing_keys_new();
    test->account.policies = policy_cache_new();
    test->account.issuers = issuer_cache_new();
    test->account.attempts = attempt_limit_new(0, 0);
    token_cache_free(test->account.actors);
    test->account.actors = token_cache_new(64, token_actor_free);
    if (!test->account.signing_keys || !test->account.actors || !test->account.policies ||
        !test->account.issuers || !test->account.attempts)
        return -1;
    assert_kept(test, signing_keys_refresh(ctx));
    return 0;
}

int account_test_teardown(void **state)
{
    struct kernel_test *test = *state;
    struct signing_keys *keys = test->account.signing_keys;
    struct policy_cache *policies = test->account.policies;
    struct issuer_cache *issuers = test->account.issuers;
    struct attempt_limit *attempts = test->account.attempts;
    int status = access_test_teardown(state);
    signing_keys_free(keys);
    policy_cache_free(policies);
    issuer_cache_free(issuers);
    attempt_limit_free(attempts);
    return status;
}
