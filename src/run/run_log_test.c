/* Logs: pieces by offset, bytes of any kind, and pages. */
#include "base/clock.h"
#include "run/run_log.h"
#include "run/run_test_support.h"

struct log {
    struct run *run;
    struct text lease;
};

static struct log begin(struct kernel_test *test, enum run_state state)
{
    struct run *run = test_run(test, RUN_TYPE_TRACKED);
    struct text lease = worker_brings_to(test, state);
    return (struct log){run, lease};
}

/* Appends and gives back how much the server has. */
static int64_t append(struct kernel_test *test, const struct log *log, enum run_state state,
                      int64_t offset, struct text content)
{
    int64_t have = -1;
    assert_kept(test, run_lease_append_log(ctx, log->lease, state, offset, content, &have));
    return have;
}

static struct run_logs page_of(struct kernel_test *test, const struct log *log,
                               enum run_state state, int64_t version, struct text token)
{
    struct run_logs logs;
    struct run *run = test_run_now(test, log->run);
    assert_read(test, run_log_read(ctx, run, state, version, token, &logs));
    return logs;
}

static struct text whole(struct kernel_test *test, const struct log *log, enum run_state state)
{
    struct buffer buffer;
    struct text token = TEXT("");
    buffer_init(&buffer, test->arena, SIZE_MAX);
    for (;;) {
        struct run_logs logs = page_of(test, log, state, 0, token);
        for (size_t i = 0; i < logs.messages_count; i++)
            buffer_add(&buffer, logs.messages[i].message);
        if (!logs.has_more)
            return buffer_text(&buffer);
        token = logs.next_token;
    }
}

static void pieces_follow_one_another(void **state)
{
    struct kernel_test *test = *state;
    struct log log = begin(test, RUN_PLANNING);
    assert_int_equal(append(test, &log, RUN_PLANNING, 0, TEXT("one\n")), 4);
    assert_int_equal(append(test, &log, RUN_PLANNING, 4, TEXT("two\n")), 8);
    assert_text_is(whole(test, &log, RUN_PLANNING), "one\ntwo\n");
    struct run_logs logs = page_of(test, &log, RUN_PLANNING, 0, TEXT(""));
    assert_int_equal(logs.messages_count, 2);
    assert_int_equal(logs.messages[0].timestamp, test->now);
    assert_true(logs.exists);
    assert_false(logs.finished || logs.has_more || logs.expired);
}

static void what_is_there_already_is_not_written_twice(void **state)
{
    struct kernel_test *test = *state;
    struct log log = begin(test, RUN_PLANNING);
    append(test, &log, RUN_PLANNING, 0, TEXT("abcdef"));
    assert_int_equal(append(test, &log, RUN_PLANNING, 0, TEXT("abcdef")), 6);
    assert_int_equal(append(test, &log, RUN_PLANNING, 2, TEXT("cd")), 6);
    assert_int_equal(append(test, &log, RUN_PLANNING, 4, TEXT("efgh")), 8);
    assert_int_equal(append(test, &log, RUN_PLANNING, 8, TEXT("")), 8);
    assert_text_is(whole(test, &log, RUN_PLANNING), "abcdefgh");
}

static void a_gap_is_not_filled_with_guesses(void **state)
{
    struct kernel_test *test = *state;
    struct log log = begin(test, RUN_PLANNING);
    append(test, &log, RUN_PLANNING, 0, TEXT("abc"));
    assert_int_equal(append(test, &log, RUN_PLANNING, 5, TEXT("fgh")), 3);
    assert_int_equal(append(test, &log, RUN_PLANNING, -1, TEXT("abcdef")), 3);
    assert_int_equal(append(test, &log, RUN_PLANNING, INT64_MAX, TEXT("x")), 3);
    assert_text_is(whole(test, &log, RUN_PLANNING), "abc");
}

