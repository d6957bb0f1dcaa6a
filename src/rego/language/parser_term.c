/* Terms: scalars, references, calls, collections, comprehensions, templates and operators. */
#include "rego/language/parser_internal.h"

/* Closes the place of a finished term and refuses one that is too high. */
struct term *parser_finish(struct parser *parser, struct term *term)
{
    if (!term)
        return NULL;
    term->at = parser_from(parser, term->at);
    if (term->height > AST_MAX_DEPTH)
        return parser_fail(parser, term->at, "nested too deeply: at most %d levels", AST_MAX_DEPTH);
    return term;
}

static struct text inside_quotes(struct text token)
{
    return text_slice(token, 1, token.len - 1);
}

static struct term *parse_string(struct parser *parser)
{
    struct token token = parser->token;
    struct term *term = term_string(parser->arena, inside_quotes(token.text), token.at);
    if (!term)
        return NULL;
    term->raw = token.kind == TOKEN_RAW_STRING;
    if (!term->raw && text_find_byte(term->text, '\\', 0) < term->text.len &&
        !lexer_unescape(parser->arena, term->text, false, &term->text))
        return parser_fail(parser, token.at, "illegal string escape sequence");
    parser_advance(parser);
    return term;
}

static struct term *parse_number(struct parser *parser, bool negative)
{
    struct token token = parser->token;
    struct term *term = term_new(parser->arena, TERM_NUMBER, token.at);
    if (!term)
        return NULL;
    term->text = token.text;
    if (negative) /* the sign stands directly before the digits */
        term->text = (struct text){token.text.at - 1, token.text.len + 1};
    parser_advance(parser);
    return term;
}

static struct term *parse_negative(struct parser *parser)
{
    struct place at = parser->token.at;
    parser_advance(parser);
    if (!parser_at(parser, TOKEN_NUMBER) || parser->token.spaced)
        return parser_unexpected(parser, "a number behind the minus sign");
    struct term *term = parse_number(parser, true);
    if (term)
        term->at = parser_from(parser, at);
    return term;
}

/* Comma separated up to the closing token, which is taken; a comma may stand at the end. */
static bool parse_terms(struct parser *parser, struct list *terms, enum token_kind closing)
{
    bool bar_ends = parser->bar_ends;
    parser->bar_ends = false;
    while (!parser_at(parser, closing)) {
        struct term **slot = list_push(terms);
        if (!slot || !(*slot = parser_infix(parser)))
            return false;
        if (!parser_at(parser, closing) && !parser_expect(parser, TOKEN_COMMA))
            return false;
    }
    parser_advance(parser);
    parser->bar_ends = bar_ends;
    return !parser->failed;
}

/* ---- References and calls: each part must stand directly behind the one before. ---- */

static struct term *parse_dotted(struct parser *parser)
{
    parser_advance(parser);
    if (!parser_at(parser, TOKEN_NAME) || parser->token.spaced)
        return parser_unexpected(parser, "a name behind the dot");
    struct term *part = term_string(parser->arena, parser->token.text, parser->token.at);
    if (part)
        part->dotted = true;
    parser_advance(parser);
    return part;
}

static struct term *parse_bracketed(struct parser *parser)
{
    parser_advance(parser);
    bool bar_ends = parser->bar_ends;
    parser->bar_ends = false;
    struct term *part = parser_infix(parser);
    if (!part || !parser_expect(parser, TOKEN_CLOSE_BRACKET))
        return NULL;
    parser->bar_ends = bar_ends;
    return part;
}

static struct term *parse_call(struct parser *parser, struct term *function)
{
    struct list items;
    list_init(&items, parser->arena, sizeof(struct term *));
    struct term **first = list_push(&items);
    if (!first)
        return NULL;
    *first = function;
    parser_advance(parser);
    if (!parse_terms(parser, &items, TOKEN_CLOSE_PAREN))
        return NULL;
    struct term *call = term_list(parser->arena, TERM_CALL, items.items, items.len, function->at);
    if (call && function->kind == TERM_VARIABLE)
        call->sign = operator_find(function->text);
    return parser_finish(parser, call);
}

