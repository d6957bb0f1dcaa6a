/*
 * The linter: one walk over each rule that hands every term and expression to the checks below, and
 * a few checks of whole rules and modules.
 */
#include "rego/tools/lint.h"

#include "rego/builtins/builtin.h"
#include "rego/tools/lint_names.h"

#include <stdlib.h>

enum lint_id {
    NOT_OVER_UNDEFINED,
    DEFAULT_ALLOW,
    UNCONDITIONAL_ALLOW,
    DENY_ON_FALLIBLE,
    NOT_EQUAL_IN_LOOP,
    CLOCK_WINDOW,
    CONSTANT_CONDITION,
    FORMAT_MISMATCH,
    INVALID_PATTERN,
    SHADOWED_BUILTIN,
    DEPRECATED_BUILTIN,
    UNUSED_VARIABLE,
    UNUSED_IMPORT,
};

const struct lint_rule lint_rules[] = {
    [NOT_OVER_UNDEFINED] = {"not-over-undefined", LINT_ERROR,
                            "`not` before a comparison or call also holds when a field is missing"},
    [DEFAULT_ALLOW] = {"default-allow", LINT_ERROR, "a rule that allows is true by default"},
    [UNCONDITIONAL_ALLOW] = {"unconditional-allow", LINT_ERROR,
                             "a rule that allows looks at nothing"},
    [DENY_ON_FALLIBLE] = {"deny-on-fallible", LINT_ERROR,
                          "a rule that denies does not fire when a builtin in it fails"},
    [NOT_EQUAL_IN_LOOP] = {"not-equal-in-loop", LINT_ERROR,
                           "`!=` on each element holds as soon as one differs"},
    [CLOCK_WINDOW] = {"clock-window", LINT_WARNING,
                      "`<=` on the hour of a clock includes that whole hour"},
    [CONSTANT_CONDITION] = {"constant-condition", LINT_WARNING,
                            "an expression is always or never true"},
    [FORMAT_MISMATCH] = {"format-mismatch", LINT_WARNING,
                         "sprintf has more or fewer arguments than verbs"},
    [INVALID_PATTERN] = {"invalid-pattern", LINT_ERROR,
                         "a regular expression that does not compile never matches"},
    [SHADOWED_BUILTIN] = {"shadowed-builtin", LINT_WARNING, "a rule has the name of a builtin"},
    [DEPRECATED_BUILTIN] = {"deprecated-builtin", LINT_WARNING, "a builtin that v1 does not have"},
    [UNUSED_VARIABLE] = {"unused-variable", LINT_WARNING, "a variable is assigned and never read"},
    [UNUSED_IMPORT] = {"unused-import", LINT_WARNING, "an import is not used"},
};
const size_t lint_rule_count = ARRAY_LENGTH(lint_rules);

struct linter {
    struct arena *arena;
    const struct module *module;
    struct list *findings;
    const struct rule *rule; /* at hand */
    const struct body *body; /* innermost */
    struct builtin_cache *patterns;
};

static void report(struct linter *linter, enum lint_id id, struct place at, const char *format, ...)
    PRINTF_LIKE(4, 5);
static void report(struct linter *linter, enum lint_id id, struct place at, const char *format, ...)
{
    struct lint_finding *finding = list_push(linter->findings);
    va_list arguments;
    if (!finding)
        return;
    va_start(arguments, format);
    *finding = (struct lint_finding){
        .rule = lint_rules[id].name,
        .severity = lint_rules[id].severity,
        .file = linter->module->source->name,
        .at = at,
        .message = text_format_list(linter->arena, format, arguments),
    };
    va_end(arguments);
}

/* Calls. */

/* Builtins that fail on values of the right type: numbers, dates or patterns that do not parse. */
static bool is_fallible(struct text name)
{
    static const char *const names[] = {"to_number",         "json.unmarshal",
                                        "yaml.unmarshal",    "base64.decode",
                                        "base64url.decode",  "hex.decode",
                                        "time.parse_ns",     "time.parse_rfc3339_ns",
                                        "net.cidr_contains", "time.parse_duration_ns",
                                        "units.parse",       "units.parse_bytes",
                                        "semver.compare",    "urlquery.decode"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (text_equal_z(name, names[i]))
            return true;
    }
    return false;
}

static size_t count_verbs(struct text format)
{
    size_t verbs = 0;
    for (size_t i = 0; i < format.len; i++) {
        if (format.at[i] != '%')
            continue;
        i++;
        for (; i < format.len && text_find_byte(TEXT("+-# 0123456789."), format.at[i], 0) < 15; i++)
            ;
        /* Arguments chosen by number or taken as width make counting pointless. */
        if (i < format.len && (format.at[i] == '[' || format.at[i] == '*'))
            return SIZE_MAX;
        verbs += i < format.len && format.at[i] != '%';
    }
    return verbs;
}

