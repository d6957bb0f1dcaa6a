/*
 * Compares two versions of a schema, for lint and for people:
 *
 *     graphql_changes BEFORE.graphql... -- AFTER.graphql...
 *
 * prints what changed for clients and fails when something breaks them that was not deprecated
 * before it was removed.
 */
#include "base/buffer.h"
#include "graphql/language/parser.h"
#include "graphql/types/changes.h"
#include "graphql/types/schema_build.h"

#include <stdio.h>
#include <string.h>

enum { SOURCE_MAX = 16 << 20, ARENA_MAX = 256 << 20 };

static bool read_file(const char *path, struct buffer *out)
{
    FILE *file = fopen(path, "rb");
    char bytes[1 << 16];
    size_t got;
    if (!file)
        return false;
    while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
        buffer_add(out, (struct text){bytes, got});
    bool ok = !ferror(file);
    fclose(file);
    buffer_add_byte(out, '\n');
    return ok && !out->failed;
}

static bool load(struct arena *arena, char **files, int count, const struct graphql_schema **out)
{
    struct buffer source;
    struct ast_document *document;
    struct error error = {0};
    buffer_init(&source, arena, SOURCE_MAX);
    for (int i = 0; i < count; i++)
        if (!read_file(files[i], &source)) {
            fprintf(stderr, "%s: cannot be read\n", files[i]);
            return false;
        }
    if (graphql_parse(arena, buffer_text(&source), NULL, &document, &error) &&
        graphql_schema_build(arena, document, NULL, out, &error))
        return true;
    fprintf(stderr, "%s: %s\n", count > 0 ? files[0] : "-", error.message);
    return false;
}

static int report(const struct list *changes)
{
    int refused = 0;
    for (size_t i = 0; i < changes->len; i++) {
        const struct graphql_change *change = &LIST_ITEMS(changes, struct graphql_change)[i];
        bool breaks = graphql_change_is_breaking(change->kind) && !change->was_deprecated;
        printf("%s %s: %.*s\n", breaks ? "breaking" : "note", graphql_change_name(change->kind),
               TEXT_ARG(change->description));
        refused += breaks;
    }
    return refused;
}

int main(int count, char **arguments)
{
    struct arena *arena = arena_new(ARENA_MAX);
    const struct graphql_schema *before;
    const struct graphql_schema *after;
    struct list changes;
    int middle = 1;
    while (middle < count && strcmp(arguments[middle], "--") != 0)
        middle++;
    if (!arena || middle == 1 || middle >= count - 1) {
        fprintf(stderr, "usage: graphql_changes BEFORE... -- AFTER...\n");
        arena_free(arena);
        return 2;
    }
    list_init(&changes, arena, sizeof(struct graphql_change));
    bool ok = load(arena, arguments + 1, middle - 1, &before) &&
              load(arena, arguments + middle + 1, count - middle - 1, &after) &&
              graphql_changes_find(arena, before, after, &changes);
    int refused = ok ? report(&changes) : 0;
    arena_free(arena);
    return ok && refused == 0 ? 0 : 1;
}
