/* Log and heartbeats, beside the job. */
#include "worker/courier.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    QUEUE_SIZE = 1 << 20,
    CHUNK_SIZE = 64 << 10,
    ARENA_CAP = 8 << 20,
    HELD_CAP = 64 << 20,
    HEARTBEATS_PER_LEASE = 3,
    LONGEST_CHARACTER = 4,
};

/* How long output may wait for more of it to travel with. */
static const int64_t linger = CLOCK_SECOND / 2;

struct courier {
    struct lease *lease;
    struct arena *held;    /* what the masks hold back */
    struct arena *scratch; /* of the writer */
    struct arena *sending; /* of the thread */
    struct masking_stream stream;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* more to send, room to write, all sent, the end */
    /* Under the lock: */
    char *queue;
    size_t len;
    int64_t offset; /* of the queue's first byte in the log of the state */
    const char *state;
    bool hurry; /* somebody waits until all is sent */
    bool ended;
};

/* --- the writer's side --- */

/* Waits for room for a character. False when nobody takes the log any more. */
static bool wait_for_room(struct courier *courier)
{
    while (QUEUE_SIZE - courier->len < LONGEST_CHARACTER && !atomic_load(&courier->lease->lost))
        pthread_cond_wait(&courier->changed, &courier->lock);
    return !atomic_load(&courier->lease->lost);
}

/* The longest start within the size that splits no character; the text is UTF-8. */
static size_t whole_characters(struct text text, size_t size)
{
    if (text.len <= size)
        return text.len;
    while (((unsigned char)text.at[size] & 0xC0) == 0x80)
        size--;
    return size;
}

static void enqueue(struct courier *courier, struct text text)
{
    pthread_mutex_lock(&courier->lock);
    while (text.len > 0 && wait_for_room(courier)) {
        size_t part = whole_characters(text, QUEUE_SIZE - courier->len);
        memcpy(courier->queue + courier->len, text.at, part);
        courier->len += part;
        text = text_slice(text, part, text.len);
        if (courier->len >= CHUNK_SIZE)
            pthread_cond_broadcast(&courier->changed);
    }
    pthread_mutex_unlock(&courier->lock);
}

/* Passes on what is UTF-8; other bytes, and NULs, become U+FFFD. */
static void enqueue_clean(struct courier *courier, struct text text)
{
    size_t from = 0;
    for (size_t at = 0; at < text.len;) {
        size_t length = text.at[at] ? text_utf8_length(text, at) : 0;
        if (length == 0) {
            enqueue(courier, text_slice(text, from, at));
            enqueue(courier, TEXT("\xEF\xBF\xBD"));
            from = at + 1;
        }
        at += length ? length : 1;
    }
    enqueue(courier, text_slice(text, from, text.len));
}

void courier_write(void *data, struct text piece)
{
    struct courier *courier = data;
    struct buffer masked;
    arena_reset(courier->scratch);
    buffer_init(&masked, courier->scratch, ARENA_CAP);
    masking_feed(&courier->stream, piece, &masked);
    enqueue_clean(courier, buffer_text(&masked));
}

static void write_held(struct courier *courier)
{
    struct buffer masked;
    arena_reset(courier->scratch);
    buffer_init(&masked, courier->scratch, ARENA_CAP);
    masking_flush(&courier->stream, &masked);
    enqueue_clean(courier, buffer_text(&masked));
}

void courier_flush(struct courier *courier)
{
    write_held(courier);
    pthread_mutex_lock(&courier->lock);
    courier->hurry = true;
    pthread_cond_broadcast(&courier->changed);
    while (courier->len > 0 && !atomic_load(&courier->lease->lost))
        pthread_cond_wait(&courier->changed, &courier->lock);
    courier->hurry = false;
    pthread_mutex_unlock(&courier->lock);
}

bool courier_change_state(struct courier *courier, struct arena *arena, const char *state,
                          struct error *error)
{
    int64_t offset;
    courier_flush(courier);
    /* A run that was leased before may have written in this state already. */
    if (!lease_send_state(courier->lease, arena, state, error) ||
        !lease_send_log(courier->lease, arena, state, 0, TEXT(""), &offset, error))
        return false;
    pthread_mutex_lock(&courier->lock);
    courier->state = state;
    courier->offset = offset;
    pthread_mutex_unlock(&courier->lock);
    return true;
}

/* --- the thread's side --- */

/* The server has the log up to `kept`. */
static void drop_sent(struct courier *courier, int64_t kept)
{
    pthread_mutex_lock(&courier->lock);
    int64_t sent = kept - courier->offset;
    if (sent < 0 || (uint64_t)sent > courier->len) {
        log_warning("the server's log of a lease has another length",
                    LOG_TEXT("lease", courier->lease->id), LOG_INT("here", courier->offset),
                    LOG_INT("there", kept));
        sent = sent < 0 ? 0 : (int64_t)courier->len;
    }
    courier->len -= (size_t)sent;
    memmove(courier->queue, courier->queue + sent, courier->len);
    courier->offset = kept;
    pthread_cond_broadcast(&courier->changed);
    pthread_mutex_unlock(&courier->lock);
}