static void each_state_has_a_log_of_its_own(void **state)
{
    struct kernel_test *test = *state;
    struct log log = begin(test, RUN_PREPARING);
    assert_int_equal(append(test, &log, RUN_PREPARING, 0, TEXT("clone\n")), 6);
    worker_reports(test, log.lease, RUN_INITIALIZING);
    assert_int_equal(append(test, &log, RUN_INITIALIZING, 0, TEXT("init\n")), 5);
    /* What came late for a state that is over is kept all the same. */
    assert_int_equal(append(test, &log, RUN_PREPARING, 6, TEXT("done\n")), 11);
    assert_int_equal(append(test, &log, RUN_INITIALIZING, 0, TEXT("")), 5);
    assert_text_is(whole(test, &log, RUN_PREPARING), "clone\ndone\n");
    assert_text_is(whole(test, &log, RUN_INITIALIZING), "init\n");
}

static void the_next_lease_begins_at_nothing(void **state)
{
    struct kernel_test *test = *state;
    struct log log = begin(test, RUN_PREPARING);
    append(test, &log, RUN_PREPARING, 0, TEXT("first try"));
    test->now += CLOCK_MINUTE;
    assert_kept(test, run_lease_expire(ctx));
    log.lease = worker_takes_lease(test);
    assert_int_equal(append(test, &log, RUN_PREPARING, 0, TEXT("second")), 6);
    assert_text_is(whole(test, &log, RUN_PREPARING), "second");
    struct run_logs logs = page_of(test, &log, RUN_PREPARING, 3, TEXT(""));
    assert_text_is(logs.messages[0].message, "first try");
    assert_true(logs.finished);
}

static void the_apply_is_a_lease_of_its_own(void **state)
{
    struct kernel_test *test = *state;
    struct log log = begin(test, RUN_PLANNING);
    append(test, &log, RUN_PLANNING, 0, TEXT("plan"));
    worker_ends(test, log.lease, RUN_OUTCOME_FINISHED, true);
    struct run *run;
    assert_kept(test, run_confirm(ctx, WEB, log.run->id, TEXT(""), TEXT(""), &run));
    log.lease = worker_brings_to(test, RUN_APPLYING);
    assert_int_equal(append(test, &log, RUN_APPLYING, 0, TEXT("apply")), 5);
    assert_text_is(whole(test, &log, RUN_APPLYING), "apply");
    int64_t have;
    assert_refused(test, ERR_INVALID, "was not PLANNING on this lease",
                   run_lease_append_log(ctx, log.lease, RUN_PLANNING, 5, TEXT("x"), &have));
}

static void a_state_the_run_was_not_in_has_no_log(void **state)
{
    struct kernel_test *test = *state;
    int64_t have;
    struct log log = begin(test, RUN_PREPARING);
    assert_refused(test, ERR_INVALID, "was not PLANNING",
                   run_lease_append_log(ctx, log.lease, RUN_PLANNING, 0, TEXT("x"), &have));
    assert_refused(test, ERR_INVALID, "was not READY",
                   run_lease_append_log(ctx, log.lease, RUN_READY, 0, TEXT("x"), &have));
    assert_false(page_of(test, &log, RUN_PLANNING, 0, TEXT("")).exists);
    assert_true(page_of(test, &log, RUN_PREPARING, 0, TEXT("")).exists);
    /* A version that is not of that state, or of none. */
    assert_false(page_of(test, &log, RUN_PREPARING, 1, TEXT("")).exists);
    assert_false(page_of(test, &log, RUN_PREPARING, 99, TEXT("")).exists);
    assert_true(page_of(test, &log, RUN_PREPARING, 3, TEXT("")).exists);
}

