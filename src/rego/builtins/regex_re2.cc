/* The only C++ here: RE2 behind regex.h. No exception leaves this file. */
#include "rego/builtins/regex.h"

#include <cstdio>
#include <new>
#include <re2/re2.h>

struct regex {
    RE2 expression;

    regex(const re2::StringPiece &pattern, const RE2::Options &options)
        : expression(pattern, options)
    {
    }
};

static const char *sentence(RE2::ErrorCode code)
{
    switch (code) {
    case RE2::ErrorBadEscape: return "invalid escape sequence";
    case RE2::ErrorBadCharClass: return "invalid character class";
    case RE2::ErrorBadCharRange: return "invalid character class range";
    case RE2::ErrorMissingBracket: return "missing closing ]";
    case RE2::ErrorMissingParen: return "missing closing )";
    case RE2::ErrorUnexpectedParen: return "unexpected )";
    case RE2::ErrorTrailingBackslash: return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument: return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize: return "invalid repeat count";
    case RE2::ErrorRepeatOp: return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp: return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8: return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture: return "invalid named capture";
    case RE2::ErrorPatternTooLarge: return "expression is too large";
    default: return "internal error";
    }
}

static struct regex *compile(struct text pattern, char *error)
{
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(REGEX_MAX_MEMORY);
    struct regex *compiled = new regex(re2::StringPiece(pattern.at, pattern.len), options);
    if (compiled->expression.ok() &&
        compiled->expression.NumberOfCapturingGroups() < REGEX_MAX_GROUPS)
        return compiled;
    if (compiled->expression.ok())
        snprintf(error, REGEX_ERROR_SIZE, "error parsing regexp: too many groups");
    else
        snprintf(error, REGEX_ERROR_SIZE, "error parsing regexp: %s: `%s`",
                 sentence(compiled->expression.error_code()),
                 compiled->expression.error_arg().c_str());
    delete compiled;
    return nullptr;
}

struct regex *regex_new(struct text pattern, char error[REGEX_ERROR_SIZE])
{
    if (pattern.len > REGEX_MAX_PATTERN) {
        snprintf(error, REGEX_ERROR_SIZE, "error parsing regexp: expression is too large");
        return nullptr;
    }
    try {
        return compile(pattern, error);
    } catch (const std::bad_alloc &) {
        snprintf(error, REGEX_ERROR_SIZE, "error parsing regexp: out of memory");
        return nullptr;
    }
}

void regex_free(struct regex *regex)
{
    delete regex;
}

size_t regex_size(const struct regex *regex)
{
    int size = regex->expression.ProgramSize();
    return size > 0 ? (size_t)size : 1;
}

size_t regex_groups(const struct regex *regex)
{
    return (size_t)regex->expression.NumberOfCapturingGroups();
}

size_t regex_group(const struct regex *regex, struct text name)
{
    try {
        const auto &names = regex->expression.NamedCapturingGroups();
        auto found = names.find(std::string(name.at, name.len));
        return found == names.end() ? 0 : (size_t)found->second;
    } catch (const std::bad_alloc &) {
        return 0;
    }
}

bool regex_find(const struct regex *regex, struct text text, size_t from, struct text *parts,
                size_t count)
{
    re2::StringPiece groups[REGEX_MAX_GROUPS];
    re2::StringPiece whole(text.at ? text.at : "", text.len);
    if (count > REGEX_MAX_GROUPS)
        count = REGEX_MAX_GROUPS;
    try {
        if (!regex->expression.Match(whole, from, text.len, RE2::UNANCHORED, groups, (int)count))
            return false;
    } catch (const std::bad_alloc &) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        parts[i].at = groups[i].data();
        parts[i].len = groups[i].size();
    }
    return true;
}
