/* The audit trail: what an entry holds, and what of a tampered chain is found, and where. */
#include "access/access_test_support.h"
#include "audit/chain.h"
#include "kernel/pieces.h"

enum { ENTRIES = 7 };

static struct audit_event event_of(struct kernel_test *test, int number)
{
    return (struct audit_event){.action = "thing.change",
                                .resource_type = "STACK",
                                .resource_id = text_format(test->arena, "thing-%d", number),
                                .body = TEXT("{\"a\":1}")};
}

static void record_entries(struct kernel_test *test, int count)
{
    for (int i = 1; i <= count; i++) {
        struct audit_event event = event_of(test, i);
        assert_kept(test, audit_record(ctx, &event));
    }
}

static void assert_chain(struct kernel_test *test, int64_t count, int64_t broken_at)
{
    struct audit_verdict verdict;
    assert_read(test, audit_verify(ctx, &verdict));
    assert_int_equal(verdict.broken_at, broken_at);
    assert_int_equal(verdict.count, count);
}

static void an_empty_trail_is_whole(void **state)
{
    assert_chain(*state, 0, 0);
}

static void an_untouched_trail_is_whole(void **state)
{
    struct kernel_test *test = *state;
    record_entries(test, ENTRIES);
    assert_chain(test, ENTRIES, 0);
}

static void an_entry_says_who_what_where_and_why(void **state)
{
    struct kernel_test *test = *state;
    struct actor *actor = ARENA_NEW(test->arena, struct actor);
    *actor = *test_actor(test, "key", ACTION_SPACE_ADMIN, "root");
    actor->session_id = TEXT("session-1");
    test->actor = actor;
    struct decision decision;
    struct audit_event event = event_of(test, 1);
    event.related_type = "SPACE";
    event.related_id = TEXT("root");
    event.decision = &decision;
    assert_kept(test, access_require(ctx, ACTION_STACK_CREATE, TEXT("root"), &decision) &&
                          audit_record(ctx, &event));
    assert_int_equal(
        test_sql_int(test,
                     "SELECT count(*) FROM audit_entry WHERE sequence = 1 AND actor = 'api::key' "
                     "AND session_id = 'session-1' AND action = 'thing.change' AND resource_type = "
                     "'STACK' AND resource_id = 'thing-1' AND related_type = 'SPACE' AND "
                     "related_id = 'root' AND address = '192.0.2.7' AND body = '{\"a\":1}' AND "
                     "decision LIKE '%%binding-of-key%%' AND length(id) = 26 AND length(hash) = 64 "
                     "AND created_at = %" PRId64,
                     test->now),
        1);
    assert_chain(test, 1, 0);
}

/* The one member, as JSON, of the newest entry's body. */
static const struct json *body_member(struct kernel_test *test, const char *name)
{
    struct db_rows rows;
    const struct json *body = NULL;
    static const struct db_statement newest = DB_STATEMENT(
        "test_newest_body", "SELECT body FROM audit_entry ORDER BY sequence DESC LIMIT 1");
    struct ctx *ctx = unit_begin(test, DB_READ, &actor_system);
    assert_true(ctx_query_one(ctx, &newest, DB_NO_VALUES, &rows));
    struct text text = db_column_text(&rows, 0, test->arena);
    assert_true(db_end(&rows) && unit_end(test, true));
    assert_true(json_parse(test->arena, text, NULL, &body, &test->error));
    return json_get_z(body, name);
}

static void an_entry_says_what_changed_and_what_else_there_is(void **state)
{
    struct kernel_test *test = *state;
    struct change change;
    change_init(&change, test->arena);
    change_text(&change.before, "name", TEXT("one"));
    change_text(&change.after, "name", TEXT("two"));
    struct audit_event event = event_of(test, 1);
    event.change = &change;
    assert_kept(test, audit_record(ctx, &event));
    assert_text_is(json_get_text(body_member(test, "before"), "name"), "one");
    assert_text_is(json_get_text(body_member(test, "after"), "name"), "two");
    assert_int_equal(json_int64_or(body_member(test, "a"), 0), 1);
    assert_null(body_member(test, "context"));
}

