/* From a browser's request to a page. */
#include "doors/login/page.h"

#include "base/encoding.h"
#include "base/random.h"
#include "identity/token.h"
#include "jose/secret_hash.h"

enum {
    PAGE_MAX_BYTES = 1 << 20,
    FORM_MAX_BYTES = 32768,
    BROWSER_BYTES = 16,
    BROWSER_SECONDS = 365 * 86400,
    TARGET_MAX_BYTES = 3000
};

static const char token_field[] = "form_token";

static const struct text content_type = TEXT_INIT("text/html; charset=utf-8");

void page_set_cookie(struct page *page, const char *name, struct text value, int64_t age)
{
    struct text *cookie = list_push(&page->cookies);
    if (cookie)
        *cookie = cookie_print(page->request, page->account, name, value, age);
}

struct text page_field(const struct page *page, const char *name)
{
    return http_parameters_get(&page->form, text_z(name));
}

struct text page_parameter(const struct page *page, const char *name)
{
    return http_query_get(page->request, text_z(name));
}

struct text page_user_agent(const struct page *page)
{
    return http_header_get(page->request, TEXT("User-Agent"));
}

/* The browser's own number: read from its cookie, or drawn for a browser that has none. */
static void identify_browser(struct page *page)
{
    unsigned char bytes[BROWSER_BYTES];
    struct text sent = cookie_get(page->request, page->account, COOKIE_BROWSER);
    page->is_new_browser = sent.len != 2 * BROWSER_BYTES;
    page->browser = sent;
    if (!page->is_new_browser)
        return;
    random_bytes(bytes, sizeof bytes);
    page->browser =
        hex_encode(page->request->arena, (struct text){(const char *)bytes, sizeof bytes});
}

/* What the token of a form stands for: this browser, and whoever is logged in with it. */
static struct text form_identity(const struct page *page)
{
    return text_format(page->request->arena, "form:%.*s:%.*s", TEXT_ARG(page->browser),
                       TEXT_ARG(page->actor->session_id));
}

static struct text form_token(const struct page *page)
{
    struct secret_hash hash;
    struct error error = {0};
    if (!secret_hash(page->account->ring, form_identity(page), &hash, &error))
        return TEXT("");
    return hex_encode(page->request->arena,
                      (struct text){(const char *)hash.bytes, sizeof hash.bytes});
}

static bool is_own_form(const struct page *page)
{
    struct text sent;
    struct error error = {0};
    return !page->is_new_browser &&
           hex_decode(page->request->arena, page_field(page, token_field), &sent, &error) &&
           secret_hash_matches(page->account->ring, form_identity(page), sent);
}

void page_form(struct page *page, struct text action)
{
    HTML(&page->html, "<form method=\"post\" action=\"{}\">", action);
    page_hidden(page, token_field, form_token(page));
}

