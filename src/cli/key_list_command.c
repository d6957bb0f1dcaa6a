/* gatehouse key list */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/table.h"

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
    static const char *const headers[] = {"ID",      "NAME",    "TYPE",      "ADMIN",
                                          "CREATED", "EXPIRES", "LAST USED", NULL};
    struct error error = {0};
    struct api api;
    struct table table;
    const struct json *data;
    if (!api_open(line, &api, &error) || !api_query(&api, query, NULL, 0, &data, &error))
        return cli_fail(line, &error);
    const struct json *keys = json_get_z(data, "apiKeys");
    if (cli_wants_json(line))
        return cli_print_json(line, keys);
    table_init(&table, line->arena, headers);
    for (uint32_t i = 0; json_is(keys, JSON_ARRAY) && i < keys->len; i++)
        add_row(&table, line->arena, &keys->items[i]);
    table_print(&table, line->cli->out, &line->cli->terminal);
    return EXIT_CODE_OK;
}

const struct command key_list_command = {
    .name = "key list",
    .summary = "list the API keys",
    .usage = "",
    .description = "Times are in UTC.",
    .is_client = true,
    .run = run,
};
