/* gatehouse key test-token */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/table.h"

#include <unistd.h>

enum { TOKEN_MAX_BYTES = 16384 };

static const char query[] =
    "query ApiKeyTestToken($id: ID!, $token: String!) { apiKeyTestToken(id: $id, token: $token) "
    "{ accepted groups checks { name ok reason } } }";

/* From the standard input: a token on a command line is seen by every process of the machine. */
static bool read_token(struct arena *arena, struct text *out, struct error *error)
{
    char *bytes = arena_alloc(arena, TOKEN_MAX_BYTES + 1);
    if (!bytes)
        return error_set_no_memory(error);
    size_t len = fread(bytes, 1, TOKEN_MAX_BYTES + 1, stdin);
    *out = text_trim((struct text){bytes, len});
    if (out->len == 0 || len > TOKEN_MAX_BYTES)
        return error_set(error, ERR_INVALID, "expected a token on the standard input");
    return true;
}

static void print_checks(const struct command_line *line, const struct json *checks)
{
    static const char *const headers[] = {"CHECK", "MET", TABLE_FREE_TEXT "WHY NOT", NULL};
    struct table table;
    table_init(&table, line->arena, headers);
    for (uint32_t i = 0; json_is(checks, JSON_ARRAY) && i < checks->len; i++) {
        const struct json *check = &checks->items[i];
        bool is_met = json_bool_or(json_get_z(check, "ok"), false);
        table_add(&table, format_text(json_get_z(check, "name")), STYLE_PLAIN);
        table_add(&table, is_met ? TEXT("yes") : TEXT("no"), is_met ? STYLE_GOOD : STYLE_BAD);
        table_add(&table, format_text(json_get_z(check, "reason")), STYLE_PLAIN);
    }
    table_print(&table, line->cli->out, &line->cli->terminal);
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    const struct json *data;
    struct api_variable variables[] = {
        {.name = "id", .text = text_z(command_line_operand(line, 0))}, {.name = "token"}};
    if (!read_token(line->arena, &variables[1].text, &error)) {
        cli_fail(line, &error);
        return EXIT_CODE_USAGE;
    }
    if (!api_open(line, &api, &error) ||
        !api_query(&api, query, variables, ARRAY_LENGTH(variables), &data, &error))
        return cli_fail(line, &error);
    const struct json *report = json_get_z(data, "apiKeyTestToken");
    if (cli_wants_json(line))
        cli_print_json(line, report);
    else
        print_checks(line, json_get_z(report, "checks"));
    return json_bool_or(json_get_z(report, "accepted"), false) ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

const struct command key_test_token_command = {
    .name = "key test-token",
    .summary = "try a token of an identity provider on an API key",
    .usage = "ID < TOKEN",
    .description = "Says of each thing that is looked at whether it is as the key wants it. The "
                   "exit code is 0 when the token would be let in.",
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
