/* gatehouse stack list */
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/list_view.h"

static const char query[] = "query Stacks { stacks { id name state branch repository projectRoot "
                            "space labels description createdAt } }";

static void add_row(struct table *table, struct arena *arena, const struct json *stack)
{
    struct text state = format_text(json_get_z(stack, "state"));
    table_add(table, format_text(json_get_z(stack, "id")), STYLE_BOLD);
    table_add(table, format_text(json_get_z(stack, "name")), STYLE_PLAIN);
    table_add(table, state, terminal_state_style(state));
    table_add(table, format_text(json_get_z(stack, "repository")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(stack, "branch")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(stack, "space")), STYLE_PLAIN);
    table_add(table, format_time(arena, json_get_z(stack, "createdAt")), STYLE_PLAIN);
}

static int run(struct command_line *line)
{
    static const char *const headers[] = {"ID",      TABLE_FREE_TEXT "NAME",
                                          "STATE",   TABLE_FREE_TEXT "REPOSITORY",
                                          "BRANCH",  "SPACE",
                                          "CREATED", NULL};
    static const struct list_view view = {
        .query = query,
        .member = "stacks",
        .headers = headers,
        .add_row = add_row,
    };
    return list_view_run(line, &view);
}

const struct command stack_list_command = {
    .name = "stack list",
    .summary = "list the stacks the key can see",
    .usage = "",
    .description = "Times are in UTC.",
    .is_client = true,
    .run = run,
};
