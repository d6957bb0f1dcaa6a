/* Looking through the trail: conditions, words, order, pages, and who may. */
#include "access/access_test_support.h"
#include "audit/audit_search.h"

static void record(struct kernel_test *test, const char *action, const char *type, const char *id)
{
    assert_kept(test, audit_record(ctx, &(struct audit_event){.action = action,
                                                              .resource_type = type,
                                                              .resource_id = text_z(id)}));
}

static void record_some(struct kernel_test *test)
{
    record(test, "stack.create", "STACK", "web");
    record(test, "stack.update", "STACK", "web");
    record(test, "stack.delete", "STACK", "api");
    record(test, "login.success", "LOGIN", "key");
    record(test, "access.denied", "SPACE", "root");
}

/* The sequences of a page, with commas. */
static struct text found(struct kernel_test *test, const struct search *search)
{
    struct audit_page page;
    struct buffer buffer;
    assert_read(test, audit_search(ctx, search, &page));
    buffer_init(&buffer, test->arena, SIZE_MAX);
    for (size_t i = 0; i < page.len; i++)
        buffer_add_format(&buffer, "%s%" PRId64, i ? "," : "", page.entries[i].sequence);
    return buffer_text(&buffer);
}

static void assert_finds(struct kernel_test *test, const char *field, const char *pattern,
                         const char *expected)
{
    const struct text patterns[] = {text_z(pattern)};
    struct search_predicate predicate = {.field = text_z(field), .matches = {patterns, 1}};
    const struct search search = {.predicates = &predicate, .predicate_count = 1};
    assert_text_is(found(test, &search), expected);
}

static void the_newest_come_first_unless_asked_otherwise(void **state)
{
    struct kernel_test *test = *state;
    record_some(test);
    const struct search plain = {0};
    const struct search up = {.order_by = TEXT("createdAt")};
    const struct search down = {.order_by = TEXT("createdAt"), .descending = true};
    assert_text_is(found(test, &plain), "5,4,3,2,1");
    assert_text_is(found(test, &up), "1,2,3,4,5");
    assert_text_is(found(test, &down), "5,4,3,2,1");
}

static void conditions_are_on_the_fields_of_an_entry(void **state)
{
    struct kernel_test *test = *state;
    record_some(test);
    assert_finds(test, "action", "stack.*", "3,2,1");
    assert_finds(test, "affectedResourceId", "web", "2,1");
    assert_finds(test, "affectedResourceType", "LOGIN", "4");
    assert_finds(test, "eventType", "CREATE", "1");
    assert_finds(test, "eventType", "UPDATE", "2");
    assert_finds(test, "eventType", "DELETE", "3");
    assert_finds(test, "eventType", "LOGIN", "4");
    assert_finds(test, "eventType", "DENIED", "5");
    assert_finds(test, "remoteIP", "192.0.2.*", "5,4,3,2,1");
    assert_finds(test, "relatedResourceId", "*", "5,4,3,2,1");
    assert_finds(test, "actor", "nobody", "");
}

static void all_words_must_occur(void **state)
{
    struct kernel_test *test = *state;
    record_some(test);
    const struct search both = {.full_text = TEXT("STACK web")};
    const struct search none = {.full_text = TEXT("login web")};
    assert_text_is(found(test, &both), "2,1");
    assert_text_is(found(test, &none), "");
}

static void pages_follow_each_other_to_the_end(void **state)
{
    struct kernel_test *test = *state;
    struct audit_page page;
    record_some(test);
    struct search search = {.first = 2};
    assert_read(test, audit_search(ctx, &search, &page));
    assert_true(page.has_next && !page.has_previous);
    search.after = page.end_cursor;
    assert_text_is(found(test, &search), "3,2");
    assert_read(test, audit_search(ctx, &search, &page));
    assert_true(page.has_next && page.has_previous);
    search.after = page.end_cursor;
    assert_read(test, audit_search(ctx, &search, &page));
    assert_int_equal(page.len, 1);
    assert_false(page.has_next);
    search.after = page.end_cursor;
    assert_read(test, audit_search(ctx, &search, &page));
    assert_int_equal(page.len, 0);
    assert_false(page.has_next);
}

/* What fits stands before more entries than one page looks at. */
static void a_page_looks_at_a_bounded_part_of_the_chain(void **state)
{
    struct kernel_test *test = *state;
    struct audit_page page;
    const struct text patterns[] = {TEXT_INIT("rare")};
    const struct search_predicate predicate = {.field = TEXT("affectedResourceId"),
                                               .matches = {patterns, 1}};
    struct search search = {.predicates = &predicate, .predicate_count = 1};
    record(test, "stack.create", "STACK", "rare");
    test_sql(test,
             "INSERT INTO audit_entry (sequence, id, created_at, actor, action, resource_type, "
             "decision, body, hash) WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM "
             "n WHERE i < 10700) SELECT i, CAST(i AS text), 1, 'a', 'b', 'c', '{}', '{}', 'd' FROM "
             "n");
    assert_read(test, audit_search(ctx, &search, &page));
    assert_int_equal(page.len, 0);
    assert_true(page.has_next);
    search.after = page.end_cursor;
    assert_text_is(found(test, &search), "1");
}

static void only_who_administers_root_may_look(void **state)
{
    struct kernel_test *test = *state;
    const struct search search = {0};
    struct audit_page page;
    test_add_space(test, "child", "root");
    test->actor = test_actor(test, "key", ACTION_SPACE_ADMIN, "child");
    assert_refused(test, ERR_DENIED, "unauthorized: space:admin in space \"root\"",
                   audit_search(ctx, &search, &page));
    test->actor = test_actor(test, "reader", ACTION_SPACE_READ, "root");
    assert_refused(test, ERR_DENIED, "unauthorized", audit_search(ctx, &search, &page));
    test->actor = test_actor(test, "admin", ACTION_SPACE_ADMIN, "root");
    assert_read(test, audit_search(ctx, &search, &page));
}

static void what_makes_no_sense_is_refused(void **state)
{
    struct kernel_test *test = *state;
    struct audit_page page;
    const struct search_predicate unknown = {.field = TEXT("name")};
    const struct search field = {.predicates = &unknown, .predicate_count = 1};
    const struct search order = {.order_by = TEXT("actor")};
    const struct search cursor = {.after = TEXT("web")};
    const struct search size = {.first = 101};
    assert_refused(test, ERR_INVALID, "audit trail entries cannot be searched by \"name\"",
                   audit_search(ctx, &field, &page));
    assert_refused(test, ERR_INVALID, "cannot be ordered by \"actor\"",
                   audit_search(ctx, &order, &page));
    assert_refused(test, ERR_INVALID, "cursor", audit_search(ctx, &cursor, &page));
    assert_refused(test, ERR_INVALID, "100 items", audit_search(ctx, &size, &page));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(the_newest_come_first_unless_asked_otherwise),
        WITH_SPACES(conditions_are_on_the_fields_of_an_entry),
        WITH_SPACES(all_words_must_occur),
        WITH_SPACES(pages_follow_each_other_to_the_end),
        WITH_SPACES(a_page_looks_at_a_bounded_part_of_the_chain),
        WITH_SPACES(only_who_administers_root_may_look),
        WITH_SPACES(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
