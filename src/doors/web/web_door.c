/* GraphiQL's page and its parts; the collection for Insomnia. */
#include "doors/web/web_door.h"

#include "doors/json_answer.h"
#include "doors/web/insomnia.h"
#include "kernel/account.h"
#include "web/pages.h"

static const struct text policy =
    TEXT_INIT("default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; "
              "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
              "frame-ancestors 'none'");

static void answer_missing(struct http_request *request, const char *why)
{
    struct error error = {0};
    error_set(&error, ERR_NOT_FOUND, "%s", why);
    json_answer_error(request, &error);
}

static const struct page *find(struct text name)
{
    for (size_t i = 0; i < page_count; i++)
        if (text_equal_z(name, pages[i].name))
            return &pages[i];
    return NULL;
}

/* caching: parts are named by their content and may be kept for good, the page may not. */
static void show(struct http_request *request, const struct account *account, struct text name,
                 struct text caching)
{
    const struct page *page = find(name);
    if (!account->settings->graphiql)
        answer_missing(request, "GraphiQL is switched off");
    else if (page_count == 0)
        answer_missing(request, "this program was built without its pages");
    else if (!page)
        answer_missing(request, "there is nothing at this path");
    else if (http_response_header(request, TEXT("Content-Security-Policy"), policy) &&
             http_response_header(request, TEXT("X-Content-Type-Options"), TEXT("nosniff")) &&
             http_response_header(request, TEXT("Referrer-Policy"), TEXT("no-referrer")) &&
             http_response_header(request, TEXT("Cache-Control"), caching))
        http_respond(request, 200, text_z(page->media_type), (struct text){page->at, page->len});
}

static void handle_page(struct http_request *request, void *data)
{
    show(request, data, TEXT("page.html"), TEXT("no-cache"));
}

static void handle_part(struct http_request *request, void *data)
{
    show(request, data, http_path_get(request, TEXT("part")),
         TEXT("public, max-age=31536000, immutable"));
}

const struct http_route web_routes[] = {
    {"GET", "/graphiql", handle_page, 0, NULL},
    {"GET", "/graphiql/{part}", handle_part, 0, NULL},
    {"GET", "/insomnia.json", insomnia_handle, 0, NULL},
};
const size_t web_route_count = ARRAY_LENGTH(web_routes);