static void an_entry_says_by_which_mutation_roles_and_claims(void **state)
{
    struct kernel_test *test = *state;
    struct actor *actor = ARENA_NEW(test->arena, struct actor);
    struct grant grants[] = {{.role_id = TEXT("00000000000000000000000002")},
                             {.role_id = TEXT("00000000000000000000000001")},
                             {.role_id = TEXT("00000000000000000000000002")},
                             {.source = GRANT_OWNER}};
    *actor = (struct actor){.kind = ACTOR_API_KEY,
                            .username = TEXT("api::key"),
                            .claims = TEXT("{\"repository\":\"a/b\"}"),
                            .grants = grants,
                            .grant_count = ARRAY_LENGTH(grants)};
    test->actor = actor;
    struct audit_event event = event_of(test, 1);
    assert_kept(test, (ctx->mutation = TEXT("thingChange"), audit_record(ctx, &event)));
    const struct json *context = body_member(test, "context");
    const struct json *roles = json_get_z(context, "roles");
    assert_text_is(json_get_text(context, "mutation"), "thingChange");
    assert_text_is(json_get_text(json_get_z(context, "claims"), "repository"), "a/b");
    assert_int_equal(roles->len, 2);
    assert_text_is(json_text_or(&roles->items[0], TEXT("")), "space-reader");
    assert_text_is(json_text_or(&roles->items[1], TEXT("")), "space-writer");
}

static void what_is_rolled_back_leaves_no_entry(void **state)
{
    struct kernel_test *test = *state;
    record_entries(test, 2);
    struct audit_event event = event_of(test, 3);
    assert_refused(test, ERR_CONFLICT, "after all",
                   audit_record(ctx, &event) && fail(ctx, ERR_CONFLICT, "not after all"));
    assert_chain(test, 2, 0);
    record_entries(test, 1);
    assert_chain(test, 3, 0);
}

/* Every column that an entry has is covered by its hash. */
static void an_altered_entry_is_found(void **state)
{
    static const char *const columns[] = {
        "id",          "actor",        "session_id", "action",  "resource_type",
        "resource_id", "related_type", "related_id", "address", "request_id",
        "decision",    "body",         "hash"};
    struct kernel_test *test = *state;
    record_entries(test, ENTRIES);
    test_sql(test, "CREATE TABLE kept AS SELECT * FROM audit_entry WHERE sequence = 4");
    for (size_t i = 0; i < ARRAY_LENGTH(columns); i++) {
        test_sql(test, "UPDATE audit_entry SET %s = 'forged' WHERE sequence = 4", columns[i]);
        assert_chain(test, 3, 4);
        test_sql(test, "UPDATE audit_entry SET %s = (SELECT %s FROM kept) WHERE sequence = 4",
                 columns[i], columns[i]);
        assert_chain(test, ENTRIES, 0);
    }
    test_sql(test, "UPDATE audit_entry SET created_at = created_at + 1 WHERE sequence = 4");
    assert_chain(test, 3, 4);
}

static void a_credential_that_is_added_is_found(void **state)
{
    struct kernel_test *test = *state;
    record_entries(test, 3);
    test_sql(test, "UPDATE audit_entry SET credential = 'forged' WHERE sequence = 2");
    assert_chain(test, 1, 2);
}

static void text_moved_from_one_column_to_the_next_is_found(void **state)
{
    struct kernel_test *test = *state;
    record_entries(test, 3);
    test_sql(test, "UPDATE audit_entry SET action = 'thing.chang', resource_type = 'eSTACK' "
                   "WHERE sequence = 2");
    assert_chain(test, 1, 2);
}

static void a_removed_entry_is_found(void **state)
{
    struct kernel_test *test = *state;
    record_entries(test, ENTRIES);
    test_sql(test, "DELETE FROM audit_entry WHERE sequence = 3");
    assert_chain(test, 2, 3);
    test_sql(test, "DELETE FROM audit_entry WHERE sequence = 1");
    assert_chain(test, 0, 1);
}

static void entries_that_close_the_gap_are_found(void **state)
{
    struct kernel_test *test = *state;
    record_entries(test, ENTRIES);
    test_sql(test, "DELETE FROM audit_entry WHERE sequence = 3");
    for (int i = 4; i <= ENTRIES; i++)
        test_sql(test, "UPDATE audit_entry SET sequence = %d WHERE sequence = %d", i - 1, i);
    assert_chain(test, 2, 3);
}

static void entries_cut_off_at_the_end_are_found(void **state)
{
    struct kernel_test *test = *state;
    record_entries(test, ENTRIES);
    test_sql(test, "DELETE FROM audit_entry WHERE sequence >= 6");
    assert_chain(test, 5, 6);
    test_sql(test, "DELETE FROM audit_entry");
    assert_chain(test, 0, 1);
}

