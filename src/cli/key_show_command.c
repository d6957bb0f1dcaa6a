/* gatehouse key show */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"

static const char query[] =
    "query ApiKey($id: ID!) { apiKey(id: $id) { id name description type admin teams creator "
    "createdAt expiresAt expiryWarning lastUsedAt lastUsedFrom secretChangedAt previousSecretUntil "
    "accessRules { space spaceAccessLevel } oidcSettings { issuer clientId subjectExpression "
    "claimMapping { entries { name value } } conditions { claim rule values } warnings } } }";

static void print_line(FILE *out, const char *name, struct text value)
{
    fprintf(out, "%-18s", name);
    terminal_write(out, value);
    fputc('\n', out);
}

static struct text join(struct arena *arena, const struct json *list)
{
    struct text *parts =
        json_is(list, JSON_ARRAY) ? ARENA_ARRAY(arena, struct text, list->len) : NULL;
    for (uint32_t i = 0; parts && i < list->len; i++)
        parts[i] = json_text_or(&list->items[i], TEXT(""));
    struct text joined = parts ? text_join(arena, TEXT(", "), parts, list->len) : TEXT("");
    return joined.len ? joined : TEXT("-");
}

static void print_conditions(FILE *out, struct arena *arena, const struct json *conditions)
{
    for (uint32_t i = 0; json_is(conditions, JSON_ARRAY) && i < conditions->len; i++) {
        const struct json *condition = &conditions->items[i];
        struct text rule = text_lower_ascii(arena, format_text(json_get_z(condition, "rule")));
        struct text values = join(arena, json_get_z(condition, "values"));
        print_line(out, "Condition",
                   text_format(arena, "%.*s %.*s %.*s",
                               TEXT_ARG(format_text(json_get_z(condition, "claim"))),
                               TEXT_ARG(rule), TEXT_ARG(values)));
    }
}

/* Pairs of the list, each as "ONE JOIN OTHER" on a line of its own. */
static void print_pairs(FILE *out, struct arena *arena, const char *label, const struct json *list,
                        const char *one, const char *join, const char *other)
{
    for (uint32_t i = 0; json_is(list, JSON_ARRAY) && i < list->len; i++) {
        struct text first = format_text(json_get_z(&list->items[i], one));
        struct text second = format_text(json_get_z(&list->items[i], other));
        print_line(out, label,
                   text_format(arena, "%.*s %s %.*s", TEXT_ARG(first), join, TEXT_ARG(second)));
    }
}

static void print_trust(FILE *out, struct arena *arena, const struct json *trust)
{
    const struct json *warnings = json_get_z(trust, "warnings");
    if (!json_is(trust, JSON_OBJECT))
        return;
    print_line(out, "Issuer", format_text(json_get_z(trust, "issuer")));
    print_line(out, "Audience", format_text(json_get_z(trust, "clientId")));
    print_line(out, "Subject", format_text(json_get_z(trust, "subjectExpression")));
    print_conditions(out, arena, json_get_z(trust, "conditions"));
    print_pairs(out, arena, "Claim", json_get_z(json_get_z(trust, "claimMapping"), "entries"),
                "name", "gives", "value");
    for (uint32_t i = 0; json_is(warnings, JSON_ARRAY) && i < warnings->len; i++)
        print_line(out, "Warning", format_text(&warnings->items[i]));
}

static void print_key(FILE *out, struct arena *arena, const struct json *key)
{
    static const char *const texts[][2] = {{"Id", "id"},
                                           {"Name", "name"},
                                           {"Description", "description"},
                                           {"Type", "type"},
                                           {"Made by", "creator"}};
    static const char *const times[][2] = {{"Made", "createdAt"},
                                           {"Expires", "expiresAt"},
                                           {"Last used", "lastUsedAt"},
                                           {"Secret changed", "secretChangedAt"},
                                           {"Old secret until", "previousSecretUntil"}};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        print_line(out, texts[i][0], format_text(json_get_z(key, texts[i][1])));
    print_line(out, "Administrator", format_yes(json_get_z(key, "admin")));
    print_line(out, "Groups", join(arena, json_get_z(key, "teams")));
    print_pairs(out, arena, "Access", json_get_z(key, "accessRules"), "spaceAccessLevel", "in",
                "space");
    for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
        print_line(out, times[i][0], format_time(arena, json_get_z(key, times[i][1])));
    print_line(out, "Last used from", format_text(json_get_z(key, "lastUsedFrom")));
    if (json_is(json_get_z(key, "expiryWarning"), JSON_STRING))
        print_line(out, "Warning", format_text(json_get_z(key, "expiryWarning")));
    print_trust(out, arena, json_get_z(key, "oidcSettings"));
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct api api;
    const struct json *data;
    const char *id = command_line_operand(line, 0);
    const struct api_variable variable = {.name = "id", .text = text_z(id)};
    if (!api_open(line, &api, &error) || !api_query(&api, query, &variable, 1, &data, &error))
        return cli_fail(line, &error);
    const struct json *key = json_get_z(data, "apiKey");
    if (!json_is(key, JSON_OBJECT)) {
        error_set(&error, ERR_NOT_FOUND, "API key %s not found", id);
        return cli_fail(line, &error);
    }
    if (cli_wants_json(line))
        return cli_print_json(line, key);
    print_key(line->cli->out, line->arena, key);
    return EXIT_CODE_OK;
}

const struct command key_show_command = {
    .name = "key show",
    .summary = "show an API key: whose it is, whom it trusts, when it was used",
    .usage = "ID",
    .description = "Times are in UTC.",
    .min_operands = 1,
    .max_operands = 1,
    .is_client = true,
    .run = run,
};
