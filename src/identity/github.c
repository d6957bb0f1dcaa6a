/* Three questions to GitHub's API. */
#include "identity/github.h"

#include "base/json.h"
#include "base/list.h"
#include "kernel/naming.h"
#include "kernel/outside.h"

enum { TOKEN_MAX_BYTES = 300, PAGE_SIZE = 100, PAGES_MAX = 4 };

static bool refuse(struct ctx *ctx, const char *sentence)
{
    return fail(ctx, ERR_UNAUTHENTICATED, "unauthorized: %s", sentence);
}

static bool is_token(struct text token)
{
    for (size_t i = 0; i < token.len; i++) {
        if (token.at[i] <= ' ' || token.at[i] >= 0x7f)
            return false;
    }
    return token.len > 0 && token.len <= TOKEN_MAX_BYTES;
}

static bool ask(struct ctx *ctx, struct text token, struct text path,
                const struct http_client_response **out)
{
    struct text base = ctx->account->settings->github_api;
    struct http_header headers[] = {
        {TEXT("Authorization"), text_format(ctx->arena, "Bearer %.*s", TEXT_ARG(token))},
        {TEXT("Accept"), TEXT("application/vnd.github+json")},
        {TEXT("X-GitHub-Api-Version"), TEXT("2022-11-28")},
    };
    struct http_client_request request = {
        .url = text_format(ctx->arena, "%.*s%.*s", TEXT_ARG(base), TEXT_ARG(path)),
        .headers = headers,
        .header_count = ARRAY_LENGTH(headers)};
    if (!outside_fetch(ctx, &request, out))
        return false;
    /* What GitHub says of limits and outages is not the fault of whoever asks. */
    if ((*out)->status >= 500 || (*out)->status == 429)
        return fail(ctx, ERR_UNAVAILABLE, "GitHub answers with status %u", (*out)->status);
    return true;
}

static bool read_json(struct ctx *ctx, const struct http_client_response *response,
                      const struct json **out)
{
    struct error cause = {0};
    return json_parse(ctx->arena, response->body, NULL, out, &cause) ||
           fail(ctx, ERR_UNAVAILABLE, "GitHub's answer is no JSON: %s", cause.message);
}

static struct text member(const struct json *object, const char *name)
{
    return text_cut(json_get_text(object, name), NAME_MAX_BYTES);
}

static bool read_user(struct ctx *ctx, struct text token, struct github_person *out)
{
    const struct http_client_response *response;
    const struct json *user;
    int64_t number;
    if (!ask(ctx, token, TEXT("/user"), &response))
        return false;
    if (response->status != 200)
        return refuse(ctx, "GitHub does not accept the token");
    if (!read_json(ctx, response, &user))
        return false;
    out->login = member(user, "login");
    out->name = member(user, "name");
    if (out->login.len == 0 || !json_to_int64(json_get_z(user, "id"), &number))
        return fail(ctx, ERR_UNAVAILABLE, "GitHub does not say whose token it is");
    out->subject = text_format(ctx->arena, "github:%" PRId64, number);
    return true;
}

static bool refuse_outsider(struct ctx *ctx, struct github_person *out)
{
    out->is_outsider = true;
    return refuse(ctx, "only members of the account's organisation at GitHub may come in");
}

/* An invitation that was not accepted is no membership. */
static bool read_membership(struct ctx *ctx, struct text token, struct github_person *out)
{
    const struct http_client_response *response;
    const struct json *membership;
    struct text organization = ctx->account->settings->github_organization;
    struct text path = text_format(ctx->arena, "/user/memberships/orgs/%.*s",
                                   TEXT_ARG(http_percent_encode(ctx->arena, organization)));
    if (!ask(ctx, token, path, &response))
        return false;
    if (response->status == 403)
        return refuse(ctx, "the token may not see memberships; it needs the scope read:org");
    if (response->status != 200)
        return refuse_outsider(ctx, out);
    if (!read_json(ctx, response, &membership))
        return false;
    out->is_administrator = text_equal(member(membership, "role"), TEXT("admin"));
    return text_equal(member(membership, "state"), TEXT("active")) || refuse_outsider(ctx, out);
}

static void add_team(struct list *teams, struct text name)
{
    for (size_t i = 0; i < teams->len; i++) {
        if (text_equal(LIST_ITEMS(teams, struct text)[i], name))
            return;
    }
    struct text *slot = name.len > 0 ? list_push(teams) : NULL;
    if (slot)
        *slot = name;
}

/* Teams of other organisations are none of ours. */
static void add_teams(struct ctx *ctx, const struct json *page, struct list *teams)
{
    struct text organization = ctx->account->settings->github_organization;
    for (uint32_t i = 0; i < page->len; i++) {
        const struct json *team = &page->items[i];
        if (!text_equal_ignoring_case(member(json_get_z(team, "organization"), "login"),
                                      organization))
            continue;
        add_team(teams, member(team, "name"));
        add_team(teams, member(json_get_z(team, "parent"), "name"));
    }
}

static bool read_teams(struct ctx *ctx, struct text token, struct github_person *out)
{
    struct list teams;
    bool more = true;
    list_init(&teams, ctx->arena, sizeof(struct text));
    for (int number = 1; more && number <= PAGES_MAX; number++) {
        const struct http_client_response *response;
        const struct json *page;
        struct text path =
            text_format(ctx->arena, "/user/teams?per_page=%d&page=%d", PAGE_SIZE, number);
        if (!ask(ctx, token, path, &response))
            return false;
        if (response->status != 200)
            return refuse(ctx, "the token may not see teams; it needs the scope read:org");
        if (!read_json(ctx, response, &page))
            return false;
        if (!json_is(page, JSON_ARRAY))
            return fail(ctx, ERR_UNAVAILABLE, "GitHub's list of teams is no list");
        add_teams(ctx, page, &teams);
        more = page->len == PAGE_SIZE;
    }
    out->teams = (struct text_list){teams.items, teams.len};
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}

bool github_person_read(struct ctx *ctx, struct text token, struct github_person *out)
{
    *out = (struct github_person){0};
    if (ctx->account->settings->github_organization.len == 0)
        return refuse(ctx, "this account has no organisation at GitHub to log in by");
    if (!is_token(token))
        return refuse(ctx, "GitHub does not accept the token");
    return read_user(ctx, token, out) && read_membership(ctx, token, out) &&
           read_teams(ctx, token, out);
}