static void entries_that_changed_places_are_found(void **state)
{
    struct kernel_test *test = *state;
    record_entries(test, ENTRIES);
    test_sql(test, "UPDATE audit_entry SET sequence = 100 WHERE sequence = 4");
    test_sql(test, "UPDATE audit_entry SET sequence = 4 WHERE sequence = 5");
    test_sql(test, "UPDATE audit_entry SET sequence = 5 WHERE sequence = 100");
    assert_chain(test, 3, 4);
}

static void an_entry_added_by_hand_is_found(void **state)
{
    struct kernel_test *test = *state;
    record_entries(test, 2);
    test_sql(test, "INSERT INTO audit_entry (sequence, id, created_at, actor, action, "
                   "resource_type, decision, body, hash) VALUES (3, 'x', 1, 'a', 'b', 'c', '{}', "
                   "'{}', 'd')");
    assert_chain(test, 2, 3);
}

/* A trail is larger than any unit's memory: it is walked page by page. */
static void a_long_trail_is_walked_in_bounded_memory(void **state)
{
    enum { MANY = 1200 };
    struct kernel_test *test = *state;
    struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
    for (int i = 0; i < MANY; i++) {
        struct audit_event event = event_of(test, i);
        assert_true(audit_record(ctx, &event));
    }
    assert_true(unit_end(test, true));
    test->unit_arena = arena_new(1 << 20);
    assert_chain(test, MANY, 0);
    arena_free(test->unit_arena);
    test->unit_arena = NULL;
}

/* Ten entries, a second apart. */
static void record_over_time(struct kernel_test *test)
{
    for (int i = 0; i < 10; i++) {
        record_entries(test, 1);
        test->now += 1000000;
    }
}

static void what_is_too_old_is_removed_and_the_rest_still_fits(void **state)
{
    struct kernel_test *test = *state;
    struct audit_verdict verdict;
    int64_t removed;
    record_over_time(test);
    assert_kept(test, audit_remove_before(ctx, TEST_NOW + 4 * 1000000, 100, &removed));
    assert_int_equal(removed, 4);
    assert_chain(test, 6, 0);
    assert_read(test, audit_verify(ctx, &verdict));
    assert_int_equal(verdict.removed_up_to, 4);
    assert_int_equal(verdict.head_sequence, 10);
    assert_int_equal(test_sql_int(test, "SELECT min(sequence) FROM audit_entry"), 5);
    assert_kept(test, audit_remove_before(ctx, TEST_NOW + 4 * 1000000, 100, &removed));
    assert_int_equal(removed, 0);
}

static void record_many(struct kernel_test *test, int count)
{
    struct audit_event event = event_of(test, 1);
    struct ctx *ctx = unit_begin(test, DB_WRITE, test->actor);
    for (int i = 0; i < count; i++)
        assert_true(audit_record(ctx, &event));
    assert_true(unit_end(test, true));
}

/* One run of a unit that may give way. */
static bool verify_piece(struct kernel_test *test, struct pieces *pieces,
                         struct audit_verdict *verdict)
{
    pieces->wanted = false;
    struct ctx *ctx = unit_begin(test, DB_READ, test->actor);
    ctx->pieces = pieces;
    return unit_end(test, audit_verify(ctx, verdict));
}

static void a_long_trail_is_verified_in_pieces(void **state)
{
    struct kernel_test *test = *state;
    struct audit_verdict verdict;
    struct pieces pieces = {.arena = test->arena};
    record_many(test, 4500);
    assert_false(verify_piece(test, &pieces, &verdict));
    assert_true(pieces.wanted);
    /* What is written meanwhile is verified, too. */
    record_many(test, 10);
    assert_false(verify_piece(test, &pieces, &verdict));
    assert_true(verify_piece(test, &pieces, &verdict));
    assert_false(pieces.wanted);
    assert_int_equal(verdict.count, 4510);
    assert_int_equal(verdict.broken_at, 0);
    test_sql(test, "UPDATE audit_entry SET body = 'x' WHERE sequence = 4200");
    pieces = (struct pieces){.arena = test->arena};
    while (!verify_piece(test, &pieces, &verdict))
        assert_true(pieces.wanted);
    assert_int_equal(verdict.broken_at, 4200);
    pieces = (struct pieces){.arena = test->arena, .is_refused = true};
    assert_false(verify_piece(test, &pieces, &verdict));
    assert_false(pieces.wanted);
}

