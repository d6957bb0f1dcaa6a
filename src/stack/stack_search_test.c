/* The search for stacks: conditions, words, order and pages. */
#include "stack/stack_search.h"
#include "stack/stack_test_support.h"

/* The ids of a page, with commas. */
static struct text found(struct kernel_test *test, const struct search *search)
{
    struct stack_page page;
    struct buffer ids;
    assert_read(test, stack_search(ctx, search, &page));
    buffer_init(&ids, test->arena, SIZE_MAX);
    for (size_t i = 0; i < page.len; i++) {
        buffer_add(&ids, i ? TEXT(",") : TEXT(""));
        buffer_add(&ids, page.stacks[i]->id);
    }
    return buffer_text(&ids);
}

static void assert_finds(struct kernel_test *test, const char *field, const char *pattern,
                         const char *expected)
{
    const struct text patterns[] = {text_z(pattern)};
    struct search_predicate predicate = {.field = text_z(field), .matches = {patterns, 1}};
    const struct search search = {.predicates = &predicate, .predicate_count = 1};
    assert_text_is(found(test, &search), expected);
}

static void add_some(struct kernel_test *test)
{
    static const struct text labels[] = {TEXT_INIT("team:web"), TEXT_INIT("prod")};
    struct stack_input input = test_stack_input("Alpha");
    input.description = TEXT("The first one");
    input.labels = (struct text_list){labels, 2};
    input.project_root = TEXT("live/alpha");
    input.administrative = true;
    test_add_stack(test, &input);
    test->now += 1;
    input = test_stack_input("Beta");
    input.branch = TEXT("next");
    input.labels = (struct text_list){labels + 1, 1};
    input.vendor = (struct vendor){.kind = VENDOR_ANSIBLE, .playbook = TEXT("site.yml")};
    test_add_stack(test, &input);
    test->now += 1;
    input = test_stack_input("Gamma");
    input.repository = TEXT("other");
    test_add_stack(test, &input);
    test_sql(test, "UPDATE stack SET locked_by = 'x', state = 'FINISHED' WHERE id = 'gamma'");
    test_sql(test, "UPDATE stack SET tracked_commit = '{\"hash\":\"abc\"}' WHERE id = 'beta'");
}

static void without_conditions_everything_visible_is_found_by_name(void **state)
{
    struct kernel_test *test = *state;
    const struct search search = {0};
    assert_text_is(found(test, &search), "");
    add_some(test);
    assert_text_is(found(test, &search), "alpha,beta,gamma");
    test->actor = &actor_anonymous;
    assert_text_is(found(test, &search), "");
}

static void each_field_can_be_asked_for(void **state)
{
    struct kernel_test *test = *state;
    add_some(test);
    assert_finds(test, "id", "beta", "beta");
    assert_finds(test, "name", "Beta", "beta");
    assert_finds(test, "name", "beta", "");
    assert_finds(test, "branch", "next", "beta");
    assert_finds(test, "repository", "infra", "alpha,beta");
    assert_finds(test, "projectRoot", "live/alpha", "alpha");
    assert_finds(test, "projectRoot", "", "beta,gamma");
    assert_finds(test, "space", "root", "alpha,beta,gamma");
    assert_finds(test, "state", "FINISHED", "gamma");
    assert_finds(test, "vendor", "ANSIBLE", "beta");
    assert_finds(test, "commit", "abc", "beta");
    assert_finds(test, "administrative", "true", "alpha");
    assert_finds(test, "locked", "false", "alpha,beta");
    assert_finds(test, "workerPool", "any", "");
    assert_finds(test, "label", "prod", "alpha,beta");
    assert_finds(test, "labels", "team:*", "alpha");
}

static void a_star_stands_for_anything(void **state)
{
    struct kernel_test *test = *state;
    add_some(test);
    assert_finds(test, "name", "*", "alpha,beta,gamma");
    assert_finds(test, "name", "*a", "alpha,beta,gamma");
    assert_finds(test, "name", "B*", "beta");
    assert_finds(test, "name", "*mm*", "gamma");
    assert_finds(test, "name", "A*h*a", "alpha");
    assert_finds(test, "name", "A*a*a", "");
    assert_finds(test, "name", "**a**", "alpha,beta,gamma");
    assert_finds(test, "name", "Alpha*a", "");
    assert_finds(test, "name", "Alpha*", "alpha");
    assert_finds(test, "name", "Alp", "");
}

