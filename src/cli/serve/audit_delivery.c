/* Looking, sending, keeping what came of it. */
#include "cli/serve/audit_delivery.h"

#include "audit/webhook_delivery.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { UNIT_BYTES = 64 << 20, ANSWER_BYTES = 1 << 20, LOOK_MILLISECONDS = 250 };

struct audit_delivery {
    struct account *account;
    struct arena *arena;  /* of one unit, and of the request it makes */
    struct arena *answer; /* of one answer */
    struct webhook_delivery delivery;
    struct error failure;
    bool is_waiting; /* what the look has found */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
};

static struct ctx make_ctx(struct audit_delivery *delivery, struct db_session *session,
                           struct error *error)
{
    arena_reset(delivery->arena);
    return (struct ctx){.arena = delivery->arena,
                        .account = delivery->account,
                        .session = session,
                        .actor = &actor_system,
                        .error = error,
                        .now = clock_wall()};
}

static bool run_look(struct db_session *session, void *data, struct error *error)
{
    struct audit_delivery *delivery = data;
    struct ctx ctx = make_ctx(delivery, session, error);
    return webhook_is_waiting(&ctx, delivery->account->webhook_figures, &delivery->is_waiting);
}

static bool run_step(struct db_session *session, void *data, struct error *error)
{
    struct audit_delivery *delivery = data;
    struct ctx ctx = make_ctx(delivery, session, error);
    struct webhook_delivery next = delivery->delivery;
    if (!webhook_step(&ctx, &next))
        return false;
    delivery->delivery = next;
    return true;
}

static bool is_stopping(struct audit_delivery *delivery)
{
    pthread_mutex_lock(&delivery->lock);
    bool stopping = delivery->stopping;
    pthread_mutex_unlock(&delivery->lock);
    return stopping;
}

static bool keep_going(void *data)
{
    return !is_stopping(data);
}

static void count(struct webhook_figures *figures, unsigned status)
{
    atomic_fetch_add(status / 100 == 2 ? &figures->delivered : &figures->failed, 1);
}

/* False when the attempt was cut off because the server stops. */
static bool send_entry(struct audit_delivery *delivery)
{
    struct webhook_delivery *state = &delivery->delivery;
    struct http_client_response response = {0};
    error_clear(&delivery->failure);
    arena_reset(delivery->answer);
    state->request.keep_going = keep_going;
    state->request.data = delivery;
    bool answered = http_client_fetch(delivery->account->http, &state->request, delivery->answer,
                                      &response, &delivery->failure);
    if (!answered && is_stopping(delivery))
        return false;
    state->status = answered ? response.status : 0;
    state->failure = text_z(delivery->failure.message);
    state->is_answered = true;
    count(delivery->account->webhook_figures, state->status);
    return true;
}

/* One entry after another, until none is left or something is in the way. */
static void deliver(struct audit_delivery *delivery)
{
    struct error error = {0};
    do {
        if (!db_run(delivery->account->db, DB_WRITE, run_step, delivery, &error)) {
            log_warning("the audit trail could not be delivered", LOG_ERROR(&error));
            return;
        }
    } while (delivery->delivery.sequence && send_entry(delivery));
}

static void look(struct audit_delivery *delivery)
{
    struct error error = {0};
    delivery->is_waiting = false;
    /* A database that is gone is somebody else's news. */
    if (!db_run(delivery->account->db, DB_READ, run_look, delivery, &error))
        return;
    if (delivery->is_waiting || delivery->delivery.is_answered)
        deliver(delivery);
}

static bool wait_a_little(struct audit_delivery *delivery)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOOK_MILLISECONDS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&delivery->lock);
    int result = 0;
    while (!delivery->stopping && result == 0)
        result = pthread_cond_timedwait(&delivery->changed, &delivery->lock, &until);
    bool goes_on = !delivery->stopping;
    pthread_mutex_unlock(&delivery->lock);
    return goes_on;
}

static void *run(void *data)
{
    struct audit_delivery *delivery = data;
    while (wait_a_little(delivery))
        look(delivery);
    return NULL;
}

static void release(struct audit_delivery *delivery)
{
    arena_free(delivery->arena);
    arena_free(delivery->answer);
    free(delivery);
}

struct audit_delivery *audit_delivery_start(struct account *account, struct error *error)
{
    struct audit_delivery *delivery = calloc(1, sizeof(*delivery));
    if (delivery) {
        delivery->account = account;
        delivery->arena = arena_new(UNIT_BYTES);
        delivery->answer = arena_new(ANSWER_BYTES);
        pthread_mutex_init(&delivery->lock, NULL);
        pthread_cond_init(&delivery->changed, NULL);
        if (delivery->arena && delivery->answer &&
            pthread_create(&delivery->thread, NULL, run, delivery) == 0)
            return delivery;
        release(delivery);
    }
    error_set(error, ERR_UNAVAILABLE, "cannot start the thread that delivers the audit trail");
    return NULL;
}

void audit_delivery_stop(struct audit_delivery *delivery)
{
    if (!delivery)
        return;
    pthread_mutex_lock(&delivery->lock);
    delivery->stopping = true;
    pthread_cond_signal(&delivery->changed);
    pthread_mutex_unlock(&delivery->lock);
    pthread_join(delivery->thread, NULL);
    pthread_cond_destroy(&delivery->changed);
    pthread_mutex_destroy(&delivery->lock);
    release(delivery);
}
