/* Walks over terms for the linter. */
#include "rego/tools/lint_names.h"

#include "base/buffer.h"

struct text lint_call_name(struct arena *arena, const struct term *term)
{
    struct buffer name;
    if (term->kind != TERM_CALL || term->len == 0)
        return (struct text){"", 0};
    const struct term *function = term->items[0];
    if (function->kind != TERM_REFERENCE)
        return function->text;
    buffer_init(&name, arena, 1024);
    for (uint32_t i = 0; i < function->len; i++) {
        if (i > 0)
            buffer_add_byte(&name, '.');
        buffer_add(&name, function->items[i]->text);
    }
    return buffer_text(&name);
}

struct text lint_rule_name(const struct rule *rule)
{
    return rule->name->kind == TERM_REFERENCE ? rule->name->items[0]->text : rule->name->text;
}

const struct rule *lint_rule_named(const struct module *module, struct text name)
{
    for (uint32_t i = 0; i < module->rule_count; i++) {
        if (text_equal(lint_rule_name(module->rules[i]), name))
            return module->rules[i];
    }
    return NULL;
}

static bool is_name_or_prefix(struct text name, const char *const *words)
{
    for (; *words; words++) {
        struct text word = text_z(*words);
        if (text_equal(name, word) ||
            (text_starts_with(name, word) && name.len > word.len && name.at[word.len] == '_'))
            return true;
    }
    return false;
}

bool lint_allows(const struct rule *rule)
{
    static const char *const words[] = {"allow", "admin", "approve", "authorized", NULL};
    return rule->kind != RULE_FUNCTION && is_name_or_prefix(lint_rule_name(rule), words);
}

bool lint_denies(const struct rule *rule)
{
    static const char *const words[] = {"deny", "reject", "violation", "block", NULL};
    return is_name_or_prefix(lint_rule_name(rule), words);
}

static uint32_t count_in_body(const struct body *body, struct text name);
static uint32_t count_in_expression(const struct expression *expression, struct text name);

static uint32_t count_in_term(const struct term *term, struct text name)
{
    if (!term)
        return 0;
    uint32_t count = term->kind == TERM_VARIABLE && text_equal(term->text, name);
    for (uint32_t i = 0; term->items && i < term->len; i++)
        count += count_in_term(term->items[i], name);
    for (uint32_t i = 0; term->kind == TERM_TEMPLATE && i < term->len; i++) {
        if (term->parts[i].expression)
            count += count_in_expression(term->parts[i].expression, name);
    }
    return count + count_in_body(term->body, name);
}

static uint32_t count_in_expression(const struct expression *expression, struct text name)
{
    uint32_t count = count_in_term(expression->term, name) + count_in_term(expression->key, name) +
                     count_in_term(expression->value, name) +
                     count_in_term(expression->domain, name) +
                     count_in_body(expression->body, name);
    for (uint32_t i = 0; i < expression->with_count; i++)
        count += count_in_term(expression->withs[i].value, name);
    return count;
}

static uint32_t count_in_body(const struct body *body, struct text name)
{
    uint32_t count = 0;
    for (uint32_t i = 0; body && i < body->len; i++)
        count += count_in_expression(body->items[i], name);
    return count;
}

uint32_t lint_count_in_rule(const struct rule *rule, struct text name)
{
    uint32_t count = count_in_term(rule->value, name) + count_in_term(rule->key, name) +
                     count_in_body(rule->body, name);
    for (uint32_t i = 1; rule->name->kind == TERM_REFERENCE && i < rule->name->len; i++)
        count += count_in_term(rule->name->items[i], name);
    return count;
}

bool lint_mentions(const struct term *term, const char *variable)
{
    return count_in_term(term, text_z(variable)) > 0;
}

bool lint_iterates(const struct term *term)
{
    for (uint32_t i = 1; term->kind == TERM_REFERENCE && i < term->len; i++) {
        if (term_is_wildcard(term->items[i]))
            return true;
    }
    return false;
}

bool lint_is_membership(const struct term *term)
{
    return term->sign == OPERATOR_MEMBER || term->sign == OPERATOR_MEMBER_KEY;
}

static bool looks_at_something(const struct term *term)
{
    if (!term)
        return false;
    if (term->kind == TERM_VARIABLE || term->body)
        return true;
    for (uint32_t i = term->kind == TERM_CALL ? 1 : 0; term->items && i < term->len; i++) {
        if (looks_at_something(term->items[i]))
            return true;
    }
    return false;
}

bool lint_body_looks_at_something(const struct body *body)
{
    for (uint32_t i = 0; body && i < body->len; i++) {
        const struct expression *expression = body->items[i];
        if (expression->kind != EXPRESSION_TERM || looks_at_something(expression->term))
            return true;
    }
    return false;
}
