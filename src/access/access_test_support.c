/* Spaces and actors for tests. */
#include "access/access_test_support.h"

#include "jose/token_cache.h"

int access_test_setup(void **state)
{
    if (kernel_test_setup(state) != 0)
        return -1;
    struct kernel_test *test = *state;
    test->account.spaces = space_cache_new();
    /* A change of rights empties it; nothing is put into it here. */
    test->account.actors = token_cache_new(16, free);
    return test->account.spaces && test->account.actors ? 0 : -1;
}

int access_test_teardown(void **state)
{
    struct kernel_test *test = *state;
    struct account account = test->account;
    int status = kernel_test_teardown(state);
    space_cache_free(account.spaces);
    token_cache_free(account.actors);
    return status;
}

void test_add_space(struct kernel_test *test, const char *id, const char *parent)
{
    test_sql(test,
             "INSERT INTO space (id, name, parent_id, created_at) VALUES ('%s', '%s', '%s', 1)", id,
             id, parent);
    assert_kept(test, access_changed(ctx));
}

const struct actor *test_actor(struct kernel_test *test, const char *id, enum action action,
                               const char *space)
{
    struct actor *actor = ARENA_NEW(test->arena, struct actor);
    struct grant *grant = ARENA_NEW(test->arena, struct grant);
    assert_true(actor && grant);
    grant->source_id = text_format(test->arena, "binding-of-%s", id);
    grant->role_id = TEXT("role");
    grant->space_id = text_z(space);
    action_set_add(&grant->actions, action);
    *actor = (struct actor){.kind = ACTOR_API_KEY,
                            .id = text_z(id),
                            .name = text_z(id),
                            .username = text_format(test->arena, "api::%s", id),
                            .grants = grant,
                            .grant_count = 1,
                            .valid_until = INT64_MAX};
    return actor;
}
