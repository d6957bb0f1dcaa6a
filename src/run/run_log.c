/* Appending and paging logs. */
#include "run/run_log.h"

#include "run/run_log_store.h"

enum { PAGE_PIECES = 200 };

/* A worker cuts its pieces between characters and a log may hold any byte: what is no UTF-8, and
 * NUL, which PostgreSQL cannot keep, become question marks, one for each byte so that offsets stay
 * true. */
static struct text make_printable(struct ctx *ctx, struct text content)
{
    char *copy = arena_alloc_raw(ctx->arena, content.len);
    if (!copy)
        return (struct text){NULL, 0};
    for (size_t i = 0; i < content.len;) {
        size_t length = 1;
        while (length < 4 && i + length < content.len &&
               ((unsigned char)content.at[i + length] & 0xC0) == 0x80)
            length++;
        struct text character = text_slice(content, i, i + length);
        bool good = text_is_utf8(character) && character.at[0] != '\0';
        for (size_t j = 0; j < length; j++)
            copy[i + j] = good ? content.at[i + j] : '?';
        i += length;
    }
    return (struct text){copy, content.len};
}

/* The newest entry with that state, which must belong to the run's newest lease. */
static bool find_version(struct ctx *ctx, const struct run *run, enum run_state state,
                         int64_t *version)
{
    int64_t first;
    if (!run_log_lease_start(ctx, run->id, &first) ||
        !run_log_version(ctx, run->id, state, 0, version))
        return false;
    return (*version > 0 && *version >= first) ||
           fail(ctx, ERR_INVALID, "the run was not %s on this lease", run_state_name(state));
}

bool run_log_append(struct ctx *ctx, const struct run *run, enum run_state state, int64_t offset,
                    struct text content, int64_t *have)
{
    int64_t version;
    int64_t length;
    int64_t after;
    if (!find_version(ctx, run, state, &version) || !run_log_length(ctx, run->id, version, &length))
        return false;
    *have = length;
    if (offset < 0 || __builtin_add_overflow(offset, (int64_t)content.len, &after) ||
        after <= length)
        return true;
    int64_t room = RUN_LOG_MAX_BYTES - length;
    if (offset > length && room > 0)
        return true;
    *have = after;
    if (room <= 0)
        return true;
    struct text fresh = text_slice(content, (size_t)(length - offset), content.len);
    fresh = text_slice(fresh, 0, (size_t)room);
    struct run_log_row row = {
        .start = length, .content = make_printable(ctx, fresh), .created_at = ctx->now};
    if (!row.content.at)
        return fail_no_memory(ctx);
    return run_log_insert(ctx, run->id, version, &row);
}

static bool parse_token(struct ctx *ctx, struct text token, int64_t *start)
{
    *start = 0;
    if (token.len == 0)
        return true;
    if (text_to_int64(token, start) && *start >= 0)
        return true;
    return fail(ctx, ERR_INVALID, "the log token is not one that was given out");
}

/* Takes whole pieces up to the page size; *end is where the next page begins. */
static bool fill_page(struct ctx *ctx, const struct list *pieces, struct run_logs *out,
                      int64_t *end)
{
    struct run_log_message *messages = ARENA_ARRAY(ctx->arena, struct run_log_message, pieces->len);
    if (!messages)
        return fail_no_memory(ctx);
    size_t bytes = 0;
    size_t count = 0;
    for (; count < pieces->len && bytes < RUN_LOG_PAGE_BYTES; count++) {
        const struct run_log_row *row = &LIST_ITEMS(pieces, struct run_log_row)[count];
        messages[count] =
            (struct run_log_message){.message = row->content, .timestamp = row->created_at};
        bytes += row->content.len;
        *end = row->start + (int64_t)row->content.len;
    }
    out->messages = messages;
    out->messages_count = count;
    return true;
}

bool run_log_read(struct ctx *ctx, const struct run *run, enum run_state state, int64_t version,
                  struct text token, struct run_logs *out)
{
    int64_t start;
    int64_t length;
    struct list pieces;
    *out = (struct run_logs){0};
    if (!parse_token(ctx, token, &start) ||
        !run_log_version(ctx, run->id, state, version, &version))
        return false;
    if (version == 0)
        return true;
    if (!run_log_length(ctx, run->id, version, &length) ||
        !run_log_list(ctx, run->id, version, start, PAGE_PIECES, &pieces))
        return false;
    int64_t end = start;
    if (!fill_page(ctx, &pieces, out, &end))
        return false;
    out->exists = true;
    out->has_more = end < length;
    out->finished = !out->has_more && (run->state_version > version || run->finished);
    if (!out->finished)
        out->next_token = text_format(ctx->arena, "%" PRId64, end);
    return out->finished || out->next_token.at || fail_no_memory(ctx);
}
