/* /account: who one is, what one may do, and where one is logged in. */
#include "access/space_tree.h"
#include "base/time_format.h"
#include "doors/login/browser_name.h"
#include "doors/login/login_pages.h"
#include "identity/own_password.h"
#include "identity/session_admin.h"
#include "role/role.h"

static struct text show_time(struct page *page, int64_t time)
{
    struct text text = time_print(page->request->arena, time, TIME_SECONDS);
    /* 2026-11-22T09:51:19Z → 2026-11-22 09:51 */
    return text_format(page->request->arena, "%.*s %.*s", TEXT_ARG(text_slice(text, 0, 10)),
                       TEXT_ARG(text_slice(text, 11, 16)));
}

static const char *kind_of(const struct actor *actor)
{
    return actor->kind == ACTOR_API_KEY ? "API key" : "User";
}

static void write_groups(struct page *page, struct text_list groups)
{
    if (groups.len == 0)
        HTML_MARKUP(&page->html, "none");
    for (size_t i = 0; i < groups.len; i++)
        HTML(&page->html, "<span class=\"tag\">{}</span> ", groups.items[i]);
}

static bool write_person(struct ctx *ctx, struct page *page)
{
    const struct actor *actor = ctx->actor;
    struct user *user;
    if (!own_password_user(ctx, &user))
        return false;
    HTML(&page->html,
         "<section aria-labelledby=\"you\"><h2 id=\"you\">You</h2><dl><dt>{}</dt><dd>{}</dd>"
         "<dt>In the audit trail</dt><dd><code>{}</code></dd><dt>Groups</dt><dd>",
         text_z(kind_of(actor)), actor->name, actor->username);
    write_groups(page, actor->groups);
    HTML_MARKUP(&page->html, "</dd>");
    if (user)
        HTML_MARKUP(&page->html, "<dt>Password</dt><dd><a href=\"/account/password\">Change your "
                                 "password</a></dd>");
    HTML_MARKUP(&page->html, "</dl></section>");
    return true;
}

static struct text role_name(const struct grant *grant, const struct role *role)
{
    if (grant->source == GRANT_OWNER)
        return TEXT("Owner of the account");
    if (grant->source == GRANT_BELOW)
        return TEXT("May see the space");
    return role ? role->name : grant->role_id;
}

/* How somebody came by a grant. */
static struct text origin_of(struct page *page, const struct grant *grant)
{
    struct arena *arena = page->request->arena;
    switch (grant->source) {
    case GRANT_GROUP: return text_format(arena, "through the group %.*s", TEXT_ARG(grant->through));
    case GRANT_POLICY:
        return text_format(arena, "by the login policy %.*s", TEXT_ARG(grant->source_id));
    case GRANT_BELOW: return TEXT("by a role in a space below it");
    default: return TEXT("directly");
    }
}

static struct text space_name(const struct space_tree *tree, struct text id)
{
    const struct space *space = space_tree_find(tree, id);
    return space ? space->name : id;
}

static void write_grant(struct page *page, const struct space_tree *tree, const struct grant *grant,
                        const struct role *role)
{
    HTML(&page->html,
         "<tr><td data-label=\"Space\">{}</td><td data-label=\"Role\">{}</td>"
         "<td data-label=\"How\">{}</td>",
         space_name(tree, grant->space_id), role_name(grant, role), origin_of(page, grant));
    if (grant->expires_at)
        HTML(&page->html, "<td data-label=\"Until\">{} UTC</td></tr>",
             show_time(page, grant->expires_at));
    else
        HTML_MARKUP(&page->html, "<td data-label=\"Until\">no end</td></tr>");
}