/* items[0] followed by the parts in the list, or just items[0] when there is no part. */
static struct term *close_reference(struct parser *parser, struct list *items)
{
    struct term **parts = items->items;
    if (items->len == 1)
        return parts[0];
    return parser_finish(parser,
                         term_list(parser->arena, TERM_REFERENCE, parts, items->len, parts[0]->at));
}

/* Parts behind a head. A call makes a new head: f(x).y[z]. */
static struct term *parse_parts(struct parser *parser, struct term *head, bool with_call)
{
    struct list items;
    list_init(&items, parser->arena, sizeof(struct term *));
    struct term **slot = list_push(&items);
    if (!slot)
        return NULL;
    *slot = head;
    while (!parser->token.spaced && !parser->failed) {
        struct term *part;
        if (parser_at(parser, TOKEN_DOT)) {
            part = parse_dotted(parser);
        } else if (parser_at(parser, TOKEN_OPEN_BRACKET)) {
            part = parse_bracketed(parser);
        } else if (with_call && parser_at(parser, TOKEN_OPEN_PAREN) &&
                   head->kind == TERM_VARIABLE) {
            struct term *function = close_reference(parser, &items);
            head = function ? parse_call(parser, function) : NULL;
            if (!head)
                return NULL;
            list_init(&items, parser->arena, sizeof(struct term *));
            part = head;
        } else {
            break;
        }
        if (!part || !(slot = list_push(&items)))
            return NULL;
        *slot = part;
    }
    return parser->failed ? NULL : close_reference(parser, &items);
}

struct term *parser_reference(struct parser *parser, bool with_call)
{
    if (!parser_at(parser, TOKEN_NAME))
        return parser_unexpected(parser, "a name");
    struct term *head = term_variable(parser->arena, parser->token.text, parser->token.at);
    if (!head)
        return NULL;
    parser_advance(parser);
    return parse_parts(parser, head, with_call);
}

/* ---- Collections. Whether [x | ...] is a comprehension shows only behind the bar. ---- */

static struct term *comprehension(struct parser *parser, enum term_kind kind,
                                  struct term *const *items, size_t len, enum token_kind closing,
                                  struct place at)
{
    parser_advance(parser);
    struct body *body = parser_body(parser, closing);
    if (!body)
        return NULL;
    struct term *term = term_list(parser->arena, kind, items, len, at);
    if (!term)
        return NULL;
    term->body = body;
    if (body->height >= term->height)
        term->height = (uint16_t)(body->height + 1);
    return parser_finish(parser, term);
}

/* The head of what may be a comprehension: | ends it. */
static struct term *parse_head(struct parser *parser)
{
    bool bar_ends = parser->bar_ends;
    parser->bar_ends = true;
    struct term *head = parser_infix(parser);
    parser->bar_ends = bar_ends;
    return head;
}

static struct term *try_comprehension(struct parser *parser, enum term_kind kind,
                                      enum token_kind closing, struct place at)
{
    if (parser_at(parser, closing))
        return NULL;
    struct parser_mark mark = parser_mark(parser);
    int depth = parser->depth;
    struct term *head = parse_head(parser);
    struct term *term = NULL;
    if (head && parser_at(parser, TOKEN_OR))
        term = comprehension(parser, kind, &head, 1, closing, at);
    if (term)
        return term;
    parser_rewind(parser, mark);
    parser->depth = depth;
    return NULL;
}

static struct term *parse_list(struct parser *parser, enum term_kind kind, enum token_kind closing,
                               struct place at)
{
    struct list items;
    list_init(&items, parser->arena, sizeof(struct term *));
    if (!parse_terms(parser, &items, closing))
        return NULL;
    return parser_finish(parser, term_list(parser->arena, kind, items.items, items.len, at));
}

static struct term *parse_array(struct parser *parser)
{
    struct place at = parser->token.at;
    parser_advance(parser);
    struct term *term =
        try_comprehension(parser, TERM_ARRAY_COMPREHENSION, TOKEN_CLOSE_BRACKET, at);
    return term ? term : parse_list(parser, TERM_ARRAY, TOKEN_CLOSE_BRACKET, at);
}

static bool parse_pair(struct parser *parser, struct list *items)
{
    struct term *key = parser_infix(parser);
    if (!key || !parser_expect(parser, TOKEN_COLON))
        return false;
    struct term *value = parser_infix(parser);
    struct term **slots[2] = {list_push(items), NULL};
    if (!value || !slots[0])
        return false;
    *slots[0] = key;
    slots[1] = list_push(items);
    if (!slots[1])
        return false;
    *slots[1] = value;
    return true;
}

