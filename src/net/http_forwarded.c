/* X-Forwarded-For, -Proto and -Host, from trusted proxies only. */
#include "net/http_exchange.h"
#include "net/http_syntax.h"

static bool is_trusted(const struct http_server_options *options, const struct address *address)
{
    for (size_t i = 0; i < options->trusted_proxy_count; i++)
        if (address_range_contains(&options->trusted_proxies[i], address))
            return true;
    return false;
}

/* An element of X-Forwarded-For: an address, some proxies add the port. */
static bool parse_element(struct text element, struct address *out)
{
    element = text_trim(element);
    if (address_parse(element, out))
        return true;
    struct error ignored = {0};
    struct host_port host_port;
    if (host_port_parse(element, &host_port, &ignored))
        return address_parse(host_port.host, out);
    if (element.len > 2 && element.at[0] == '[' && element.at[element.len - 1] == ']')
        return address_parse(text_slice(element, 1, element.len - 1), out);
    return false;
}

/* Cuts the last element of a comma-separated list off; false when nothing is left. */
static bool cut_last(struct text *list, struct text *element)
{
    if (list->len == 0)
        return false;
    size_t comma = list->len;
    while (comma > 0 && list->at[comma - 1] != ',')
        comma--;
    *element = text_trim(text_slice(*list, comma, list->len));
    *list = text_slice(*list, 0, comma > 0 ? comma - 1 : 0);
    return true;
}

/* Each proxy appends whom it saw, so the list is believed from its end, as far as those who wrote
 * it are trusted. */
static void apply_client(struct http_request *request, const struct http_server_options *options)
{
    for (size_t i = request->header_count; i-- > 0;) {
        if (!text_equal_ignoring_case(request->headers[i].name, TEXT("X-Forwarded-For")))
            continue;
        struct text list = request->headers[i].value;
        struct text element;
        while (cut_last(&list, &element)) {
            struct address address;
            if (!is_trusted(options, &request->client) || !parse_element(element, &address))
                return;
            request->client = address;
        }
    }
}

static struct text last_element(const struct http_request *request, struct text name)
{
    struct text list = http_header_get(request, name);
    struct text element = {0};
    if (!cut_last(&list, &element))
        return (struct text){0};
    return element;
}

void forwarded_apply(struct http_request *request, const struct http_server_options *options)
{
    apply_client(request, options);
    struct text scheme = last_element(request, TEXT("X-Forwarded-Proto"));
    if (text_equal_ignoring_case(scheme, TEXT("https")))
        request->scheme = TEXT("https");
    else if (text_equal_ignoring_case(scheme, TEXT("http")))
        request->scheme = TEXT("http");
    struct text host = last_element(request, TEXT("X-Forwarded-Host"));
    if (host.len > 0 && http_is_host(host))
        request->host = host;
}
