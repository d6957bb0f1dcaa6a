/* Fuzz target: any path and any header text is matched, decoded and searched without harm. */
#include "net/http_router.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void nothing(struct http_request *request, void *data)
{
    UNUSED(request);
    UNUSED(data);
}

static const struct http_route routes[] = {
    {"GET", "/", nothing, 0, NULL},          {"GET", "/a/{x}/b", nothing, 0, NULL},
    {"POST", "/a/{x}", nothing, 0, NULL},    {"GET", "/a/b/{y}", nothing, 0, NULL},
    {"*", "/f/{path...}", nothing, 0, NULL}, {"GET", "/{one}/{two}/{three}", nothing, 0, NULL},
};

static void match(struct arena *arena, struct text source)
{
    struct error error = {0};
    struct http_router *router = http_router_new(arena, routes, ARRAY_LENGTH(routes), &error);
    struct http_request request = {.arena = arena, .method = TEXT("GET"), .path = source};
    if (!router)
        abort();
    enum http_match found = http_router_match(router, &request);
    if ((found == HTTP_MATCH_FOUND) != (request.route != NULL))
        abort();
    if (found == HTTP_MATCH_NOT_ALLOWED && http_router_allow(router, &request).len == 0)
        abort();
}

static void search(struct arena *arena, struct text source)
{
    struct http_header headers[] = {
        {TEXT("Accept"), source}, {TEXT("Cookie"), source}, {TEXT("Authorization"), source}};
    struct http_request request = {.arena = arena, .headers = headers, .header_count = 3};
    struct text cookie = http_cookie_get(&request, TEXT("a"));
    struct text token = http_authorization_get(&request, TEXT("Bearer"));
    http_accepts(&request, TEXT("application/json"));
    if (cookie.len > source.len || token.len > source.len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(1 << 20);
    struct text source = {(const char *)data, size};
    if (!arena)
        return 0;
    match(arena, source);
    search(arena, source);
    arena_free(arena);
    return 0;
}