/* Retention may remove what a walk has not come to: that is no break. */
static void what_is_removed_meanwhile_is_no_break(void **state)
{
    struct kernel_test *test = *state;
    struct audit_verdict verdict;
    struct pieces pieces = {.arena = test->arena};
    int64_t removed;
    record_many(test, 2500);
    assert_false(verify_piece(test, &pieces, &verdict));
    assert_kept(test, audit_remove_before(ctx, INT64_MAX, 2400, &removed));
    assert_true(verify_piece(test, &pieces, &verdict));
    assert_int_equal(verdict.broken_at, 0);
    assert_int_equal(verdict.count, 100);
}

static void removing_takes_a_bounded_number_and_may_take_all(void **state)
{
    struct kernel_test *test = *state;
    int64_t removed;
    record_over_time(test);
    assert_kept(test, audit_remove_before(ctx, INT64_MAX, 7, &removed));
    assert_int_equal(removed, 7);
    assert_kept(test, audit_remove_before(ctx, INT64_MAX, 7, &removed));
    assert_int_equal(removed, 3);
    assert_chain(test, 0, 0);
    record_entries(test, 1);
    assert_chain(test, 1, 0);
}

static void what_was_removed_by_hand_is_found_also_at_the_beginning(void **state)
{
    struct kernel_test *test = *state;
    int64_t removed;
    record_over_time(test);
    assert_kept(test, audit_remove_before(ctx, TEST_NOW + 4 * 1000000, 100, &removed));
    test_sql(test, "DELETE FROM audit_entry WHERE sequence = 5");
    assert_chain(test, 0, 5);
}

/* A clock that was set back leaves an older entry behind a newer one: it stays as long. */
static void removing_ends_at_the_first_entry_that_is_new_enough(void **state)
{
    struct kernel_test *test = *state;
    int64_t removed;
    record_over_time(test);
    test->now = TEST_NOW;
    record_entries(test, 1);
    assert_kept(test, audit_remove_before(ctx, TEST_NOW + 2 * 1000000, 100, &removed));
    assert_int_equal(removed, 2);
    assert_chain(test, 9, 0);
}

static void the_hash_is_of_known_bytes(void **state)
{
    struct kernel_test *test = *state;
    struct audit_entry entry = {.sequence = 1, .created_at = 2, .id = TEXT("i")};
    struct text first, second;
    assert_true(chain_hash(test->arena, TEXT(""), &entry, &first));
    assert_true(chain_hash(test->arena, TEXT("x"), &entry, &second));
    assert_int_equal(first.len, 64);
    assert_false(text_equal(first, second));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SPACES(an_empty_trail_is_whole),
        WITH_SPACES(an_untouched_trail_is_whole),
        WITH_SPACES(an_entry_says_who_what_where_and_why),
        WITH_SPACES(an_entry_says_what_changed_and_what_else_there_is),
        WITH_SPACES(an_entry_says_by_which_mutation_roles_and_claims),
        WITH_SPACES(what_is_rolled_back_leaves_no_entry),
        WITH_SPACES(an_altered_entry_is_found),
        WITH_SPACES(a_credential_that_is_added_is_found),
        WITH_SPACES(text_moved_from_one_column_to_the_next_is_found),
        WITH_SPACES(a_removed_entry_is_found),
        WITH_SPACES(entries_that_close_the_gap_are_found),
        WITH_SPACES(entries_cut_off_at_the_end_are_found),
        WITH_SPACES(entries_that_changed_places_are_found),
        WITH_SPACES(an_entry_added_by_hand_is_found),
        WITH_SPACES(a_long_trail_is_walked_in_bounded_memory),
        WITH_SPACES(what_is_too_old_is_removed_and_the_rest_still_fits),
        WITH_SPACES(a_long_trail_is_verified_in_pieces),
        WITH_SPACES(what_is_removed_meanwhile_is_no_break),
        WITH_SPACES(removing_takes_a_bounded_number_and_may_take_all),
        WITH_SPACES(what_was_removed_by_hand_is_found_also_at_the_beginning),
        WITH_SPACES(removing_ends_at_the_first_entry_that_is_new_enough),
        WITH_SPACES(the_hash_is_of_known_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
