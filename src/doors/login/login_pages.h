/* What the pages do. Each file of pages has its functions here; login_door.c says at which path
 * they are. */
#ifndef DOORS_LOGIN_LOGIN_PAGES_H
#define DOORS_LOGIN_LOGIN_PAGES_H

#include "doors/login/page.h"
#include "identity/user_login.h"

/* password_pages.c: /login */
bool login_page_show(struct ctx *ctx, struct page *page);
bool login_page_submit(struct ctx *ctx, struct page *page);
/* The same page, with a sentence that says why one is not in. Always true. */
bool login_page_write(struct page *page, unsigned status, struct text problem, struct text next);

/* The two fields of a form that a new password is typed into, and what is wrong with what was typed
 * into them: a sentence, or the empty text. */
void new_password_write(struct page *page);
struct text new_password_problem(const struct page *page, const struct user *user);

/* provider_pages.c: /login/provider and /login/callback */
bool provider_page_leave(struct ctx *ctx, struct page *page);
bool provider_page_return(struct ctx *ctx, struct page *page);

/* key_pages.c: /apikeytoken */
bool key_page_show(struct ctx *ctx, struct page *page);
bool key_page_submit(struct ctx *ctx, struct page *page);

/* invitation_pages.c: /invitation/{user} */
bool invitation_page_show(struct ctx *ctx, struct page *page);
bool invitation_page_submit(struct ctx *ctx, struct page *page);

/* command_line_pages.c: /cli_login, /auth_success, /auth_failure */
bool command_line_page_show(struct ctx *ctx, struct page *page);
bool command_line_page_submit(struct ctx *ctx, struct page *page);
bool command_line_page_success(struct ctx *ctx, struct page *page);
bool command_line_page_failure(struct ctx *ctx, struct page *page);

/* own_password_pages.c: /account/password */
bool own_password_page_show(struct ctx *ctx, struct page *page);
bool own_password_page_submit(struct ctx *ctx, struct page *page);

/* account_pages.c: /, /account, /account/sessions/{session}/end, /logout */
bool account_page_root(struct ctx *ctx, struct page *page);
bool account_page_show(struct ctx *ctx, struct page *page);
bool account_page_end_session(struct ctx *ctx, struct page *page);
bool logout_page_show(struct ctx *ctx, struct page *page);
bool logout_page_submit(struct ctx *ctx, struct page *page);

/* Puts the token into the session's cookie and goes on to `next`. Always true. */
bool page_log_in(struct ctx *ctx, struct page *page, const struct token *token, struct text next);

#endif
