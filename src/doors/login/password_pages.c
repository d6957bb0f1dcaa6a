/* /login: by a password, or on to the identity provider; and how a new password is asked for. */
#include "base/clock.h"
#include "doors/login/login_pages.h"

static bool has_provider(const struct page *page)
{
    return page->account->settings->login_issuer.len > 0;
}

static void write_provider(struct page *page, struct text next)
{
    struct buffer address;
    buffer_init(&address, page->request->arena, 16384);
    http_parameters_add(&address, TEXT("next"), next);
    HTML(&page->html, "<p><a class=\"button\" href=\"/login/provider?{}\">Log in with {}</a></p>",
         buffer_text(&address), page->account->settings->login_name);
    HTML_MARKUP(&page->html, "<p class=\"or\"><span>or</span></p>");
}

static void write_password_form(struct page *page, struct text next)
{
    page_form(page, TEXT("/login"));
    page_hidden(page, "next", next);
    HTML(&page->html,
         "<label for=\"username\">Name</label>"
         "<input id=\"username\" name=\"username\" value=\"{}\" autocomplete=\"username\" "
         "autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"200\" required>"
         "<label for=\"password\">Password</label>"
         "<input id=\"password\" name=\"password\" type=\"password\" "
         "autocomplete=\"current-password\" maxlength=\"1024\" required>"
         "<button>Log in</button></form>",
         page_field(page, "username"));
}

bool login_page_write(struct page *page, unsigned status, struct text problem, struct text next)
{
    page_begin(page, status, "Log in");
    if (problem.len)
        page_alert(page, problem);
    if (has_provider(page))
        write_provider(page, next);
    write_password_form(page, next);
    HTML_MARKUP(&page->html, "<p class=\"aside\"><a href=\"/apikeytoken\">Log in as an API key"
                             "</a></p>");
    page_end(page);
    return true;
}

bool login_page_show(struct ctx *ctx, struct page *page)
{
    struct text next = page_after_login(page_parameter(page, "next"));
    if (ctx->actor->kind != ACTOR_ANONYMOUS)
        return page_redirect(page, next);
    return login_page_write(page, 200, TEXT(""), next);
}

void new_password_write(struct page *page)
{
    HTML_MARKUP(&page->html,
                "<label for=\"password\">New password</label>"
                "<input id=\"password\" name=\"password\" type=\"password\" "
                "autocomplete=\"new-password\" minlength=\"12\" maxlength=\"1024\" "
                "aria-describedby=\"password-help\" required>"
                "<p class=\"help\" id=\"password-help\">At least 12 characters; a few words do "
                "well.</p>"
                "<label for=\"again\">The same again</label>"
                "<input id=\"again\" name=\"again\" type=\"password\" "
                "autocomplete=\"new-password\" maxlength=\"1024\" required>");
}

struct text new_password_problem(const struct page *page, const struct user *user)
{
    struct text password = page_field(page, "password");
    if (!text_equal_secret(password, page_field(page, "again")))
        return TEXT("The two passwords differ.");
    return user_password_weakness(page->request->arena, password, user);
}

bool page_log_in(struct ctx *ctx, struct page *page, const struct token *token, struct text next)
{
    int64_t age = (token->valid_until - ctx->now) / CLOCK_SECOND;
    page_set_cookie(page, COOKIE_SESSION, token->jwt, age);
    return page_redirect(page, next);
}

bool login_page_submit(struct ctx *ctx, struct page *page)
{
    struct user_login login;
    struct text next = page_after_login(page_field(page, "next"));
    if (!user_login_by_password(ctx, page_field(page, "username"), page_field(page, "password"),
                                page_user_agent(page), &login))
        return false;
    if (login.token)
        return page_log_in(ctx, page, login.token, next);
    return login_page_write(page, 403, login.problem, next);
}
