/* /cli_login: a command line program on the reader's machine wants a token. The program listens on
 * a port, and has made a key so that only it can read what comes there. */
#include "base/encoding.h"
#include "doors/login/login_pages.h"
#include "identity/command_line_login.h"

enum { PORT_MIN = 1024, PORT_MAX = 65535 };

/* What the program asked for. */
struct command_line_request {
    struct text key; /* as sent: PEM in base64url */
    struct text pem;
    int64_t port;
};

static bool parse_request(struct page *page, struct text key, struct text port,
                          struct command_line_request *out, struct error *error)
{
    out->key = key;
    if (!text_to_int64(port, &out->port) || out->port < PORT_MIN || out->port > PORT_MAX)
        return error_set(error, ERR_INVALID, "the port must be a number from %d to %d", PORT_MIN,
                         PORT_MAX);
    return base64url_decode(page->request->arena, key, &out->pem, error) &&
           envelope_check_key(out->pem, error);
}

static bool write_malformed(struct page *page, const struct error *error)
{
    return page_problem(page, 400, "This is no login of a command line program",
                        text_format(page->request->arena,
                                    "The address does not have what such a program sends: %s. "
                                    "Start the login in the terminal again.",
                                    error->message));
}

/* To the login, and back here after it. */
static bool leave_for_login(struct page *page)
{
    struct buffer address;
    buffer_init(&address, page->request->arena, 16384);
    http_parameters_add(&address, TEXT("next"), page->request->target);
    return page_redirect(
        page, text_format(page->request->arena, "/login?%.*s", TEXT_ARG(buffer_text(&address))));
}

static struct text origin_of(const struct page *page, const struct command_line_request *request)
{
    return text_format(page->request->arena, "http://localhost:%" PRId64, request->port);
}

bool command_line_page_show(struct ctx *ctx, struct page *page)
{
    struct error error = {0};
    struct command_line_request request;
    if (!parse_request(page, page_parameter(page, "key"), page_parameter(page, "port"), &request,
                       &error))
        return write_malformed(page, &error);
    if (ctx->actor->kind == ACTOR_ANONYMOUS)
        return leave_for_login(page);
    page->form_target = origin_of(page, &request);
    page_begin(page, 200, "Let a program act as you?");
    HTML(&page->html,
         "<p>A command line program on this computer asks for a token. With it, it can do whatever "
         "you may do, until the token ends.</p><dl><dt>You</dt><dd>{}</dd>"
         "<dt>The program listens on</dt><dd>{}</dd></dl>"
         "<p>Only go on when you started such a login in your own terminal a moment ago.</p>",
         ctx->actor->username, origin_of(page, &request));
    page_form(page, TEXT("/cli_login"));
    page_hidden(page, "key", request.key);
    page_hidden(page, "port", page_parameter(page, "port"));
    HTML_MARKUP(&page->html, "<button>Send the token</button></form>"
                             "<p class=\"aside\"><a href=\"/auth_failure\">No, do not</a></p>");
    page_end(page);
    return true;
}

bool command_line_page_submit(struct ctx *ctx, struct page *page)
{
    struct error error = {0};
    struct command_line_request request;
    struct envelope envelope;
    if (!parse_request(page, page_field(page, "key"), page_field(page, "port"), &request, &error))
        return write_malformed(page, &error);
    if (ctx->actor->kind == ACTOR_ANONYMOUS)
        return page_problem(page, 403, "You are not logged in",
                            TEXT("Log in, and start the login in the terminal again."));
    if (!command_line_login(ctx, request.pem, &envelope))
        return false;
    return page_redirect(page, text_format(ctx->arena, "%.*s/?token=%.*s&key=%.*s",
                                           TEXT_ARG(origin_of(page, &request)),
                                           TEXT_ARG(envelope.content), TEXT_ARG(envelope.key)));
}

bool command_line_page_success(struct ctx *ctx, struct page *page)
{
    UNUSED(ctx);
    page_begin(page, 200, "Logged in");
    HTML_MARKUP(&page->html, "<p>The program in your terminal has its token. You can close this "
                             "page.</p>");
    page_end(page);
    return true;
}

bool command_line_page_failure(struct ctx *ctx, struct page *page)
{
    UNUSED(ctx);
    return page_problem(page, 200, "Not logged in",
                        TEXT("The program in your terminal has no token. Start the login there "
                             "again when you want to give it one."));
}
