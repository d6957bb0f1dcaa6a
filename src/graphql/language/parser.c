/* Recursive descent over one token of look-ahead: shared steps, values, types, operations. */
#include "graphql/language/parser.h"

#include "graphql/language/lexer_string.h"
#include "graphql/language/parser_state.h"

#include <string.h>

enum { DEPTH_MAX = 200 };

static const char *const token_names[] = {
    [GRAPHQL_TOKEN_END] = "<EOF>",
    [GRAPHQL_TOKEN_BANG] = "\"!\"",
    [GRAPHQL_TOKEN_DOLLAR] = "\"$\"",
    [GRAPHQL_TOKEN_AMPERSAND] = "\"&\"",
    [GRAPHQL_TOKEN_PAREN_OPEN] = "\"(\"",
    [GRAPHQL_TOKEN_PAREN_CLOSE] = "\")\"",
    [GRAPHQL_TOKEN_SPREAD] = "\"...\"",
    [GRAPHQL_TOKEN_COLON] = "\":\"",
    [GRAPHQL_TOKEN_EQUALS] = "\"=\"",
    [GRAPHQL_TOKEN_AT] = "\"@\"",
    [GRAPHQL_TOKEN_BRACKET_OPEN] = "\"[\"",
    [GRAPHQL_TOKEN_BRACKET_CLOSE] = "\"]\"",
    [GRAPHQL_TOKEN_BRACE_OPEN] = "\"{\"",
    [GRAPHQL_TOKEN_PIPE] = "\"|\"",
    [GRAPHQL_TOKEN_BRACE_CLOSE] = "\"}\"",
    [GRAPHQL_TOKEN_NAME] = "Name",
    [GRAPHQL_TOKEN_INT] = "Int",
    [GRAPHQL_TOKEN_FLOAT] = "Float",
    [GRAPHQL_TOKEN_STRING] = "String",
    [GRAPHQL_TOKEN_BLOCK_STRING] = "BlockString",
};

/* Name "x" for tokens that carry text, "{" for the others. */
static struct text describe_token(const struct parser *parser)
{
    const struct graphql_token *token = &parser->token;
    const char *name = token_names[token->kind];
    bool is_value = token->kind > GRAPHQL_TOKEN_NAME;
    if (token->kind < GRAPHQL_TOKEN_NAME || (is_value && parser->hide_values))
        return text_z(name);
    return text_format(parser->arena, "%s \"%.*s\"", name,
                       TEXT_ARG(text_slice(token->text, 0, 200)));
}

bool graphql_parser_unexpected(struct parser *parser)
{
    return graphql_syntax_error(parser->lexer.error, parser->lexer.source, parser->token.at,
                                "Unexpected %.*s.", TEXT_ARG(describe_token(parser)));
}

bool graphql_parser_advance(struct parser *parser)
{
    return graphql_lexer_next(&parser->lexer, &parser->token);
}

bool graphql_parser_at_keyword(const struct parser *parser, const char *word)
{
    return graphql_parser_at(parser, GRAPHQL_TOKEN_NAME) && text_equal_z(parser->token.text, word);
}

bool graphql_parser_expect(struct parser *parser, enum graphql_token_kind kind)
{
    if (graphql_parser_at(parser, kind))
        return graphql_parser_advance(parser);
    return graphql_syntax_error(parser->lexer.error, parser->lexer.source, parser->token.at,
                                "Expected %s, found %.*s.", token_names[kind],
                                TEXT_ARG(describe_token(parser)));
}

bool graphql_parser_expect_keyword(struct parser *parser, const char *word)
{
    if (graphql_parser_at_keyword(parser, word))
        return graphql_parser_advance(parser);
    return graphql_syntax_error(parser->lexer.error, parser->lexer.source, parser->token.at,
                                "Expected \"%s\", found %.*s.", word,
                                TEXT_ARG(describe_token(parser)));
}

bool graphql_parser_skip(struct parser *parser, enum graphql_token_kind kind, bool *found)
{
    *found = graphql_parser_at(parser, kind);
    return !*found || graphql_parser_advance(parser);
}

bool graphql_parser_name(struct parser *parser, struct text *out)
{
    *out = parser->token.text;
    return graphql_parser_expect(parser, GRAPHQL_TOKEN_NAME);
}

void *graphql_parser_new(struct parser *parser, size_t size)
{
    void *node = arena_alloc(parser->arena, size);
    if (!node)
        error_set_no_memory(parser->lexer.error);
    return node;
}

