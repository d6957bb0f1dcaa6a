/*
 * Messages over PostgreSQL: one channel a schema carries all of ours, "channel newline payload". A
 * thread with a connection of its own waits for them; after it had to connect anew, listeners are
 * told that they may have missed some.
 *
 * A message that does not come says nothing, so the thread asks an empty question now and then: its
 * answer comes after all messages that were committed before it was asked. Whoever must not act on
 * what is old asks how long ago that was (db_hears).
 */
#include "db/db_postgres.h"

#include "base/clock.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { RETRY_MS = 500, QUESTION_MS = 250 };
/* The words are for whoever looks at the database's list of connections. */
static const char question_sql[] = "-- gatehouse listens";

static const struct db_statement send_message =
    DB_STATEMENT("notify", "SELECT pg_notify('db_' || md5(current_schema()), $1)");

static const char listen_sql[] =
    "DO $$ BEGIN EXECUTE 'LISTEN db_' || md5(current_schema()); END $$";

bool db_postgres_notify(struct db_session *session, struct text channel, struct text payload,
                        struct error *error)
{
    const struct text parts[] = {channel, payload};
    struct text message = text_join(session->arena, TEXT("\n"), parts, 2);
    int64_t changed;
    if (!message.at)
        return error_set_no_memory(error);
    return db_postgres_execute(session, &send_message, DB_VALUES(db_text(message)), &changed,
                               error);
}

/* Connects and listens. */
static bool start_listening(struct db *db, struct error *error)
{
    struct db_postgres_place *place = db->place;
    PQfinish(place->listener);
    place->asked_at = 0;
    place->listener = db_postgres_dial(db, DB_READ, error);
    if (!place->listener)
        return false;
    PGresult *result = PQexec(place->listener, listen_sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return done || error_set(error, ERR_UNAVAILABLE, "the database cannot be reached right now");
}

/* Waits for the connection or, with -1, only for the stop event. True to go on. */
static bool wait_for_input(const struct db_postgres_place *place, int socket, int timeout_ms)
{
    struct pollfd files[] = {{.fd = place->stop_event, .events = POLLIN},
                             {.fd = socket, .events = POLLIN}};
    (void)poll(files, 2, timeout_ms);
    return files[0].revents == 0;
}

static void deliver_waiting(struct db *db, PGconn *connection)
{
    PGnotify *notify;
    while ((notify = PQnotifies(connection))) {
        struct text payload = text_z(notify->extra), channel = {0};
        size_t end = text_find_byte(payload, '\n', 0);
        channel = text_slice(payload, 0, end);
        db_deliver(db, channel, text_slice(payload, end + 1, payload.len));
        PQfreemem(notify);
    }
}

static bool ask(struct db_postgres_place *place)
{
    place->asked_at = clock_monotonic();
    return PQsendQuery(place->listener, question_sql) == 1;
}

/* Messages stand before the answer, so they are delivered before it counts. */
static void take_answer(struct db *db)
{
    struct db_postgres_place *place = db->place;
    if (!place->asked_at || PQisBusy(place->listener))
        return;
    PGresult *result = PQgetResult(place->listener);
    if (result) {
        PQclear(result);
        take_answer(db);
        return;
    }
    deliver_waiting(db, place->listener);
    atomic_store(&place->heard_at, place->asked_at);
    place->asked_at = 0;
}

/* Reads what there is, and asks when it is time to. False when the connection is lost. */
static bool hear(struct db *db)
{
    struct db_postgres_place *place = db->place;
    if (PQconsumeInput(place->listener) != 1)
        return false;
    deliver_waiting(db, place->listener);
    take_answer(db);
    int64_t since = clock_monotonic() - atomic_load(&place->heard_at);
    return place->asked_at || since < QUESTION_MS * CLOCK_MILLISECOND || ask(place);
}

bool db_postgres_hears(const struct db *db)
{
    const struct db_postgres_place *place = db->place;
    return clock_monotonic() - atomic_load(&place->heard_at) < CLOCK_SECOND;
}

static void *listener_main(void *data)
{
    struct db *db = data;
    struct db_postgres_place *place = db->place;
    while (wait_for_input(place, PQsocket(place->listener), QUESTION_MS)) {
        if (hear(db))
            continue;
        struct error error = {0};
        while (!start_listening(db, &error)) {
            error_clear(&error);
            if (!wait_for_input(place, -1, RETRY_MS))
                return NULL;
        }
        db_deliver(db, TEXT(""), TEXT(""));
    }
    return NULL;
}

bool db_postgres_listen(struct db *db, struct error *error)
{
    struct db_postgres_place *place = db->place;
    place->stop_event = eventfd(0, EFD_CLOEXEC);
    if (place->stop_event < 0 || !start_listening(db, error))
        return error_set(error, ERR_UNAVAILABLE, "cannot listen to the database");
    place->listening = pthread_create(&place->listener_thread, NULL, listener_main, db) == 0;
    return place->listening || error_set(error, ERR_UNAVAILABLE, "no thread for the database");
}

void db_postgres_stop_listening(struct db_postgres_place *place)
{
    if (place->listening && eventfd_write(place->stop_event, 1) == 0)
        pthread_join(place->listener_thread, NULL);
    if (place->stop_event >= 0)
        (void)close(place->stop_event);
    PQfinish(place->listener);
}
