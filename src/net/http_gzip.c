/* Compression of whole answers. Each loop keeps one deflate state, as making one costs more than
 * compressing a small answer. */
#include "net/http_exchange.h"

#include <stdlib.h>
#define ZLIB_CONST /* input is not written */
#include <zlib.h>

/* The first level beyond plain run-finding: 20 KB of JSON in well under a millisecond. */
enum { LEVEL = 2 };

static pthread_key_t state_key;
static pthread_once_t state_once = PTHREAD_ONCE_INIT;

static void state_free(void *data)
{
    deflateEnd(data);
    free(data);
}

static void state_key_create(void)
{
    pthread_key_create(&state_key, state_free);
}

static z_stream *state_get(void)
{
    pthread_once(&state_once, state_key_create);
    z_stream *state = pthread_getspecific(state_key);
    if (state)
        return deflateReset(state) == Z_OK ? state : NULL;
    state = calloc(1, sizeof(*state));
    if (!state)
        return NULL;
    if (deflateInit2(state, LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(state);
        return NULL;
    }
    pthread_setspecific(state_key, state);
    return state;
}

static bool type_shrinks(struct text content_type)
{
    static const struct text parts[] = {
        TEXT_INIT("json"), TEXT_INIT("javascript"), TEXT_INIT("xml"),
        TEXT_INIT("svg"),  TEXT_INIT("yaml"),
    };
    struct text type = text_slice(content_type, 0, text_find_byte(content_type, ';', 0));
    if (text_equal(type, TEXT("text/event-stream")))
        return false;
    if (text_starts_with(type, TEXT("text/")))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        if (text_contains(type, parts[i]))
            return true;
    return false;
}

static bool is_zero_weight(struct text parameters)
{
    parameters = text_trim(parameters);
    if (!text_starts_with(parameters, TEXT("q=0")))
        return false;
    for (size_t i = 3; i < parameters.len; i++)
        if (parameters.at[i] != '.' && parameters.at[i] != '0')
            return false;
    return true;
}

static bool gzip_is_accepted(const struct http_request *request)
{
    struct text rest = http_header_get(request, TEXT("Accept-Encoding"));
    struct text item;
    while (text_next_part(&rest, ',', &item)) {
        size_t semicolon = text_find_byte(item, ';', 0);
        if (text_equal_ignoring_case(text_trim(text_slice(item, 0, semicolon)), TEXT("gzip")))
            return !is_zero_weight(text_slice(item, semicolon + 1, item.len));
    }
    return false;
}

bool gzip_is_wanted(const struct http_request *request, struct text content_type)
{
    const struct list *headers = &exchange_of_const(request)->answer.headers;
    for (size_t i = 0; i < headers->len; i++)
        if (text_equal_ignoring_case(LIST_ITEMS(headers, struct http_header)[i].name,
                                     TEXT("Content-Encoding")))
            return false;
    return type_shrinks(content_type) && gzip_is_accepted(request);
}

struct text gzip_compress(struct arena *arena, struct text body)
{
    /* More than nine tenths is not worth the client's work. */
    size_t room = body.len - body.len / 10;
    z_stream *state = body.len < UINT32_MAX ? state_get() : NULL;
    char *out = state ? arena_alloc_raw(arena, room) : NULL;
    if (!out)
        return (struct text){0};
    state->next_in = (const unsigned char *)body.at;
    state->avail_in = (unsigned)body.len;
    state->next_out = (unsigned char *)out;
    state->avail_out = (unsigned)room;
    if (deflate(state, Z_FINISH) != Z_STREAM_END)
        return (struct text){0};
    return (struct text){out, room - state->avail_out};
}