/* Around everything that nests. */
static bool enter(struct parser *parser)
{
    if (++parser->depth <= DEPTH_MAX)
        return true;
    graphql_syntax_error(parser->lexer.error, parser->lexer.source, parser->token.at,
                         "Document nests deeper than %d levels.", DEPTH_MAX);
    parser->lexer.error->kind = ERR_TOO_LARGE;
    return false;
}

static bool parse_list(struct parser *parser, bool is_constant, struct ast_value *list)
{
    struct ast_value **tail = &list->items;
    list->kind = AST_LIST;
    if (!graphql_parser_advance(parser))
        return false;
    while (!graphql_parser_at(parser, GRAPHQL_TOKEN_BRACKET_CLOSE)) {
        if (!graphql_parser_value(parser, is_constant, tail))
            return false;
        tail = &(*tail)->next;
    }
    return graphql_parser_advance(parser);
}

static bool parse_argument(struct parser *parser, bool is_constant, struct ast_argument **out)
{
    struct ast_argument *argument = PARSER_NEW(parser, struct ast_argument);
    if (!argument)
        return false;
    *out = argument;
    argument->at = parser->token.at;
    return graphql_parser_name(parser, &argument->name) &&
           graphql_parser_expect(parser, GRAPHQL_TOKEN_COLON) &&
           graphql_parser_value(parser, is_constant, &argument->value);
}

static bool parse_object(struct parser *parser, bool is_constant, struct ast_value *object)
{
    struct ast_argument **tail = &object->fields;
    object->kind = AST_OBJECT;
    if (!graphql_parser_advance(parser))
        return false;
    while (!graphql_parser_at(parser, GRAPHQL_TOKEN_BRACE_CLOSE)) {
        if (!parse_argument(parser, is_constant, tail))
            return false;
        tail = &(*tail)->next;
    }
    return graphql_parser_advance(parser);
}

static bool parse_name_value(struct parser *parser, struct ast_value *value)
{
    bool is_true = graphql_parser_at_keyword(parser, "true");
    if (is_true || graphql_parser_at_keyword(parser, "false")) {
        value->kind = AST_BOOLEAN;
        value->is_true = is_true;
    } else if (graphql_parser_at_keyword(parser, "null")) {
        value->kind = AST_NULL;
    } else {
        value->kind = AST_ENUM;
    }
    value->text = parser->token.text;
    return graphql_parser_advance(parser);
}

static bool parse_variable(struct parser *parser, bool is_constant, struct ast_value *value)
{
    if (!graphql_parser_advance(parser))
        return false;
    if (is_constant && graphql_parser_at(parser, GRAPHQL_TOKEN_NAME))
        return graphql_syntax_error(parser->lexer.error, parser->lexer.source, value->at,
                                    "Unexpected variable \"$%.*s\" in constant value.",
                                    TEXT_ARG(text_slice(parser->token.text, 0, 200)));
    if (is_constant) {
        parser->token = (struct graphql_token){.kind = GRAPHQL_TOKEN_DOLLAR, .at = value->at};
        return graphql_parser_unexpected(parser);
    }
    value->kind = AST_VARIABLE;
    return graphql_parser_name(parser, &value->text);
}

static bool parse_scalar(struct parser *parser, enum ast_value_kind kind, struct ast_value *value)
{
    value->kind = kind;
    value->is_block = graphql_parser_at(parser, GRAPHQL_TOKEN_BLOCK_STRING);
    value->text = parser->token.text;
    return graphql_parser_advance(parser);
}

static bool parse_any_value(struct parser *parser, bool is_constant, struct ast_value *value)
{
    switch (parser->token.kind) {
    case GRAPHQL_TOKEN_BRACKET_OPEN: return parse_list(parser, is_constant, value);
    case GRAPHQL_TOKEN_BRACE_OPEN: return parse_object(parser, is_constant, value);
    case GRAPHQL_TOKEN_INT: return parse_scalar(parser, AST_INT, value);
    case GRAPHQL_TOKEN_FLOAT: return parse_scalar(parser, AST_FLOAT, value);
    case GRAPHQL_TOKEN_STRING:
    case GRAPHQL_TOKEN_BLOCK_STRING: return parse_scalar(parser, AST_STRING, value);
    case GRAPHQL_TOKEN_NAME: return parse_name_value(parser, value);
    case GRAPHQL_TOKEN_DOLLAR: return parse_variable(parser, is_constant, value);
    default: return graphql_parser_unexpected(parser);
    }
}

bool graphql_parser_value(struct parser *parser, bool is_constant, struct ast_value **out)
{
    struct ast_value *value = PARSER_NEW(parser, struct ast_value);
    if (!value || !enter(parser))
        return false;
    *out = value;
    value->at = parser->token.at;
    if (!parse_any_value(parser, is_constant, value))
        return false;
    parser->depth--;
    return true;
}