static void check_sprintf(struct linter *linter, const struct term *call)
{
    if (call->len < 3 || call->items[1]->kind != TERM_STRING || call->items[2]->kind != TERM_ARRAY)
        return;
    size_t verbs = count_verbs(call->items[1]->text), given = call->items[2]->len;
    if (verbs != SIZE_MAX && verbs != given)
        report(linter, FORMAT_MISMATCH, call->at, "the format has %zu verbs, the array %zu values",
               verbs, given);
}

static void check_pattern(struct linter *linter, const struct builtin *builtin,
                          const struct term *call)
{
    struct value operands[BUILTIN_MAX_ARITY] = {0};
    struct text message;
    for (uint32_t i = 0; i < builtin->arity && i + 1 < call->len; i++) {
        if (call->items[i + 1]->kind == TERM_STRING)
            operands[i] = value_string(call->items[i + 1]->text);
        else if (call->items[i + 1]->kind == TERM_ARRAY && call->items[i + 1]->len == 0)
            operands[i] = value_empty_array();
    }
    if (linter->patterns && !builtin_prepare(linter->patterns, builtin, operands, &message))
        report(linter, INVALID_PATTERN, call->at, "%.*s", TEXT_ARG(message));
}

static void check_call(struct linter *linter, const struct term *call)
{
    struct text name = lint_call_name(linter->arena, call);
    const struct builtin *builtin = builtin_find(name);
    if (call->infix || !builtin || lint_rule_named(linter->module, name))
        return;
    if (builtin->flags & BUILTIN_DEPRECATED)
        report(linter, DEPRECATED_BUILTIN, call->at, "%.*s does not exist in v1", TEXT_ARG(name));
    if (text_equal_z(name, "sprintf"))
        check_sprintf(linter, call);
    else
        check_pattern(linter, builtin, call);
    if (is_fallible(name) && lint_denies(linter->rule) && lint_mentions(call, "input"))
        report(linter, DENY_ON_FALLIBLE, call->at,
               "if %.*s fails on this input, the rule does not fire: check the value in a rule of "
               "its own and deny when that is undefined",
               TEXT_ARG(name));
}

/* Comparisons. */

static bool is_comparison(const struct term *term)
{
    return term->kind == TERM_CALL && term->sign >= OPERATOR_EQUAL &&
           term->sign <= OPERATOR_GREATER_EQUAL;
}

static bool is_constant(const struct term *term)
{
    return term_is_scalar(term);
}

/* x := time.clock(...) somewhere in the body. */
static bool is_clock(const struct linter *linter, const struct term *term)
{
    for (uint32_t i = 0; linter->body && i < linter->body->len; i++) {
        const struct term *assigned = linter->body->items[i]->term;
        if (assigned && assigned->kind == TERM_CALL && assigned->len == 3 &&
            (assigned->sign == OPERATOR_ASSIGN || assigned->sign == OPERATOR_UNIFY) &&
            assigned->items[1]->kind == TERM_VARIABLE &&
            text_equal(assigned->items[1]->text, term->text) &&
            text_equal_z(lint_call_name(linter->arena, assigned->items[2]), "time.clock"))
            return true;
    }
    return false;
}

static void check_clock(struct linter *linter, const struct term *comparison)
{
    const struct term *hour = comparison->items[1], *limit = comparison->items[2];
    if (comparison->sign != OPERATOR_LESS_EQUAL || hour->kind != TERM_REFERENCE || hour->len != 2 ||
        hour->items[1]->kind != TERM_NUMBER || !text_equal_z(hour->items[1]->text, "0") ||
        limit->kind != TERM_NUMBER || !is_clock(linter, hour->items[0]))
        return;
    report(linter, CLOCK_WINDOW, comparison->at,
           "%.*s:59 is inside of this window; write < to end it at %.*s:00", TEXT_ARG(limit->text),
           TEXT_ARG(limit->text));
}

static void check_comparison(struct linter *linter, const struct term *comparison)
{
    const struct term *left = comparison->items[1], *right = comparison->items[2];
    if (is_constant(left) && is_constant(right))
        report(linter, CONSTANT_CONDITION, comparison->at, "both sides are constants");
    if (comparison->sign == OPERATOR_NOT_EQUAL && (lint_iterates(left) || lint_iterates(right)))
        report(
            linter, NOT_EQUAL_IN_LOOP, comparison->at,
            "this holds as soon as one element differs; write `not value in ...` to say that none "
            "is equal");
    check_clock(linter, comparison);
}

/* The walk. */

static void walk_body(struct linter *linter, const struct body *body);

static void walk_term(struct linter *linter, const struct term *term)
{
    if (!term)
        return;
    if (term->kind == TERM_CALL)
        check_call(linter, term);
    if (is_comparison(term) && term->len == 3)
        check_comparison(linter, term);
    for (uint32_t i = 0; term->items && i < term->len; i++)
        walk_term(linter, term->items[i]);
    walk_body(linter, term->body);
}

