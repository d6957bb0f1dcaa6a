/* Results of runs: what a stack manages, who made it, and what it gives out. */
#include "stack/stack_result.h"
#include "stack/stack_test_support.h"

static const struct text web[] = {TEXT_INIT("web")};

static struct entity entity_of(const char *id, const char *data)
{
    return (struct entity){.id = text_z(id),
                           .name = text_z(id),
                           .type = TEXT("terraform_data"),
                           .vendor = VENDOR_TERRAFORM,
                           .data = text_z(data)};
}

static void replace(struct kernel_test *test, const char *run, struct stack_result result)
{
    assert_kept(test, stack_result_replace(ctx, web[0], text_z(run), &result));
}

static struct list entities(struct kernel_test *test)
{
    struct list list;
    assert_read(test, stack_entity_list(ctx, web, 1, &list));
    return list;
}

static void entities_know_who_made_and_who_changed_them(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    const struct entity first[] = {entity_of("a", "{\"v\":1}"), entity_of("b", "{\"v\":1}"),
                                   entity_of("c", "{\"v\":1}")};
    replace(test, "run-1", (struct stack_result){.entities = first, .entity_count = 3});
    const struct entity second[] = {entity_of("d", "{}"), entity_of("b", "{\"v\":2}"),
                                    entity_of("a", "{\"v\":1}")};
    replace(test, "run-2", (struct stack_result){.entities = second, .entity_count = 3});
    struct list list = entities(test);
    const struct entity *found = list.items;
    assert_int_equal(list.len, 3);
    assert_text_is(found[0].id, "a");
    assert_text_is(found[0].creator_id, "run-1");
    assert_text_is(found[0].updater_id, "run-1");
    assert_text_is(found[1].id, "b");
    assert_text_is(found[1].creator_id, "run-1");
    assert_text_is(found[1].updater_id, "run-2");
    assert_text_is(found[1].data, "{\"v\":2}");
    assert_text_is(found[2].id, "d");
    assert_text_is(found[2].creator_id, "run-2");
    assert_int_equal(found[2].vendor, VENDOR_TERRAFORM);
}

static void an_empty_result_empties_the_stack(void **state)
{
    struct kernel_test *test = *state;
    struct list outputs;
    test_stack(test, "web");
    const struct entity first[] = {entity_of("a", "{}")};
    const struct output output = {.id = TEXT("url"), .value = TEXT("\"x\"")};
    replace(test, "run-1",
            (struct stack_result){
                .entities = first, .entity_count = 1, .outputs = &output, .output_count = 1});
    replace(test, "run-2", (struct stack_result){0});
    assert_int_equal(entities(test).len, 0);
    assert_read(test, stack_output_list(ctx, web, 1, &outputs));
    assert_int_equal(outputs.len, 0);
}

static void outputs_are_replaced_and_sensitive_ones_have_no_value(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    test_stack(test, "web");
    const struct output first[] = {{.id = TEXT("gone"), .value = TEXT("1")},
                                   {.id = TEXT("url"), .value = TEXT("\"old\"")}};
    replace(test, "run-1", (struct stack_result){.outputs = first, .output_count = 2});
    const struct output second[] = {
        {.id = TEXT("url"), .value = TEXT("\"new\""), .description = TEXT("where")},
        {.id = TEXT("password"), .sensitive = true, .value = TEXT("\"never-to-be-kept\"")}};
    replace(test, "run-2", (struct stack_result){.outputs = second, .output_count = 2});
    assert_read(test, stack_output_list(ctx, web, 1, &list));
    const struct output *found = list.items;
    assert_int_equal(list.len, 2);
    assert_text_is(found[0].id, "password");
    assert_true(found[0].sensitive);
    assert_null(found[0].value.at);
    assert_text_is(found[1].value, "\"new\"");
    assert_text_is(found[1].description, "where");
    assert_false(test_database_holds(test, TEXT("never-to-be-kept")));
}

static uint64_t statements_of_lists(struct kernel_test *test, int count)
{
    struct list list;
    const struct text *ids = test_bulk_ids(test, count);
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_true(stack_entity_list(ctx, ids, (size_t)count, &list));
    assert_int_equal(list.len, count);
    assert_true(stack_output_list(ctx, ids, (size_t)count, &list));
    assert_int_equal(list.len, count);
    uint64_t statements = db_statement_count(ctx->session);
    assert_true(unit_end(test, true));
    return statements;
}

static void lists_cost_the_same_statements_for_one_and_a_thousand(void **state)
{
    struct kernel_test *test = *state;
    test_add_many_stacks(test, 1000);
    test_sql(test, "INSERT INTO stack_entity (stack_id, id, name, type, vendor, data) "
                   "SELECT id, 'a', 'a', 'a', 'TERRAFORM', '{}' FROM stack");
    test_sql(test, "INSERT INTO stack_output (stack_id, id, sensitive) SELECT id, 'a', TRUE FROM "
                   "stack");
    assert_int_equal(statements_of_lists(test, 1), 2);
    assert_int_equal(statements_of_lists(test, 1000), 2);
}

static uint64_t statements_of_a_replacement(struct kernel_test *test, size_t count)
{
    struct entity *made = ARENA_ARRAY(test->arena, struct entity, count);
    struct output *outputs = ARENA_ARRAY(test->arena, struct output, count);
    for (size_t i = 0; i < count; i++) {
        made[i] = entity_of(text_format(test->arena, "e%zu", i).at, "{}");
        made[i].id = text_format(test->arena, "e%zu", i);
        outputs[i].id = made[i].id;
    }
    struct stack_result result = {made, count, outputs, count};
    struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
    assert_true(stack_result_replace(ctx, web[0], TEXT("run"), &result));
    uint64_t statements = db_statement_count(ctx->session);
    assert_true(unit_end(test, true));
    return statements;
}

static void a_result_costs_a_statement_each_and_no_more(void **state)
{
    struct kernel_test *test = *state;
    test_stack(test, "web");
    assert_int_equal(statements_of_a_replacement(test, 1), 4);
    assert_int_equal(statements_of_a_replacement(test, 100), 202);
    assert_int_equal(entities(test).len, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(entities_know_who_made_and_who_changed_them),
        WITH_ACCOUNT(an_empty_result_empties_the_stack),
        WITH_ACCOUNT(outputs_are_replaced_and_sensitive_ones_have_no_value),
        WITH_ACCOUNT(lists_cost_the_same_statements_for_one_and_a_thousand),
        WITH_ACCOUNT(a_result_costs_a_statement_each_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