void page_hidden(struct page *page, const char *name, struct text value)
{
    HTML(&page->html, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", text_z(name), value);
}

void page_alert(struct page *page, struct text sentence)
{
    HTML(&page->html, "<p class=\"alert\" role=\"alert\">{}</p>", sentence);
}

/* Who is logged in, and the way out. */
static void write_who(struct page *page)
{
    if (page->actor->kind == ACTOR_ANONYMOUS)
        return;
    HTML(&page->html,
         "<nav aria-label=\"You\"><a href=\"/account\">{}</a><a href=\"/logout\">Log out</a>"
         "</nav>",
         page->actor->name);
}

static void begin(struct page *page, unsigned status, const char *title, const char *class)
{
    page->status = status;
    buffer_truncate(&page->html, 0);
    HTML(&page->html,
         "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
         "<meta name=\"color-scheme\" content=\"light dark\"><title>{} · {}</title>"
         "<link rel=\"icon\" href=\"/login/icon.svg\" type=\"image/svg+xml\">"
         "<link rel=\"stylesheet\" href=\"/login/style.css?v=" GATEHOUSE_VERSION "\"></head>"
         "<body class=\"{}\"><header><a href=\"/\" class=\"brand\">"
         "<img src=\"/login/icon.svg\" alt=\"\" width=\"28\" height=\"28\">{}</a>",
         text_z(title), page->account->name, text_z(class), page->account->name);
    write_who(page);
    HTML(&page->html, "</header><main><h1>{}</h1>", text_z(title));
}

void page_begin(struct page *page, unsigned status, const char *title)
{
    begin(page, status, title, "narrow");
}

void page_begin_wide(struct page *page, unsigned status, const char *title)
{
    begin(page, status, title, "wide");
}

void page_end(struct page *page)
{
    HTML_MARKUP(&page->html, "</main></body></html>\n");
}

bool page_problem(struct page *page, unsigned status, const char *title, struct text sentence)
{
    page_begin(page, status, title);
    page_alert(page, sentence);
    if (page->actor->kind == ACTOR_ANONYMOUS)
        HTML_MARKUP(&page->html, "<p><a href=\"/login\">Go to the login page</a></p>");
    else
        HTML_MARKUP(&page->html, "<p><a href=\"/account\">Go to your account</a></p>");
    page_end(page);
    return true;
}

bool page_redirect(struct page *page, struct text location)
{
    page->status = 303;
    page->location = location;
    return true;
}

/* Letters that stand for themselves in a path or a query, and nothing that a browser could read as
 * another host. */
static bool is_plain_target(struct text path)
{
    for (size_t i = 0; i < path.len; i++) {
        if (path.at[i] <= ' ' || path.at[i] == '\\' || (unsigned char)path.at[i] >= 0x7f)
            return false;
    }
    return path.len <= TARGET_MAX_BYTES;
}

struct text page_after_login(struct text path)
{
    bool known = text_starts_with(path, TEXT("/cli_login?")) || text_equal(path, TEXT("/graphiql"));
    return known && is_plain_target(path) ? path : TEXT("/account");
}

static bool is_form(const struct http_request *request)
{
    return text_equal(request->method, TEXT("POST"));
}

static void reset(struct page *page, const struct actor *actor)
{
    page->actor = actor;
    page->status = 500;
    page->location = page->form_target = (struct text){NULL, 0};
    buffer_init(&page->html, page->request->arena, PAGE_MAX_BYTES);
    list_init(&page->cookies, page->request->arena, sizeof(struct text));
}

static bool run(struct ctx *ctx, struct request_unit *unit)
{
    struct page *page = (struct page *)unit;
    reset(page, ctx->actor);
    if (is_form(page->request) && !is_own_form(page))
        return page_problem(page, 403, "This form is out of date",
                            TEXT("The form was not made for this browser, or is too old. Go back, "
                                 "load the page again, and send it once more. Cookies have to be "
                                 "allowed."));
    return page->work(ctx, page);
}

/* Styles and icons come from here, and nothing else from anywhere. Forms end here too, but for the
 * one that hands a token to a program on the reader's own machine. */
static struct text policy_of(const struct page *page)
{
    return text_format(page->request->arena,
                       "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
                       "form-action 'self'%s%.*s; frame-ancestors 'none'",
                       page->form_target.len ? " " : "", TEXT_ARG(page->form_target));
}

static bool add_headers(struct page *page)
{
    struct http_request *request = page->request;
    bool added =
        http_response_header(request, TEXT("Content-Security-Policy"), policy_of(page)) &&
        http_response_header(request, TEXT("X-Frame-Options"), TEXT("DENY")) &&
        http_response_header(request, TEXT("X-Content-Type-Options"), TEXT("nosniff")) &&
        http_response_header(request, TEXT("Referrer-Policy"), TEXT("no-referrer")) &&
        http_response_header(request, TEXT("Cache-Control"), TEXT("no-store")) &&
        http_response_header(request, TEXT("Cross-Origin-Opener-Policy"), TEXT("same-origin"));
    for (size_t i = 0; added && i < page->cookies.len; i++)
        added = http_response_header(request, TEXT("Set-Cookie"),
                                     LIST_ITEMS(&page->cookies, struct text)[i]);
    return added;
}

static const char *title_of(enum error_kind kind)
{
    switch (kind) {
    case ERR_DENIED: return "You may not do this";
    case ERR_LIMIT: return "Too many attempts";
    case ERR_INVALID:
    case ERR_CONFLICT: return "That did not work";
    case ERR_UNAVAILABLE: return "This is not possible right now";
    default: return "Something went wrong";
    }
}

static void send_page(struct page *page)
{
    struct http_request *request = page->request;
    if (page->is_new_browser)
        page_set_cookie(page, COOKIE_BROWSER, page->browser, BROWSER_SECONDS);
    if (page->html.failed || arena_failed(request->arena) || !add_headers(page))
        request_unit_refuse(request);
    else if (!page->location.at)
        http_respond(request, page->status, content_type, buffer_text(&page->html));
    else if (http_response_header(request, TEXT("Location"), page->location))
        http_respond(request, page->status, TEXT(""), TEXT(""));
}

/* What the unit wrote was rolled back. */
static void show_error(struct page *page, const struct error *error)
{
    reset(page, page->actor);
    page_problem(page, (unsigned)error_http_status(error->kind), title_of(error->kind),
                 text_z(error->message));
    send_page(page);
}

static void answer(struct request_unit *unit, const struct error *error)
{
    struct page *page = (struct page *)unit;
    if (error)
        show_error(page, error);
    else
        send_page(page);
}

/* Whoever has a cookie that does not hold any more is nobody, and may log in again. */
static bool authenticate(struct ctx *ctx, struct http_request *request, const struct actor **out)
{
    if (token_authenticate(ctx, cookie_get(request, ctx->account, COOKIE_SESSION), out))
        return true;
    if (ctx->error->kind != ERR_UNAUTHENTICATED)
        return false;
    error_clear(ctx->error);
    *out = &actor_anonymous;
    return true;
}

static bool read_form(struct page *page, struct error *error)
{
    static const struct text form_type = TEXT_INIT("application/x-www-form-urlencoded");
    if (page->request->body.len > FORM_MAX_BYTES)
        return error_set(error, ERR_TOO_LARGE, "a form may have %d bytes at most", FORM_MAX_BYTES);
    struct text body =
        text_equal(page->request->body_type, form_type) ? page->request->body : TEXT("");
    return http_parameters_parse(page->request->arena, body, &page->form, error);
}

static void start(struct http_request *request, struct account *account, page_work_fn work,
                  enum db_mode mode)
{
    struct error error = {0};
    struct page *page = ARENA_NEW(request->arena, struct page);
    if (!page) {
        request_unit_refuse(request);
        return;
    }
    *page = (struct page){.unit = {.authenticate = authenticate, .work = run, .answer = answer},
                          .work = work,
                          .request = request,
                          .account = account};
    reset(page, &actor_anonymous);
    identify_browser(page);
    if (read_form(page, &error))
        request_unit_start(&page->unit, account, request, mode);
    else
        show_error(page, &error);
}

void page_start(struct http_request *request, void *account, page_work_fn work)
{
    start(request, account, work, is_form(request) ? DB_WRITE : DB_READ);
}

void page_start_writing(struct http_request *request, void *account, page_work_fn work)
{
    start(request, account, work, DB_WRITE);
}
