/* Any document against the rules, over the shop and over a schema from the input itself. */
#include "graphql/validation/validate.h"

#include "graphql/language/parser.h"
#include "graphql/shop_schema.h"
#include "graphql/types/schema_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void validate(struct arena *arena, const struct graphql_schema *schema,
                     const struct ast_document *document)
{
    static const struct graphql_options options;
    struct graphql_errors errors;
    graphql_errors_init(&errors, arena, 100);
    (void)!graphql_validate(arena, schema, document, &options, &errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 << 20);
    struct text source = {(const char *)data, size};
    struct graphql_parse_options options = {.empty_parentheses = true};
    struct ast_document *document;
    const struct graphql_schema *schema;
    struct error error = {0};
    if (arena && text_is_utf8(source) &&
        graphql_parse(arena, source, &options, &document, &error)) {
        validate(arena, &shop_schema, document);
        if (graphql_schema_build(arena, document, NULL, &schema, &error))
            validate(arena, schema, document);
    }
    arena_free(arena);
    return 0;
}