static void any_bytes_become_text_of_the_same_length(void **state)
{
    struct kernel_test *test = *state;
    static const struct {
        struct text sent;
        const char *kept;
    } cases[] = {
        {TEXT_INIT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\x89"), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\x89"},
        {TEXT_INIT("a\xff\xfe z"), "a?? z"},
        {TEXT_INIT("\0a\0"), "?a?"},
        {TEXT_INIT("\xc3"), "?"},
        {TEXT_INIT("\xa9x"), "?x"},
        {TEXT_INIT("\xe2\x82"), "??"},
        {TEXT_INIT("\xed\xa0\x80"), "???"},
        {TEXT_INIT("\xc3\xa9\xa9"), "???"},
        {TEXT_INIT("\x80\x80\x80\x80\x80"), "?????"},
        {TEXT_INIT("\x1b[31mred\x1b[0m\r\n"), "\x1b[31mred\x1b[0m\r\n"},
    };
    struct log log = begin(test, RUN_PLANNING);
    struct buffer expected;
    int64_t offset = 0;
    buffer_init(&expected, test->arena, SIZE_MAX);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int64_t have = append(test, &log, RUN_PLANNING, offset, cases[i].sent);
        assert_int_equal(have, offset + (int64_t)cases[i].sent.len);
        assert_int_equal(strlen(cases[i].kept), cases[i].sent.len);
        buffer_add(&expected, text_z(cases[i].kept));
        offset = have;
    }
    assert_true(text_equal(whole(test, &log, RUN_PLANNING), buffer_text(&expected)));
}

static void a_long_log_comes_in_pages(void **state)
{
    struct kernel_test *test = *state;
    enum { PIECES = 450 };
    struct log log = begin(test, RUN_PLANNING);
    struct buffer expected;
    int64_t have = 0;
    buffer_init(&expected, test->arena, SIZE_MAX);
    struct ctx *ctx = unit_begin(test, DB_WRITE, &actor_system);
    for (int i = 0; i < PIECES; i++) {
        struct text line = text_format(test->arena, "line %d\n", i);
        buffer_add(&expected, line);
        assert_true(run_lease_append_log(ctx, log.lease, RUN_PLANNING, have, line, &have));
    }
    assert_true(unit_end(test, true));
    struct run_logs first = page_of(test, &log, RUN_PLANNING, 0, TEXT(""));
    assert_true(first.has_more && !first.finished);
    assert_in_range(first.messages_count, 100, PIECES - 1);
    assert_true(text_equal(whole(test, &log, RUN_PLANNING), buffer_text(&expected)));
    /* Following: the token of the end gives what came since. */
    struct run_logs end = page_of(test, &log, RUN_PLANNING, 0, first.next_token);
    while (end.has_more)
        end = page_of(test, &log, RUN_PLANNING, 0, end.next_token);
    append(test, &log, RUN_PLANNING, have, TEXT("more\n"));
    struct run_logs since = page_of(test, &log, RUN_PLANNING, 0, end.next_token);
    assert_int_equal(since.messages_count, 1);
    assert_text_is(since.messages[0].message, "more\n");
}

static void a_page_is_bounded_in_bytes(void **state)
{
    struct kernel_test *test = *state;
    enum { PIECE = 256 << 10 };
    char *bytes = arena_alloc_raw(test->arena, PIECE);
    memset(bytes, 'x', PIECE);
    struct log log = begin(test, RUN_PLANNING);
    for (int i = 0; i < 4; i++)
        append(test, &log, RUN_PLANNING, (int64_t)i * PIECE, (struct text){bytes, PIECE});
    struct run_logs logs = page_of(test, &log, RUN_PLANNING, 0, TEXT(""));
    assert_int_equal(logs.messages_count, 2);
    assert_true(logs.has_more);
    assert_int_equal(whole(test, &log, RUN_PLANNING).len, 4 * PIECE);
}

