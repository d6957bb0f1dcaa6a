/* The server's own second hand. */
#include "cli/serve/maintenance.h"

#include "audit/denial.h"
#include "audit/retention.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/serve/own_worker.h"
#include "identity/api_key_expiry.h"
#include "identity/session.h"
#include "identity/signing_keys.h"
#include "kernel/ctx.h"
#include "kernel/waiters.h"
#include "policy/login_record.h"
#include "policy/sample.h"
#include "role/binding.h"
#include "run/run_lease.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
    UNIT_BYTES = 32 << 20,
    TICK_SECONDS = 1,
    HOUSEKEEPING_TICKS = 600,
    GRANT_TICKS = 10,
    RETENTION_TICKS = 5
};

struct maintenance {
    struct account *account;
    struct own_worker *worker;
    struct arena *arena;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    bool (*work)(struct ctx *ctx); /* of the unit that runs */
};

static bool run_work(struct db_session *session, void *data, struct error *error)
{
    struct maintenance *maintenance = data;
    arena_reset(maintenance->arena);
    struct ctx ctx = {.arena = maintenance->arena,
                      .account = maintenance->account,
                      .session = session,
                      .actor = &actor_system,
                      .error = error,
                      .now = clock_wall()};
    return maintenance->work(&ctx);
}

static void run_unit(struct maintenance *maintenance, const char *what,
                     bool (*work)(struct ctx *ctx))
{
    struct error error = {0};
    maintenance->work = work;
    if (!db_run(maintenance->account->db, DB_WRITE, run_work, maintenance, &error))
        log_warning("maintenance failed", LOG_Z("work", what), LOG_ERROR(&error));
}

static bool keep_house(struct ctx *ctx)
{
    return signing_keys_refresh(ctx) && session_delete_expired(ctx) && sample_delete_old(ctx) &&
           login_record_delete_old(ctx) && api_key_watch_expiry(ctx);
}

/* A unit only when something is to be told: most servers refuse nothing for hours. */
static void settle_denials(struct maintenance *maintenance)
{
    if (denials_are_unsettled(maintenance->account->denials, clock_wall()))
        run_unit(maintenance, "refusals", denials_settle);
}

static void tick(struct maintenance *maintenance, unsigned count)
{
    waiters_expire(maintenance->account->run_waiters, clock_monotonic());
    waiters_expire(maintenance->account->stream_waiters, clock_monotonic());
    run_unit(maintenance, "leases", run_lease_expire);
    settle_denials(maintenance);
    if (maintenance->account->settings->audit_retention && count % RETENTION_TICKS == 0)
        run_unit(maintenance, "retention", audit_retain);
    /* Requests do not count an ended grant; this removes it and writes that down. */
    if (count % GRANT_TICKS == 0)
        run_unit(maintenance, "grants that ended", role_binding_delete_expired);
    if (count % HOUSEKEEPING_TICKS == 0)
        run_unit(maintenance, "housekeeping", keep_house);
    if (maintenance->worker)
        own_worker_keep(maintenance->worker);
}

/* False when it is time to end. */
static bool wait_a_tick(struct maintenance *maintenance)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += TICK_SECONDS;
    pthread_mutex_lock(&maintenance->lock);
    int result = 0;
    while (!maintenance->stopping && result == 0)
        result = pthread_cond_timedwait(&maintenance->changed, &maintenance->lock, &until);
    bool goes_on = !maintenance->stopping;
    pthread_mutex_unlock(&maintenance->lock);
    return goes_on;
}

static void *run(void *data)
{
    struct maintenance *maintenance = data;
    for (unsigned count = 0; wait_a_tick(maintenance); count++)
        tick(maintenance, count);
    return NULL;
}

struct maintenance *maintenance_start(struct account *account, struct own_worker *worker,
                                      struct error *error)
{
    struct maintenance *maintenance = calloc(1, sizeof(*maintenance));
    struct arena *arena = arena_new(UNIT_BYTES);
    if (maintenance && arena) {
        maintenance->account = account;
        maintenance->worker = worker;
        maintenance->arena = arena;
        pthread_mutex_init(&maintenance->lock, NULL);
        pthread_cond_init(&maintenance->changed, NULL);
        if (pthread_create(&maintenance->thread, NULL, run, maintenance) == 0)
            return maintenance;
    }
    error_set(error, ERR_UNAVAILABLE, "cannot start the maintenance thread");
    arena_free(arena);
    free(maintenance);
    return NULL;
}

void maintenance_stop(struct maintenance *maintenance)
{
    if (!maintenance)
        return;
    pthread_mutex_lock(&maintenance->lock);
    maintenance->stopping = true;
    pthread_cond_signal(&maintenance->changed);
    pthread_mutex_unlock(&maintenance->lock);
    pthread_join(maintenance->thread, NULL);
    pthread_cond_destroy(&maintenance->changed);
    pthread_mutex_destroy(&maintenance->lock);
    arena_free(maintenance->arena);
    free(maintenance);
}
