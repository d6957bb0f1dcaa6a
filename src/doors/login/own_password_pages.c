/* /account/password: another password for who has one. */
#include "doors/login/login_pages.h"
#include "identity/own_password.h"

static void write_form(struct page *page, const struct user *user)
{
    page_form(page, TEXT("/account/password"));
    HTML(&page->html,
         "<input type=\"hidden\" name=\"username\" value=\"{}\" autocomplete=\"username\">"
         "<label for=\"current\">Current password</label>"
         "<input id=\"current\" name=\"current\" type=\"password\" "
         "autocomplete=\"current-password\" maxlength=\"1024\" required>",
         user->username);
    new_password_write(page);
    HTML_MARKUP(&page->html, "<button>Change the password</button></form>");
}

static bool write_page(struct page *page, const struct user *user, struct text problem)
{
    page_begin(page, problem.len ? 403 : 200, "Change your password");
    if (problem.len)
        page_alert(page, problem);
    HTML_MARKUP(&page->html, "<p>Everywhere else you are logged in now, you will have to log in "
                             "again.</p>");
    write_form(page, user);
    HTML_MARKUP(&page->html,
                "<p class=\"aside\"><a href=\"/account\">Back to your account</a></p>");
    page_end(page);
    return true;
}

static bool write_done(struct page *page)
{
    page_begin(page, 200, "Your password is changed");
    HTML_MARKUP(&page->html, "<p>All your other sessions have ended.</p>"
                             "<p><a class=\"button\" href=\"/account\">Your account</a></p>");
    page_end(page);
    return true;
}

/* Elsewhere when nobody is logged in, or who is has no password. */
static bool leave(const struct ctx *ctx, struct page *page)
{
    bool is_nobody = ctx->actor->kind == ACTOR_ANONYMOUS;
    return page_redirect(page, is_nobody ? TEXT("/login") : TEXT("/account"));
}

bool own_password_page_show(struct ctx *ctx, struct page *page)
{
    struct user *user;
    if (!own_password_user(ctx, &user))
        return false;
    return user ? write_page(page, user, TEXT("")) : leave(ctx, page);
}

bool own_password_page_submit(struct ctx *ctx, struct page *page)
{
    struct user *user;
    if (!own_password_user(ctx, &user))
        return false;
    if (!user)
        return leave(ctx, page);
    struct text problem = new_password_problem(page, user);
    if (problem.len == 0 && !own_password_change(ctx, page_field(page, "current"),
                                                 page_field(page, "password"), &problem))
        return false;
    return problem.len ? write_page(page, user, problem) : write_done(page);
}
