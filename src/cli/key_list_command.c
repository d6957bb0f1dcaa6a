/* gatehouse key list */
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/list_view.h"

static const char query[] =
    "query ApiKeys { apiKeys { id name type admin teams createdAt expiresAt "
    "lastUsedAt creator description } }";

static void add_row(struct table *table, struct arena *arena, const struct json *key)
{
    table_add(table, format_text(json_get_z(key, "id")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(key, "name")), STYLE_BOLD);
    table_add(table, format_text(json_get_z(key, "type")), STYLE_PLAIN);
    table_add(table, format_yes(json_get_z(key, "admin")), STYLE_PLAIN);
    table_add(table, format_time(arena, json_get_z(key, "createdAt")), STYLE_PLAIN);
    table_add(table, format_time(arena, json_get_z(key, "expiresAt")), STYLE_PLAIN);
    table_add(table, format_time(arena, json_get_z(key, "lastUsedAt")), STYLE_PLAIN);
}

static int run(struct command_line *line)
{
    static const char *const headers[] = {
        "ID", TABLE_FREE_TEXT "NAME", "TYPE", "ADMIN", "CREATED", "EXPIRES", "LAST USED", NULL};
    static const struct list_view view = {
        .query = query,
        .member = "apiKeys",
        .headers = headers,
        .add_row = add_row,
    };
    return list_view_run(line, &view);
}

const struct command key_list_command = {
    .name = "key list",
    .summary = "list the API keys",
    .usage = "",
    .description = "Times are in UTC.",
    .is_client = true,
    .run = run,
};
