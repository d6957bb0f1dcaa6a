/* gatehouse policy rehearse */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/policy_files.h"
#include "cli/policy_upload.h"
#include "cli/table.h"

static const char query[] =
    "query PolicyRehearse($body: String!, $engine: PolicyEngineType, $replaces: ID, $limit: Int) { "
    "policyRehearse(body: $body, engineType: $engine, replaces: $replaces, limit: $limit) { "
    "replayed unchanged gainLogin loseLogin gainAdmin loseAdmin gainRoles loseRoles changes { "
    "actorId actorKind login logins allowedBefore allowedAfter adminBefore adminAfter reasonBefore "
    "reasonAfter gained { space role } lost { space role } } } }";

enum { LIMIT_DEFAULT = 500, CELL_MAX_BYTES = 64 << 10 };

static void add_word(struct buffer *out, const char *sign, struct text word)
{
    buffer_add_format(out, "%s%s%.*s", out->len ? " " : "", sign, TEXT_ARG(word));
}

static void add_switch(struct buffer *out, const struct json *change, const char *before,
                       const char *after, struct text word)
{
    bool was = json_bool_or(json_get_z(change, before), false);
    bool is = json_bool_or(json_get_z(change, after), false);
    if (was != is)
        add_word(out, is ? "+" : "-", word);
}

static void add_roles(struct buffer *out, const char *sign, const struct json *roles)
{
    for (uint32_t i = 0; json_is(roles, JSON_ARRAY) && i < roles->len; i++) {
        add_word(out, sign, format_text(json_get_z(&roles->items[i], "space")));
        buffer_add_format(out, "/%.*s",
                          TEXT_ARG(format_text(json_get_z(&roles->items[i], "role"))));
    }
}

/* "+login -admin +prod/space-reader" */
static struct text describe(struct arena *arena, const struct json *change)
{
    struct buffer out;
    buffer_init(&out, arena, CELL_MAX_BYTES);
    add_switch(&out, change, "allowedBefore", "allowedAfter", TEXT("login"));
    add_switch(&out, change, "adminBefore", "adminAfter", TEXT("admin"));
    add_roles(&out, "+", json_get_z(change, "gained"));
    add_roles(&out, "-", json_get_z(change, "lost"));
    return buffer_text(&out);
}

static void print_changes(const struct command_line *line, const struct json *changes)
{
    static const char *const headers[] = {
        "ACTOR", "KIND", "LOGINS", "CHANGE", TABLE_FREE_TEXT "BECAUSE", NULL};
    struct table table;
    table_init(&table, line->arena, headers);
    for (uint32_t i = 0; json_is(changes, JSON_ARRAY) && i < changes->len; i++) {
        const struct json *change = &changes->items[i];
        int64_t logins = json_int64_or(json_get_z(change, "logins"), 0);
        table_add(&table, format_text(json_get_z(change, "login")), STYLE_BOLD);
        table_add(&table, format_text(json_get_z(change, "actorKind")), STYLE_PLAIN);
        table_add(&table, text_format(line->arena, "%lld", (long long)logins), STYLE_PLAIN);
        table_add(&table, describe(line->arena, change), STYLE_PLAIN);
        table_add(&table, format_text(json_get_z(change, "reasonAfter")), STYLE_PLAIN);
    }
    table_print(&table, line->cli->out, &line->cli->terminal);
}

static bool read_limit(const struct command_line *line, int64_t *out, struct error *error)
{
    const char *given = command_line_value(line, "limit");
    *out = LIMIT_DEFAULT;
    return !given || (text_to_int64(text_z(given), out) && *out > 0) ||
           error_set(error, ERR_INVALID, "--limit wants a number, not \"%s\"", given);
}

static bool rehearse(struct command_line *line, const struct json **out, struct error *error)
{
    struct api api;
    struct policy_upload upload;
    int64_t limit;
    const struct json *data;
    if (!read_limit(line, &limit, error) ||
        !policy_upload_read(line, command_line_operand(line, 0), &upload, error))
        return false;
    const struct api_variable variables[] = {
        {.name = "body", .text = upload.body},
        {.name = "engine", .text = upload.engine},
        {.name = "replaces",
         .kind = API_TEXT_OR_NULL,
         .text = text_z(command_line_value(line, "replaces"))},
        {.name = "limit", .kind = API_INT, .number = limit},
    };
    if (!api_open(line, &api, error) ||
        !api_query(&api, query, variables, ARRAY_LENGTH(variables), &data, error))
        return false;
    *out = json_get_z(data, "policyRehearse");
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    const struct json *rehearsal = NULL;
    if (!rehearse(line, &rehearsal, &error))
        return cli_fail(line, &error);
    if (cli_wants_json(line))
        return cli_print_json(line, rehearsal);
    print_changes(line, json_get_z(rehearsal, "changes"));
    cli_hint(line, "%lld logins replayed, %lld of them unchanged.",
             (long long)json_int64_or(json_get_z(rehearsal, "replayed"), 0),
             (long long)json_int64_or(json_get_z(rehearsal, "unchanged"), 0));
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"replaces", 'r', "ID", "the login policy it would replace; without it, it comes in addition",
     NULL},
    {"limit", 'n', "N", "how many logins to replay, the newest (default: 500, at most 5000)", NULL},
    POLICY_OPTION_DIALECT,
};

const struct command policy_rehearse_command = {
    .name = "policy rehearse",
    .summary = "show what a login policy would change for those who logged in before",
    .usage = "FILE",
    .description = "Recorded logins are asked again, by the login policies as they are and with "
                   "FILE among them. Nothing changes on the server. Each line is one way in which "
                   "an actor's logins would come out differently: +login, -admin, "
                   "+SPACE/ROLE; none means that nothing would change.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
