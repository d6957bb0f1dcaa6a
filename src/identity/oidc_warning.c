/*
 * What lets in more than was meant. Where possible a pattern is tried on subjects that nobody means
 * to let in; that sees through every way of writing it.
 */
#include "identity/oidc_trust.h"

#include "base/list.h"
#include "identity/whole_match.h"

#include <string.h>

struct warnings {
    struct ctx *ctx;
    const struct oidc_trust *trust;
    struct list *out; /* struct text */
};

static void warn(struct warnings *warnings, const char *format, ...) PRINTF_LIKE(2, 3);

static void warn(struct warnings *warnings, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct text *slot = list_push(warnings->out);
    if (slot)
        *slot = text_format_list(warnings->ctx->arena, format, arguments);
    va_end(arguments);
}

static bool matches(struct warnings *warnings, const char *subject)
{
    return whole_match(warnings->ctx->arena, warnings->trust->subject_expression, text_z(subject));
}

/* Subjects of the two large issuers of pipelines, for owners and places that nobody has. */
static void try_strangers(struct warnings *warnings)
{
    static const char *const strangers[] = {
        "repo:qzx-stranger/qzx-project:ref:refs/heads/qzx",
        "repo:qzx-stranger/qzx-project:pull_request",
        "repo:qzx-stranger/qzx-project:environment:qzx",
        "project_path:qzx-stranger/qzx-project:ref_type:branch:ref:qzx",
    };
    if (matches(warnings, "qzx nobody in particular")) {
        warn(warnings, "The subject expression accepts any subject: everybody who gets tokens of "
                       "this issuer for this audience can use the key.");
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(strangers); i++) {
        if (!matches(warnings, strangers[i]))
            continue;
        warn(warnings, "The subject expression accepts repositories of any owner, such as \"%s\".",
             strangers[i]);
        return;
    }
}

/* "repo:acme" without "/name", or with ".*" right behind the slash. */
static void look_for_repository(struct warnings *warnings)
{
    static const char *const prefixes[] = {"repo:", "project_path:"};
    struct text expression = warnings->trust->subject_expression;
    for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
        size_t at = text_find(expression, text_z(prefixes[i]), 0);
        if (at == expression.len)
            continue;
        struct text rest = text_slice(expression, at + strlen(prefixes[i]), expression.len);
        struct text place = text_slice(rest, 0, text_find_byte(rest, ':', 0));
        size_t slash = text_find_byte(place, '/', 0);
        if (slash == place.len)
            warn(warnings, "The subject expression names no repository after \"%s\".", prefixes[i]);
        else if (text_starts_with(text_slice(place, slash + 1, place.len), TEXT(".*")) ||
                 text_starts_with(text_slice(place, slash + 1, place.len), TEXT(".+")))
            warn(warnings, "The subject expression accepts every repository of the owner.");
    }
}

static bool is_word(char byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
           byte == '-' || byte == '_';
}

/* "github.com": a dot between words that no quantifier follows was most likely meant as a dot. */
static void look_for_dots(struct warnings *warnings, const char *what, struct text expression)
{
    bool in_class = false;
    for (size_t i = 0; i < expression.len; i++) {
        char byte = expression.at[i];
        if (byte == '\\')
            i++;
        else if (byte == '[')
            in_class = true;
        else if (byte == ']')
            in_class = false;
        else if (byte == '.' && !in_class && i > 0 && i + 1 < expression.len &&
                 is_word(expression.at[i - 1]) && is_word(expression.at[i + 1])) {
            warn(warnings, "The dot in \"%.*s\" of %s stands for any character; \\. is a dot.",
                 TEXT_ARG(expression), what);
            return;
        }
    }
}

/* Alternatives outside of any parentheses, in an expression with an anchor: somebody counted on the
 * anchors holding for all of them. Here all are anchored, elsewhere they would not be. */
static void look_for_alternatives(struct warnings *warnings, const char *what,
                                  struct text expression)
{
    int depth = 0;
    bool in_class = false;
    for (size_t i = 0; i < expression.len; i++) {
        char byte = expression.at[i];
        if (byte == '\\')
            i++;
        else if (byte == '[')
            in_class = true;
        else if (byte == ']')
            in_class = false;
        else if (!in_class && (byte == '(' || byte == ')'))
            depth += byte == '(' ? 1 : -1;
        else if (!in_class && byte == '|' && depth == 0) {
            warn(warnings,
                 "The alternatives of %s stand outside of parentheses: each must match "
                 "by itself, from its own beginning.",
                 what);
            return;
        }
    }
}

static void look_at_expression(struct warnings *warnings, const char *what, struct text expression)
{
    look_for_dots(warnings, what, expression);
    look_for_alternatives(warnings, what, expression);
}

static void look_at_condition(struct warnings *warnings, const struct oidc_condition *condition)
{
    if (condition->rule != OIDC_EXPRESSION)
        return;
    struct text what =
        text_format(warnings->ctx->arena, "the condition on %.*s", TEXT_ARG(condition->claim));
    const char *name = text_terminated(warnings->ctx->arena, what);
    if (!name)
        return;
    look_at_expression(warnings, name, condition->values.items[0]);
    if (whole_match(warnings->ctx->arena, condition->values.items[0], TEXT("qzx nobody")))
        warn(warnings, "%s accepts any value.", name);
}

bool oidc_trust_warnings(struct ctx *ctx, const struct oidc_trust *trust, struct text_list *out)
{
    struct list sentences;
    struct warnings warnings = {.ctx = ctx, .trust = trust, .out = &sentences};
    list_init(&sentences, ctx->arena, sizeof(struct text));
    if (text_find_byte(trust->client_id, '*', 0) < trust->client_id.len)
        warn(&warnings, "The client id has a \"*\", which is compared as it stands: audiences have "
                        "no wildcards.");
    try_strangers(&warnings);
    look_for_repository(&warnings);
    look_at_expression(&warnings, "the subject expression", trust->subject_expression);
    for (size_t i = 0; i < trust->conditions_count; i++)
        look_at_condition(&warnings, &trust->conditions[i]);
    *out = (struct text_list){sentences.items, sentences.len};
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}
