/* Bodies: expressions one after the other, with some, every, not and with. */
#include "rego/language/parser_internal.h"

static struct expression *expression_new(struct parser *parser, enum expression_kind kind,
                                         struct place at)
{
    struct expression *expression = ARENA_NEW(parser->arena, struct expression);
    if (expression) {
        expression->kind = kind;
        expression->at = at;
    }
    return expression;
}

/* The expressions of a body must be apart: a semicolon or a new line. */
static bool parse_separator(struct parser *parser, enum token_kind closing)
{
    if (parser_at(parser, closing))
        return true;
    if (parser_take(parser, TOKEN_SEMICOLON)) {
        while (parser_take(parser, TOKEN_SEMICOLON))
            continue;
        return !parser->failed;
    }
    if (parser->token.at.line > parser->last_line)
        return true;
    parser_unexpected(parser, closing == TOKEN_END ? "; or end of text" : "; or a new line");
    return false;
}

static uint16_t higher(uint16_t a, const struct term *term)
{
    return term && term->height > a ? term->height : a;
}

static uint16_t expression_height(const struct expression *expression)
{
    uint16_t height = higher(0, expression->term);
    height = higher(higher(height, expression->key), expression->value);
    height = higher(height, expression->domain);
    for (uint32_t i = 0; i < expression->with_count; i++)
        height = higher(height, expression->withs[i].value);
    if (expression->body && expression->body->height >= height)
        height = (uint16_t)(expression->body->height + 1);
    return height;
}

struct body *parser_body(struct parser *parser, enum token_kind closing)
{
    struct list items;
    list_init(&items, parser->arena, sizeof(struct expression *));
    struct body *body = ARENA_NEW(parser->arena, struct body);
    struct place start = parser->token.at;
    if (!body || !parser_enter(parser))
        return NULL;
    bool bar_ends = parser->bar_ends;
    parser->bar_ends = false;
    while (!parser_at(parser, closing)) {
        struct expression **slot = list_push(&items);
        struct expression *expression = slot ? parser_expression(parser) : NULL;
        if (!expression || !parse_separator(parser, closing))
            return NULL;
        *slot = expression;
        uint16_t height = expression_height(expression);
        if (height > body->height)
            body->height = height;
    }
    parser->bar_ends = bar_ends;
    parser_leave(parser);
    if (items.len == 0)
        return parser_fail(parser, start, "found empty body");
    body->items = items.items;
    body->len = (uint32_t)items.len;
    body->at = parser_from(parser, start);
    if (closing != TOKEN_END)
        parser_advance(parser);
    return parser->failed ? NULL : body;
}

static bool parse_with(struct parser *parser, struct list *withs)
{
    struct place at = parser->token.at;
    parser_advance(parser);
    struct with *with = list_push(withs);
    if (!with)
        return false;
    with->target = parser_reference(parser, false);
    if (!with->target)
        return false;
    if (!parser_take_word(parser, "as")) {
        parser_unexpected(parser, "as keyword");
        return false;
    }
    with->value = parser_infix(parser);
    with->at = parser_from(parser, at);
    return with->value != NULL;
}

static struct expression *parse_withs(struct parser *parser, struct expression *expression)
{
    struct list withs;
    list_init(&withs, parser->arena, sizeof(struct with));
    while (parser_at_word(parser, "with"))
        if (!parse_with(parser, &withs))
            return NULL;
    expression->withs = withs.items;
    expression->with_count = (uint32_t)withs.len;
    expression->at = parser_from(parser, expression->at);
    return parser->failed ? NULL : expression;
}