static struct term *parse_object(struct parser *parser, struct place at)
{
    struct list items;
    list_init(&items, parser->arena, sizeof(struct term *));
    bool bar_ends = parser->bar_ends;
    parser->bar_ends = false;
    while (!parser_at(parser, TOKEN_CLOSE_BRACE)) {
        if (!parse_pair(parser, &items))
            return NULL;
        if (!parser_at(parser, TOKEN_CLOSE_BRACE) && !parser_expect(parser, TOKEN_COMMA))
            return NULL;
    }
    parser->bar_ends = bar_ends;
    parser_advance(parser);
    return parser_finish(parser, term_list(parser->arena, TERM_OBJECT, items.items, items.len, at));
}

/* NULL without a mistake left behind when it is none. */
static struct term *try_object_comprehension(struct parser *parser, struct place at)
{
    struct parser_mark mark = parser_mark(parser);
    int depth = parser->depth;
    struct term *items[2] = {parser_infix(parser), NULL};
    struct term *term = NULL;
    if (items[0] && parser_take(parser, TOKEN_COLON) && (items[1] = parse_head(parser)) &&
        parser_at(parser, TOKEN_OR))
        term = comprehension(parser, TERM_OBJECT_COMPREHENSION, items, 2, TOKEN_CLOSE_BRACE, at);
    if (term)
        return term;
    parser_rewind(parser, mark);
    parser->depth = depth;
    return NULL;
}

/* Whether the first item of a brace is followed by a colon. */
static bool is_object(struct parser *parser)
{
    struct parser_mark mark = parser_mark(parser);
    int depth = parser->depth;
    bool bar_ends = parser->bar_ends;
    parser->bar_ends = false;
    bool colon = parser_infix(parser) && parser_at(parser, TOKEN_COLON);
    parser_rewind(parser, mark);
    parser->depth = depth;
    parser->bar_ends = bar_ends;
    return colon;
}

/* { }, {a: b}, {a, b}, {a | body}, {a: b | body} */
static struct term *parse_braces(struct parser *parser)
{
    struct place at = parser->token.at;
    parser_advance(parser);
    if (parser_at(parser, TOKEN_CLOSE_BRACE))
        return parse_object(parser, at);
    struct term *term = try_comprehension(parser, TERM_SET_COMPREHENSION, TOKEN_CLOSE_BRACE, at);
    if (term)
        return term;
    if (!is_object(parser))
        return parse_list(parser, TERM_SET, TOKEN_CLOSE_BRACE, at);
    term = try_object_comprehension(parser, at);
    return term ? term : parse_object(parser, at);
}

/* ---- Template strings. ---- */

static bool parse_template_part(struct parser *parser, struct list *parts, bool raw, bool *more)
{
    struct token literal = lexer_template(&parser->lexer, raw ? '`' : '"');
    if (literal.kind == TOKEN_ERROR) {
        parser_fail(parser, literal.at, "%.*s", TEXT_ARG(literal.text));
        return false;
    }
    *more = literal.kind == TOKEN_OPEN_BRACE;
    struct text text = literal.text;
    if (text.len > 0) {
        struct template_part *part = list_push(parts);
        if (!part)
            return false;
        /* A raw template knows one escape: \{ */
        if (raw)
            part->literal = text;
        else if (!lexer_unescape(parser->arena, text, true, &part->literal)) {
            parser_fail(parser, literal.at, "illegal string escape sequence");
            return false;
        }
    }
    if (!*more)
        return true;
    parser_advance(parser);
    struct template_part *part = list_push(parts);
    if (!part || !(part->expression = parser_expression(parser)))
        return false;
    if (parser_at(parser, TOKEN_CLOSE_BRACE))
        return true; /* the lexer stands behind the brace, in the literal again */
    parser_unexpected(parser, "} at the end of a template expression");
    return false;
}

/* Drops the backslash of \{ in raw templates. */
static struct text unescape_raw(struct arena *arena, struct text text)
{
    char *out = arena_alloc_raw(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; out && i < text.len; i++)
        if (text.at[i] != '\\' || i + 1 == text.len || text.at[i + 1] != '{')
            out[len++] = text.at[i];
    return (struct text){out, len};
}

