/* Actions: names, sets, and what each level is enough for. */
#include "access/action.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Level by level, in the words of the documentation. */
static const char *const reader_words[] = {"space:read", "run:cancel", "run:comment",
                                           "run:retry",  "run:stop",   "stack:set-star"};

static const char *const admin_words[] = {
    "space:admin",        "run:trigger-with-custom-runtime-config",
    "stack:create",       "stack:delete",
    "stack:disable",      "stack:enable",
    "stack:manage",       "stack:managed-state-import",
    "stack:unlock-force", "stack:update",
    "context:create",     "worker-pool:create"};

static enum action parsed(const char *name)
{
    enum action action = ACTION_COUNT;
    if (!action_parse(text_z(name), &action))
        fail_msg("there is no action %s", name);
    return action;
}

static struct action_set set_of(const char *name)
{
    struct action_set set = {{0}};
    action_set_add(&set, parsed(name));
    return set;
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (parsed(name) == parsed(names[i]))
            return true;
    }
    return false;
}

static void both_spellings_name_the_same_action(void **state)
{
    UNUSED(state);
    enum action action;
    for (int i = 0; i < ACTION_COUNT; i++) {
        assert_int_equal(parsed(action_name((enum action)i)), i);
        assert_int_equal(parsed(action_words((enum action)i)), i);
    }
    assert_false(action_parse(TEXT(""), &action));
    assert_false(action_parse(TEXT("run:TRIGGER"), &action));
    assert_false(action_parse(TEXT("RUN_TRIGGE"), &action));
    assert_false(action_parse(TEXT("run_trigger"), &action));
}

static void a_set_holds_what_was_added(void **state)
{
    UNUSED(state);
    for (int i = 0; i < ACTION_COUNT; i++) {
        struct action_set set = {{0}};
        action_set_add(&set, (enum action)i);
        action_set_add(&set, (enum action)i);
        for (int j = 0; j < ACTION_COUNT; j++)
            assert_int_equal(action_set_has(&set, (enum action)j), i == j);
    }
}

static void levels_are_enough_for_what_is_below_them(void **state)
{
    UNUSED(state);
    struct action_set reader = set_of("space:read");
    struct action_set writer = set_of("space:write");
    struct action_set admin = set_of("space:admin");
    struct action_set nothing = {{0}};
    size_t readers = 0, writers = 0;
    for (int i = 0; i < ACTION_COUNT; i++) {
        enum action action = (enum action)i;
        const char *words = action_words(action);
        bool for_readers = is_one_of(words, reader_words, ARRAY_LENGTH(reader_words));
        assert_int_equal(action_set_allows(&reader, action), for_readers);
        assert_true(!for_readers || action_set_allows(&writer, action));
        assert_true(action_set_allows(&admin, action));
        assert_false(action_set_allows(&nothing, action));
        readers += for_readers;
        writers += !for_readers && action_set_allows(&writer, action);
    }
    assert_int_equal(readers, 6);
    assert_int_equal(writers, 34);
    assert_int_equal(ACTION_COUNT - readers - writers, 61);
    for (size_t i = 0; i < ARRAY_LENGTH(admin_words); i++)
        assert_false(action_set_allows(&writer, parsed(admin_words[i])));
}

static void an_action_by_name_allows_itself_alone(void **state)
{
    UNUSED(state);
    static const char *const levels[] = {"space:read", "space:write", "space:admin"};
    for (int i = 0; i < ACTION_COUNT; i++) {
        struct action_set set = {{0}};
        if (is_one_of(action_words((enum action)i), levels, ARRAY_LENGTH(levels)))
            continue;
        action_set_add(&set, (enum action)i);
        for (int j = 0; j < ACTION_COUNT; j++)
            assert_int_equal(action_set_allows(&set, (enum action)j), i == j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_spellings_name_the_same_action),
        cmocka_unit_test(a_set_holds_what_was_added),
        cmocka_unit_test(levels_are_enough_for_what_is_below_them),
        cmocka_unit_test(an_action_by_name_allows_itself_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
