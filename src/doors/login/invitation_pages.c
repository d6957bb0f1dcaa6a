/* /invitation/{user}: the first time of somebody who was invited. */
#include "doors/login/login_pages.h"

static bool write_ended(struct page *page)
{
    return page_problem(page, 404, "This invitation has ended",
                        TEXT("It was used, is older than a day, or was replaced by a newer one. "
                             "Ask whoever invited you for a new link."));
}

static void write_provider(struct page *page, struct text id, struct text secret)
{
    const struct settings *settings = page->account->settings;
    if (settings->login_issuer.len == 0)
        return;
    struct buffer address;
    buffer_init(&address, page->request->arena, 16384);
    http_parameters_add(&address, TEXT("user"), id);
    http_parameters_add(&address, TEXT("secret"), secret);
    HTML(&page->html,
         "<p><a class=\"button\" href=\"/login/provider?{}\">Come in with {}</a></p>"
         "<p class=\"or\"><span>or choose a password</span></p>",
         buffer_text(&address), settings->login_name);
}

static void write_password_form(struct page *page, const struct user *user, struct text secret)
{
    page_form(page, text_format(page->request->arena, "/invitation/%.*s", TEXT_ARG(user->id)));
    page_hidden(page, "secret", secret);
    HTML(&page->html,
         "<input type=\"hidden\" name=\"username\" value=\"{}\" autocomplete=\"username\">",
         user->username);
    new_password_write(page);
    HTML_MARKUP(&page->html, "<button>Set the password and log in</button></form>");
}

static bool write_invitation(struct page *page, const struct user *user, struct text secret,
                             struct text problem)
{
    page_begin(page, problem.len ? 403 : 200, "Welcome");
    if (problem.len)
        page_alert(page, problem);
    HTML(&page->html, "<p>You were invited as <strong>{}</strong>.</p>", user->username);
    write_provider(page, user->id, secret);
    write_password_form(page, user, secret);
    page_end(page);
    return true;
}

bool invitation_page_show(struct ctx *ctx, struct page *page)
{
    struct user *user;
    struct text secret = page_parameter(page, "secret");
    if (!user_of_invitation(ctx, http_path_get(page->request, TEXT("user")), secret, &user))
        return false;
    return user ? write_invitation(page, user, secret, TEXT("")) : write_ended(page);
}

bool invitation_page_submit(struct ctx *ctx, struct page *page)
{
    struct user *user;
    struct user_login login;
    struct text secret = page_field(page, "secret");
    struct text password = page_field(page, "password");
    if (!user_of_invitation(ctx, http_path_get(page->request, TEXT("user")), secret, &user))
        return false;
    if (!user)
        return write_ended(page);
    struct text problem = new_password_problem(page, user);
    if (problem.len)
        return write_invitation(page, user, secret, problem);
    if (!user_accept_with_password(ctx, user->id, secret, password, &user))
        return false;
    if (!user_login_after_acceptance(ctx, user, page_user_agent(page), &login))
        return false;
    return login.token ? page_log_in(ctx, page, login.token, TEXT("/account"))
                       : login_page_write(page, 403, login.problem, TEXT("/account"));
}
