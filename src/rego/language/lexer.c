/* Tokens, comments and escapes. */
#include "rego/language/lexer.h"

#include "base/encoding.h"

static const char *const names[TOKEN_KIND_COUNT] = {
    [TOKEN_END] = "end of text",
    [TOKEN_ERROR] = "illegal text",
    [TOKEN_NAME] = "name",
    [TOKEN_NUMBER] = "number",
    [TOKEN_STRING] = "string",
    [TOKEN_RAW_STRING] = "string",
    [TOKEN_TEMPLATE] = "template string",
    [TOKEN_RAW_TEMPLATE] = "template string",
    [TOKEN_ASSIGN] = ":=",
    [TOKEN_UNIFY] = "=",
    [TOKEN_EQUAL] = "==",
    [TOKEN_NOT_EQUAL] = "!=",
    [TOKEN_LESS] = "<",
    [TOKEN_LESS_EQUAL] = "<=",
    [TOKEN_GREATER] = ">",
    [TOKEN_GREATER_EQUAL] = ">=",
    [TOKEN_PLUS] = "+",
    [TOKEN_MINUS] = "-",
    [TOKEN_STAR] = "*",
    [TOKEN_SLASH] = "/",
    [TOKEN_PERCENT] = "%",
    [TOKEN_AND] = "&",
    [TOKEN_OR] = "|",
    [TOKEN_DOT] = ".",
    [TOKEN_COMMA] = ",",
    [TOKEN_SEMICOLON] = ";",
    [TOKEN_COLON] = ":",
    [TOKEN_OPEN_PAREN] = "(",
    [TOKEN_CLOSE_PAREN] = ")",
    [TOKEN_OPEN_BRACKET] = "[",
    [TOKEN_CLOSE_BRACKET] = "]",
    [TOKEN_OPEN_BRACE] = "{",
    [TOKEN_CLOSE_BRACE] = "}",
};

const char *token_name(enum token_kind kind)
{
    return names[kind];
}

void lexer_init(struct lexer *lexer, struct text text, struct list *comments)
{
    *lexer = (struct lexer){.text = text, .line = 1, .comments = comments};
    /* A byte order mark is not part of the policy. */
    if (text_starts_with(text, TEXT("\xef\xbb\xbf")))
        lexer->offset = lexer->line_start = 3;
}

/* The byte `ahead` places on; 0 past the end (a NUL in the text is refused elsewhere). */
static unsigned char peek(const struct lexer *lexer, size_t ahead)
{
    size_t at = lexer->offset + ahead;
    return at < lexer->text.len ? (unsigned char)lexer->text.at[at] : 0;
}