/* Opens a list in parentheses that wants one element at least: *open says whether there is one. */
static bool open_parentheses(struct parser *parser, bool *open)
{
    if (!graphql_parser_skip(parser, GRAPHQL_TOKEN_PAREN_OPEN, open) || !*open)
        return !error_is_set(parser->lexer.error);
    if (parser->empty_parentheses && graphql_parser_at(parser, GRAPHQL_TOKEN_PAREN_CLOSE)) {
        *open = false;
        return graphql_parser_advance(parser);
    }
    return true;
}

static bool parse_arguments(struct parser *parser, bool is_constant, struct ast_argument **tail)
{
    bool open;
    if (!open_parentheses(parser, &open))
        return false;
    while (open) {
        if (!parse_argument(parser, is_constant, tail))
            return false;
        tail = &(*tail)->next;
        open = !graphql_parser_at(parser, GRAPHQL_TOKEN_PAREN_CLOSE);
        if (!open)
            return graphql_parser_advance(parser);
    }
    return true;
}

bool graphql_parser_directives(struct parser *parser, bool is_constant, struct ast_directive **tail)
{
    while (graphql_parser_at(parser, GRAPHQL_TOKEN_AT)) {
        struct ast_directive *directive = PARSER_NEW(parser, struct ast_directive);
        if (!directive)
            return false;
        *tail = directive;
        tail = &directive->next;
        directive->at = parser->token.at;
        parser->directives++;
        if (!graphql_parser_advance(parser) || !graphql_parser_name(parser, &directive->name) ||
            !parse_arguments(parser, is_constant, &directive->arguments))
            return false;
    }
    return true;
}

static bool parse_named_type(struct parser *parser, struct ast_type *out)
{
    out->name_at = parser->token.at;
    return graphql_parser_name(parser, &out->name);
}

/* Wrappers are collected from the inside out; each one moves those it wraps up by two bits. */
static bool wrap(struct parser *parser, struct ast_type *type, uint64_t wrapper)
{
    if (type->wrappers >> (2 * GRAPHQL_WRAP_MAX))
        return graphql_syntax_error(parser->lexer.error, parser->lexer.source, type->at,
                                    "Type nests deeper than %d levels.", GRAPHQL_WRAP_MAX);
    type->wrappers = type->wrappers << 2 | wrapper;
    return true;
}

bool graphql_parser_type(struct parser *parser, struct ast_type *out)
{
    uint32_t at = parser->token.at;
    bool list;
    bool bang;
    if (!enter(parser) || !graphql_parser_skip(parser, GRAPHQL_TOKEN_BRACKET_OPEN, &list))
        return false;
    if (list) {
        if (!graphql_parser_type(parser, out) ||
            !graphql_parser_expect(parser, GRAPHQL_TOKEN_BRACKET_CLOSE) ||
            !wrap(parser, out, GRAPHQL_WRAP_LIST))
            return false;
    } else if (!parse_named_type(parser, out)) {
        return false;
    }
    out->at = at;
    if (!graphql_parser_skip(parser, GRAPHQL_TOKEN_BANG, &bang))
        return false;
    parser->depth--;
    return !bang || wrap(parser, out, GRAPHQL_WRAP_NON_NULL);
}

static bool parse_selections(struct parser *parser, struct ast_selection **tail);

static bool parse_set(struct parser *parser, struct ast_selection *selection)
{
    selection->has_set = true;
    selection->set_at = parser->token.at;
    return parse_selections(parser, &selection->selections);
}

static bool parse_field(struct parser *parser, struct ast_selection *field)
{
    bool colon;
    field->kind = AST_FIELD;
    field->name_at = parser->token.at;
    if (!graphql_parser_name(parser, &field->name) ||
        !graphql_parser_skip(parser, GRAPHQL_TOKEN_COLON, &colon))
        return false;
    if (colon) {
        field->alias = field->name;
        field->name_at = parser->token.at;
        if (!graphql_parser_name(parser, &field->name))
            return false;
    }
    if (!parse_arguments(parser, false, &field->arguments) ||
        !graphql_parser_directives(parser, false, &field->directives))
        return false;
    return !graphql_parser_at(parser, GRAPHQL_TOKEN_BRACE_OPEN) || parse_set(parser, field);
}

static bool parse_condition(struct parser *parser, struct ast_named *out)
{
    out->at = parser->token.at;
    return graphql_parser_name(parser, &out->name);
}

