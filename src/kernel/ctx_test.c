/* Shorthands of a unit of work, on a database. */
#include "kernel/kernel_test_support.h"

static const struct db_statement select_name =
    DB_STATEMENT("select_name", "SELECT name, value FROM setting WHERE name = $1");
static const struct db_statement insert_setting =
    DB_STATEMENT("insert_setting", "INSERT INTO setting (name, value) VALUES ($1, $2)");
static const struct db_statement delete_settings =
    DB_STATEMENT("delete_settings", "DELETE FROM setting");
static const struct db_statement misspelt = DB_STATEMENT("misspelt_query", "SELEC 1");

#define WITH_DATABASE(test)                                                                        \
    cmocka_unit_test_setup_teardown(test, kernel_test_setup, kernel_test_teardown)

static bool insert(struct ctx *ctx, const char *name, struct db_value value)
{
    return ctx_execute(ctx, &insert_setting, DB_VALUES(db_text_z(name), value));
}

static void one_row_no_row_and_a_failure_differ(void **state)
{
    struct kernel_test *test = *state;
    struct db_rows rows;
    assert_kept(test, insert(ctx, "a", db_text_z("1")));
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_true(ctx_query_one(ctx, &select_name, DB_VALUES(db_text_z("a")), &rows));
    assert_text_is(db_column_text(&rows, 1, ctx->arena), "1");
    assert_true(ctx_end(ctx, &rows));
    assert_false(ctx_query_one(ctx, &select_name, DB_VALUES(db_text_z("b")), &rows));
    assert_false(error_is_set(ctx->error));
    assert_false(ctx_query_one(ctx, &misspelt, DB_NO_VALUES, &rows));
    assert_true(error_is_set(ctx->error));
    assert_false(unit_end(test, true));
}

static void a_ping_tells_whether_statements_run(void **state)
{
    struct kernel_test *test = *state;
    assert_read(test, ctx_ping(ctx));
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_false(ctx_execute(ctx, &misspelt, DB_NO_VALUES));
    assert_false(ctx_ping(ctx));
    assert_false(unit_end(test, true));
}

static void changes_are_counted(void **state)
{
    struct kernel_test *test = *state;
    int64_t changed = -1;
    assert_kept(test, insert(ctx, "a", db_text_z("1")) && insert(ctx, "b", db_text_z("2")));
    assert_kept(test, ctx_change(ctx, &delete_settings, DB_NO_VALUES, &changed));
    assert_int_equal(changed, 2);
    assert_kept(test, ctx_change(ctx, &delete_settings, DB_NO_VALUES, &changed));
    assert_int_equal(changed, 0);
}

static void a_unit_that_fails_leaves_nothing(void **state)
{
    struct kernel_test *test = *state;
    assert_refused(test, ERR_CONFLICT, "no \"thing\"",
                   insert(ctx, "a", db_text_z("1")) &&
                       fail(ctx, ERR_CONFLICT, "no \"%s\"", "thing"));
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM setting"), 0);
}

static void the_first_error_wins(void **state)
{
    struct kernel_test *test = *state;
    struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
    assert_false(fail(ctx, ERR_INVALID, "first"));
    assert_false(fail(ctx, ERR_INTERNAL, "second"));
    assert_false(fail_no_memory(ctx));
    assert_false(unit_end(test, false));
    assert_int_equal(test->error.kind, ERR_INVALID);
    assert_string_equal(test->error.message, "first");
}

static void a_long_sentence_is_cut_between_characters(void **state)
{
    struct kernel_test *test = *state;
    struct text long_name = TEXT("");
    for (int i = 0; i < 300; i++)
        long_name = text_format(test->arena, "%.*s\xc3\xa9", TEXT_ARG(long_name));
    for (int i = 0; i < 2; i++) {
        struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
        assert_false(fail(ctx, ERR_INVALID, "%s%.*s", i ? "x" : "", TEXT_ARG(long_name)));
        assert_false(unit_end(test, false));
        assert_true(text_is_utf8(text_z(test->error.message)));
    }
}