static struct term *parse_template(struct parser *parser)
{
    struct term *term = term_new(parser->arena, TERM_TEMPLATE, parser->token.at);
    if (!term)
        return NULL;
    term->raw = parser_at(parser, TOKEN_RAW_TEMPLATE);
    struct list parts;
    list_init(&parts, parser->arena, sizeof(struct template_part));
    bool bar_ends = parser->bar_ends;
    parser->bar_ends = false;
    for (bool more = true; more;)
        if (!parse_template_part(parser, &parts, term->raw, &more))
            return NULL;
    parser->bar_ends = bar_ends;
    parser_advance(parser);
    term->parts = parts.items;
    term->len = (uint32_t)parts.len;
    for (uint32_t i = 0; i < term->len; i++) {
        struct template_part *part = &term->parts[i];
        if (!part->expression) {
            if (term->raw)
                part->literal = unescape_raw(parser->arena, part->literal);
        } else if (part->expression->kind != EXPRESSION_TERM || part->expression->negated) {
            return parser_fail(parser, part->expression->at,
                               "a template expression must be a term");
        } else if (part->expression->term->height >= term->height) {
            term->height = (uint16_t)(part->expression->term->height + 1);
        }
    }
    return parser_finish(parser, term);
}

/* ---- Terms. ---- */

/* key, value in collection, or any term, between parentheses. */
static struct term *parse_parentheses(struct parser *parser)
{
    parser_advance(parser);
    bool bar_ends = parser->bar_ends;
    parser->bar_ends = false;
    struct term *term = parser_infix(parser);
    if (term && parser_at(parser, TOKEN_COMMA)) {
        parser_advance(parser);
        struct term *operands[3] = {term, parser_infix_without_in(parser), NULL};
        if (!operands[1])
            return NULL;
        if (!parser_take_word(parser, "in"))
            return parser_unexpected(parser, "in keyword");
        term = parser_member_key(parser, operands);
    }
    if (!term || !parser_expect(parser, TOKEN_CLOSE_PAREN))
        return NULL;
    parser->bar_ends = bar_ends;
    term->parenthesised = true;
    return term;
}

static bool followed_by(const struct parser *parser, char byte)
{
    struct text text = parser->lexer.text;
    return parser->token.at.end < text.len && text.at[parser->token.at.end] == byte;
}

static struct term *parse_word(struct parser *parser)
{
    struct token token = parser->token;
    enum term_kind kind = parser_at_word(parser, "true")    ? TERM_TRUE
                          : parser_at_word(parser, "false") ? TERM_FALSE
                          : parser_at_word(parser, "null")  ? TERM_NULL
                                                            : TERM_VARIABLE;
    if (kind != TERM_VARIABLE) {
        parser_advance(parser);
        return term_new(parser->arena, kind, token.at);
    }
    bool is_call_of_contains = text_equal(token.text, TEXT("contains")) && followed_by(parser, '(');
    if (parser_is_reserved(parser, token.text) && !followed_by(parser, '.') && !is_call_of_contains)
        return parser_unexpected(parser, "a term");
    struct term *term = parser_reference(parser, true);
    if (term && term->kind == TERM_CALL && term->len == 1 &&
        term_is_variable(term->items[0], "set"))
        return term_list(parser->arena, TERM_SET, NULL, 0, term->at);
    return term;
}

static struct term *parse_primary(struct parser *parser)
{
    switch (parser->token.kind) {
    case TOKEN_NAME: return parse_word(parser);
    case TOKEN_NUMBER: return parse_number(parser, false);
    case TOKEN_MINUS: return parse_negative(parser);
    case TOKEN_STRING:
    case TOKEN_RAW_STRING: return parse_string(parser);
    case TOKEN_TEMPLATE:
    case TOKEN_RAW_TEMPLATE: return parse_template(parser);
    case TOKEN_OPEN_BRACKET: return parse_array(parser);
    case TOKEN_OPEN_BRACE: return parse_braces(parser);
    case TOKEN_OPEN_PAREN: return parse_parentheses(parser);
    default: return parser_unexpected(parser, "a term");
    }
}