static bool is_name_start(unsigned char byte)
{
    return byte == '_' || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(unsigned char byte)
{
    return byte >= '0' && byte <= '9';
}

static void newline(struct lexer *lexer)
{
    lexer->offset++;
    lexer->line++;
    lexer->line_start = lexer->offset;
}

/* Counts on from the place asked for last, so that long lines cost no more than short ones. */
static uint32_t column_here(struct lexer *lexer)
{
    if (lexer->counted_to < lexer->line_start) {
        lexer->counted_to = lexer->line_start;
        lexer->column = 0;
    }
    for (; lexer->counted_to < lexer->offset; lexer->counted_to++)
        lexer->column += ((unsigned char)lexer->text.at[lexer->counted_to] & 0xc0) != 0x80;
    return lexer->column + 1;
}

static struct place place_here(struct lexer *lexer)
{
    return (struct place){.line = lexer->line,
                          .column = column_here(lexer),
                          .offset = (uint32_t)lexer->offset,
                          .end = (uint32_t)lexer->offset};
}

static bool only_blanks_before(const struct lexer *lexer)
{
    for (size_t i = lexer->line_start; i < lexer->offset; i++)
        if (lexer->text.at[i] != ' ' && lexer->text.at[i] != '\t')
            return false;
    return true;
}

static void read_comment(struct lexer *lexer)
{
    struct place at = place_here(lexer);
    bool own_line = only_blanks_before(lexer);
    size_t from = lexer->offset + 1;
    while (lexer->offset < lexer->text.len && lexer->text.at[lexer->offset] != '\n')
        lexer->offset++;
    size_t to = lexer->offset;
    if (to > from && lexer->text.at[to - 1] == '\r')
        to--;
    if (!lexer->comments || from <= lexer->comments_up_to)
        return;
    at.end = (uint32_t)to;
    struct comment *comment = list_push(lexer->comments);
    if (comment)
        *comment = (struct comment){at, text_slice(lexer->text, from, to), own_line};
    lexer->comments_up_to = to;
}

/* True when anything was skipped. */
static bool skip_blanks(struct lexer *lexer)
{
    size_t before = lexer->offset;
    while (lexer->offset < lexer->text.len) {
        unsigned char byte = peek(lexer, 0);
        if (byte == '\n')
            newline(lexer);
        else if (byte == ' ' || byte == '\t' || byte == '\r')
            lexer->offset++;
        else if (byte == '#')
            read_comment(lexer);
        else
            break;
    }
    return lexer->offset > before;
}

static void skip_digits(struct lexer *lexer)
{
    while (is_digit(peek(lexer, 0)))
        lexer->offset++;
}

static enum token_kind fail(struct token *token, const char *sentence)
{
    token->text = text_z(sentence);
    return TOKEN_ERROR;
}

/* JSON's numbers: no leading zero, a digit on both sides of the point. */
static enum token_kind read_number(struct lexer *lexer, struct token *token)
{
    bool leading_zero = peek(lexer, 0) == '0';
    size_t from = lexer->offset;
    skip_digits(lexer);
    if (leading_zero && lexer->offset - from > 1)
        return fail(token, "illegal number format: leading zero");
    if (peek(lexer, 0) == '.' && is_digit(peek(lexer, 1))) {
        lexer->offset++;
        skip_digits(lexer);
    }
    if (peek(lexer, 0) == 'e' || peek(lexer, 0) == 'E') {
        size_t sign = peek(lexer, 1) == '+' || peek(lexer, 1) == '-';
        if (!is_digit(peek(lexer, 1 + sign)))
            return fail(token, "illegal number format: exponent without digits");
        lexer->offset += 1 + sign;
        skip_digits(lexer);
    }
    if (is_name_start(peek(lexer, 0)))
        return fail(token, "illegal number format: a name follows directly");
    return TOKEN_NUMBER;
}

static enum token_kind read_string(struct lexer *lexer, struct token *token)
{
    for (lexer->offset++; lexer->offset < lexer->text.len; lexer->offset++) {
        unsigned char byte = peek(lexer, 0);
        if (byte == '\n')
            break;
        if (byte == '\\' && lexer->offset + 1 < lexer->text.len && peek(lexer, 1) != '\n')
            lexer->offset++;
        else if (byte == '"') {
            lexer->offset++;
            return TOKEN_STRING;
        }
    }
    return fail(token, "non-terminated string");
}

static enum token_kind read_raw_string(struct lexer *lexer, struct token *token)
{
    lexer->offset++;
    while (lexer->offset < lexer->text.len) {
        unsigned char byte = peek(lexer, 0);
        if (byte == '\n') {
            newline(lexer);
        } else {
            lexer->offset++;
            if (byte == '`')
                return TOKEN_RAW_STRING;
        }
    }
    return fail(token, "non-terminated string");
}

static enum token_kind one(struct lexer *lexer, enum token_kind kind)
{
    lexer->offset++;
    return kind;
}

static enum token_kind maybe_equal(struct lexer *lexer, enum token_kind alone,
                                   enum token_kind with_equal)
{
    lexer->offset++;
    return peek(lexer, 0) == '=' ? one(lexer, with_equal) : alone;
}

static enum token_kind read_mark(struct lexer *lexer, struct token *token)
{
    switch (peek(lexer, 0)) {
    case ':': return maybe_equal(lexer, TOKEN_COLON, TOKEN_ASSIGN);
    case '=': return maybe_equal(lexer, TOKEN_UNIFY, TOKEN_EQUAL);
    case '<': return maybe_equal(lexer, TOKEN_LESS, TOKEN_LESS_EQUAL);
    case '>': return maybe_equal(lexer, TOKEN_GREATER, TOKEN_GREATER_EQUAL);
    case '+': return one(lexer, TOKEN_PLUS);
    case '-': return one(lexer, TOKEN_MINUS);
    case '*': return one(lexer, TOKEN_STAR);
    case '/': return one(lexer, TOKEN_SLASH);
    case '%': return one(lexer, TOKEN_PERCENT);
    case '&': return one(lexer, TOKEN_AND);
    case '|': return one(lexer, TOKEN_OR);
    case '.': return one(lexer, TOKEN_DOT);
    case ',': return one(lexer, TOKEN_COMMA);
    case ';': return one(lexer, TOKEN_SEMICOLON);
    case '(': return one(lexer, TOKEN_OPEN_PAREN);
    case ')': return one(lexer, TOKEN_CLOSE_PAREN);
    case '[': return one(lexer, TOKEN_OPEN_BRACKET);
    case ']': return one(lexer, TOKEN_CLOSE_BRACKET);
    case '{': return one(lexer, TOKEN_OPEN_BRACE);
    case '}': return one(lexer, TOKEN_CLOSE_BRACE);
    case '!':
        lexer->offset++;
        if (peek(lexer, 0) == '=')
            return one(lexer, TOKEN_NOT_EQUAL);
        return fail(token, "illegal ! character: write `not` for negation, `!=` for comparison");
    case '$':
        lexer->offset++;
        if (peek(lexer, 0) == '"')
            return one(lexer, TOKEN_TEMPLATE);
        if (peek(lexer, 0) == '`')
            return one(lexer, TOKEN_RAW_TEMPLATE);
        return fail(token, "illegal $ character: a template string starts with $\"");
    default: lexer->offset++; return fail(token, "illegal token");
    }
}

static enum token_kind read_token(struct lexer *lexer, struct token *token)
{
    unsigned char byte = peek(lexer, 0);
    if (is_name_start(byte)) {
        while (is_name_start(peek(lexer, 0)) || is_digit(peek(lexer, 0)))
            lexer->offset++;
        return TOKEN_NAME;
    }
    if (is_digit(byte))
        return read_number(lexer, token);
    if (byte == '"')
        return read_string(lexer, token);
    if (byte == '`')
        return read_raw_string(lexer, token);
    return read_mark(lexer, token);
}

struct token lexer_next(struct lexer *lexer)
{
    struct token token = {.spaced = skip_blanks(lexer)};
    lexer->tokens++;
    token.at = place_here(lexer);
    if (lexer->offset >= lexer->text.len)
        return token;
    size_t from = lexer->offset;
    token.kind = read_token(lexer, &token);
    token.at.end = (uint32_t)lexer->offset;
    if (token.kind != TOKEN_ERROR)
        token.text = text_slice(lexer->text, from, lexer->offset);
    return token;
}

struct token lexer_template(struct lexer *lexer, char quote)
{
    struct token token = {.kind = TOKEN_ERROR, .at = place_here(lexer)};
    size_t from = lexer->offset;
    token.text = TEXT("non-terminated string");
    while (lexer->offset < lexer->text.len) {
        unsigned char byte = peek(lexer, 0);
        if (byte == (unsigned char)quote || byte == '{') {
            token.kind = byte == '{' ? TOKEN_OPEN_BRACE : TOKEN_STRING;
            token.text = text_slice(lexer->text, from, lexer->offset);
            lexer->offset++;
            break;
        }
        if (byte == '\n' && quote == '"')
            break;
        if (byte == '\\' && (quote == '"' || peek(lexer, 1) == '{') && peek(lexer, 1) != '\n')
            lexer->offset++;
        if (peek(lexer, 0) == '\n')
            newline(lexer);
        else
            lexer->offset++;
    }
    token.at.end = (uint32_t)lexer->offset;
    return token;
}

/* Four hexadecimal digits at `at`; -1 when there are not. */
static int32_t read_hex4(struct text text, size_t at)
{
    if (at + 4 > text.len)
        return -1;
    int32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = hex_digit(text.at[at + i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static size_t put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* \uXXXX at `at` (behind the u), pairs joined, lone surrogates replaced. Returns the digits used;
 * 0 when malformed. */
static size_t unescape_unicode(struct text inside, size_t at, char *out, size_t *written)
{
    int32_t first = read_hex4(inside, at);
    if (first < 0)
        return 0;
    if (first >= 0xd800 && first < 0xdc00 && at + 6 <= inside.len && inside.at[at + 4] == '\\' &&
        inside.at[at + 5] == 'u') {
        int32_t second = read_hex4(inside, at + 6);
        if (second >= 0xdc00 && second < 0xe000) {
            uint32_t code =
                0x10000 + (((uint32_t)first - 0xd800) << 10) + ((uint32_t)second - 0xdc00);
            *written = put_utf8(out, code);
            return 10;
        }
    }
    bool lone = first >= 0xd800 && first < 0xe000;
    *written = put_utf8(out, lone ? 0xfffd : (uint32_t)first);
    return 4;
}

static char simple_escape(char byte)
{
    switch (byte) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case '"':
    case '\\':
    case '/': return byte;
    default: return 0;
    }
}

bool lexer_unescape(struct arena *arena, struct text inside, bool in_template, struct text *out)
{
    char *to = arena_alloc_raw(arena, inside.len + 1);
    if (!to)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < inside.len; i++) {
        char byte = inside.at[i];
        if (byte != '\\') {
            if ((unsigned char)byte < 0x20 && byte != '\t')
                return false;
            to[len++] = byte;
            continue;
        }
        if (++i >= inside.len)
            return false;
        byte = inside.at[i];
        if (byte == 'u') {
            size_t written = 0;
            size_t used = unescape_unicode(inside, i + 1, to + len, &written);
            if (used == 0)
                return false;
            len += written;
            i += used;
        } else if (in_template && byte == '{') {
            to[len++] = '{';
        } else if (!(to[len++] = simple_escape(byte))) {
            return false;
        }
    }
    *out = (struct text){to, len};
    return true;
}
