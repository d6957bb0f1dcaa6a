/* Accept and Content-Type. */
#include "graphql/http/negotiate.h"

enum { QUALITY_ONE = 1000 };

static const struct text json_type = TEXT_INIT("application/json");
static const struct text response_type = TEXT_INIT("application/graphql-response+json");

/* A parameter's value without its quotes; at == NULL when it is not there. */
static struct text parameter(struct text rest, struct text name)
{
    struct text part;
    while (text_next_part(&rest, ';', &part)) {
        size_t equals = text_find_byte(part, '=', 0);
        if (!text_equal_ignoring_case(text_trim(text_slice(part, 0, equals)), name))
            continue;
        struct text value = text_trim(text_slice(part, equals + 1, part.len));
        bool is_quoted = value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"';
        return is_quoted ? text_slice(value, 1, value.len - 1) : value;
    }
    return (struct text){NULL, 0};
}

/* "0.5" as 500; malformed ones as 0, so that they are not chosen. */
static int quality_of(struct text parameters)
{
    struct text value = parameter(parameters, TEXT("q"));
    if (!value.at)
        return QUALITY_ONE;
    if (value.len == 0 || value.len > 5 || (value.at[0] != '0' && value.at[0] != '1'))
        return 0;
    int quality = (value.at[0] - '0') * QUALITY_ONE;
    int weight = QUALITY_ONE / 10;
    for (size_t i = 2; i < value.len; i++, weight /= 10) {
        if (value.at[1] != '.' || value.at[i] < '0' || value.at[i] > '9')
            return 0;
        quality += (value.at[i] - '0') * weight;
    }
    return quality > QUALITY_ONE ? 0 : quality;
}

static bool is_utf8_charset(struct text parameters)
{
    struct text charset = parameter(parameters, TEXT("charset"));
    return !charset.at || text_equal_ignoring_case(charset, TEXT("utf-8")) ||
           text_equal_ignoring_case(charset, TEXT("utf8"));
}

/* Which of ours a media range covers. */
static enum graphql_http_answer covered(struct text range)
{
    if (text_equal_ignoring_case(range, response_type))
        return GRAPHQL_HTTP_RESPONSE;
    bool any = text_equal_ignoring_case(range, json_type) || text_equal(range, TEXT("*/*")) ||
               text_equal_ignoring_case(range, TEXT("application/*"));
    return any ? GRAPHQL_HTTP_JSON : GRAPHQL_HTTP_NEITHER;
}

enum graphql_http_answer graphql_http_negotiate(struct text accept)
{
    enum graphql_http_answer best = GRAPHQL_HTTP_NEITHER;
    int best_quality = 0;
    struct text range;
    if (text_is_empty(text_trim(accept)))
        return GRAPHQL_HTTP_JSON;
    while (text_next_part(&accept, ',', &range)) {
        size_t end = text_find_byte(range, ';', 0);
        struct text parameters = text_slice(range, end + 1, range.len);
        enum graphql_http_answer answer = covered(text_trim(text_slice(range, 0, end)));
        int quality = quality_of(parameters);
        if (answer == GRAPHQL_HTTP_NEITHER || quality <= best_quality ||
            !is_utf8_charset(parameters))
            continue;
        best = answer;
        best_quality = quality;
    }
    return best;
}

bool graphql_http_is_json(struct text content_type)
{
    size_t end = text_find_byte(content_type, ';', 0);
    struct text type = text_trim(text_slice(content_type, 0, end));
    return (text_equal_ignoring_case(type, json_type) ||
            text_equal_ignoring_case(type, response_type)) &&
           is_utf8_charset(text_slice(content_type, end + 1, content_type.len));
}
