/* gatehouse audit verify */
#include "audit/audit_export.h"
#include "cli/audit_database.h"
#include "cli/cli.h"
#include "cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool verify_unit(struct ctx *ctx, void *data)
{
    return audit_verify(ctx, data);
}

/* One line of an exported file. Its first line begins the chain. */
static bool verify_line(struct chain_walk *walk, struct arena *arena, struct text line,
                        struct error *error)
{
    struct audit_entry entry;
    struct text previous;
    if (!audit_line_parse(arena, line, &entry, &previous, error))
        return false;
    if (walk->sequence < 0)
        chain_begin(walk, entry.sequence - 1, previous);
    return chain_step(walk, arena, &entry) || error_set_no_memory(error);
}

static bool verify_lines(FILE *file, struct chain_walk *walk, struct error *error)
{
    struct arena *arena = arena_new(4 * (size_t)AUDIT_LINE_MAX_BYTES);
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    bool fine = arena != NULL || error_set_no_memory(error);
    while (fine && !walk->is_broken && (length = getline(&line, &size, file)) > 0) {
        struct text text = text_trim((struct text){line, (size_t)length});
        arena_reset(arena);
        fine = text.len == 0 || verify_line(walk, arena, text, error);
    }
    free(line);
    arena_free(arena);
    return fine;
}

static bool verify_file(const struct command_line *line, const char *path,
                        struct audit_verdict *out, struct error *error)
{
    bool is_input = strcmp(path, "-") == 0;
    FILE *file = is_input ? stdin : fopen(path, "re");
    struct chain_walk walk = {.sequence = -1};
    if (!file)
        return error_set(error, ERR_NOT_FOUND, "cannot read %s: %s", path, strerror(errno));
    bool fine = verify_lines(file, &walk, error);
    if (!is_input)
        fclose(file);
    int64_t sequence = walk.sequence < 0 ? 0 : walk.sequence;
    *out = (struct audit_verdict){.count = walk.count,
                                  .broken_at = walk.is_broken ? sequence + 1 : 0,
                                  .head_sequence = sequence,
                                  .removed_up_to = sequence - walk.count,
                                  .head = text_copy(line->arena, chain_walk_hash(&walk))};
    return fine;
}

static bool verify_at_server(const struct command_line *line, struct audit_verdict *out,
                             struct error *error)
{
    static const char query[] = "query AuditVerify { auditVerify { brokenAt entries head "
                                "headSequence removedUpTo } }";
    struct api api;
    const struct json *data;
    if (!api_open(line, &api, error) || !api_query(&api, query, NULL, 0, &data, error))
        return false;
    const struct json *found = json_get_z(data, "auditVerify");
    *out = (struct audit_verdict){
        .count = json_int64_or(json_get_z(found, "entries"), 0),
        .broken_at = json_int64_or(json_get_z(found, "brokenAt"), 0),
        .head_sequence = json_int64_or(json_get_z(found, "headSequence"), 0),
        .removed_up_to = json_int64_or(json_get_z(found, "removedUpTo"), 0),
        .head = json_get_text(found, "head"),
    };
    return true;
}

static bool verify(const struct command_line *line, struct audit_verdict *out, struct error *error)
{
    const char *file = command_line_value(line, "file");
    const char *database = command_line_value(line, "database");
    if (file && database)
        return error_set(error, ERR_INVALID, "--file and --database exclude each other");
    if (file)
        return verify_file(line, file, out, error);
    if (database)
        return audit_database_read(line, database, verify_unit, out, error);
    return verify_at_server(line, out, error);
}

static void print_json(const struct command_line *line, const struct audit_verdict *verdict)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, line->arena);
    json_begin_object(writer);
    json_member_int64(writer, "entries", verdict->count);
    json_key_z(writer, "brokenAt");
    if (verdict->broken_at)
        json_int64(writer, verdict->broken_at);
    else
        json_null(writer);
    json_member_string(writer, "head", verdict->head);
    json_member_int64(writer, "headSequence", verdict->head_sequence);
    json_member_int64(writer, "removedUpTo", verdict->removed_up_to);
    json_end_object(writer);
    struct text text = json_print_end(&printer);
    fprintf(line->cli->out, "%.*s\n", TEXT_ARG(text));
}

static void print(const struct command_line *line, const struct audit_verdict *verdict)
{
    FILE *out = line->cli->out;
    fprintf(out, "%" PRId64 " entries fit", verdict->count);
    if (verdict->removed_up_to)
        fprintf(out, ", from %" PRId64 " on", verdict->removed_up_to + 1);
    if (verdict->broken_at)
        fprintf(out, "; entry %" PRId64 " is missing or was changed\n", verdict->broken_at);
    else
        fprintf(out, "; the chain is whole\nhead: %" PRId64 " %.*s\n", verdict->head_sequence,
                TEXT_ARG(verdict->head));
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct audit_verdict verdict;
    if (!verify(line, &verdict, &error))
        return cli_fail(line, &error);
    if (cli_wants_json(line))
        print_json(line, &verdict);
    else
        print(line, &verdict);
    return verdict.broken_at ? EXIT_CODE_FAILED : EXIT_CODE_OK;
}

static const struct option options[] = {
    AUDIT_OPTION_DATABASE,
    {"file", 0, "FILE", "check what audit export has written, - for standard input", NULL},
};

const struct command audit_verify_command = {
    .name = "audit verify",
    .summary = "check that nothing in the audit trail was changed or removed",
    .usage = "",
    .description =
        "Each entry's hash covers the entry and the hash before it. The head that is printed, "
        "noted elsewhere, proves later that nothing before it was rewritten.\n\n"
        "Without an option, the server is asked. A PostgreSQL database can be read while servers "
        "run; a SQLite file only while none does, or from a backup of it. A file is checked from "
        "its first line on.\n\n"
        "The exit code is 1 when an entry does not fit.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .is_client = true,
    .run = run,
};
