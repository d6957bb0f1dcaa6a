/* /login/provider and /login/callback: to the identity provider, and back. */
#include "doors/login/login_pages.h"
#include "identity/login_provider.h"

bool provider_page_leave(struct ctx *ctx, struct page *page)
{
    struct login_flow flow;
    struct text sealed, address;
    if (!login_flow_new(ctx, &flow))
        return false;
    flow.next = page_after_login(page_parameter(page, "next"));
    flow.invited_user = page_parameter(page, "user");
    flow.invitation = page_parameter(page, "secret");
    if (!login_flow_seal(ctx, &flow, page->browser, &sealed) ||
        !login_provider_address(ctx, &flow, &address))
        return false;
    page_set_cookie(page, COOKIE_FLOW, sealed, LOGIN_FLOW_SECONDS);
    return page_redirect(page, address);
}

/* What the provider says instead of sending a code: anything, in the hands of whoever made the
 * address. */
static struct text refusal(struct page *page)
{
    struct text description = page_parameter(page, "error_description");
    struct text code = page_parameter(page, "error");
    struct text said = description.len ? description : code;
    return text_format(page->request->arena, "The identity provider did not let you in: %.*s",
                       TEXT_ARG(text_cut(said, 200)));
}

static bool write_unknown(struct page *page)
{
    return page_problem(page, 400, "This login is not known",
                        TEXT("It took more than ten minutes, began in another browser, or was used "
                             "already. Start again."));
}

bool provider_page_return(struct ctx *ctx, struct page *page)
{
    struct login_flow flow;
    struct provider_person person;
    struct user_login login;
    struct text sealed = cookie_get(page->request, page->account, COOKIE_FLOW);
    page_set_cookie(page, COOKIE_FLOW, TEXT(""), 0);
    if (!login_flow_open(ctx, sealed, page->browser, page_parameter(page, "state"), &flow))
        return write_unknown(page);
    if (page_parameter(page, "error").len)
        return login_page_write(page, 403, refusal(page), flow.next);
    if (!login_provider_person(ctx, &flow, page_parameter(page, "code"), &person) ||
        !user_login_by_provider(ctx, &person, page_user_agent(page), &login))
        return false;
    return login.token ? page_log_in(ctx, page, login.token, flow.next)
                       : login_page_write(page, 403, login.problem, flow.next);
}