static const struct role **roles_of(struct ctx *ctx)
{
    size_t count = ctx->actor->grant_count;
    struct text *ids = ARENA_ARRAY(ctx->arena, struct text, count);
    const struct role **roles = ARENA_ARRAY(ctx->arena, const struct role *, count);
    if (!ids || !roles) {
        fail_no_memory(ctx);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        ids[i] = ctx->actor->grants[i].role_id;
    return role_find_many(ctx, ids, count, roles) ? roles : NULL;
}

static bool write_roles(struct ctx *ctx, struct page *page)
{
    const struct space_tree *tree = space_tree_get(ctx);
    const struct role **roles = roles_of(ctx);
    if (!tree || !roles)
        return false;
    HTML_MARKUP(&page->html, "<section aria-labelledby=\"roles\"><h2 id=\"roles\">What you may do"
                             "</h2>");
    if (ctx->actor->grant_count == 0)
        HTML_MARKUP(&page->html, "<p>You have no role in any space yet. An administrator can give "
                                 "you one.</p>");
    else
        HTML_MARKUP(&page->html,
                    "<p>A role holds in its space and in all that are below it.</p>"
                    "<div class=\"table\" tabindex=\"0\" role=\"region\" "
                    "aria-labelledby=\"roles\"><table><thead><tr><th scope=\"col\">Space</th>"
                    "<th scope=\"col\">Role</th><th scope=\"col\">How</th>"
                    "<th scope=\"col\">Until</th></tr></thead><tbody>");
    for (size_t i = 0; i < ctx->actor->grant_count; i++)
        write_grant(page, tree, &ctx->actor->grants[i], roles[i]);
    if (ctx->actor->grant_count > 0)
        HTML_MARKUP(&page->html, "</tbody></table></div>");
    HTML_MARKUP(&page->html, "</section>");
    return true;
}

static void write_end_button(struct page *page, const struct session *session)
{
    struct arena *arena = page->request->arena;
    page_form(page, text_format(arena, "/account/sessions/%.*s/end", TEXT_ARG(session->id)));
    HTML(&page->html,
         "<button class=\"danger\" aria-label=\"End the session of {} that began at {}\">End"
         "</button></form>",
         browser_name(arena, session->user_agent), show_time(page, session->created_at));
}

static void write_session(struct page *page, const struct session *session)
{
    HTML(&page->html,
         "<tr><td data-label=\"With\">{}</td><td data-label=\"Since\">{}</td>"
         "<td data-label=\"From\">{}</td><td data-label=\"Until\">{}</td><td>",
         browser_name(page->request->arena, session->user_agent),
         show_time(page, session->created_at), session->created_from,
         show_time(page, session->expires_at));
    if (text_equal(session->id, page->actor->session_id))
        HTML_MARKUP(&page->html, "<span class=\"tag\">this one</span>");
    else
        write_end_button(page, session);
    HTML_MARKUP(&page->html, "</td></tr>");
}

static bool write_sessions(struct ctx *ctx, struct page *page)
{
    struct list sessions;
    if (!session_list_own(ctx, &sessions))
        return false;
    HTML_MARKUP(&page->html,
                "<section aria-labelledby=\"sessions\"><h2 id=\"sessions\">Where you are logged in"
                "</h2><p>Times are in UTC. A session that is ended is over at once, everywhere.</p>"
                "<div class=\"table\" tabindex=\"0\" role=\"region\" "
                "aria-labelledby=\"sessions\"><table><thead><tr><th scope=\"col\">With</th>"
                "<th scope=\"col\">Since</th><th scope=\"col\">From</th>"
                "<th scope=\"col\">Until</th><th scope=\"col\"><span class=\"hidden\">End</span>"
                "</th></tr></thead><tbody>");
    for (size_t i = 0; i < sessions.len; i++)
        write_session(page, &LIST_ITEMS(&sessions, struct session)[i]);
    HTML_MARKUP(&page->html, "</tbody></table></div></section>");
    return true;
}

/* To the login when nobody is logged in. */
static bool is_nobody(const struct ctx *ctx)
{
    return ctx->actor->kind == ACTOR_ANONYMOUS;
}

bool account_page_show(struct ctx *ctx, struct page *page)
{
    if (is_nobody(ctx))
        return page_redirect(page, TEXT("/login"));
    page_begin_wide(page, 200, "Your account");
    if (!write_person(ctx, page) || !write_roles(ctx, page) || !write_sessions(ctx, page))
        return false;
    page_end(page);
    return true;
}

bool account_page_root(struct ctx *ctx, struct page *page)
{
    return page_redirect(page, is_nobody(ctx) ? TEXT("/login") : TEXT("/account"));
}

bool account_page_end_session(struct ctx *ctx, struct page *page)
{
    if (is_nobody(ctx))
        return page_redirect(page, TEXT("/login"));
    struct session *session;
    return session_end(ctx, http_path_get(page->request, TEXT("session")), &session) &&
           page_redirect(page, TEXT("/account"));
}

bool logout_page_show(struct ctx *ctx, struct page *page)
{
    if (is_nobody(ctx))
        return page_redirect(page, TEXT("/login"));
    page_begin(page, 200, "Log out");
    page_form(page, TEXT("/logout"));
    HTML(&page->html, "<p>You are logged in as <strong>{}</strong>.</p><button>Log out</button>",
         ctx->actor->name);
    HTML_MARKUP(&page->html, "</form>");
    page_end(page);
    return true;
}

bool logout_page_submit(struct ctx *ctx, struct page *page)
{
    struct session *session;
    page_set_cookie(page, COOKIE_SESSION, TEXT(""), 0);
    page_set_cookie(page, COOKIE_FLOW, TEXT(""), 0);
    return (is_nobody(ctx) || session_end_own(ctx, &session)) &&
           page_redirect(page, TEXT("/login"));
}