static bool parse_fragment_use(struct parser *parser, struct ast_selection *selection)
{
    if (!graphql_parser_advance(parser))
        return false;
    bool condition = graphql_parser_at_keyword(parser, "on");
    if (!condition && graphql_parser_at(parser, GRAPHQL_TOKEN_NAME)) {
        selection->kind = AST_SPREAD;
        selection->name_at = parser->token.at;
        return graphql_parser_name(parser, &selection->name) &&
               graphql_parser_directives(parser, false, &selection->directives);
    }
    selection->kind = AST_INLINE;
    if (condition &&
        (!graphql_parser_advance(parser) || !parse_condition(parser, &selection->condition)))
        return false;
    return graphql_parser_directives(parser, false, &selection->directives) &&
           parse_set(parser, selection);
}

static bool parse_selections(struct parser *parser, struct ast_selection **tail)
{
    if (!enter(parser) || !graphql_parser_expect(parser, GRAPHQL_TOKEN_BRACE_OPEN))
        return false;
    do {
        struct ast_selection *selection = PARSER_NEW(parser, struct ast_selection);
        if (!selection)
            return false;
        *tail = selection;
        tail = &selection->next;
        selection->at = parser->token.at;
        bool ok = graphql_parser_at(parser, GRAPHQL_TOKEN_SPREAD)
                      ? parse_fragment_use(parser, selection)
                      : parse_field(parser, selection);
        if (!ok)
            return false;
    } while (!graphql_parser_at(parser, GRAPHQL_TOKEN_BRACE_CLOSE));
    parser->depth--;
    return graphql_parser_advance(parser);
}

bool graphql_parser_description(struct parser *parser, struct text *out)
{
    if (!graphql_parser_at(parser, GRAPHQL_TOKEN_STRING) &&
        !graphql_parser_at(parser, GRAPHQL_TOKEN_BLOCK_STRING))
        return true;
    *out = parser->token.text;
    return graphql_parser_advance(parser);
}

static bool parse_variable_definition(struct parser *parser, struct ast_variable **out)
{
    struct ast_variable *variable = PARSER_NEW(parser, struct ast_variable);
    bool has_default;
    if (!variable)
        return false;
    *out = variable;
    variable->at = parser->token.at;
    if (!graphql_parser_description(parser, &variable->description) ||
        !graphql_parser_expect(parser, GRAPHQL_TOKEN_DOLLAR))
        return false;
    variable->name_at = parser->token.at;
    if (!graphql_parser_name(parser, &variable->name) ||
        !graphql_parser_expect(parser, GRAPHQL_TOKEN_COLON) ||
        !graphql_parser_type(parser, &variable->type) ||
        !graphql_parser_skip(parser, GRAPHQL_TOKEN_EQUALS, &has_default))
        return false;
    if (has_default && !graphql_parser_value(parser, true, &variable->default_value))
        return false;
    return graphql_parser_directives(parser, true, &variable->directives);
}

static bool parse_variables(struct parser *parser, struct ast_variable **tail)
{
    bool open;
    if (!open_parentheses(parser, &open))
        return false;
    while (open) {
        if (!parse_variable_definition(parser, tail))
            return false;
        tail = &(*tail)->next;
        open = !graphql_parser_at(parser, GRAPHQL_TOKEN_PAREN_CLOSE);
        if (!open)
            return graphql_parser_advance(parser);
    }
    return true;
}

bool graphql_parser_operation_kind(struct parser *parser, enum ast_operation_kind *out)
{
    if (graphql_parser_at_keyword(parser, "query"))
        *out = AST_QUERY;
    else if (graphql_parser_at_keyword(parser, "mutation"))
        *out = AST_MUTATION;
    else if (graphql_parser_at_keyword(parser, "subscription"))
        *out = AST_SUBSCRIPTION;
    else
        return graphql_parser_unexpected(parser);
    return graphql_parser_advance(parser);
}

static bool parse_operation(struct parser *parser, struct ast_definition *out)
{
    out->kind = AST_OPERATION;
    if (!graphql_parser_operation_kind(parser, &out->operation))
        return false;
    if (graphql_parser_at(parser, GRAPHQL_TOKEN_NAME)) {
        out->name_at = parser->token.at;
        if (!graphql_parser_name(parser, &out->name))
            return false;
    }
    if (!parse_variables(parser, &out->variables) ||
        !graphql_parser_directives(parser, false, &out->directives))
        return false;
    out->set_at = parser->token.at;
    return parse_selections(parser, &out->selections);
}

