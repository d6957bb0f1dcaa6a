/* gatehouse session list */
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/list_view.h"

static const char query[] = "query Sessions { sessions { id actorId actorName actorType method "
                            "createdAt createdFrom expiresAt current } }";

static void add_row(struct table *table, struct arena *arena, const struct json *session)
{
    bool is_own = json_bool_or(json_get_z(session, "current"), false);
    table_add(table, format_text(json_get_z(session, "id")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(session, "actorName")),
              is_own ? STYLE_BOLD : STYLE_PLAIN);
    table_add(table, format_text(json_get_z(session, "actorId")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(session, "method")), STYLE_PLAIN);
    table_add(table, format_time(arena, json_get_z(session, "createdAt")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(session, "createdFrom")), STYLE_PLAIN);
    table_add(table, format_time(arena, json_get_z(session, "expiresAt")), STYLE_PLAIN);
}

static int run(struct command_line *line)
{
    static const char *const headers[] = {
        "ID", TABLE_FREE_TEXT "WHO", "WHOSE ID", "METHOD", "CREATED", "FROM", "EXPIRES", NULL};
    static const struct list_view view = {
        .query = query,
        .member = "sessions",
        .headers = headers,
        .add_row = add_row,
    };
    return list_view_run(line, &view);
}

const struct command session_list_command = {
    .name = "session list",
    .summary = "list the sessions that go on",
    .usage = "",
    .description = "Those of the key itself; all of them for an administrator. Times are in UTC.",
    .is_client = true,
    .run = run,
};
