/* One query, one table. */
#include "cli/list_view.h"

#include "cli/cli.h"

static void print_rows(const struct command_line *line, const struct list_view *view,
                       const struct json *elements)
{
    struct table table;
    table_init(&table, line->arena, view->headers);
    for (uint32_t i = 0; json_is(elements, JSON_ARRAY) && i < elements->len; i++)
        view->add_row(&table, line->arena, &elements->items[i]);
    table_print(&table, line->cli->out, &line->cli->terminal);
}

int list_view_run(struct command_line *line, const struct list_view *view)
{
    struct error error = {0};
    struct api api;
    const struct json *data;
    if (!api_open(line, &api, &error) || !api_query(&api, view->query, NULL, 0, &data, &error))
        return cli_fail(line, &error);
    const struct json *elements = json_get_z(data, view->member);
    if (cli_wants_json(line))
        return cli_print_json(line, elements);
    print_rows(line, view, elements);
    return EXIT_CODE_OK;
}
