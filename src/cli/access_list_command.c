/* gatehouse access list */
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/list_view.h"

static const char query[] =
    "query AccessGrants { accessGrants { id subject subjectType role { slug } spaceID "
    "reason createdBy createdAt expiresAt } }";

static void add_row(struct table *table, struct arena *arena, const struct json *grant)
{
    table_add(table, format_text(json_get_z(grant, "id")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(grant, "subject")), STYLE_BOLD);
    table_add(table, format_text(json_get_z(json_get_z(grant, "role"), "slug")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(grant, "spaceID")), STYLE_PLAIN);
    table_add(table, format_time(arena, json_get_z(grant, "expiresAt")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(grant, "createdBy")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(grant, "reason")), STYLE_PLAIN);
}

static int run(struct command_line *line)
{
    static const char *const headers[] = {
        "ID", "SUBJECT", "ROLE", "SPACE", "ENDS", "BY", TABLE_FREE_TEXT "REASON", NULL};
    static const struct list_view view = {
        .query = query, .member = "accessGrants", .headers = headers, .add_row = add_row};
    return list_view_run(line, &view);
}

const struct command access_list_command = {
    .name = "access list",
    .summary = "list the grants that end by themselves",
    .usage = "",
    .description = "Times are in UTC.",
    .is_client = true,
    .run = run,
};