static void a_log_is_finished_when_the_run_has_left_the_state(void **state)
{
    struct kernel_test *test = *state;
    struct log log = begin(test, RUN_PLANNING);
    append(test, &log, RUN_PLANNING, 0, TEXT("x"));
    struct run_logs logs = page_of(test, &log, RUN_PLANNING, 0, TEXT(""));
    assert_false(logs.finished);
    assert_non_null(logs.next_token.at);
    worker_ends(test, log.lease, RUN_OUTCOME_FINISHED, true);
    logs = page_of(test, &log, RUN_PLANNING, 0, TEXT(""));
    assert_true(logs.finished);
    assert_null(logs.next_token.at);
    logs = page_of(test, &log, RUN_UNCONFIRMED, 0, TEXT(""));
    assert_true(logs.exists && !logs.finished);
    assert_int_equal(logs.messages_count, 0);
    struct run *run;
    assert_kept(test, run_discard(ctx, WEB, log.run->id, TEXT(""), &run));
    assert_true(page_of(test, &log, RUN_DISCARDED, 0, TEXT("")).finished);
}

static void tokens_that_nobody_gave_out_are_refused(void **state)
{
    struct kernel_test *test = *state;
    static const char *const bad[] = {"x", "-1", "1.5", " 1", "99999999999999999999"};
    struct log log = begin(test, RUN_PLANNING);
    struct run_logs logs;
    append(test, &log, RUN_PLANNING, 0, TEXT("abc"));
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_refused(test, ERR_INVALID, "log token",
                       run_log_read(ctx, log.run, RUN_PLANNING, 0, text_z(bad[i]), &logs));
    assert_int_equal(page_of(test, &log, RUN_PLANNING, 0, TEXT("1000")).messages_count, 0);
    assert_false(page_of(test, &log, RUN_PLANNING, 0, TEXT("1000")).has_more);
}

/* Past the limit nothing more is kept, and the worker need not know. */
static void a_log_has_a_limit(void **state)
{
    struct kernel_test *test = *state;
    struct log log = begin(test, RUN_PLANNING);
    append(test, &log, RUN_PLANNING, 0, TEXT("begin "));
    test_sql(test, "UPDATE run_log SET start = %d", RUN_LOG_MAX_BYTES - 6 - 4);
    int64_t near = RUN_LOG_MAX_BYTES - 4;
    assert_int_equal(append(test, &log, RUN_PLANNING, near, TEXT("123456")), near + 6);
    assert_int_equal(append(test, &log, RUN_PLANNING, near + 6, TEXT("789")), near + 9);
    assert_int_equal(append(test, &log, RUN_PLANNING, near + 6, TEXT("789")), near + 9);
    assert_int_equal(
        test_sql_int(test, "SELECT count(*) FROM run_log WHERE content = '1234' AND length = 4"),
        1);
    assert_int_equal(test_sql_int(test, "SELECT count(*) FROM run_log"), 2);
}

static void history_says_which_entries_have_logs(void **state)
{
    struct kernel_test *test = *state;
    struct list list;
    struct log log = begin(test, RUN_PLANNING);
    append(test, &log, RUN_PLANNING, 0, TEXT("x"));
    assert_read(test, run_history(ctx, &log.run->id, 1, &list));
    assert_true(LIST_ITEMS(&list, struct run_transition)[0].has_logs);
    assert_false(LIST_ITEMS(&list, struct run_transition)[1].has_logs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STACK(pieces_follow_one_another),
        WITH_STACK(what_is_there_already_is_not_written_twice),
        WITH_STACK(a_gap_is_not_filled_with_guesses),
        WITH_STACK(each_state_has_a_log_of_its_own),
        WITH_STACK(the_next_lease_begins_at_nothing),
        WITH_STACK(the_apply_is_a_lease_of_its_own),
        WITH_STACK(a_state_the_run_was_not_in_has_no_log),
        WITH_STACK(any_bytes_become_text_of_the_same_length),
        WITH_STACK(a_long_log_comes_in_pages),
        WITH_STACK(a_page_is_bounded_in_bytes),
        WITH_STACK(a_log_is_finished_when_the_run_has_left_the_state),
        WITH_STACK(tokens_that_nobody_gave_out_are_refused),
        WITH_STACK(a_log_has_a_limit),
        WITH_STACK(history_says_which_entries_have_logs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
