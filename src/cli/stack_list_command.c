/* gatehouse stack list */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/table.h"

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
    static const char *const headers[] = {"ID",     "NAME",  "STATE",   "REPOSITORY",
                                          "BRANCH", "SPACE", "CREATED", NULL};
    struct error error = {0};
    struct api api;
    struct table table;
    const struct json *data;
    if (!api_open(line, &api, &error) || !api_query(&api, query, NULL, 0, &data, &error))
        return cli_fail(line, &error);
    const struct json *stacks = json_get_z(data, "stacks");
    if (cli_wants_json(line))
        return cli_print_json(line, stacks);
    table_init(&table, line->arena, headers);
    for (uint32_t i = 0; json_is(stacks, JSON_ARRAY) && i < stacks->len; i++)
        add_row(&table, line->arena, &stacks->items[i]);
    table_print(&table, line->cli->out, &line->cli->terminal);
    return EXIT_CODE_OK;
}

const struct command stack_list_command = {
    .name = "stack list",
    .summary = "list the stacks the key can see",
    .usage = "",
    .description = "Times are in UTC.",
    .is_client = true,
    .run = run,
};