static void send_chunk(struct courier *courier)
{
    struct error error = {0};
    int64_t kept;
    pthread_mutex_lock(&courier->lock);
    struct text queue = {courier->queue, courier->len};
    struct text chunk =
        text_copy(courier->sending, text_slice(queue, 0, whole_characters(queue, CHUNK_SIZE)));
    int64_t offset = courier->offset;
    const char *state = courier->state;
    pthread_mutex_unlock(&courier->lock);
    if (chunk.len == 0)
        return;
    if (!lease_send_log(courier->lease, courier->sending, state, offset, chunk, &kept, &error)) {
        log_warning("a piece of a run's log was not kept", LOG_TEXT("lease", courier->lease->id),
                    LOG_ERROR(&error));
        kept = offset + (int64_t)chunk.len;
    }
    drop_sent(courier, kept);
}

static void send_heartbeat(struct courier *courier)
{
    struct error error = {0};
    if (!lease_heartbeat(courier->lease, courier->sending, &error) &&
        !atomic_load(&courier->lease->lost))
        log_warning("heartbeat failed", LOG_TEXT("lease", courier->lease->id), LOG_ERROR(&error));
}

static struct timespec as_timespec(int64_t microseconds)
{
    return (struct timespec){.tv_sec = microseconds / CLOCK_SECOND,
                             .tv_nsec = microseconds % CLOCK_SECOND * 1000};
}

/* Waits until there is a chunk, output has lingered, or somebody is in a hurry. False at the end.
 */
static bool wait_for_work(struct courier *courier)
{
    struct timespec now;
    pthread_mutex_lock(&courier->lock);
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t until = now.tv_sec * CLOCK_SECOND + now.tv_nsec / 1000 + linger;
    const struct timespec end = as_timespec(until);
    int waited = 0;
    while (waited == 0 && !courier->ended && courier->len < CHUNK_SIZE &&
           !(courier->hurry && courier->len))
        waited = pthread_cond_timedwait(&courier->changed, &courier->lock, &end);
    bool goes_on = !courier->ended || (courier->len && !atomic_load(&courier->lease->lost));
    pthread_mutex_unlock(&courier->lock);
    return goes_on;
}

/* A lost lease needs nobody to carry its log, and must keep nobody waiting. */
static void drop_all(struct courier *courier)
{
    pthread_mutex_lock(&courier->lock);
    courier->len = 0;
    pthread_cond_broadcast(&courier->changed);
    pthread_mutex_unlock(&courier->lock);
}

static void *carry(void *data)
{
    struct courier *courier = data;
    int64_t between = courier->lease->expires_in / HEARTBEATS_PER_LEASE;
    int64_t next = clock_monotonic() + between;
    while (wait_for_work(courier)) {
        arena_reset(courier->sending);
        if (!atomic_load(&courier->lease->lost))
            send_chunk(courier);
        if (clock_monotonic() >= next) {
            send_heartbeat(courier);
            next = clock_monotonic() + between;
        }
        if (atomic_load(&courier->lease->lost))
            drop_all(courier);
    }
    return NULL;
}

/* --- life --- */

static void release(struct courier *courier)
{
    pthread_cond_destroy(&courier->changed);
    pthread_mutex_destroy(&courier->lock);
    arena_free(courier->held);
    arena_free(courier->scratch);
    arena_free(courier->sending);
    free(courier->queue);
    free(courier);
}

struct courier *courier_new(struct lease *lease, const struct masking *masking, const char *state,
                            struct error *error)
{
    struct courier *courier = calloc(1, sizeof(*courier));
    pthread_condattr_t monotonic;
    if (!courier) {
        error_set_no_memory(error);
        return NULL;
    }
    courier->lease = lease;
    courier->state = state;
    courier->held = arena_new(HELD_CAP);
    courier->scratch = arena_new(ARENA_CAP);
    courier->sending = arena_new(ARENA_CAP);
    courier->queue = malloc(QUEUE_SIZE);
    pthread_mutex_init(&courier->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&courier->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (courier->held && courier->scratch && courier->sending && courier->queue) {
        masking_stream_init(&courier->stream, masking, courier->held);
        if (pthread_create(&courier->thread, NULL, carry, courier) == 0)
            return courier;
    }
    error_set(error, ERR_UNAVAILABLE, "the worker cannot start a thread");
    release(courier);
    return NULL;
}

void courier_free(struct courier *courier)
{
    if (!courier)
        return;
    courier_flush(courier);
    pthread_mutex_lock(&courier->lock);
    courier->ended = true;
    pthread_cond_broadcast(&courier->changed);
    pthread_mutex_unlock(&courier->lock);
    pthread_join(courier->thread, NULL);
    release(courier);
}
