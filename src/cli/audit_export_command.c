/* gatehouse audit export */
#include "audit/audit_export.h"
#include "base/time_format.h"
#include "cli/audit_database.h"
#include "cli/cli.h"
#include "cli/commands.h"

#include <string.h>

enum { PAGE = 1000, PAGE_BYTES = 64 << 20 };

struct export_call {
    const struct command_line *line;
    struct audit_export part;
};

/* A day alone is its beginning. */
static bool read_time(const struct command_line *line, const char *name, int64_t *out,
                      struct error *error)
{
    const char *given = command_line_value(line, name);
    struct error cause = {0};
    *out = 0;
    if (!given)
        return true;
    struct text text = text_z(given);
    if (text.len == strlen("2026-11-22"))
        text = text_format(line->arena, "%sT00:00:00Z", given);
    return time_parse(text, out, &cause) ||
           error_set(error, ERR_INVALID, "--%s: %s", name, cause.message);
}

static bool export_database(struct ctx *ctx, void *data)
{
    struct export_call *call = data;
    while (!call->part.is_over) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct buffer lines;
        buffer_init(&lines, ctx->arena, PAGE_BYTES);
        if (!audit_export_page(ctx, &call->part, PAGE, &lines))
            return false;
        fwrite(lines.at, 1, lines.len, call->line->cli->out);
        arena_rewind(ctx->arena, mark);
    }
    return true;
}

static struct text page_path(const struct export_call *call)
{
    struct arena *arena = call->line->arena;
    struct text path =
        text_format(arena, "/audit-trail?limit=%d&after=%" PRId64, PAGE, call->part.after);
    if (call->part.since)
        path = text_format(arena, "%.*s&since=%.*s", TEXT_ARG(path),
                           TEXT_ARG(time_print(arena, call->part.since, TIME_MICROSECONDS)));
    if (call->part.until)
        path = text_format(arena, "%.*s&until=%.*s", TEXT_ARG(path),
                           TEXT_ARG(time_print(arena, call->part.until, TIME_MICROSECONDS)));
    return path;
}

/* The sequence of the last line of a page. */
static bool last_sequence(struct arena *arena, struct text page, int64_t *out, struct error *error)
{
    struct text lines = page;
    struct text line;
    struct text last = TEXT("");
    struct text previous;
    struct audit_entry entry;
    while (text_next_part(&lines, '\n', &line))
        last = line.len ? line : last;
    if (!audit_line_parse(arena, last, &entry, &previous, error))
        return false;
    *out = entry.sequence;
    return true;
}

static bool export_server(struct export_call *call, struct error *error)
{
    struct api api;
    struct text page = TEXT("first");
    if (!api_open(call->line, &api, error))
        return false;
    while (page.len > 0) {
        struct arena_mark mark = arena_mark(api.arena);
        if (!api_get(&api, page_path(call), &page, error))
            return false;
        fwrite(page.at, 1, page.len, call->line->cli->out);
        if (page.len && !last_sequence(api.arena, page, &call->part.after, error))
            return false;
        arena_rewind(api.arena, mark);
    }
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct export_call call = {.line = line};
    const char *database = command_line_value(line, "database");
    if (!read_time(line, "since", &call.part.since, &error) ||
        !read_time(line, "until", &call.part.until, &error))
        return cli_fail(line, &error);
    bool done = database ? audit_database_read(line, database, export_database, &call, &error)
                         : export_server(&call, &error);
    return done ? EXIT_CODE_OK : cli_fail(line, &error);
}

static const struct option options[] = {
    {"since", 0, "TIME", "only entries from then on: 2026-11-22 or 2026-11-22T10:00:00Z", NULL},
    {"until", 0, "TIME", "only entries from before then", NULL},
    AUDIT_OPTION_DATABASE,
};

const struct command audit_export_command = {
    .name = "audit export",
    .summary = "write the audit trail as JSON lines",
    .usage = "",
    .description = "One entry a line, oldest first, with its hash and the one before it, so that "
                   "`gatehouse audit verify --file` can check the lines without the database.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .is_client = true,
    .run = run,
};
