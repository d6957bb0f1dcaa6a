/* Requests about a lease, and when to give up. */
#include "worker/lease.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

#include <time.h>

enum {
    REQUEST_TIMEOUT_MS = 30 * 1000,
    ARTIFACT_TIMEOUT_MS = 300 * 1000,
    BODY_MAX = 128 << 20,
    ARTIFACT_MAX = 256 << 20,
};

static const int64_t first_pause = CLOCK_SECOND / 2;
static const int64_t longest_pause = 10 * CLOCK_SECOND;
static const int64_t nap = CLOCK_SECOND / 20;

void lease_init(struct lease *lease, const struct transport *transport, const struct job *job)
{
    lease->transport = transport;
    lease->id = job->lease;
    lease->expires_in = job->expires_in;
    atomic_init(&lease->last_answer, clock_monotonic());
    atomic_init(&lease->lost, false);
    atomic_init(&lease->stop, false);
    atomic_init(&lease->shutdown, false);
}

void lease_shut_down(struct lease *lease)
{
    atomic_store(&lease->shutdown, true);
    atomic_store(&lease->stop, true);
}

static bool lose(struct lease *lease, const char *why)
{
    if (!atomic_exchange(&lease->lost, true))
        log_warning("lease lost", LOG_TEXT("lease", lease->id), LOG_Z("reason", why));
    atomic_store(&lease->stop, true);
    return false;
}

static bool fail_lost(struct error *error)
{
    return error_set(error, ERR_CONFLICT, "the lease of the run is lost");
}

static bool is_gone(unsigned status)
{
    return status == 404 || status == 409 || status == 410;
}

static bool is_temporary(unsigned status)
{
    return status >= 500 || status == 401 || status == 403 || status == 408 || status == 429;
}

/* Waits, in naps, so that a lease that is lost meanwhile is noticed. False when it is. */
static bool pause_between(struct lease *lease, int64_t pause)
{
    int64_t end = clock_monotonic() + pause / 2 + (int64_t)random_below((uint64_t)pause / 2 + 1);
    const struct timespec short_time = {.tv_nsec = nap * 1000};
    while (clock_monotonic() < end && !atomic_load(&lease->lost))
        nanosleep(&short_time, NULL);
    if (clock_monotonic() - atomic_load(&lease->last_answer) > lease->expires_in)
        return lose(lease, "the server did not answer until it expired");
    return !atomic_load(&lease->lost);
}

static bool is_still_held(void *data)
{
    struct lease *lease = data;
    return !atomic_load(&lease->lost);
}

/* Reads what the server objects to, for the log and the person. */
static bool fail_refused(struct arena *arena, const struct transport_answer *answer,
                         struct error *error)
{
    const struct json *body = NULL;
    struct error unreadable = {0};
    struct text message = TEXT("");
    if (json_parse(arena, answer->body, NULL, &body, &unreadable))
        message = json_get_text(json_get_z(body, "error"), "message");
    return error_set(error, ERR_INVALID, "the server refused a report of the run (%u): %.*s",
                     answer->status, TEXT_ARG(message));
}

/* Sends until there is an answer that decides. True for 2xx. */
static bool call(struct lease *lease, struct arena *arena, struct transport_request *request,
                 struct transport_answer *answer, struct error *error)
{
    request->keep_going = is_still_held;
    request->data = lease;
    for (int64_t pause = first_pause; !atomic_load(&lease->lost); pause *= 2) {
        struct arena_mark mark = arena_mark(arena);
        struct error failure = {0};
        bool answered =
            lease->transport->send(lease->transport->data, request, arena, answer, &failure);
        if (answered && !is_temporary(answer->status)) {
            if (is_gone(answer->status)) {
                lose(lease, "the server says so");
                break;
            }
            atomic_store(&lease->last_answer, clock_monotonic());
            return answer->status < 300 || fail_refused(arena, answer, error);
        }
        arena_rewind(arena, mark);
        if (pause > longest_pause)
            pause = longest_pause;
        if (!pause_between(lease, pause))
            break;
    }
    return fail_lost(error);
}

static struct text path_of(const struct lease *lease, struct arena *arena, const char *verb)
{
    return text_format(arena, "/leases/%.*s/%s", TEXT_ARG(lease->id), verb);
}

/* --- JSON requests: open, write members, post --- */

struct message {
    struct buffer body;
    struct json_writer writer;
};

static void begin(struct message *message, struct arena *arena)
{
    buffer_init(&message->body, arena, BODY_MAX);
    json_writer_init(&message->writer, &message->body);
    json_begin_object(&message->writer);
}

