/* gatehouse role list */
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/list_view.h"

static const char query[] =
    "query Roles { roles { id slug name description isSystem actions roleBindingsCount } }";

static void add_row(struct table *table, struct arena *arena, const struct json *role)
{
    const struct json *actions = json_get_z(role, "actions");
    int64_t bindings = json_int64_or(json_get_z(role, "roleBindingsCount"), 0);
    table_add(table, format_text(json_get_z(role, "slug")), STYLE_BOLD);
    table_add(table, format_text(json_get_z(role, "name")), STYLE_PLAIN);
    table_add(table, format_yes(json_get_z(role, "isSystem")), STYLE_PLAIN);
    table_add(table, text_format(arena, "%u", actions ? actions->len : 0), STYLE_PLAIN);
    table_add(table, text_format(arena, "%lld", (long long)bindings), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(role, "description")), STYLE_PLAIN);
}

static int run(struct command_line *line)
{
    static const char *const headers[] = {
        "SLUG",     TABLE_FREE_TEXT "NAME",        "SYSTEM", "ACTIONS",
        "BINDINGS", TABLE_FREE_TEXT "DESCRIPTION", NULL};
    static const struct list_view view = {
        .query = query, .member = "roles", .headers = headers, .add_row = add_row};
    return list_view_run(line, &view);
}

const struct command role_list_command = {
    .name = "role list",
    .summary = "list the roles",
    .usage = "",
    .description = "",
    .is_client = true,
    .run = run,
};