/* Undefined fields make the inside of a `not` undefined, and the `not` true. */
static void check_not(struct linter *linter, const struct expression *expression)
{
    const struct term *term = expression->term;
    if (!expression->negated || !term || term->kind != TERM_CALL || !lint_mentions(term, "input") ||
        lint_is_membership(term))
        return;
    report(linter, NOT_OVER_UNDEFINED, expression->at,
           "this also holds when a part of `input` in it is missing or has another type");
}

static void check_constant(struct linter *linter, const struct expression *expression)
{
    const struct term *term = expression->term;
    bool only = linter->body && linter->body->len == 1 && linter->rule->body == linter->body;
    if (!term || !is_constant(term) || (only && term->kind == TERM_TRUE))
        return;
    report(linter, CONSTANT_CONDITION, term->at, "this is always %s",
           term->kind == TERM_FALSE ? "false, so the rule never holds" : "true");
}

static void walk_expression(struct linter *linter, const struct expression *expression)
{
    check_not(linter, expression);
    check_constant(linter, expression);
    walk_term(linter, expression->term);
    walk_term(linter, expression->domain);
    walk_body(linter, expression->body);
    for (uint32_t i = 0; i < expression->with_count; i++)
        walk_term(linter, expression->withs[i].value);
}

static void walk_body(struct linter *linter, const struct body *body)
{
    const struct body *outer = linter->body;
    linter->body = body;
    for (uint32_t i = 0; body && i < body->len; i++)
        walk_expression(linter, body->items[i]);
    linter->body = outer;
}

/* Rules. */

static void check_allow(struct linter *linter, const struct rule *rule)
{
    if (!lint_allows(rule) || rule->is_else || (rule->value && rule->value->kind == TERM_FALSE))
        return;
    if (rule->is_default) {
        if (rule->value->kind == TERM_TRUE)
            report(linter, DEFAULT_ALLOW, rule->at, "whatever no rule decides is allowed");
        return;
    }
    bool constant = (!rule->value || is_constant(rule->value)) && !rule->key;
    if (constant && !lint_body_looks_at_something(rule->body))
        report(linter, UNCONDITIONAL_ALLOW, rule->at,
               "this allows everybody: it looks neither at input nor at another rule");
}

static void check_unused(struct linter *linter, const struct rule *rule, const struct body *body)
{
    for (uint32_t i = 0; body && i < body->len; i++) {
        const struct term *term = body->items[i]->term;
        if (!term || term->kind != TERM_CALL || term->sign != OPERATOR_ASSIGN || term->len != 3 ||
            term->items[1]->kind != TERM_VARIABLE || term_is_wildcard(term->items[1]))
            continue;
        if (lint_count_in_rule(rule, term->items[1]->text) == 1)
            report(linter, UNUSED_VARIABLE, term->items[1]->at, "%.*s is never read",
                   TEXT_ARG(term->items[1]->text));
    }
}

static void check_rule(struct linter *linter, const struct rule *rule)
{
    linter->rule = rule;
    struct text name = lint_rule_name(rule);
    if (!rule->is_else && rule->name->kind == TERM_VARIABLE && builtin_find(name))
        report(linter, SHADOWED_BUILTIN, rule->name->at, "%.*s is a builtin", TEXT_ARG(name));
    check_allow(linter, rule);
    check_unused(linter, rule, rule->body);
    walk_term(linter, rule->value);
    walk_term(linter, rule->key);
    walk_body(linter, rule->body);
}

static void check_imports(struct linter *linter)
{
    const struct module *module = linter->module;
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct import *import = &module->imports[i];
        const struct term *path = import->path;
        if (path->kind != TERM_REFERENCE || !term_is_variable(path->items[0], "data"))
            continue;
        struct text name = import->alias.len > 0 ? import->alias : path->items[path->len - 1]->text;
        uint32_t uses = 0;
        for (uint32_t k = 0; k < module->rule_count; k++) {
            for (const struct rule *rule = module->rules[k]; rule; rule = rule->otherwise)
                uses += lint_count_in_rule(rule, name);
        }
        if (uses == 0)
            report(linter, UNUSED_IMPORT, import->at, "%.*s is not used", TEXT_ARG(name));
    }
}

static int by_place(const void *a, const void *b)
{
    const struct lint_finding *left = a, *right = b;
    return left->at.offset < right->at.offset ? -1 : left->at.offset > right->at.offset;
}

bool lint_module(struct arena *arena, const struct module *module, struct list *findings)
{
    struct linter linter = {.arena = arena,
                            .module = module,
                            .findings = findings,
                            .patterns = builtin_cache_new(arena)};
    size_t before = findings->len;
    check_imports(&linter);
    for (uint32_t i = 0; i < module->rule_count; i++) {
        for (const struct rule *rule = module->rules[i]; rule; rule = rule->otherwise)
            check_rule(&linter, rule);
    }
    if (findings->len > before)
        qsort(list_at(findings, before), findings->len - before, sizeof(struct lint_finding),
              by_place);
    return !arena_failed(arena);
}