static void conditions_are_all_met_and_may_exclude(void **state)
{
    struct kernel_test *test = *state;
    static const struct text infra[] = {TEXT_INIT("nothing"), TEXT_INIT("infra")};
    static const struct text prod[] = {TEXT_INIT("team:*")};
    struct search_predicate predicates[] = {{.field = TEXT("repository"), .matches = {infra, 2}},
                                            {.field = TEXT("label"), .matches = {prod, 1}}};
    struct search search = {.predicates = predicates, .predicate_count = 2};
    add_some(test);
    assert_text_is(found(test, &search), "alpha");
    predicates[1].exclude = true;
    assert_text_is(found(test, &search), "beta");
    predicates[1].matches.len = 0;
    assert_text_is(found(test, &search), "alpha,beta");
}

static void words_must_all_occur_in_name_or_description(void **state)
{
    struct kernel_test *test = *state;
    struct search search = {.full_text = TEXT("FIRST")};
    add_some(test);
    assert_text_is(found(test, &search), "alpha");
    search.full_text = TEXT("  alp   the ");
    assert_text_is(found(test, &search), "alpha");
    search.full_text = TEXT("alpha beta");
    assert_text_is(found(test, &search), "");
    search.full_text = TEXT("   ");
    assert_text_is(found(test, &search), "alpha,beta,gamma");
}

static void order_is_what_was_asked_for(void **state)
{
    struct kernel_test *test = *state;
    struct stack *stack;
    struct search search = {.order_by = TEXT("createdAt"), .descending = true};
    add_some(test);
    assert_text_is(found(test, &search), "gamma,beta,alpha");
    search = (struct search){.order_by = TEXT("repository")};
    assert_text_is(found(test, &search), "alpha,beta,gamma");
    search.descending = true;
    assert_text_is(found(test, &search), "gamma,alpha,beta");
    assert_kept(test, stack_set_star(ctx, TEXT("beta"), true, &stack));
    search.order_by = TEXT("starred");
    assert_text_is(found(test, &search), "beta,alpha,gamma");
}

static void pages_follow_the_cursor(void **state)
{
    struct kernel_test *test = *state;
    struct stack_page page;
    struct search search = {.first = 2};
    add_some(test);
    assert_read(test, stack_search(ctx, &search, &page));
    assert_int_equal(page.len, 2);
    assert_true(page.has_next && !page.has_previous);
    search.after = page.end_cursor;
    assert_read(test, stack_search(ctx, &search, &page));
    assert_int_equal(page.len, 1);
    assert_text_is(page.stacks[0]->id, "gamma");
    assert_true(!page.has_next && page.has_previous);
    search.after = page.end_cursor;
    assert_read(test, stack_search(ctx, &search, &page));
    assert_int_equal(page.len, 0);
    search.after = TEXT("gone");
    assert_read(test, stack_search(ctx, &search, &page));
    assert_int_equal(page.len, 0);
    assert_false(page.has_next);
}

static void assert_search_refused(struct kernel_test *test, struct search search, const char *part)
{
    struct stack_page page;
    assert_refused(test, ERR_INVALID, part, stack_search(ctx, &search, &page));
}

static void what_cannot_be_searched_is_said(void **state)
{
    struct kernel_test *test = *state;
    struct search_predicate unknown = {.field = TEXT("colour")};
    assert_search_refused(test, (struct search){.predicates = &unknown, .predicate_count = 1},
                          "searched by \"colour\"");
    assert_search_refused(test, (struct search){.order_by = TEXT("colour")},
                          "ordered by \"colour\"");
    assert_search_refused(test, (struct search){.first = 101}, "100 items at most");
    assert_search_refused(test, (struct search){.first = -1}, "100 items at most");
}

/* Its memory and its statements are those of the list, whatever is asked. */
static void a_search_over_a_thousand_is_one_read(void **state)
{
    struct kernel_test *test = *state;
    struct stack_page page;
    const struct search search = {.full_text = TEXT("bulk a b c d e"), .order_by = TEXT("starred")};
    test_add_many_stacks(test, 1000);
    assert_read(test, stack_search(ctx, &(struct search){0}, &page));
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    assert_true(stack_search(ctx, &search, &page));
    assert_int_equal(db_statement_count(ctx->session), 2);
    assert_true(unit_end(test, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(without_conditions_everything_visible_is_found_by_name),
        WITH_ACCOUNT(each_field_can_be_asked_for),
        WITH_ACCOUNT(a_star_stands_for_anything),
        WITH_ACCOUNT(conditions_are_all_met_and_may_exclude),
        WITH_ACCOUNT(words_must_all_occur_in_name_or_description),
        WITH_ACCOUNT(order_is_what_was_asked_for),
        WITH_ACCOUNT(pages_follow_the_cursor),
        WITH_ACCOUNT(what_cannot_be_searched_is_said),
        WITH_ACCOUNT(a_search_over_a_thousand_is_one_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
