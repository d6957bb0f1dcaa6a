/* Names and attributes of cookies. */
#include "doors/login/cookie.h"

#include <inttypes.h>

static bool is_https(const struct http_request *request, const struct account *account)
{
    return text_equal(request->scheme, TEXT("https")) ||
           text_starts_with(account->url, TEXT("https:"));
}

static struct text full_name(const struct http_request *request, const struct account *account,
                             const char *name)
{
    return text_format(request->arena, "%sgatehouse-%s",
                       is_https(request, account) ? "__Host-" : "", name);
}

struct text cookie_get(const struct http_request *request, const struct account *account,
                       const char *name)
{
    return http_cookie_get(request, full_name(request, account, name));
}

struct text cookie_print(const struct http_request *request, const struct account *account,
                         const char *name, struct text value, int64_t age)
{
    return text_format(request->arena,
                       "%.*s=%.*s; Path=/; Max-Age=%" PRId64 "; HttpOnly; SameSite=Lax%s",
                       TEXT_ARG(full_name(request, account, name)), TEXT_ARG(value), age,
                       is_https(request, account) ? "; Secure" : "");
}
