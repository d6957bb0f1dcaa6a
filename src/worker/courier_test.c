/* The courier: order, masking, cleaning, a server that loses answers, a lease that is lost. */
#include "worker/courier.h"

#include "worker/testing_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *arena;
static struct arena *scratch;
static struct testing_server server;
static struct transport transport;
static struct lease lease;
static struct masking masking;
static struct courier *courier;
static struct error error;

static void begin(int64_t expires_in)
{
    const struct job job = {.lease = TEXT("lease1"), .expires_in = expires_in};
    lease_init(&lease, &transport, &job);
    courier = courier_new(&lease, &masking, "PREPARING", &error);
    assert_non_null(courier);
}

static int set_up(void **state)
{
    UNUSED(state);
    arena = arena_new(64 << 20);
    scratch = arena_new(8 << 20);
    testing_server_open(&server);
    transport = testing_server_transport(&server);
    masking_init(&masking, scratch);
    error_clear(&error);
    return 0;
}

static int tear_down(void **state)
{
    UNUSED(state);
    courier_free(courier);
    courier = NULL;
    testing_server_close(&server);
    arena_free(scratch);
    arena_free(arena);
    return 0;
}

static bool server_has(const char *log)
{
    return text_equal_z(buffer_text(&server.log), log);
}

static void log_travels_with_its_state(void **state)
{
    UNUSED(state);
    assert_true(masking_add(&masking, TEXT("hunter2")));
    begin(60000000);
    courier_write(courier, TEXT("one hun"));
    courier_write(courier, TEXT("ter2\n"));
    assert_true(courier_change_state(courier, scratch, "PLANNING", &error));
    assert_true(server_has("one ****\n"));
    courier_write(courier, TEXT("two hunt"));
    courier_flush(courier);
    assert_true(server_has("one ****\ntwo hunt"));
    assert_true(text_equal(buffer_text(&server.states), TEXT("PLANNING ")));
}

static void odd_bytes_become_characters(void **state)
{
    UNUSED(state);
    begin(60000000);
    courier_write(courier, (struct text){"a\xff\0b\xc3\xbc\n", 7});
    courier_flush(courier);
    assert_true(server_has("a\xef\xbf\xbd\xef\xbf\xbd"
                           "b\xc3\xbc\n"));
}

static void lost_answers_double_nothing(void **state)
{
    UNUSED(state);
    struct buffer expected;
    buffer_init(&expected, arena, 4 << 20);
    server.fail_every = 4;
    begin(60000000);
    /* Two megabytes: more than the queue holds, with characters of two bytes across every edge. */
    for (int i = 0; i < 60000; i++) {
        struct text line = text_format(arena, "line %d \xc3\xbc\xc3\xbc of the log xxxxxx\n", i);
        buffer_add(&expected, line);
        courier_write(courier, line);
    }
    courier_flush(courier);
    assert_int_equal(server.log.len, expected.len);
    assert_true(text_equal(buffer_text(&server.log), buffer_text(&expected)));
    assert_false(atomic_load(&lease.lost));
}

static bool log_has_come(void)
{
    pthread_mutex_lock(&server.lock);
    bool come = server.log.len > 0;
    pthread_mutex_unlock(&server.lock);
    return come;
}

static void output_does_not_wait_for_more(void **state)
{
    UNUSED(state);
    begin(60000000);
    courier_write(courier, TEXT("a line\n"));
    for (int i = 0; i < 400 && !log_has_come(); i++)
        usleep(50000);
    pthread_mutex_lock(&server.lock);
    assert_true(server_has("a line\n"));
    pthread_mutex_unlock(&server.lock);
}

static void heartbeats_bring_the_stop(void **state)
{
    UNUSED(state);
    server.stopping = true;
    begin(900000);
    for (int i = 0; i < 400 && !atomic_load(&lease.stop); i++)
        usleep(50000);
    assert_true(atomic_load(&lease.stop));
    assert_false(atomic_load(&lease.lost));
}

static void a_lost_lease_blocks_nobody(void **state)
{
    UNUSED(state);
    char piece[4096];
    memset(piece, 'x', sizeof(piece));
    server.lost = true;
    begin(60000000);
    for (int i = 0; i < 1000; i++)
        courier_write(courier, (struct text){piece, sizeof(piece)});
    courier_flush(courier);
    assert_true(atomic_load(&lease.lost) && atomic_load(&lease.stop));
    assert_false(courier_change_state(courier, scratch, "PLANNING", &error));
    assert_int_equal(error.kind, ERR_CONFLICT);
}

static void a_server_that_stays_away_loses_the_lease(void **state)
{
    UNUSED(state);
    server.fail_every = 1;
    begin(1500000);
    courier_write(courier, TEXT("nobody listens\n"));
    courier_flush(courier);
    assert_true(atomic_load(&lease.lost));
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(log_travels_with_its_state),
        CASE(odd_bytes_become_characters),
        CASE(lost_answers_double_nothing),
        CASE(output_does_not_wait_for_more),
        CASE(heartbeats_bring_the_stop),
        CASE(a_lost_lease_blocks_nobody),
        CASE(a_server_that_stays_away_loses_the_lease),
    };
    return cmocka_run_group_tests_name("courier", tests, NULL, NULL);
}
