/* Rules: heads in all their forms, bodies, else, default, and the chained bodies of v0. */
#include "rego/language/parser_internal.h"

static struct rule *rule_new(struct parser *parser, struct place at)
{
    struct rule *rule = ARENA_NEW(parser->arena, struct rule);
    if (rule) {
        rule->at = at;
        rule->module = parser->module;
    }
    return rule;
}

/* name.part[term] or name(arguments) */
static bool parse_name(struct parser *parser, struct rule *rule)
{
    struct text word = parser->token.text;
    if (parser_at(parser, TOKEN_NAME) && parser_is_reserved(parser, word) &&
        (parser_at_word(parser, "true") || parser_at_word(parser, "false") ||
         parser_at_word(parser, "null") || parser_at_word(parser, "not") ||
         parser_at_word(parser, "some") || parser_at_word(parser, "with") ||
         parser_at_word(parser, "else") || parser_at_word(parser, "every") ||
         parser_at_word(parser, "if") || parser_at_word(parser, "in") ||
         parser_at_word(parser, "as") || parser_at_word(parser, "package"))) {
        parser_unexpected(parser, "a rule name");
        return false;
    }
    struct term *head = parser_reference(parser, true);
    if (!head)
        return false;
    rule->name = head;
    if (head->kind == TERM_CALL) {
        rule->kind = RULE_FUNCTION;
        rule->name = head->items[0];
        rule->arguments = head->items + 1;
        rule->argument_count = head->len - 1;
        if (rule->argument_count == 0) /* f() is the rule f */
            rule->kind = RULE_VALUE;
    }
    const struct term *first =
        rule->name->kind == TERM_REFERENCE ? rule->name->items[0] : rule->name;
    if (first->kind != TERM_VARIABLE) {
        parser_fail(parser, head->at, "rule head must start with a name");
        return false;
    }
    if (term_is_wildcard(first)) {
        parser_fail(parser, head->at, "_ cannot be used for rule name");
        return false;
    }
    return true;
}

static bool parse_value(struct parser *parser, struct rule *rule)
{
    if (!parser_at(parser, TOKEN_ASSIGN) && !parser_at(parser, TOKEN_UNIFY))
        return true;
    rule->assigned = parser_at(parser, TOKEN_ASSIGN);
    parser_advance(parser);
    rule->value = parser_infix(parser);
    return rule->value != NULL;
}

static bool parse_member(struct parser *parser, struct rule *rule)
{
    if (!parser_at_word(parser, "contains")) {
        if (parser_at(parser, TOKEN_NAME) && text_equal(parser->token.text, TEXT("contains")) &&
            parser->token.at.line == parser->last_line) {
            parser_unexpected(parser, "a rule body");
            parser_hint(parser,
                        "`contains` in a rule head is v1; a v0 policy needs: import rego.v1");
            return false;
        }
        return true;
    }
    if (rule->kind == RULE_FUNCTION) {
        parser_fail(parser, parser->token.at,
                    "the contains keyword can only be used with "
                    "multi-value rule definitions, not functions");
        return false;
    }
    parser_advance(parser);
    rule->kind = RULE_MEMBER;
    rule->key = parser_infix(parser);
    if (rule->key && (parser_at(parser, TOKEN_ASSIGN) || parser_at(parser, TOKEN_UNIFY))) {
        parser_fail(parser, parser->token.at,
                    "a set rule has no value: write a member behind contains only");
        return false;
    }
    return rule->key != NULL;
}

/* Behind `if`: one expression without braces, an object or a set among them. */
static bool parse_single_expression(struct parser *parser, struct rule *rule)
{
    struct expression **items = ARENA_ARRAY(parser->arena, struct expression *, 1);
    rule->body = ARENA_NEW(parser->arena, struct body);
    if (!items || !rule->body || !(items[0] = parser_expression(parser)))
        return false;
    *rule->body = (struct body){.items = items, .len = 1, .at = items[0]->at};
    return true;
}

