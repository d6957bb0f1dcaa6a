/* What is new about a run since the cursor of the stream. */
#include "doors/spacelift/resolver.h"
#include "doors/spacelift/run_cursor.h"
#include "doors/spacelift/spacelift_request.h"
#include "run/run_log.h"

enum { MESSAGE_MAX_BYTES = 4 << 20 };

static struct run_cursor *cursor_of(struct graphql_call *call)
{
    struct spacelift_request *request = call->context;
    return request->cursor;
}

/* The run with its history from the cursor on, oldest first: a list of struct run_transition *. */
static bool read_history(struct graphql_call *call, struct text stack_id, struct text run_id,
                         struct run **run, struct list *out)
{
    struct list entries;
    struct ctx *ctx = resolver_ctx(call);
    if (!run_find(ctx, stack_id, run_id, run))
        return false;
    if (!*run)
        return fail(ctx, ERR_NOT_FOUND, "run \"%.*s\" not found", TEXT_ARG(run_id));
    if (!run_history(ctx, &run_id, 1, &entries))
        return false;
    list_init(out, call->arena, sizeof(struct run_transition *));
    for (size_t i = entries.len; i-- > 0;) {
        const struct run_transition *entry = list_at(&entries, i);
        if (entry->state_version < cursor_of(call)->version)
            continue;
        const struct run_transition **place = list_push(out);
        if (!place)
            return fail_no_memory(ctx);
        *place = entry;
    }
    return true;
}

static const struct run_transition *entry_at(const struct list *entries, size_t index)
{
    return *(const struct run_transition *const *)list_at(entries, index);
}

bool spacelift_Subscription_runStates(struct graphql_call *call,
                                      const struct spacelift_Subscription_runStates_args *args)
{
    struct run_cursor *cursor = cursor_of(call);
    struct run *run;
    struct list entries;
    if (!read_history(call, args->stack, args->run, &run, &entries))
        return false;
    spacelift_Subscription_runStates_give(call, 0, entries.items, entries.len);
    if (entries.len > 0)
        cursor->version = entry_at(&entries, entries.len - 1)->state_version + 1;
    cursor->was_read = true;
    cursor->has_news = entries.len > 0;
    cursor->has_ended = run->finished;
    return true;
}

static bool add_pieces(struct graphql_call *call, const struct run_transition *entry,
                       const struct run_logs *logs, struct list *pieces)
{
    for (size_t i = 0; i < logs->messages_count; i++) {
        const struct run_log_message *message = &logs->messages[i];
        struct run_log_piece *piece = list_push(pieces);
        if (!piece)
            return error_set_no_memory(call->error);
        *piece = (struct run_log_piece){.state = entry->state,
                                        .state_version = entry->state_version,
                                        .message = message->message,
                                        .timestamp = message->timestamp};
        cursor_of(call)->position += (int64_t)message->message.len;
    }
    return true;
}

/* Reads one entry's log from the cursor on. *goes_on: the entry is told whole, so that the next one
 * may follow. */
static bool read_entry(struct graphql_call *call, const struct run *run,
                       const struct run_transition *entry, struct list *pieces, size_t *bytes,
                       bool *goes_on)
{
    struct run_cursor *cursor = cursor_of(call);
    struct run_logs logs = {.has_more = true};
    if (entry->state_version > cursor->version) {
        cursor->version = entry->state_version;
        cursor->position = 0;
    }
    while (logs.has_more && *bytes < MESSAGE_MAX_BYTES) {
        int64_t before = cursor->position;
        struct text token = text_format(call->arena, "%" PRId64, before);
        if (!run_log_read(resolver_ctx(call), run, entry->state, entry->state_version, token,
                          &logs) ||
            !add_pieces(call, entry, &logs, pieces))
            return false;
        if (logs.next_token.len && !text_to_int64(logs.next_token, &cursor->position))
            cursor->position = before;
        if (cursor->position == before)
            break;
        *bytes += (size_t)(cursor->position - before);
    }
    *goes_on = logs.finished || !logs.exists;
    if (*goes_on) {
        cursor->version = entry->state_version + 1;
        cursor->position = 0;
    }
    return true;
}

bool spacelift_Subscription_runLogs(struct graphql_call *call,
                                    const struct spacelift_Subscription_runLogs_args *args)
{
    struct run_cursor *cursor = cursor_of(call);
    struct run *run;
    struct list entries;
    struct list pieces;
    size_t bytes = 0;
    bool goes_on = true;
    if (!read_history(call, args->stack, args->run, &run, &entries))
        return false;
    list_init(&pieces, call->arena, sizeof(struct run_log_piece));
    for (size_t i = 0; i < entries.len && goes_on; i++)
        if (!read_entry(call, run, entry_at(&entries, i), &pieces, &bytes, &goes_on))
            return false;
    const struct run_log_piece **shown =
        ARENA_ARRAY(call->arena, const struct run_log_piece *, pieces.len);
    if (!shown)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < pieces.len; i++)
        shown[i] = list_at(&pieces, i);
    spacelift_Subscription_runLogs_give(call, 0, shown, pieces.len);
    cursor->was_read = true;
    cursor->has_news = pieces.len > 0;
    cursor->has_ended = run->finished && goes_on;
    return true;
}
