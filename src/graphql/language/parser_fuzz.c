/* Any bytes to the lexer and parser; what parses as a schema goes on to the tables,
 * is checked and compared with another one. */
#include "graphql/language/parser.h"
#include "graphql/shop_schema.h"
#include "graphql/types/changes.h"
#include "graphql/types/schema_build.h"
#include "graphql/validation/schema_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *arena, const struct graphql_schema *schema)
{
    struct graphql_errors errors;
    struct list changes;
    graphql_errors_init(&errors, arena, 100);
    list_init(&changes, arena, sizeof(struct graphql_change));
    (void)!graphql_schema_check(arena, schema, &errors);
    (void)!graphql_changes_find(arena, schema, &shop_schema, &changes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(32 << 20);
    struct text source = {(const char *)data, size};
    struct graphql_parse_options options = {.empty_parentheses = size & 1};
    struct ast_document *document;
    struct ast_value *value;
    const struct graphql_schema *schema;
    struct error error = {0};
    if (arena && text_is_utf8(source)) {
        if (graphql_parse(arena, source, &options, &document, &error) &&
            graphql_schema_build(arena, document, NULL, &schema, &error))
            check(arena, schema);
        error_clear(&error);
        (void)!graphql_parse_value(arena, source, &value, &error);
    }
    arena_free(arena);
    return 0;
}
