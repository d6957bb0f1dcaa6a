/* What handlers ask a request: lookups by name, credentials, accepted types, decoding. */
#include "net/http_request.h"

#include "base/encoding.h"
#include "net/http_parameters.h"

#include <string.h>

struct text http_header_get(const struct http_request *request, struct text name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (text_equal_ignoring_case(request->headers[i].name, name))
            return request->headers[i].value;
    return (struct text){0};
}

struct text http_query_get(const struct http_request *request, struct text name)
{
    return http_parameters_get(
        &(struct http_parameters){request->query_parameters, request->query_parameter_count}, name);
}

struct text http_path_get(const struct http_request *request, struct text name)
{
    return http_parameters_get(
        &(struct http_parameters){request->path_parameters, request->path_parameter_count}, name);
}

struct text http_cookie_get(const struct http_request *request, struct text name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (!text_equal_ignoring_case(request->headers[i].name, TEXT("Cookie")))
            continue;
        struct text rest = request->headers[i].value;
        struct text pair;
        while (text_next_part(&rest, ';', &pair)) {
            pair = text_trim(pair);
            size_t equals = text_find_byte(pair, '=', 0);
            if (equals < pair.len && text_equal(text_slice(pair, 0, equals), name))
                return text_slice(pair, equals + 1, pair.len);
        }
    }
    return (struct text){0};
}

struct text http_authorization_get(const struct http_request *request, struct text scheme)
{
    struct text value = text_trim(http_header_get(request, TEXT("Authorization")));
    if (value.len <= scheme.len || value.at[scheme.len] != ' ' ||
        !text_equal_ignoring_case(text_slice(value, 0, scheme.len), scheme))
        return (struct text){0};
    return text_trim(text_slice(value, scheme.len, value.len));
}

/* A range that carries ";q=0" is refused by the client. */
static bool range_is_refused(struct text parameters)
{
    struct text parameter;
    while (text_next_part(&parameters, ';', &parameter)) {
        parameter = text_trim(parameter);
        if (parameter.len < 3 || (parameter.at[0] | 0x20) != 'q' || parameter.at[1] != '=')
            continue;
        struct text weight = text_slice(parameter, 2, parameter.len);
        for (size_t i = 0; i < weight.len; i++)
            if (weight.at[i] >= '1' && weight.at[i] <= '9')
                return false;
        return true;
    }
    return false;
}

static bool range_matches(struct text range, struct text media_type)
{
    if (text_equal(range, TEXT("*/*")) || text_equal_ignoring_case(range, media_type))
        return true;
    size_t slash = text_find_byte(media_type, '/', 0);
    return range.len == slash + 2 && range.at[range.len - 1] == '*' &&
           text_equal_ignoring_case(text_slice(range, 0, slash + 1),
                                    text_slice(media_type, 0, slash + 1));
}

bool http_accepts(const struct http_request *request, struct text media_type)
{
    bool present = false;
    for (size_t i = 0; i < request->header_count; i++) {
        if (!text_equal_ignoring_case(request->headers[i].name, TEXT("Accept")))
            continue;
        present = true;
        struct text rest = request->headers[i].value;
        struct text item;
        while (text_next_part(&rest, ',', &item)) {
            size_t semicolon = text_find_byte(item, ';', 0);
            struct text range = text_trim(text_slice(item, 0, semicolon));
            if (range_matches(range, media_type) &&
                !range_is_refused(text_slice(item, semicolon, item.len)))
                return true;
        }
    }
    return !present;
}

struct text http_base_url(const struct http_request *request)
{
    return text_format(request->arena, "%.*s://%.*s", TEXT_ARG(request->scheme),
                       TEXT_ARG(request->host));
}

/* One byte at `at`, advancing past it; false for a broken escape or a NUL. */
static bool decode_byte(struct text source, size_t *at, bool plus_is_blank, char *out)
{
    char byte = source.at[(*at)++];
    if (byte == '+' && plus_is_blank)
        byte = ' ';
    if (byte == '%') {
        if (*at + 2 > source.len)
            return false;
        int high = hex_digit(source.at[*at]);
        int low = hex_digit(source.at[*at + 1]);
        if (high < 0 || low < 0)
            return false;
        *at += 2;
        byte = (char)(high << 4 | low);
    }
    *out = byte;
    return byte != '\0';
}

static bool needs_decoding(struct text source, bool plus_is_blank)
{
    return source.len > 0 && (memchr(source.at, '%', source.len) ||
                              (plus_is_blank && memchr(source.at, '+', source.len)) ||
                              memchr(source.at, '\0', source.len));
}

bool http_percent_decode(struct arena *arena, struct text source, bool plus_is_blank,
                         struct text *out)
{
    if (!needs_decoding(source, plus_is_blank)) {
        *out = source;
        return true;
    }
    char *decoded = arena_alloc_raw(arena, source.len);
    if (!decoded)
        return false;
    size_t len = 0;
    for (size_t at = 0; at < source.len; len++)
        if (!decode_byte(source, &at, plus_is_blank, &decoded[len]))
            return false;
    *out = (struct text){decoded, len};
    return true;
}
