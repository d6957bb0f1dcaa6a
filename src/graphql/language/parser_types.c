/* The type system half of the grammar: definitions and extensions. */
#include "graphql/language/parser_state.h"

static const char *const location_names[GRAPHQL_LOCATION_COUNT] = {
    [GRAPHQL_AT_QUERY] = "QUERY",
    [GRAPHQL_AT_MUTATION] = "MUTATION",
    [GRAPHQL_AT_SUBSCRIPTION] = "SUBSCRIPTION",
    [GRAPHQL_AT_FIELD] = "FIELD",
    [GRAPHQL_AT_FRAGMENT_DEFINITION] = "FRAGMENT_DEFINITION",
    [GRAPHQL_AT_FRAGMENT_SPREAD] = "FRAGMENT_SPREAD",
    [GRAPHQL_AT_INLINE_FRAGMENT] = "INLINE_FRAGMENT",
    [GRAPHQL_AT_VARIABLE_DEFINITION] = "VARIABLE_DEFINITION",
    [GRAPHQL_AT_SCHEMA] = "SCHEMA",
    [GRAPHQL_AT_SCALAR] = "SCALAR",
    [GRAPHQL_AT_OBJECT] = "OBJECT",
    [GRAPHQL_AT_FIELD_DEFINITION] = "FIELD_DEFINITION",
    [GRAPHQL_AT_ARGUMENT_DEFINITION] = "ARGUMENT_DEFINITION",
    [GRAPHQL_AT_INTERFACE] = "INTERFACE",
    [GRAPHQL_AT_UNION] = "UNION",
    [GRAPHQL_AT_ENUM] = "ENUM",
    [GRAPHQL_AT_ENUM_VALUE] = "ENUM_VALUE",
    [GRAPHQL_AT_INPUT_OBJECT] = "INPUT_OBJECT",
    [GRAPHQL_AT_INPUT_FIELD_DEFINITION] = "INPUT_FIELD_DEFINITION",
};

const char *graphql_location_name(enum graphql_location location)
{
    return location_names[location];
}

/* Names with a separator between them: "A & B", "| A | B". One at least. */
static bool parse_names(struct parser *parser, enum graphql_token_kind separator,
                        struct ast_named **tail)
{
    bool more;
    if (!graphql_parser_skip(parser, separator, &more))
        return false;
    do {
        struct ast_named *named = PARSER_NEW(parser, struct ast_named);
        if (!named)
            return false;
        *tail = named;
        tail = &named->next;
        named->at = parser->token.at;
        if (!graphql_parser_name(parser, &named->name) ||
            !graphql_parser_skip(parser, separator, &more))
            return false;
    } while (more);
    return true;
}

static bool parse_input(struct parser *parser, struct ast_input_definition **out)
{
    struct ast_input_definition *input = PARSER_NEW(parser, struct ast_input_definition);
    bool has_default;
    if (!input)
        return false;
    *out = input;
    input->at = parser->token.at;
    if (!graphql_parser_description(parser, &input->description))
        return false;
    input->name_at = parser->token.at;
    if (!graphql_parser_name(parser, &input->name) ||
        !graphql_parser_expect(parser, GRAPHQL_TOKEN_COLON) ||
        !graphql_parser_type(parser, &input->type) ||
        !graphql_parser_skip(parser, GRAPHQL_TOKEN_EQUALS, &has_default))
        return false;
    if (has_default && !graphql_parser_value(parser, true, &input->default_value))
        return false;
    return graphql_parser_directives(parser, true, &input->directives);
}

/* Input values between `open` and `close`, one at least; nothing when `open` is not there. */
static bool parse_inputs(struct parser *parser, enum graphql_token_kind open,
                         enum graphql_token_kind close, struct ast_input_definition **tail)
{
    bool found;
    if (!graphql_parser_skip(parser, open, &found) || !found)
        return !error_is_set(parser->lexer.error);
    do {
        if (!parse_input(parser, tail))
            return false;
        tail = &(*tail)->next;
    } while (!graphql_parser_at(parser, close));
    return graphql_parser_advance(parser);
}

