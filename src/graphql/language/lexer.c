/* Tokens by one switch on the first byte; strings have rules enough for a file, lexer_string.c. */
#include "graphql/language/lexer.h"

#include "graphql/language/lexer_string.h"

#include <stdio.h>
#include <string.h>

void graphql_lexer_init(struct graphql_lexer *lexer, struct arena *arena, struct text source,
                        struct error *error)
{
    *lexer = (struct graphql_lexer){.arena = arena, .source = source, .error = error};
}

void graphql_place(struct text source, uint32_t at, int *line, int *column)
{
    int lines = 1;
    uint32_t start = 0;
    for (uint32_t i = 0; i < at && i < source.len; i++) {
        char byte = source.at[i];
        bool pair = byte == '\r' && i + 1 < source.len && source.at[i + 1] == '\n';
        if (byte != '\n' && (byte != '\r' || pair))
            continue;
        lines++;
        start = i + 1;
    }
    int units = 1;
    for (uint32_t i = start; i < at && i < source.len; i++) {
        unsigned char byte = (unsigned char)source.at[i];
        if ((byte & 0xC0) != 0x80)
            units += byte >= 0xF0 ? 2 : 1;
    }
    *line = lines;
    *column = units;
}

bool graphql_syntax_error(struct error *error, struct text source, uint32_t at, const char *format,
                          ...)
{
    char message[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    int line;
    int column;
    graphql_place(source, at, &line, &column);
    return error_set_at(error, ERR_SYNTAX, line, column, "Syntax Error: %s", message);
}

static int peek(const struct graphql_lexer *lexer, uint32_t at)
{
    return at < lexer->source.len ? (unsigned char)lexer->source.at[at] : -1;
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_name_start(int byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool is_name_part(int byte)
{
    return is_name_start(byte) || is_digit(byte);
}

static void skip_comment(struct graphql_lexer *lexer)
{
    int byte = peek(lexer, lexer->at);
    while (byte != '\n' && byte != '\r' && byte != -1)
        byte = peek(lexer, ++lexer->at);
}

/* Blanks, line ends, commas, comments and byte order marks mean nothing. */
static void skip_ignored(struct graphql_lexer *lexer)
{
    for (;;) {
        int byte = peek(lexer, lexer->at);
        if (byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r' || byte == ',')
            lexer->at++;
        else if (byte == '#')
            skip_comment(lexer);
        else if (byte == 0xEF && peek(lexer, lexer->at + 1) == 0xBB &&
                 peek(lexer, lexer->at + 2) == 0xBF)
            lexer->at += 3;
        else
            return;
    }
}

static bool unexpected_character(const struct graphql_lexer *lexer, uint32_t at)
{
    return graphql_syntax_error(lexer->error, lexer->source, at, "Unexpected character: %s.",
                                graphql_describe_character(lexer->source, at).bytes);
}

static bool unexpected_in_number(const struct graphql_lexer *lexer, uint32_t at)
{
    return graphql_syntax_error(lexer->error, lexer->source, at,
                                "Invalid number, expected digit but got: %s.",
                                graphql_describe_character(lexer->source, at).bytes);
}

static bool skip_digits(const struct graphql_lexer *lexer, uint32_t *at)
{
    if (!is_digit(peek(lexer, *at)))
        return unexpected_in_number(lexer, *at);
    while (is_digit(peek(lexer, *at)))
        ++*at;
    return true;
}

static bool read_number(struct graphql_lexer *lexer, struct graphql_token *out)
{
    uint32_t at = lexer->at;
    out->kind = GRAPHQL_TOKEN_INT;
    if (peek(lexer, at) == '-')
        at++;
    if (peek(lexer, at) == '0') {
        at++;
        if (is_digit(peek(lexer, at)))
            return graphql_syntax_error(lexer->error, lexer->source, at,
                                        "Invalid number, unexpected digit after 0: %s.",
                                        graphql_describe_character(lexer->source, at).bytes);
    } else if (!skip_digits(lexer, &at)) {
        return false;
    }
    if (peek(lexer, at) == '.') {
        out->kind = GRAPHQL_TOKEN_FLOAT;
        at++;
        if (!skip_digits(lexer, &at))
            return false;
    }
    if (peek(lexer, at) == 'e' || peek(lexer, at) == 'E') {
        out->kind = GRAPHQL_TOKEN_FLOAT;
        at++;
        if (peek(lexer, at) == '+' || peek(lexer, at) == '-')
            at++;
        if (!skip_digits(lexer, &at))
            return false;
    }
    if (peek(lexer, at) == '.' || is_name_start(peek(lexer, at)))
        return unexpected_in_number(lexer, at);
    out->text = text_slice(lexer->source, lexer->at, at);
    lexer->at = at;
    return true;
}

static bool read_spread(struct graphql_lexer *lexer, struct graphql_token *out)
{
    if (peek(lexer, lexer->at + 1) != '.' || peek(lexer, lexer->at + 2) != '.')
        return unexpected_character(lexer, lexer->at);
    out->kind = GRAPHQL_TOKEN_SPREAD;
    lexer->at += 3;
    return true;
}

static void read_name(struct graphql_lexer *lexer, struct graphql_token *out)
{
    uint32_t at = lexer->at;
    while (is_name_part(peek(lexer, at)))
        at++;
    out->kind = GRAPHQL_TOKEN_NAME;
    out->text = text_slice(lexer->source, lexer->at, at);
    lexer->at = at;
}

static enum graphql_token_kind punctuator(int byte)
{
    switch (byte) {
    case '!': return GRAPHQL_TOKEN_BANG;
    case '$': return GRAPHQL_TOKEN_DOLLAR;
    case '&': return GRAPHQL_TOKEN_AMPERSAND;
    case '(': return GRAPHQL_TOKEN_PAREN_OPEN;
    case ')': return GRAPHQL_TOKEN_PAREN_CLOSE;
    case ':': return GRAPHQL_TOKEN_COLON;
    case '=': return GRAPHQL_TOKEN_EQUALS;
    case '@': return GRAPHQL_TOKEN_AT;
    case '[': return GRAPHQL_TOKEN_BRACKET_OPEN;
    case ']': return GRAPHQL_TOKEN_BRACKET_CLOSE;
    case '{': return GRAPHQL_TOKEN_BRACE_OPEN;
    case '|': return GRAPHQL_TOKEN_PIPE;
    case '}': return GRAPHQL_TOKEN_BRACE_CLOSE;
    default: return GRAPHQL_TOKEN_END;
    }
}

static bool count_token(struct graphql_lexer *lexer, uint32_t at)
{
    lexer->tokens++;
    if (lexer->max_tokens == 0 || lexer->tokens <= lexer->max_tokens)
        return true;
    graphql_syntax_error(lexer->error, lexer->source, at,
                         "Document contains more than %u tokens. Parsing aborted.",
                         lexer->max_tokens);
    lexer->error->kind = ERR_TOO_LARGE;
    return false;
}

bool graphql_lexer_next(struct graphql_lexer *lexer, struct graphql_token *out)
{
    skip_ignored(lexer);
    *out = (struct graphql_token){.kind = GRAPHQL_TOKEN_END, .at = lexer->at};
    int byte = peek(lexer, lexer->at);
    if (byte == -1)
        return true;
    if (!count_token(lexer, lexer->at))
        return false;
    if (is_name_start(byte)) {
        read_name(lexer, out);
        return true;
    }
    out->kind = punctuator(byte);
    if (out->kind != GRAPHQL_TOKEN_END) {
        lexer->at++;
        return true;
    }
    if (is_digit(byte) || byte == '-')
        return read_number(lexer, out);
    if (byte == '"')
        return graphql_lexer_read_string(lexer, out);
    if (byte == '.')
        return read_spread(lexer, out);
    if (byte == '\'')
        return graphql_syntax_error(
            lexer->error, lexer->source, lexer->at,
            "Unexpected single quote character ('), did you mean to use a double quote (\")?");
    return unexpected_character(lexer, lexer->at);
}
