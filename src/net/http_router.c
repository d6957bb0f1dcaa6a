/*
 * The table becomes a tree of segments: literal children by name, then one child for a parameter,
 * then the rest. Matching goes down with a literal first and comes back for the parameter, which
 * tables of this kind do at most once or twice; a path has at most MAX_SEGMENTS segments.
 */
#include "net/http_router.h"

#include "base/buffer.h"
#include "base/list.h"
#include "base/map.h"

enum { MAX_SEGMENTS = 32, MAX_PARAMETERS = 16 };

struct node {
    struct map literals;    /* name to struct node */
    struct node *parameter; /* {name} */
    struct list routes;     /* const struct http_route *, that end here */
    struct list rest;       /* const struct http_route *, that take the rest from here */
};

struct http_router {
    struct arena *arena;
    struct node *root;
};

/* A path on its way through the tree. */
struct walk {
    struct text method;
    struct text path;                   /* raw */
    struct text segments[MAX_SEGMENTS]; /* decoded */
    size_t offsets[MAX_SEGMENTS + 1];   /* where each starts in the raw path */
    size_t count;
};

static struct node *node_new(struct arena *arena)
{
    struct node *node = ARENA_NEW(arena, struct node);
    if (!node)
        return NULL;
    map_init(&node->literals, arena);
    list_init(&node->routes, arena, sizeof(const struct http_route *));
    list_init(&node->rest, arena, sizeof(const struct http_route *));
    return node;
}

static struct node *node_child(struct arena *arena, struct node *node, struct text name)
{
    struct node *child = map_get(&node->literals, name);
    if (child)
        return child;
    child = node_new(arena);
    return child && map_set(&node->literals, name, child) ? child : NULL;
}

static bool is_parameter(struct text segment)
{
    return segment.len > 2 && segment.at[0] == '{' && segment.at[segment.len - 1] == '}';
}

static bool is_rest(struct text segment)
{
    return is_parameter(segment) && text_ends_with(segment, TEXT("...}"));
}

/* The name between the braces, without the dots. */
static struct text parameter_name(struct text segment)
{
    return text_slice(segment, 1, segment.len - (is_rest(segment) ? 4 : 1));
}

static const struct http_route *find_method(const struct list *routes, struct text method)
{
    for (size_t i = 0; i < routes->len; i++) {
        const struct http_route *route = LIST_ITEMS(routes, const struct http_route *)[i];
        if (text_equal_z(method, route->method))
            return route;
    }
    return NULL;
}

/* The route for a method: itself, then GET for HEAD, then any. */
static const struct http_route *pick_method(const struct list *routes, struct text method)
{
    const struct http_route *route = find_method(routes, method);
    if (!route && text_equal(method, TEXT("HEAD")))
        route = find_method(routes, TEXT("GET"));
    return route ? route : find_method(routes, TEXT("*"));
}

static bool add_here(struct list *routes, const struct http_route *route, struct error *error)
{
    const struct http_route *other = find_method(routes, text_z(route->method));
    if (other)
        return error_set(error, ERR_INVALID, "routes %s %s and %s %s collide", route->method,
                         route->pattern, other->method, other->pattern);
    const struct http_route **slot = list_push(routes);
    if (!slot)
        return error_set_no_memory(error);
    *slot = route;
    return true;
}

static bool add_route(struct http_router *router, const struct http_route *route,
                      struct error *error)
{
    struct text rest = text_z(route->pattern);
    if (!text_starts_with(rest, TEXT("/")))
        return error_set(error, ERR_INVALID, "pattern %s does not begin with a slash",
                         route->pattern);
    struct node *node = router->root;
    size_t at = 1;
    for (size_t count = 0; node; count++) {
        size_t end = text_find_byte(rest, '/', at);
        struct text segment = text_slice(rest, at, end);
        if (count == MAX_SEGMENTS || (is_rest(segment) && end < rest.len))
            return error_set(error, ERR_INVALID, "pattern %s is malformed", route->pattern);
        if (is_rest(segment))
            return add_here(&node->rest, route, error);
        if (is_parameter(segment)) {
            if (!node->parameter)
                node->parameter = node_new(router->arena);
            node = node->parameter;
        } else {
            node = node_child(router->arena, node, segment);
        }
        if (node && end == rest.len)
            return add_here(&node->routes, route, error);
        at = end + 1;
    }
    return error_set_no_memory(error);
}

