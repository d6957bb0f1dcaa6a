/* gatehouse space list */
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/list_view.h"

static const char query[] =
    "query Spaces { spaces { id name parentSpace inheritEntities accessLevel description labels } "
    "}";

static void add_row(struct table *table, struct arena *arena, const struct json *space)
{
    (void)arena;
    table_add(table, format_text(json_get_z(space, "id")), STYLE_BOLD);
    table_add(table, format_text(json_get_z(space, "name")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(space, "parentSpace")), STYLE_PLAIN);
    table_add(table, format_yes(json_get_z(space, "inheritEntities")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(space, "accessLevel")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(space, "description")), STYLE_PLAIN);
}

static int run(struct command_line *line)
{
    static const char *const headers[] = {
        "ID",    TABLE_FREE_TEXT "NAME",        "PARENT", "INHERITS",
        "LEVEL", TABLE_FREE_TEXT "DESCRIPTION", NULL};
    static const struct list_view view = {
        .query = query, .member = "spaces", .headers = headers, .add_row = add_row};
    return list_view_run(line, &view);
}

const struct command space_list_command = {
    .name = "space list",
    .summary = "list the spaces that may be seen",
    .usage = "",
    .description = "",
    .is_client = true,
    .run = run,
};
