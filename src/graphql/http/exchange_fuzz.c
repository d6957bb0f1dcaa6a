/* Any method, headers, query string and body: five lines of input. */
#include "graphql/http/exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct graphql_documents *documents;
    if (!documents)
        documents = graphql_documents_new(4, false);
    struct arena *arena = arena_new(16 << 20);
    struct text rest = {(const char *)data, size};
    struct text lines[4] = {0};
    struct graphql_http_options options = graphql_http_default_options;
    struct graphql_http_exchange exchange;
    struct error error = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
        if (!text_next_part(&rest, '\n', &lines[i]))
            break;
    struct graphql_http_input input = {.method = lines[0],
                                       .content_type = lines[1],
                                       .accept = lines[2],
                                       .query_string = lines[3],
                                       .body = rest};
    options.max_batch = 4;
    options.documents = documents;
    bool ok = graphql_http_read(arena, &input, &options, &exchange, &error);
    for (uint32_t i = 0; ok && i < exchange.count; i++)
        if (!exchange.requests[i].query.at)
            __builtin_trap();
    arena_free(arena);
    return 0;
}