struct http_router *http_router_new(struct arena *arena, const struct http_route *routes,
                                    size_t count, struct error *error)
{
    struct http_router *router = ARENA_NEW(arena, struct http_router);
    if (router) {
        router->arena = arena;
        router->root = node_new(arena);
    }
    if (!router || !router->root) {
        error_set_no_memory(error);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (!add_route(router, &routes[i], error))
            return NULL;
    return router;
}

static enum http_match split_path(struct walk *walk, struct arena *arena)
{
    if (!text_starts_with(walk->path, TEXT("/")))
        return HTTP_MATCH_NOT_FOUND;
    size_t at = 1;
    for (;;) {
        size_t end = text_find_byte(walk->path, '/', at);
        if (walk->count == MAX_SEGMENTS)
            return HTTP_MATCH_NOT_FOUND;
        walk->offsets[walk->count] = at;
        if (!http_percent_decode(arena, text_slice(walk->path, at, end), false,
                                 &walk->segments[walk->count]))
            return arena_failed(arena) ? HTTP_MATCH_OUT_OF_MEMORY : HTTP_MATCH_BAD_PATH;
        walk->count++;
        if (end == walk->path.len)
            break;
        at = end + 1;
    }
    walk->offsets[walk->count] = walk->path.len;
    return HTTP_MATCH_FOUND;
}

/* The most specific node whose routes take the path. With an empty method, any list of routes that
 * is not empty counts: for Allow. */
static const struct list *find_routes(const struct node *node, const struct walk *walk,
                                      size_t index)
{
    const struct list *found = NULL;
    if (index == walk->count)
        found = &node->routes;
    else {
        const struct node *child = map_get(&node->literals, walk->segments[index]);
        if (child)
            found = find_routes(child, walk, index + 1);
        if (!found && node->parameter && walk->segments[index].len > 0)
            found = find_routes(node->parameter, walk, index + 1);
    }
    if (found && found->len > 0 && (walk->method.len == 0 || pick_method(found, walk->method)))
        return found;
    if (index < walk->count && node->rest.len > 0 &&
        (walk->method.len == 0 || pick_method(&node->rest, walk->method)))
        return &node->rest;
    return NULL;
}

static enum http_match set_parameters(struct http_request *request, const struct walk *walk,
                                      const struct http_route *route)
{
    struct http_parameter found[MAX_PARAMETERS];
    size_t count = 0;
    struct text pattern = text_slice(text_z(route->pattern), 1, SIZE_MAX);
    size_t index = 0;
    struct text segment;
    for (; text_next_part(&pattern, '/', &segment) && count < MAX_PARAMETERS; index++) {
        if (!is_parameter(segment))
            continue;
        struct text value = walk->segments[index];
        if (is_rest(segment) &&
            !http_percent_decode(request->arena,
                                 text_slice(walk->path, walk->offsets[index], walk->path.len),
                                 false, &value))
            return HTTP_MATCH_OUT_OF_MEMORY;
        found[count++] = (struct http_parameter){parameter_name(segment), value};
    }
    struct http_parameter *kept = ARENA_ARRAY(request->arena, struct http_parameter, count);
    if (!kept)
        return HTTP_MATCH_OUT_OF_MEMORY;
    for (size_t i = 0; i < count; i++)
        kept[i] = found[i];
    request->path_parameters = kept;
    request->path_parameter_count = count;
    request->route = route;
    return HTTP_MATCH_FOUND;
}

enum http_match http_router_match(const struct http_router *router, struct http_request *request)
{
    struct walk walk = {.method = request->method, .path = request->path};
    enum http_match split = split_path(&walk, request->arena);
    if (split != HTTP_MATCH_FOUND)
        return split;
    const struct list *routes = find_routes(router->root, &walk, 0);
    if (routes)
        return set_parameters(request, &walk, pick_method(routes, walk.method));
    walk.method = (struct text){0};
    return find_routes(router->root, &walk, 0) ? HTTP_MATCH_NOT_ALLOWED : HTTP_MATCH_NOT_FOUND;
}

struct text http_router_allow(const struct http_router *router, const struct http_request *request)
{
    struct walk walk = {.path = request->path};
    struct buffer out;
    buffer_init(&out, request->arena, 256);
    if (split_path(&walk, request->arena) != HTTP_MATCH_FOUND)
        return (struct text){0};
    const struct list *routes = find_routes(router->root, &walk, 0);
    for (size_t i = 0; routes && i < routes->len; i++) {
        const struct http_route *route = LIST_ITEMS(routes, const struct http_route *)[i];
        buffer_add(&out, out.len > 0 ? TEXT(", ") : TEXT(""));
        buffer_add(&out, text_z(route->method));
        if (text_equal(text_z(route->method), TEXT("GET")) && !find_method(routes, TEXT("HEAD")))
            buffer_add(&out, TEXT(", HEAD"));
    }
    return buffer_text(&out);
}