/* some x, y | some key, value in domain */
static struct expression *parse_some(struct parser *parser)
{
    struct expression *some = expression_new(parser, EXPRESSION_SOME, parser->token.at);
    struct list names;
    list_init(&names, parser->arena, sizeof(struct term *));
    parser_advance(parser);
    do {
        struct term **slot = list_push(&names);
        if (!some || !slot || !(*slot = parser_infix_without_in(parser)))
            return NULL;
    } while (parser_take(parser, TOKEN_COMMA));
    struct term **items = names.items;
    if (parser_take_word(parser, "in")) {
        if (names.len > 2)
            return parser_fail(parser, some->at, "some ... in takes one or two variables");
        some->kind = EXPRESSION_SOME_IN;
        some->key = names.len == 2 ? items[0] : NULL;
        some->value = items[names.len - 1];
        some->domain = parser_infix(parser);
        return some->domain ? parse_withs(parser, some) : NULL;
    }
    for (size_t i = 0; i < names.len; i++)
        if (items[i]->kind != TERM_VARIABLE)
            return parser_fail(parser, items[i]->at, "some declares variables only");
    if (parser_at(parser, TOKEN_NAME) && text_equal(parser->token.text, TEXT("in"))) {
        parser_unexpected(parser, "; or a new line");
        return parser_hint(parser, "in a v0 policy `some ... in` needs: import future.keywords.in");
    }
    some->names = items;
    some->name_count = (uint32_t)names.len;
    return parse_withs(parser, some);
}

/* every key, value in domain { body } */
static struct expression *parse_every(struct parser *parser)
{
    struct expression *every = expression_new(parser, EXPRESSION_EVERY, parser->token.at);
    parser_advance(parser);
    if (!every || !(every->value = parser_infix_without_in(parser)))
        return NULL;
    if (parser_take(parser, TOKEN_COMMA)) {
        every->key = every->value;
        if (!(every->value = parser_infix_without_in(parser)))
            return NULL;
    }
    if (every->value->kind != TERM_VARIABLE || (every->key && every->key->kind != TERM_VARIABLE))
        return parser_fail(parser, every->at, "every takes variables only");
    if (!parser_take_word(parser, "in"))
        return parser_unexpected(parser, "in keyword");
    every->domain = parser_infix(parser);
    struct place brace = parser->token.at;
    if (!every->domain || !parser_expect(parser, TOKEN_OPEN_BRACE))
        return NULL;
    every->body = parser_body(parser, TOKEN_CLOSE_BRACE);
    if (!every->body)
        return NULL;
    every->body->at = parser_from(parser, brace);
    return parse_withs(parser, every);
}

/* key, value in collection: only as an expression of its own, or in parentheses. */
static struct term *parse_statement_term(struct parser *parser)
{
    struct term *term = parser_infix(parser);
    if (!term || !parser_at(parser, TOKEN_COMMA) || !(parser->keywords & KEYWORD_IN))
        return term;
    parser_advance(parser);
    struct term *operands[3] = {term, parser_infix_without_in(parser), NULL};
    if (!operands[1])
        return NULL;
    if (!parser_take_word(parser, "in"))
        return parser_unexpected(parser, "in keyword");
    return parser_member_key(parser, operands);
}

static struct expression *parse_term_expression(struct parser *parser)
{
    struct expression *expression = expression_new(parser, EXPRESSION_TERM, parser->token.at);
    if (!expression)
        return NULL;
    if (parser_at_word(parser, "not")) {
        parser_advance(parser);
        expression->negated = true;
    }
    expression->term = parse_statement_term(parser);
    if (!expression->term)
        return NULL;
    enum operator sign = parser_at(parser, TOKEN_ASSIGN) ? OPERATOR_ASSIGN
    : parser_at(parser, TOKEN_UNIFY)                     ? OPERATOR_UNIFY
                                                         : OPERATOR_NONE;
    if (sign != OPERATOR_NONE) {
        parser_advance(parser);
        struct term *sides[2] = {expression->term, parse_statement_term(parser)};
        if (!sides[1])
            return NULL;
        expression->term = parser_finish(
            parser, term_operator(parser->arena, sign, sides, 2, expression->term->at));
        if (!expression->term)
            return NULL;
    }
    return parse_withs(parser, expression);
}

struct expression *parser_expression(struct parser *parser)
{
    if (!parser_enter(parser))
        return NULL;
    struct expression *expression;
    if (parser_at_word(parser, "some"))
        expression = parse_some(parser);
    else if (parser_at_word(parser, "every"))
        expression = parse_every(parser);
    else
        expression = parse_term_expression(parser);
    parser_leave(parser);
    return expression;
}