static bool parse_fragment(struct parser *parser, struct ast_definition *out)
{
    out->kind = AST_FRAGMENT;
    if (!graphql_parser_advance(parser))
        return false;
    if (graphql_parser_at_keyword(parser, "on"))
        return graphql_parser_unexpected(parser);
    out->name_at = parser->token.at;
    if (!graphql_parser_name(parser, &out->name) || !graphql_parser_expect_keyword(parser, "on") ||
        !parse_condition(parser, &out->condition) ||
        !graphql_parser_directives(parser, false, &out->directives))
        return false;
    out->set_at = parser->token.at;
    return parse_selections(parser, &out->selections);
}

static bool at_definition(const struct parser *parser)
{
    static const char *const words[] = {"query",  "mutation", "subscription", "fragment",
                                        "schema", "scalar",   "type",         "interface",
                                        "union",  "enum",     "input",        "directive"};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (graphql_parser_at_keyword(parser, words[i]))
            return true;
    return false;
}

/* A description stands before definitions only. */
static bool check_description(struct parser *parser, const struct ast_definition *definition)
{
    if (!definition->description.at || at_definition(parser))
        return true;
    if (graphql_parser_at(parser, GRAPHQL_TOKEN_BRACE_OPEN))
        return graphql_syntax_error(
            parser->lexer.error, parser->lexer.source, definition->at,
            "Unexpected description, descriptions are not supported on shorthand queries.");
    if (!graphql_parser_at(parser, GRAPHQL_TOKEN_NAME))
        return graphql_parser_unexpected(parser);
    return graphql_syntax_error(
        parser->lexer.error, parser->lexer.source, definition->at,
        "Unexpected description, only GraphQL definitions support descriptions.");
}

static bool parse_definition(struct parser *parser, struct ast_definition *out)
{
    out->at = parser->token.at;
    if (graphql_parser_at(parser, GRAPHQL_TOKEN_BRACE_OPEN)) {
        out->kind = AST_OPERATION;
        out->set_at = out->at;
        return parse_selections(parser, &out->selections);
    }
    if (!graphql_parser_description(parser, &out->description) || !check_description(parser, out))
        return false;
    if (graphql_parser_at_keyword(parser, "query") ||
        graphql_parser_at_keyword(parser, "mutation") ||
        graphql_parser_at_keyword(parser, "subscription"))
        return parse_operation(parser, out);
    if (graphql_parser_at_keyword(parser, "fragment"))
        return parse_fragment(parser, out);
    return graphql_parser_type_system(parser, out);
}

static bool graphql_parser_init(struct parser *parser, struct arena *arena, struct text source,
                                const struct graphql_parse_options *options, struct error *error)
{
    *parser = (struct parser){.arena = arena};
    graphql_lexer_init(&parser->lexer, arena, source, error);
    if (options) {
        parser->lexer.max_tokens = options->max_tokens;
        parser->empty_parentheses = options->empty_parentheses;
        parser->hide_values = options->hide_values;
    }
    if (source.len > INT32_MAX)
        return error_set(error, ERR_TOO_LARGE, "The document is too long.");
    return graphql_parser_advance(parser);
}

bool graphql_parse(struct arena *arena, struct text source,
                   const struct graphql_parse_options *options, struct ast_document **out,
                   struct error *error)
{
    struct parser parser;
    if (!graphql_parser_init(&parser, arena, source, options, error))
        return false;
    struct ast_document *document = PARSER_NEW(&parser, struct ast_document);
    if (!document)
        return false;
    document->source = source;
    struct ast_definition **tail = &document->definitions;
    do {
        struct ast_definition *definition = PARSER_NEW(&parser, struct ast_definition);
        if (!definition || !parse_definition(&parser, definition))
            return false;
        *tail = definition;
        tail = &definition->next;
    } while (!graphql_parser_at(&parser, GRAPHQL_TOKEN_END));
    document->directive_count = parser.directives;
    *out = document;
    return true;
}

bool graphql_parse_value(struct arena *arena, struct text source, struct ast_value **out,
                         struct error *error)
{
    struct parser parser;
    if (!graphql_parser_init(&parser, arena, source, NULL, error) ||
        !graphql_parser_value(&parser, true, out))
        return false;
    return graphql_parser_at(&parser, GRAPHQL_TOKEN_END) || graphql_parser_unexpected(&parser);
}

const struct ast_argument *ast_argument_find(const struct ast_argument *arguments, struct text name)
{
    while (arguments && !text_equal(arguments->name, name))
        arguments = arguments->next;
    return arguments;
}

const struct ast_directive *ast_directive_find(const struct ast_directive *directives,
                                               struct text name)
{
    while (directives && !text_equal(directives->name, name))
        directives = directives->next;
    return directives;
}