static bool post(struct lease *lease, struct arena *arena, const char *verb,
                 struct message *message, struct transport_answer *answer, struct error *error)
{
    json_end_object(&message->writer);
    struct transport_request request = {.method = "POST",
                                        .path = path_of(lease, arena, verb),
                                        .body = buffer_text(&message->body),
                                        .timeout_ms = REQUEST_TIMEOUT_MS};
    if (message->body.failed || !request.path.at)
        return error_set(error, ERR_TOO_LARGE, "a report of the run is too large to be sent");
    return call(lease, arena, &request, answer, error);
}

bool lease_heartbeat(struct lease *lease, struct arena *arena, struct error *error)
{
    struct message message;
    struct transport_answer answer;
    const struct json *body = NULL;
    begin(&message, arena);
    if (!post(lease, arena, "heartbeat", &message, &answer, error))
        return false;
    if (!json_parse(arena, answer.body, NULL, &body, error))
        return false;
    if (json_bool_or(json_get_z(body, "stop"), false))
        atomic_store(&lease->stop, true);
    return true;
}

bool lease_send_state(struct lease *lease, struct arena *arena, const char *state,
                      struct error *error)
{
    struct message message;
    struct transport_answer answer;
    begin(&message, arena);
    json_member_string(&message.writer, "state", text_z(state));
    return post(lease, arena, "state", &message, &answer, error);
}

bool lease_send_log(struct lease *lease, struct arena *arena, const char *state, int64_t offset,
                    struct text text, int64_t *kept, struct error *error)
{
    struct message message;
    struct transport_answer answer;
    const struct json *body = NULL;
    begin(&message, arena);
    json_member_string(&message.writer, "state", text_z(state));
    json_member_int64(&message.writer, "offset", offset);
    json_member_string(&message.writer, "text", text);
    if (!post(lease, arena, "log", &message, &answer, error) ||
        !json_parse(arena, answer.body, NULL, &body, error))
        return false;
    return json_to_int64(json_get_z(body, "offset"), kept) ||
           error_set(error, ERR_INVALID, "the server did not say how much of the log it has");
}

bool lease_send_commit(struct lease *lease, struct arena *arena,
                       const struct repository_commit *commit, struct error *error)
{
    struct message message;
    struct transport_answer answer;
    begin(&message, arena);
    json_member_string(&message.writer, "hash", commit->hash);
    json_member_string(&message.writer, "message", commit->message);
    json_member_string(&message.writer, "author", commit->author);
    json_member_int64(&message.writer, "timestamp", commit->timestamp);
    return post(lease, arena, "commit", &message, &answer, error);
}

bool lease_put_artifact(struct lease *lease, struct arena *arena, struct text bytes,
                        struct error *error)
{
    struct transport_answer answer;
    struct transport_request request = {.method = "PUT",
                                        .path = path_of(lease, arena, "artifact"),
                                        .body = bytes,
                                        .content_type = "application/octet-stream",
                                        .timeout_ms = ARTIFACT_TIMEOUT_MS};
    return call(lease, arena, &request, &answer, error);
}

bool lease_get_artifact(struct lease *lease, struct arena *arena, struct text *bytes,
                        struct error *error)
{
    struct transport_answer answer;
    struct transport_request request = {.method = "GET",
                                        .path = path_of(lease, arena, "artifact"),
                                        .timeout_ms = ARTIFACT_TIMEOUT_MS,
                                        .max_answer = ARTIFACT_MAX};
    if (!call(lease, arena, &request, &answer, error))
        return false;
    *bytes = answer.body;
    return true;
}

bool lease_send_result(struct lease *lease, struct arena *arena, enum lease_outcome outcome,
                       struct text failure, const struct report *report, struct error *error)
{
    static const char *const names[] = {
        [LEASE_FINISHED] = "finished", [LEASE_FAILED] = "failed", [LEASE_STOPPED] = "stopped"};
    struct message message;
    struct transport_answer answer;
    begin(&message, arena);
    json_member_string(&message.writer, "outcome", text_z(names[outcome]));
    json_key_z(&message.writer, "error");
    if (failure.len)
        json_string(&message.writer, failure);
    else
        json_null(&message.writer);
    report_write(report, &message.writer);
    return post(lease, arena, "result", &message, &answer, error);
}

bool lease_release(struct lease *lease, struct arena *arena, const char *reason,
                   struct error *error)
{
    struct message message;
    struct transport_answer answer;
    begin(&message, arena);
    json_member_string(&message.writer, "reason", text_z(reason));
    return post(lease, arena, "release", &message, &answer, error);
}