static bool parse_field_definition(struct parser *parser, struct ast_field_definition **out)
{
    struct ast_field_definition *field = PARSER_NEW(parser, struct ast_field_definition);
    if (!field)
        return false;
    *out = field;
    field->at = parser->token.at;
    if (!graphql_parser_description(parser, &field->description))
        return false;
    field->name_at = parser->token.at;
    return graphql_parser_name(parser, &field->name) &&
           parse_inputs(parser, GRAPHQL_TOKEN_PAREN_OPEN, GRAPHQL_TOKEN_PAREN_CLOSE,
                        &field->arguments) &&
           graphql_parser_expect(parser, GRAPHQL_TOKEN_COLON) &&
           graphql_parser_type(parser, &field->type) &&
           graphql_parser_directives(parser, true, &field->directives);
}

static bool parse_fields(struct parser *parser, struct ast_field_definition **tail)
{
    bool open;
    if (!graphql_parser_skip(parser, GRAPHQL_TOKEN_BRACE_OPEN, &open) || !open)
        return !error_is_set(parser->lexer.error);
    do {
        if (!parse_field_definition(parser, tail))
            return false;
        tail = &(*tail)->next;
    } while (!graphql_parser_at(parser, GRAPHQL_TOKEN_BRACE_CLOSE));
    return graphql_parser_advance(parser);
}

static bool parse_value_definition(struct parser *parser, struct ast_value_definition **out)
{
    struct ast_value_definition *value = PARSER_NEW(parser, struct ast_value_definition);
    if (!value)
        return false;
    *out = value;
    value->at = parser->token.at;
    if (!graphql_parser_description(parser, &value->description))
        return false;
    value->name_at = parser->token.at;
    if (graphql_parser_at_keyword(parser, "true") || graphql_parser_at_keyword(parser, "false") ||
        graphql_parser_at_keyword(parser, "null"))
        return graphql_syntax_error(
            parser->lexer.error, parser->lexer.source, parser->token.at,
            "Name \"%.*s\" is reserved and cannot be used for an enum value.",
            TEXT_ARG(parser->token.text));
    return graphql_parser_name(parser, &value->name) &&
           graphql_parser_directives(parser, true, &value->directives);
}

static bool parse_values(struct parser *parser, struct ast_value_definition **tail)
{
    bool open;
    if (!graphql_parser_skip(parser, GRAPHQL_TOKEN_BRACE_OPEN, &open) || !open)
        return !error_is_set(parser->lexer.error);
    do {
        if (!parse_value_definition(parser, tail))
            return false;
        tail = &(*tail)->next;
    } while (!graphql_parser_at(parser, GRAPHQL_TOKEN_BRACE_CLOSE));
    return graphql_parser_advance(parser);
}

static bool parse_root(struct parser *parser, struct ast_root **out)
{
    struct ast_root *root = PARSER_NEW(parser, struct ast_root);
    if (!root)
        return false;
    *out = root;
    root->at = parser->token.at;
    if (!graphql_parser_operation_kind(parser, &root->operation) ||
        !graphql_parser_expect(parser, GRAPHQL_TOKEN_COLON))
        return false;
    root->type.at = parser->token.at;
    return graphql_parser_name(parser, &root->type.name);
}

static bool parse_schema(struct parser *parser, struct ast_definition *out)
{
    struct ast_root **tail = &out->roots;
    out->kind = AST_SCHEMA;
    if (!graphql_parser_directives(parser, true, &out->directives))
        return false;
    if (out->is_extension && !graphql_parser_at(parser, GRAPHQL_TOKEN_BRACE_OPEN))
        return true;
    if (!graphql_parser_expect(parser, GRAPHQL_TOKEN_BRACE_OPEN))
        return false;
    do {
        if (!parse_root(parser, tail))
            return false;
        tail = &(*tail)->next;
    } while (!graphql_parser_at(parser, GRAPHQL_TOKEN_BRACE_CLOSE));
    return graphql_parser_advance(parser);
}

static bool parse_interfaces(struct parser *parser, struct ast_named **out)
{
    if (!graphql_parser_at_keyword(parser, "implements"))
        return true;
    return graphql_parser_advance(parser) && parse_names(parser, GRAPHQL_TOKEN_AMPERSAND, out);
}

static bool parse_union_members(struct parser *parser, struct ast_named **out)
{
    bool found;
    if (!graphql_parser_skip(parser, GRAPHQL_TOKEN_EQUALS, &found))
        return false;
    return !found || parse_names(parser, GRAPHQL_TOKEN_PIPE, out);
}