static struct term *parse_term(struct parser *parser)
{
    if (parser->failed || !parser_enter(parser))
        return NULL;
    struct term *term = parse_primary(parser);
    bool takes_parts = term && (term->kind >= TERM_ARRAY || term->parenthesised) &&
                       term->kind != TERM_TEMPLATE && !parser->token.spaced;
    if (takes_parts && (parser_at(parser, TOKEN_DOT) || parser_at(parser, TOKEN_OPEN_BRACKET)))
        term = parse_parts(parser, term, false);
    parser_leave(parser);
    return parser->failed ? NULL : term;
}

/* ---- Operators, loosest first: in, comparison, |, &, + -, * / % ---- */

enum { LEVEL_IN, LEVEL_COMPARE, LEVEL_OR, LEVEL_AND, LEVEL_ADD, LEVEL_MULTIPLY, LEVEL_TERM };

static enum operator operator_at(const struct parser *parser, int level)
{
    switch (parser->token.kind) {
    case TOKEN_NAME:
        return level == LEVEL_IN && parser_at_word(parser, "in") ? OPERATOR_MEMBER : OPERATOR_NONE;
    case TOKEN_EQUAL: return level == LEVEL_COMPARE ? OPERATOR_EQUAL : OPERATOR_NONE;
    case TOKEN_NOT_EQUAL: return level == LEVEL_COMPARE ? OPERATOR_NOT_EQUAL : OPERATOR_NONE;
    case TOKEN_LESS: return level == LEVEL_COMPARE ? OPERATOR_LESS : OPERATOR_NONE;
    case TOKEN_LESS_EQUAL: return level == LEVEL_COMPARE ? OPERATOR_LESS_EQUAL : OPERATOR_NONE;
    case TOKEN_GREATER: return level == LEVEL_COMPARE ? OPERATOR_GREATER : OPERATOR_NONE;
    case TOKEN_GREATER_EQUAL:
        return level == LEVEL_COMPARE ? OPERATOR_GREATER_EQUAL : OPERATOR_NONE;
    case TOKEN_OR: return level == LEVEL_OR && !parser->bar_ends ? OPERATOR_OR : OPERATOR_NONE;
    case TOKEN_AND: return level == LEVEL_AND ? OPERATOR_AND : OPERATOR_NONE;
    case TOKEN_PLUS: return level == LEVEL_ADD ? OPERATOR_PLUS : OPERATOR_NONE;
    case TOKEN_MINUS: return level == LEVEL_ADD ? OPERATOR_MINUS : OPERATOR_NONE;
    case TOKEN_STAR: return level == LEVEL_MULTIPLY ? OPERATOR_MULTIPLY : OPERATOR_NONE;
    case TOKEN_SLASH: return level == LEVEL_MULTIPLY ? OPERATOR_DIVIDE : OPERATOR_NONE;
    case TOKEN_PERCENT: return level == LEVEL_MULTIPLY ? OPERATOR_REMAINDER : OPERATOR_NONE;
    default: return OPERATOR_NONE;
    }
}

static struct term *parse_level(struct parser *parser, int level);

/* What stands behind `left` on this level. */
static struct term *parse_operators(struct parser *parser, int level, struct term *left)
{
    while (left) {
        enum operator sign = operator_at(parser, level);
        if (sign == OPERATOR_NONE)
            return left;
        parser_advance(parser);
        struct term *sides[2] = {left, parse_level(parser, level + 1)};
        if (!sides[1])
            return NULL;
        left = parser_finish(parser, term_operator(parser->arena, sign, sides, 2, left->at));
    }
    return NULL;
}

static struct term *parse_level(struct parser *parser, int level)
{
    if (level == LEVEL_TERM)
        return parse_term(parser);
    return parse_operators(parser, level, parse_level(parser, level + 1));
}

struct term *parser_member_key(struct parser *parser, struct term *operands[3])
{
    operands[2] = parser_infix_without_in(parser);
    if (!operands[2])
        return NULL;
    struct term *member = parser_finish(
        parser, term_operator(parser->arena, OPERATOR_MEMBER_KEY, operands, 3, operands[0]->at));
    return parse_operators(parser, LEVEL_IN, member);
}

struct term *parser_infix(struct parser *parser)
{
    return parse_level(parser, LEVEL_IN);
}

struct term *parser_infix_without_in(struct parser *parser)
{
    return parse_level(parser, LEVEL_COMPARE);
}