static bool parse_braced_body(struct parser *parser, struct rule *rule)
{
    struct place at = parser->token.at;
    struct parser_mark mark = parser_mark(parser);
    int depth = parser->depth;
    parser_advance(parser);
    rule->has_braces = true;
    rule->body = parser_body(parser, TOKEN_CLOSE_BRACE);
    if (rule->body) {
        rule->body->at = parser_from(parser, at);
        return true;
    }
    bool is_empty = parser_at(parser, TOKEN_CLOSE_BRACE) && parser->last_end == at.end;
    if (!rule->has_if || is_empty)
        return false;
    parser_rewind(parser, mark);
    parser->depth = depth;
    rule->has_braces = false;
    return parse_single_expression(parser, rule);
}

static bool parse_rule_body(struct parser *parser, struct rule *rule)
{
    struct place at = parser->token.at;
    rule->has_if = parser_take_word(parser, "if");
    if (!parser_at(parser, TOKEN_OPEN_BRACE))
        return !rule->has_if || parse_single_expression(parser, rule);
    if (parser->strict && !rule->has_if) {
        parser_fail(parser, at, "`if` keyword is required before rule body");
        parser_hint(parser, "v1 needs `if` before a rule body; is this a v0 policy?");
        return false;
    }
    return parse_braced_body(parser, rule);
}

/* The head table of v0: without `if` and value, p[x] is a set's member. */
static bool settle_kind(struct parser *parser, struct rule *rule)
{
    if (rule->kind != RULE_VALUE || rule->value || rule->has_if || rule->is_default ||
        rule->name->kind != TERM_REFERENCE)
        return true;
    if (parser->strict) {
        if (rule->body || rule->name->len != 2 || rule->name->items[1]->dotted)
            return true;
        parser_fail(parser, rule->name->at, "`contains` keyword is required for partial set rules");
        parser_hint(parser, "write `name contains member if { ... }`");
        return false;
    }
    if (rule->name->len == 2) {
        rule->kind = RULE_MEMBER;
        rule->key = rule->name->items[1];
        rule->name = rule->name->items[0];
    }
    return true;
}

static bool has_meaning(struct parser *parser, const struct rule *rule)
{
    bool says_something =
        rule->value || rule->body || rule->kind == RULE_MEMBER ||
        (!parser->strict && (rule->name->kind == TERM_REFERENCE || rule->kind == RULE_FUNCTION));
    if (says_something)
        return true;
    parser_fail(parser, rule->name->at,
                parser->strict ? "rules must have value assignment and/or body declaration"
                               : "var cannot be used for rule name");
    if (parser_at(parser, TOKEN_NAME) && text_equal(parser->token.text, TEXT("if")))
        parser_hint(parser, "`if` is v1; a v0 policy needs: import rego.v1");
    return false;
}

/* A default may be computed by a comprehension, but not out of other rules or by calls. */
static bool is_default_value(struct parser *parser, const struct term *term)
{
    if (term->body)
        return true;
    if (term->kind == TERM_VARIABLE || term->kind == TERM_REFERENCE || term->kind == TERM_CALL) {
        parser_fail(parser, term->at, "default rule value cannot contain %s",
                    term->kind == TERM_CALL        ? "call"
                    : term->kind == TERM_REFERENCE ? "ref"
                                                   : "var");
        return false;
    }
    for (uint32_t i = 0; term->kind != TERM_TEMPLATE && i < term->len; i++)
        if (!is_default_value(parser, term->items[i]))
            return false;
    return true;
}

static bool parse_default(struct parser *parser, struct list *rules)
{
    struct rule *rule = rule_new(parser, parser->token.at);
    struct rule **slot = list_push(rules);
    if (!rule || !slot)
        return false;
    *slot = rule;
    parser_advance(parser);
    rule->is_default = true;
    if (!parse_name(parser, rule) || !parse_value(parser, rule))
        return false;
    if (!rule->value) {
        parser_unexpected(parser, ":= and a value: a default rule must have one");
        return false;
    }
    if (!is_default_value(parser, rule->value))
        return false;
    if (rule->name->kind == TERM_REFERENCE && !term_is_ground_path(rule->name)) {
        parser_fail(parser, rule->name->at, "default rules cannot have variables in their name");
        return false;
    }
    for (uint32_t i = 0; i < rule->argument_count; i++) {
        if (parser->strict && rule->arguments[i]->kind != TERM_VARIABLE) {
            parser_fail(parser, rule->arguments[i]->at,
                        "default rules must have only variables as arguments");
            return false;
        }
    }
    if (parser_at(parser, TOKEN_OPEN_BRACE) || parser_at_word(parser, "if")) {
        parser_fail(parser, parser->token.at, "default rules cannot have a body");
        return false;
    }
    rule->at = parser_from(parser, rule->at);
    return true;
}

