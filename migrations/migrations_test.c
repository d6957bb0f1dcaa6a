/* The migrations that the program carries bring an empty database to the newest version, once. */
#include "migrations/migrations.h"

#include "db/db_test_support.h"

static void all_apply_to_an_empty_database(void **state)
{
    struct db_test *test = *state;
    struct error error = {0};
    int applied = -1;
    if (!migrate(test->db, &embedded_migrations, 1, &applied, &error))
        fail_msg("%s", error.message);
    assert_int_equal(applied, embedded_migrations.count);
    db_test_reopen(test);
    assert_true(migrate(test->db, &embedded_migrations, 2, &applied, &error));
    assert_int_equal(applied, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_apply_to_an_empty_database, db_test_setup,
                                        db_test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