static void an_empty_text_and_no_text_differ_in_a_row(void **state)
{
    struct kernel_test *test = *state;
    struct db_rows rows;
    test_sql(test, "INSERT INTO api_key (id, kind, name, secret_hash, created_by, created_at, "
                   "last_used_from) VALUES ('a', 'SECRET', '', '', '', 0, NULL), "
                   "('b', 'SECRET', '', '', '', 0, '')");
    static const struct db_statement select_keys =
        DB_STATEMENT("select_sources", "SELECT last_used_from FROM api_key ORDER BY id");
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_true(ctx_query(ctx, &select_keys, DB_NO_VALUES, &rows));
    assert_true(db_next(&rows));
    assert_null(ctx_optional_text(ctx, &rows, 0).at);
    assert_true(db_next(&rows));
    assert_non_null(ctx_optional_text(ctx, &rows, 0).at);
    assert_true(ctx_end(ctx, &rows));
    assert_true(unit_end(test, true));
    assert_int_equal(ctx_text_or_null((struct text){NULL, 0}).kind, DB_NULL);
    assert_int_equal(ctx_text_or_null(TEXT("")).kind, DB_TEXT);
    assert_int_equal(ctx_time_or_null(0).kind, DB_NULL);
    assert_int_equal(ctx_time_or_null(7).integer, 7);
}

static void lists_of_texts_go_to_json_and_back(void **state)
{
    struct kernel_test *test = *state;
    static const struct text items[] = {TEXT_INIT("a"), TEXT_INIT(""), TEXT_INIT("\"\\\n"),
                                        TEXT_INIT("\xc3\xa9")};
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    struct text json = ctx_print_texts(ctx, (struct text_list){items, ARRAY_LENGTH(items)});
    struct text_list back = ctx_parse_texts(ctx, json);
    assert_int_equal(back.len, ARRAY_LENGTH(items));
    for (size_t i = 0; i < back.len; i++)
        assert_true(text_equal(back.items[i], items[i]));
    assert_text_is(ctx_print_texts(ctx, (struct text_list){NULL, 0}), "[]");
    assert_int_equal(ctx_parse_texts(ctx, TEXT("[]")).len, 0);
    assert_int_equal(ctx_parse_texts(ctx, TEXT("")).len, 0);
    assert_int_equal(ctx_parse_texts(ctx, TEXT("{\"a\":1}")).len, 0);
    assert_int_equal(ctx_parse_texts(ctx, TEXT("[\"a\"")).len, 0);
    assert_true(unit_end(test, true));
}

/* A row that could not be kept must not read as a shorter list. */
static void memory_that_ran_out_while_reading_fails_the_query(void **state)
{
    struct kernel_test *test = *state;
    struct db_rows rows;
    assert_kept(test, insert(ctx, "a", db_text_z("1")));
    test->unit_arena = arena_new(1 << 16);
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_true(ctx_query_one(ctx, &select_name, DB_VALUES(db_text_z("a")), &rows));
    arena_fail_after(ctx->arena, 0);
    assert_null(db_column_text(&rows, 1, ctx->arena).at);
    assert_false(ctx_end(ctx, &rows));
    assert_false(unit_end(test, true));
    assert_int_equal(test->error.kind, ERR_NO_MEMORY);
    arena_free(test->unit_arena);
    test->unit_arena = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DATABASE(one_row_no_row_and_a_failure_differ),
        WITH_DATABASE(a_ping_tells_whether_statements_run),
        WITH_DATABASE(changes_are_counted),
        WITH_DATABASE(a_unit_that_fails_leaves_nothing),
        WITH_DATABASE(the_first_error_wins),
        WITH_DATABASE(a_long_sentence_is_cut_between_characters),
        WITH_DATABASE(an_empty_text_and_no_text_differ_in_a_row),
        WITH_DATABASE(lists_of_texts_go_to_json_and_back),
        WITH_DATABASE(memory_that_ran_out_while_reading_fails_the_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