static bool parse_else(struct parser *parser, struct rule *before)
{
    struct rule *rule = rule_new(parser, parser->token.at);
    if (!rule)
        return false;
    if (before->kind == RULE_MEMBER) {
        parser_fail(parser, parser->token.at, "else keyword cannot be used on multi-value rules");
        return false;
    }
    if (!before->body) {
        parser_fail(parser, parser->token.at, "else needs a rule with a body before it");
        return false;
    }
    parser_advance(parser);
    rule->kind = before->kind;
    rule->is_else = true;
    rule->name = before->name;
    rule->arguments = before->arguments;
    rule->argument_count = before->argument_count;
    if (!parse_value(parser, rule) || !parse_rule_body(parser, rule))
        return false;
    if (!rule->value && !rule->body) {
        parser_unexpected(parser, "a value or a body behind else");
        return false;
    }
    rule->at = parser_from(parser, rule->at);
    before->otherwise = rule;
    return true;
}

static bool parse_elses(struct parser *parser, struct rule *rule)
{
    while (parser_at_word(parser, "else")) {
        if (!parse_else(parser, rule))
            return false;
        rule = rule->otherwise;
    }
    return true;
}

/* The same head again, in terms of its own. */
static struct rule *copy_head(struct parser *parser, const struct rule *first, struct place at)
{
    struct arena *arena = parser->arena;
    struct rule *rule = rule_new(parser, at);
    if (!rule)
        return NULL;
    *rule = *first;
    rule->at = at;
    rule->chained = true;
    rule->name = term_copy(arena, first->name);
    rule->key = first->key ? term_copy(arena, first->key) : NULL;
    rule->value = first->value ? term_copy(arena, first->value) : NULL;
    rule->arguments = ARENA_ARRAY(arena, struct term *, first->argument_count);
    for (uint32_t i = 0; rule->arguments && i < first->argument_count; i++)
        rule->arguments[i] = term_copy(arena, first->arguments[i]);
    return arena_failed(arena) ? NULL : rule;
}

/* v0: p { a } { b } is two rules. */
static bool parse_chained(struct parser *parser, const struct rule *first, struct list *rules)
{
    while (!parser->strict && first->has_braces && !first->otherwise &&
           parser_at(parser, TOKEN_OPEN_BRACE)) {
        struct place at = parser->token.at;
        struct rule *rule = copy_head(parser, first, at);
        struct rule **slot = list_push(rules);
        if (!rule || !slot)
            return false;
        *slot = rule;
        parser_advance(parser);
        rule->body = parser_body(parser, TOKEN_CLOSE_BRACE);
        if (!rule->body)
            return false;
        rule->body->at = parser_from(parser, at);
        rule->at = parser_from(parser, at);
    }
    return true;
}

/* One rule as it stands in the text, which may be several with chained bodies. */
bool parser_rules(struct parser *parser, struct list *rules)
{
    if (parser_at_word(parser, "default"))
        return parse_default(parser, rules);
    struct rule *rule = rule_new(parser, parser->token.at);
    struct rule **slot = list_push(rules);
    if (!rule || !slot)
        return false;
    *slot = rule;
    if (!parse_name(parser, rule) || !parse_member(parser, rule) ||
        (rule->kind != RULE_MEMBER && !parse_value(parser, rule)) ||
        !parse_rule_body(parser, rule) || !settle_kind(parser, rule) || !has_meaning(parser, rule))
        return false;
    rule->at = parser_from(parser, rule->at);
    return parse_elses(parser, rule) && parse_chained(parser, rule, rules);
}
