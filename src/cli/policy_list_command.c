/* gatehouse policy list */
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/list_view.h"

static const char query[] = "query Policies { policies { id name type engineType space labels "
                            "description body updatedAt } }";

static void add_row(struct table *table, struct arena *arena, const struct json *policy)
{
    table_add(table, format_text(json_get_z(policy, "id")), STYLE_BOLD);
    table_add(table, format_text(json_get_z(policy, "name")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(policy, "type")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(policy, "engineType")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(policy, "space")), STYLE_PLAIN);
    table_add(table, format_time(arena, json_get_z(policy, "updatedAt")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(policy, "description")), STYLE_PLAIN);
}

static int run(struct command_line *line)
{
    static const char *const headers[] = {
        "ID",      TABLE_FREE_TEXT "NAME",        "TYPE", "ENGINE", "SPACE",
        "CHANGED", TABLE_FREE_TEXT "DESCRIPTION", NULL};
    static const struct list_view view = {
        .query = query, .member = "policies", .headers = headers, .add_row = add_row};
    return list_view_run(line, &view);
}

const struct command policy_list_command = {
    .name = "policy list",
    .summary = "list the policies on the server",
    .usage = "",
    .description = "Times are in UTC. Login policies are shown to administrators of root.",
    .is_client = true,
    .run = run,
};
