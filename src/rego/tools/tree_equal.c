/* Comparison of syntax trees without places, braces and parentheses. */
#include "rego/tools/tree_equal.h"

static bool bodies_equal(const struct body *a, const struct body *b);
static bool expressions_equal(const struct expression *a, const struct expression *b);

static bool terms_equal(const struct term *a, const struct term *b);

static bool term_lists_equal(struct term *const *a, struct term *const *b, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        if (!terms_equal(a[i], b[i]))
            return false;
    }
    return true;
}

static bool parts_equal(const struct term *a, const struct term *b)
{
    for (uint32_t i = 0; i < a->len; i++) {
        const struct template_part *left = &a->parts[i], *right = &b->parts[i];
        if (!text_equal(left->literal, right->literal) ||
            (left->expression != NULL) != (right->expression != NULL) ||
            (left->expression && !expressions_equal(left->expression, right->expression)))
            return false;
    }
    return true;
}

static bool terms_equal(const struct term *a, const struct term *b)
{
    if (!a || !b)
        return a == b;
    if (a->kind != b->kind || a->sign != b->sign || a->len != b->len ||
        !text_equal(a->text, b->text) || !bodies_equal(a->body, b->body))
        return false;
    if (a->kind == TERM_TEMPLATE)
        return parts_equal(a, b);
    return a->items == b->items ||
           (a->items && b->items && term_lists_equal(a->items, b->items, a->len));
}

static bool withs_equal(const struct expression *a, const struct expression *b)
{
    if (a->with_count != b->with_count)
        return false;
    for (uint32_t i = 0; i < a->with_count; i++) {
        if (!terms_equal(a->withs[i].target, b->withs[i].target) ||
            !terms_equal(a->withs[i].value, b->withs[i].value))
            return false;
    }
    return true;
}

static bool expressions_equal(const struct expression *a, const struct expression *b)
{
    return a->kind == b->kind && a->negated == b->negated && a->name_count == b->name_count &&
           terms_equal(a->term, b->term) && term_lists_equal(a->names, b->names, a->name_count) &&
           terms_equal(a->key, b->key) && terms_equal(a->value, b->value) &&
           terms_equal(a->domain, b->domain) && bodies_equal(a->body, b->body) && withs_equal(a, b);
}

static bool bodies_equal(const struct body *a, const struct body *b)
{
    if (!a || !b)
        return a == b;
    if (a->len != b->len)
        return false;
    for (uint32_t i = 0; i < a->len; i++) {
        if (!expressions_equal(a->items[i], b->items[i]))
            return false;
    }
    return true;
}

static bool rules_equal(const struct rule *a, const struct rule *b)
{
    if (!a || !b)
        return a == b;
    return a->kind == b->kind && a->is_default == b->is_default && a->is_else == b->is_else &&
           a->argument_count == b->argument_count && terms_equal(a->name, b->name) &&
           term_lists_equal(a->arguments, b->arguments, a->argument_count) &&
           terms_equal(a->key, b->key) && terms_equal(a->value, b->value) &&
           bodies_equal(a->body, b->body) && rules_equal(a->otherwise, b->otherwise);
}

bool modules_equal(const struct module *a, const struct module *b)
{
    if (a->dialect != b->dialect || a->import_count != b->import_count ||
        a->rule_count != b->rule_count || a->comment_count != b->comment_count ||
        !terms_equal(a->package, b->package))
        return false;
    for (uint32_t i = 0; i < a->import_count; i++) {
        if (!terms_equal(a->imports[i].path, b->imports[i].path) ||
            !text_equal(a->imports[i].alias, b->imports[i].alias))
            return false;
    }
    for (uint32_t i = 0; i < a->rule_count; i++) {
        if (!rules_equal(a->rules[i], b->rules[i]))
            return false;
    }
    return true;
}
