/* semver.*: versions after Semantic Versioning 2.0. */
#include "rego/builtins/operand.h"

struct version {
    struct text core[3];    /* digits of major, minor, patch */
    struct text prerelease; /* empty when there is none */
};

static bool is_digits(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    }
    return text.len > 0;
}

static bool is_identifier(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.at[i];
        if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
              (byte >= 'A' && byte <= 'Z') || byte == '-'))
            return false;
    }
    return text.len > 0;
}

/* Cuts at the first dot. */
static struct text next_part(struct text *rest)
{
    size_t dot = text_find_byte(*rest, '.', 0);
    struct text part = text_slice(*rest, 0, dot);
    *rest = text_slice(*rest, dot + 1, rest->len);
    return part;
}

/* numeric: identifiers of digits must have no zero in front. */
static bool are_identifiers(struct text text, bool numeric)
{
    bool trailing_dot = text.len > 0 && text.at[text.len - 1] == '.';
    while (text.len > 0) {
        struct text part = next_part(&text);
        if (!is_identifier(part) ||
            (numeric && is_digits(part) && part.len > 1 && part.at[0] == '0'))
            return false;
    }
    return !trailing_dot;
}

static bool parse(struct text text, struct version *out)
{
    size_t plus = text_find_byte(text, '+', 0);
    struct text build = text_slice(text, plus + 1, text.len);
    bool has_build = plus < text.len;
    text = text_slice(text, 0, plus);
    size_t dash = text_find_byte(text, '-', 0);
    bool has_prerelease = dash < text.len;
    out->prerelease = text_slice(text, dash + 1, text.len);
    text = text_slice(text, 0, dash);
    for (int i = 0; i < 3; i++) {
        if ((i < 2) != (text_find_byte(text, '.', 0) < text.len))
            return false;
        out->core[i] = next_part(&text);
        if (!is_digits(out->core[i]) || (out->core[i].len > 1 && out->core[i].at[0] == '0'))
            return false;
    }
    return has_prerelease == (out->prerelease.len > 0) && has_build == (build.len > 0) &&
           are_identifiers(out->prerelease, true) && are_identifiers(build, false);
}

static int compare_digits(struct text a, struct text b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return text_compare(a, b);
}

static int compare_prerelease(struct text a, struct text b)
{
    if (a.len == 0 || b.len == 0)
        return (a.len == 0) - (b.len == 0);
    while (a.len > 0 && b.len > 0) {
        struct text left = next_part(&a), right = next_part(&b);
        bool left_number = is_digits(left), right_number = is_digits(right);
        int order;
        if (left_number != right_number)
            order = left_number ? -1 : 1;
        else
            order = left_number ? compare_digits(left, right) : text_compare(left, right);
        if (order != 0)
            return order;
    }
    return (a.len > 0) - (b.len > 0);
}

static int compare(const struct version *a, const struct version *b)
{
    for (int i = 0; i < 3; i++) {
        int order = compare_digits(a->core[i], b->core[i]);
        if (order != 0)
            return order;
    }
    return compare_prerelease(a->prerelease, b->prerelease);
}

enum builtin_outcome builtin_semver_is_valid(struct builtin_call *call,
                                             const struct value *operands, struct value *result)
{
    struct version version;
    if (operands[0].kind != VALUE_STRING)
        return give_bool(result, false);
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    return give_bool(result, parse(value_text(&operands[0]), &version));
}

enum builtin_outcome builtin_semver_compare(struct builtin_call *call, const struct value *operands,
                                            struct value *result)
{
    struct version versions[2];
    for (unsigned i = 0; i < 2; i++) {
        if (!operand_is(call, operands, i, VALUE_STRING))
            return BUILTIN_TYPE_ERROR;
        if (!charge_bytes(call, operands[i].len))
            return BUILTIN_STOPPED;
        if (!parse(value_text(&operands[i]), &versions[i]))
            return fail_builtin(call, "operand %u: string \"%.*s\" is not a valid SemVer", i + 1,
                                TEXT_ARG(value_text(&operands[i])));
    }
    int order = compare(&versions[0], &versions[1]);
    *result = VALUE_INT((order > 0) - (order < 0));
    return BUILTIN_OK;
}
