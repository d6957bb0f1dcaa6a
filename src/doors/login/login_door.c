/* Which page is at which path, and the two files that all pages use. */
#include "doors/login/login_door.h"

#include "doors/login/assets.h"
#include "doors/login/login_pages.h"

/* A handler that does a page's work. */
#define PAGE(name, start, work)                                                                    \
    static void name(struct http_request *request, void *account)                                  \
    {                                                                                              \
        start(request, account, work);                                                             \
    }

PAGE(show_root, page_start, account_page_root)
PAGE(show_login, page_start, login_page_show)
PAGE(submit_login, page_start, login_page_submit)
PAGE(leave_for_provider, page_start, provider_page_leave)
PAGE(return_from_provider, page_start_writing, provider_page_return)
PAGE(show_key, page_start, key_page_show)
PAGE(submit_key, page_start, key_page_submit)
PAGE(show_invitation, page_start, invitation_page_show)
PAGE(submit_invitation, page_start, invitation_page_submit)
PAGE(show_command_line, page_start, command_line_page_show)
PAGE(submit_command_line, page_start, command_line_page_submit)
PAGE(show_success, page_start, command_line_page_success)
PAGE(show_failure, page_start, command_line_page_failure)
PAGE(show_account, page_start, account_page_show)
PAGE(show_own_password, page_start, own_password_page_show)
PAGE(submit_own_password, page_start, own_password_page_submit)
PAGE(submit_end, page_start, account_page_end_session)
PAGE(show_logout, page_start, logout_page_show)
PAGE(submit_logout, page_start, logout_page_submit)

/* Pages name them with the program's version, so they may be kept. */
static void send_asset(struct http_request *request, struct text media_type, struct text content)
{
    if (http_response_header(request, TEXT("Cache-Control"), TEXT("public, max-age=86400")) &&
        http_response_header(request, TEXT("X-Content-Type-Options"), TEXT("nosniff")) &&
        http_response_header(request, TEXT("Content-Security-Policy"),
                             TEXT("default-src 'none'; style-src 'unsafe-inline'")))
        http_respond(request, 200, media_type, content);
}

static void show_style(struct http_request *request, void *account)
{
    UNUSED(account);
    send_asset(request, TEXT("text/css; charset=utf-8"), text_z(login_style));
}

static void show_icon(struct http_request *request, void *account)
{
    UNUSED(account);
    send_asset(request, TEXT("image/svg+xml"), text_z(login_icon));
}

const struct http_route login_routes[] = {
    {"GET", "/", show_root, 0, NULL},
    {"GET", "/login", show_login, 0, NULL},
    {"POST", "/login", submit_login, 0, NULL},
    {"GET", "/login/provider", leave_for_provider, 0, NULL},
    {"GET", "/login/callback", return_from_provider, 0, NULL},
    {"GET", "/login/style.css", show_style, 0, NULL},
    {"GET", "/login/icon.svg", show_icon, 0, NULL},
    {"GET", "/apikeytoken", show_key, 0, NULL},
    {"POST", "/apikeytoken", submit_key, 0, NULL},
    {"GET", "/invitation/{user}", show_invitation, 0, NULL},
    {"POST", "/invitation/{user}", submit_invitation, 0, NULL},
    {"GET", "/cli_login", show_command_line, 0, NULL},
    {"POST", "/cli_login", submit_command_line, 0, NULL},
    {"GET", "/auth_success", show_success, 0, NULL},
    {"GET", "/auth_failure", show_failure, 0, NULL},
    {"GET", "/account", show_account, 0, NULL},
    {"GET", "/account/password", show_own_password, 0, NULL},
    {"POST", "/account/password", submit_own_password, 0, NULL},
    {"POST", "/account/sessions/{session}/end", submit_end, 0, NULL},
    {"GET", "/logout", show_logout, 0, NULL},
    {"POST", "/logout", submit_logout, 0, NULL},
};
const size_t login_route_count = ARRAY_LENGTH(login_routes);
