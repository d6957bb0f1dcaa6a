/* Taking queries and forms apart, and putting them together. */
#include "net/http_parameters.h"

#include "net/http_client.h"

static bool decode(struct arena *arena, struct text pair, struct http_parameter *out)
{
    size_t equals = text_find_byte(pair, '=', 0);
    return http_percent_decode(arena, text_slice(pair, 0, equals), true, &out->name) &&
           http_percent_decode(arena, text_slice(pair, equals + 1, pair.len), true, &out->value);
}

static size_t count_pairs(struct text source)
{
    size_t count = source.len > 0;
    for (size_t i = 0; i < source.len; i++)
        count += source.at[i] == '&';
    return count;
}

bool http_parameters_parse(struct arena *arena, struct text source, struct http_parameters *out,
                           struct error *error)
{
    size_t count = count_pairs(source);
    struct text pair;
    *out = (struct http_parameters){0};
    if (count > HTTP_PARAMETERS_MAX)
        return error_set(error, ERR_INVALID, "there are too many parameters");
    struct http_parameter *items = ARENA_ARRAY(arena, struct http_parameter, count);
    if (!items)
        return error_set_no_memory(error);
    while (text_next_part(&source, '&', &pair)) {
        if (pair.len == 0)
            continue;
        if (!decode(arena, pair, &items[out->len]))
            return arena_failed(arena) ? error_set_no_memory(error)
                                       : error_set(error, ERR_INVALID, "an escape is malformed");
        out->len++;
    }
    out->items = items;
    return true;
}

struct text http_parameters_get(const struct http_parameters *parameters, struct text name)
{
    for (size_t i = 0; i < parameters->len; i++) {
        if (text_equal(parameters->items[i].name, name))
            return parameters->items[i].value;
    }
    return (struct text){NULL, 0};
}

void http_parameters_add(struct buffer *out, struct text name, struct text value)
{
    if (out->len > 0)
        buffer_add_byte(out, '&');
    buffer_add(out, http_percent_encode(out->arena, name));
    buffer_add_byte(out, '=');
    buffer_add(out, http_percent_encode(out->arena, value));
    if (arena_failed(out->arena))
        out->failed = true;
}
