/* gatehouse key reset */
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/key_output.h"
#include "kernel/settings.h"

static const char mutation[] =
    "mutation ApiKeyReset($id: ID!, $grace: Int) { apiKeyReset(id: $id, graceSeconds: $grace) "
    "{ id name secret previousSecretUntil } }";
static const char revocation[] = "mutation ApiKeyRevokePreviousSecret($id: ID!) "
                                 "{ apiKeyRevokePreviousSecret(id: $id) { id } }";

static int revoke(struct command_line *line, const struct api_variable *id)
{
    struct error error = {0};
    struct api api;
    const struct json *data;
    if (!api_open(line, &api, &error) || !api_query(&api, revocation, id, 1, &data, &error))
        return cli_fail(line, &error);
    if (cli_wants_json(line))
        return cli_print_json(line, json_get_z(data, "apiKeyRevokePreviousSecret"));
    cli_hint(line, "Ended. Programs with the newest secret get new tokens by themselves.");
    return EXIT_CODE_OK;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    const char *grace = command_line_value(line, "grace");
    int64_t length = 0;
    struct api_variable variables[] = {
        {.name = "id", .text = text_z(command_line_operand(line, 0))},
        {.name = "grace", .kind = API_INT}};
    if (command_line_has(line, "revoke-previous"))
        return revoke(line, variables);
    if (grace && !duration_parse(text_z(grace), &length)) {
        error_set(&error, ERR_INVALID, "--grace %s: expected a time such as 24h", grace);
        cli_fail(line, &error);
        return EXIT_CODE_USAGE;
    }
    variables[1].number = length / 1000000;
    return key_output_run(line, mutation, "apiKeyReset", variables, ARRAY_LENGTH(variables));
}

static const struct option options[] = {
    {"grace", 'g', "TIME",
     "how long the secret so far stays valid, 24h for example; else it ends "
     "at once",
     NULL},
    {"revoke-previous", 0, NULL, "make no new secret: end the one before the newest", NULL},
    {"output", 'o', "FILE", "write the key to a new file that only you can read", NULL},
};

const struct command key_reset_command = {
    .name = "key reset",
    .summary = "give an API key a new secret, and print it once",
    .usage = "ID",
    .description = "With --grace both secrets work for a while, so that programs can move over one "
                   "after the other.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