static bool parse_type_body(struct parser *parser, struct ast_definition *out)
{
    bool has_fields = out->type_kind == GRAPHQL_OBJECT || out->type_kind == GRAPHQL_INTERFACE;
    if (has_fields && !parse_interfaces(parser, &out->interfaces))
        return false;
    if (!graphql_parser_directives(parser, true, &out->directives))
        return false;
    switch (out->type_kind) {
    case GRAPHQL_OBJECT:
    case GRAPHQL_INTERFACE: return parse_fields(parser, &out->fields);
    case GRAPHQL_UNION: return parse_union_members(parser, &out->members);
    case GRAPHQL_ENUM: return parse_values(parser, &out->values);
    case GRAPHQL_INPUT_OBJECT:
        return parse_inputs(parser, GRAPHQL_TOKEN_BRACE_OPEN, GRAPHQL_TOKEN_BRACE_CLOSE,
                            &out->inputs);
    case GRAPHQL_SCALAR: break;
    }
    return true;
}

static bool parse_type(struct parser *parser, struct ast_definition *out)
{
    out->kind = AST_TYPE;
    out->name_at = parser->token.at;
    if (!graphql_parser_name(parser, &out->name) || !parse_type_body(parser, out))
        return false;
    bool has_body = out->directives || out->interfaces || out->fields || out->members ||
                    out->values || out->inputs;
    return !out->is_extension || has_body || graphql_parser_unexpected(parser);
}

static bool parse_location(struct parser *parser, uint32_t *locations)
{
    for (int i = 0; i < GRAPHQL_LOCATION_COUNT; i++)
        if (graphql_parser_at_keyword(parser, location_names[i])) {
            *locations |= UINT32_C(1) << i;
            return graphql_parser_advance(parser);
        }
    return graphql_parser_at(parser, GRAPHQL_TOKEN_NAME)
               ? graphql_parser_unexpected(parser)
               : graphql_parser_expect(parser, GRAPHQL_TOKEN_NAME);
}

static bool parse_directive(struct parser *parser, struct ast_definition *out)
{
    bool more;
    out->kind = AST_DIRECTIVE;
    if (!graphql_parser_expect(parser, GRAPHQL_TOKEN_AT))
        return false;
    out->name_at = parser->token.at;
    if (!graphql_parser_name(parser, &out->name) ||
        !parse_inputs(parser, GRAPHQL_TOKEN_PAREN_OPEN, GRAPHQL_TOKEN_PAREN_CLOSE, &out->inputs))
        return false;
    out->is_repeatable = graphql_parser_at_keyword(parser, "repeatable");
    if (out->is_repeatable && !graphql_parser_advance(parser))
        return false;
    if (!graphql_parser_expect_keyword(parser, "on") ||
        !graphql_parser_skip(parser, GRAPHQL_TOKEN_PIPE, &more))
        return false;
    do {
        if (!parse_location(parser, &out->locations) ||
            !graphql_parser_skip(parser, GRAPHQL_TOKEN_PIPE, &more))
            return false;
    } while (more);
    return true;
}

bool graphql_parser_type_system(struct parser *parser, struct ast_definition *out)
{
    static const struct {
        const char *word;
        enum graphql_type_kind kind;
    } types[] = {
        {"scalar", GRAPHQL_SCALAR}, {"type", GRAPHQL_OBJECT}, {"interface", GRAPHQL_INTERFACE},
        {"union", GRAPHQL_UNION},   {"enum", GRAPHQL_ENUM},   {"input", GRAPHQL_INPUT_OBJECT},
    };
    if (!out->description.at && graphql_parser_at_keyword(parser, "extend")) {
        out->is_extension = true;
        if (!graphql_parser_advance(parser))
            return false;
    }
    if (graphql_parser_at_keyword(parser, "schema"))
        return graphql_parser_advance(parser) && parse_schema(parser, out);
    if (!out->is_extension && graphql_parser_at_keyword(parser, "directive"))
        return graphql_parser_advance(parser) && parse_directive(parser, out);
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        if (graphql_parser_at_keyword(parser, types[i].word)) {
            out->type_kind = types[i].kind;
            return graphql_parser_advance(parser) && parse_type(parser, out);
        }
    return graphql_parser_unexpected(parser);
}
