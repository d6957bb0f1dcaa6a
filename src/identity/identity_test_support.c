/* Whole accounts for tests. */
#include "identity/identity_test_support.h"

#include "jose/token_cache.h"

int account_test_setup(void **state)
{
    if (access_test_setup(state) != 0)
        return -1;
    struct kernel_test *test = *state;
    test->account.signing_keys = signing_keys_new();
    token_cache_free(test->account.actors);
    test->account.actors = token_cache_new(64, token_actor_free);
    if (!test->account.signing_keys || !test->account.actors)
        return -1;
    assert_kept(test, signing_keys_refresh(ctx));
    return 0;
}

int account_test_teardown(void **state)
{
    struct kernel_test *test = *state;
    struct signing_keys *keys = test->account.signing_keys;
    int status = access_test_teardown(state);
    signing_keys_free(keys);
    return status;
}
