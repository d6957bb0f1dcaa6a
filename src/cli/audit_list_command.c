/* gatehouse audit list */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/table.h"

enum { LIMIT_DEFAULT = 50, PAGE_MAX = 100 };

static const char query[] =
    "query SearchAuditTrail($input: SearchInput!) { searchAuditTrailEntries(input: $input) { "
    "edges { node { id createdAt action eventType actor { username } affectedResource { "
    "resourceType resourceId } relatedResource { resourceType resourceId } remoteIP requestId } } "
    "pageInfo { endCursor hasNextPage } } }";

struct listing {
    struct command_line *line;
    struct api api;
    struct list entries; /* const struct json * */
    size_t limit;
    struct text after;
    bool has_next;
};

static struct text print_input(const struct listing *listing)
{
    struct json_printer printer;
    const char *words = command_line_value(listing->line, "search");
    size_t missing = listing->limit - listing->entries.len;
    struct json_writer *writer = json_print_begin(&printer, listing->line->arena);
    json_begin_object(writer);
    json_member_int64(writer, "first", (int64_t)(missing < PAGE_MAX ? missing : PAGE_MAX));
    if (listing->after.len)
        json_member_string(writer, "after", listing->after);
    if (words)
        json_member_string(writer, "fullTextSearch", text_z(words));
    json_end_object(writer);
    return json_print_end(&printer);
}

static bool read_page(struct listing *listing, struct error *error)
{
    const struct api_variable variable = {
        .name = "input", .kind = API_JSON, .text = print_input(listing)};
    const struct json *data;
    if (!api_query(&listing->api, query, &variable, 1, &data, error))
        return false;
    const struct json *found = json_get_z(data, "searchAuditTrailEntries");
    const struct json *edges = json_get_z(found, "edges");
    const struct json *info = json_get_z(found, "pageInfo");
    for (uint32_t i = 0; json_is(edges, JSON_ARRAY) && i < edges->len; i++) {
        const struct json **entry = list_push(&listing->entries);
        if (!entry)
            return error_set_no_memory(error);
        *entry = json_get_z(&edges->items[i], "node");
    }
    listing->after = json_get_text(info, "endCursor");
    listing->has_next = json_bool_or(json_get_z(info, "hasNextPage"), false);
    return true;
}

static struct text print_resource(struct arena *arena, const struct json *resource)
{
    struct text id = json_get_text(resource, "resourceId");
    struct text type = json_get_text(resource, "resourceType");
    return text_format(arena, "%.*s%s%.*s", TEXT_ARG(type), id.len ? " " : "", TEXT_ARG(id));
}

static void print_table(struct listing *listing)
{
    static const char *const headers[] = {"TIME", "ACTION", "ON", "BY", "FROM", NULL};
    struct arena *arena = listing->line->arena;
    struct table table;
    table_init(&table, arena, headers);
    for (size_t i = 0; i < listing->entries.len; i++) {
        const struct json *entry = LIST_ITEMS(&listing->entries, const struct json *)[i];
        const struct json *actor = json_get_z(entry, "actor");
        table_add(&table, format_time(arena, json_get_z(entry, "createdAt")), STYLE_PLAIN);
        table_add(&table, format_text(json_get_z(entry, "action")), STYLE_BOLD);
        table_add(&table, print_resource(arena, json_get_z(entry, "affectedResource")),
                  STYLE_PLAIN);
        table_add(&table, format_text(json_get_z(actor, "username")), STYLE_PLAIN);
        table_add(&table, format_text(json_get_z(entry, "remoteIP")), STYLE_PLAIN);
    }
    table_print(&table, listing->line->cli->out, &listing->line->cli->terminal);
}

/* With --json: an object a line, as `audit export` has them, but only what a list needs. */
static void print_lines(struct listing *listing)
{
    for (size_t i = 0; i < listing->entries.len; i++) {
        struct json_printer printer;
        json_value(json_print_begin(&printer, listing->line->arena),
                   LIST_ITEMS(&listing->entries, const struct json *)[i]);
        struct text text = json_print_end(&printer);
        fprintf(listing->line->cli->out, "%.*s\n", TEXT_ARG(text));
    }
}

static bool read_limit(const struct command_line *line, size_t *out, struct error *error)
{
    const char *given = command_line_value(line, "limit");
    int64_t limit = LIMIT_DEFAULT;
    if (given && (!text_to_int64(text_z(given), &limit) || limit < 1))
        return error_set(error, ERR_INVALID, "--limit: expected a number from 1 on");
    *out = (size_t)limit;
    return true;
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct listing listing = {.line = line, .has_next = true};
    list_init(&listing.entries, line->arena, sizeof(const struct json *));
    if (!read_limit(line, &listing.limit, &error) || !api_open(line, &listing.api, &error))
        return cli_fail(line, &error);
    while (listing.has_next && listing.entries.len < listing.limit) {
        if (!read_page(&listing, &error))
            return cli_fail(line, &error);
    }
    if (cli_wants_json(line))
        print_lines(&listing);
    else
        print_table(&listing);
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"limit", 0, "N", "at most so many; 50 by default", NULL},
    {"search", 0, "WORDS", "only entries with all of these words", NULL},
};

const struct command audit_list_command = {
    .name = "audit list",
    .summary = "show the newest entries of the audit trail",
    .usage = "",
    .description = "Times are in UTC. Needs a key that administers the root space.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .is_client = true,
    .run = run,
};
