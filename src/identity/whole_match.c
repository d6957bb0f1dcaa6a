/* RE2 finds the leftmost match; anchors around the expression make it the whole text. */
#include "identity/whole_match.h"

#include "rego/builtins/regex.h"

bool whole_match_check(struct ctx *ctx, const char *what, struct text expression)
{
    char reason[REGEX_ERROR_SIZE];
    if (expression.len == 0)
        return fail(ctx, ERR_INVALID, "%s is needed", what);
    if (expression.len > EXPRESSION_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "%s may have %d bytes at most", what, EXPRESSION_MAX_BYTES);
    struct regex *regex = regex_new(expression, reason);
    if (!regex)
        return fail(ctx, ERR_INVALID, "%s is no regular expression: %s", what, reason);
    regex_free(regex);
    return true;
}

bool whole_match(struct arena *arena, struct text expression, struct text text)
{
    char reason[REGEX_ERROR_SIZE];
    struct text part;
    struct text anchored = text_format(arena, "\\A(?:%.*s)\\z", TEXT_ARG(expression));
    struct regex *regex = anchored.len > 0 ? regex_new(anchored, reason) : NULL;
    if (!regex)
        return false;
    bool matches = regex_find(regex, text, 0, &part, 1);
    regex_free(regex);
    return matches;
}
