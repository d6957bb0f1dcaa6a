/* Asking the provider who came back. */
#include "identity/login_provider.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"
#include "identity/id_token.h"
#include "identity/issuer.h"
#include "kernel/naming.h"
#include "kernel/outside.h"
#include "net/http_parameters.h"

enum { EMAIL_MAX_BYTES = 320, SUBJECT_MAX_BYTES = 500, GROUPS_MAX = 500 };

static struct text return_address(struct ctx *ctx)
{
    return text_format(ctx->arena, "%.*s/login/callback", TEXT_ARG(ctx->account->url));
}

/* The provider may have parameters of its own in the address of an endpoint. */
static struct text join_address(struct ctx *ctx, struct text endpoint, const struct buffer *query)
{
    char between = text_find_byte(endpoint, '?', 0) < endpoint.len ? '&' : '?';
    return text_format(ctx->arena, "%.*s%c%.*s", TEXT_ARG(endpoint), between,
                       TEXT_ARG(buffer_text(query)));
}

/* RFC 7636, 4.2: S256. */
static bool make_challenge(struct ctx *ctx, struct text verifier, struct text *out)
{
    struct digest digest;
    if (!digest_sha256(verifier, &digest))
        return fail_no_memory(ctx);
    *out = base64url_encode(ctx->arena, digest_text(&digest));
    return out->at ? true : fail_no_memory(ctx);
}

static bool find_issuer(struct ctx *ctx, const struct issuer **out)
{
    struct text url = ctx->account->settings->login_issuer;
    if (url.len == 0)
        return fail(ctx, ERR_INVALID, "this account has no identity provider");
    if (!issuer_get(ctx, url, out))
        return false;
    return ((*out)->authorization_endpoint.len && (*out)->token_endpoint.len) ||
           fail(ctx, ERR_UNAVAILABLE, "the identity provider does not say where people log in");
}

bool login_provider_address(struct ctx *ctx, const struct login_flow *flow, struct text *out)
{
    const struct settings *settings = ctx->account->settings;
    const struct issuer *issuer;
    struct text challenge;
    struct buffer query;
    if (!find_issuer(ctx, &issuer) || !make_challenge(ctx, flow->verifier, &challenge))
        return false;
    buffer_init(&query, ctx->arena, 8192);
    http_parameters_add(&query, TEXT("response_type"), TEXT("code"));
    http_parameters_add(&query, TEXT("client_id"), settings->login_client_id);
    http_parameters_add(&query, TEXT("redirect_uri"), return_address(ctx));
    http_parameters_add(&query, TEXT("scope"), settings->login_scopes);
    http_parameters_add(&query, TEXT("state"), flow->state);
    http_parameters_add(&query, TEXT("nonce"), flow->nonce);
    http_parameters_add(&query, TEXT("code_challenge"), challenge);
    http_parameters_add(&query, TEXT("code_challenge_method"), TEXT("S256"));
    *out = join_address(ctx, issuer->authorization_endpoint, &query);
    return (!query.failed && out->at) || fail_no_memory(ctx);
}

/* RFC 6749, 2.3.1: both parts are encoded as in forms before they are joined. */
static struct text basic_credential(struct ctx *ctx)
{
    struct arena *arena = ctx->arena;
    struct text id = http_percent_encode(arena, ctx->account->settings->login_client_id);
    struct text secret = http_percent_encode(arena, ctx->account->login_client_secret);
    struct text pair = text_format(arena, "%.*s:%.*s", TEXT_ARG(id), TEXT_ARG(secret));
    return text_format(arena, "Basic %.*s", TEXT_ARG(base64_encode(arena, pair)));
}

static bool parse_answer(struct ctx *ctx, const struct http_client_response *response,
                         const struct json **out)
{
    struct error error = {0};
    bool parsed =
        json_parse(ctx->arena, response->body, NULL, out, &error) && json_is(*out, JSON_OBJECT);
    return parsed || fail(ctx, ERR_UNAVAILABLE, "the identity provider answered with no JSON");
}

/* Only letters that RFC 6749 allows there get into our sentence. */
static struct text error_code_of(const struct json *answer)
{
    struct text code = json_text_or(json_get_z(answer, "error"), TEXT("no reason"));
    for (size_t i = 0; i < code.len; i++) {
        if (code.at[i] < 0x20 || code.at[i] > 0x7e)
            return TEXT("no reason");
    }
    return text_slice(code, 0, 64);
}

static bool exchange_code(struct ctx *ctx, const struct issuer *issuer,
                          const struct login_flow *flow, struct text code, const struct json **out)
{
    const struct http_client_response *response;
    struct buffer form;
    bool is_public = ctx->account->login_client_secret.len == 0;
    struct http_header headers[] = {
        {TEXT("Content-Type"), TEXT("application/x-www-form-urlencoded")},
        {TEXT("Accept"), TEXT("application/json")},
        {TEXT("Authorization"), is_public ? TEXT("") : basic_credential(ctx)},
    };
    buffer_init(&form, ctx->arena, 16384);
    http_parameters_add(&form, TEXT("grant_type"), TEXT("authorization_code"));
    http_parameters_add(&form, TEXT("code"), code);
    http_parameters_add(&form, TEXT("redirect_uri"), return_address(ctx));
    http_parameters_add(&form, TEXT("code_verifier"), flow->verifier);
    if (is_public)
        http_parameters_add(&form, TEXT("client_id"), ctx->account->settings->login_client_id);
    if (form.failed)
        return fail(ctx, ERR_DENIED, "the identity provider sent a code that is too long");
    struct http_client_request request = {.method = TEXT("POST"),
                                          .url = issuer->token_endpoint,
                                          .headers = headers,
                                          .header_count = ARRAY_LENGTH(headers) - is_public,
                                          .body = buffer_text(&form)};
    if (!outside_fetch(ctx, &request, &response) || !parse_answer(ctx, response, out))
        return false;
    return response->status == 200 ||
           fail(ctx, ERR_DENIED, "the identity provider refused the login: %.*s",
                TEXT_ARG(error_code_of(*out)));
}

/* What the ID token does not say, the provider may say when it is asked with the access token. */
static bool ask_userinfo(struct ctx *ctx, const struct issuer *issuer, const struct json *tokens,
                         const struct jwt_claims *claims, struct jwt_claims *out)
{
    const struct http_client_response *response;
    struct text access = json_get_text(tokens, "access_token");
    *out = (struct jwt_claims){0};
    if (issuer->userinfo_endpoint.len == 0 || access.len == 0)
        return true;
    struct http_header headers[] = {
        {TEXT("Accept"), TEXT("application/json")},
        {TEXT("Authorization"), text_format(ctx->arena, "Bearer %.*s", TEXT_ARG(access))},
    };
    struct http_client_request request = {.url = issuer->userinfo_endpoint,
                                          .headers = headers,
                                          .header_count = ARRAY_LENGTH(headers)};
    if (!outside_fetch(ctx, &request, &response))
        return false;
    if (response->status != 200)
        return true;
    if (!parse_answer(ctx, response, &out->all))
        return false;
    /* OpenID Connect Core 5.3.2: an answer about somebody else must not be used. */
    return text_equal(jwt_text(out, "sub"), claims->subject) ||
           fail(ctx, ERR_DENIED, "the identity provider answered about somebody else");
}

/* Both sources of what the provider says. */
struct said {
    const struct jwt_claims *token;
    const struct jwt_claims *userinfo; /* all == NULL: nothing */
};

static const struct json *find_claim(const struct said *said, struct text name)
{
    const struct json *value = id_token_claim(said->token, name);
    return value || !said->userinfo->all ? value : id_token_claim(said->userinfo, name);
}

/* Empty when it is absent, no text, or too long to be one. */
static struct text find_text(const struct said *said, const char *name, size_t max)
{
    struct text text = text_trim(json_text_or(find_claim(said, text_z(name)), TEXT("")));
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return TEXT("");
    }
    return text.len <= max ? text : TEXT("");
}

static struct text find_email(const struct said *said)
{
    const struct json *verified = find_claim(said, TEXT("email_verified"));
    bool is_verified =
        json_bool_or(verified, false) || text_equal(json_text_or(verified, TEXT("")), TEXT("true"));
    return is_verified ? find_text(said, "email", EMAIL_MAX_BYTES) : TEXT("");
}

static struct text choose_username(const struct said *said, struct text email)
{
    struct text preferred = find_text(said, "preferred_username", NAME_MAX_BYTES);
    if (preferred.len)
        return preferred;
    return email.len && email.len <= NAME_MAX_BYTES
               ? email
               : text_cut(said->token->subject, NAME_MAX_BYTES);
}

static struct text print_claims(struct ctx *ctx, const struct jwt_claims *claims,
                                struct text username)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_string(writer, "iss", claims->issuer);
    json_member_string(writer, "sub", claims->subject);
    json_member_string(writer, "preferred_username", username);
    json_end_object(writer);
    return json_print_end(&printer);
}

static bool check_groups(struct ctx *ctx, struct text_list groups)
{
    if (groups.len > GROUPS_MAX)
        return fail(ctx, ERR_DENIED, "the identity provider reports more than %d groups",
                    GROUPS_MAX);
    for (size_t i = 0; i < groups.len; i++) {
        if (groups.items[i].len > NAME_MAX_BYTES)
            return fail(ctx, ERR_DENIED,
                        "the identity provider reports a group whose name has "
                        "more than %d bytes",
                        NAME_MAX_BYTES);
    }
    return true;
}

static bool describe(struct ctx *ctx, const struct login_flow *flow, const struct said *said,
                     struct provider_person *out)
{
    const struct jwt_claims *token = said->token;
    const struct json *groups = find_claim(said, ctx->account->settings->login_groups_claim);
    *out = (struct provider_person){
        .method = SESSION_OIDC,
        .lifetime = ctx->account->settings->user_session_lifetime,
        .subject =
            text_format(ctx->arena, "%.*s %.*s", TEXT_ARG(token->issuer), TEXT_ARG(token->subject)),
        .name = find_text(said, "name", NAME_MAX_BYTES),
        .email = find_email(said),
        .groups = id_token_texts(ctx->arena, groups),
        .invited_user = flow->invited_user,
        .invitation = flow->invitation,
    };
    out->username = choose_username(said, out->email);
    out->claims = print_claims(ctx, token, out->username);
    if (token->subject.len == 0 || token->subject.len > SUBJECT_MAX_BYTES)
        return fail(ctx, ERR_DENIED, "the identity provider does not say who you are");
    return check_groups(ctx, out->groups) && (out->claims.at || fail_no_memory(ctx));
}

/* That the token was made for this login, and for this server alone. */
static bool check_token(struct ctx *ctx, const struct login_flow *flow,
                        const struct jwt_claims *claims)
{
    struct text party = jwt_text(claims, "azp");
    if (!text_equal_secret(jwt_text(claims, "nonce"), flow->nonce))
        return fail(ctx, ERR_DENIED, "the identity provider answered another login");
    return party.len == 0 || text_equal(party, ctx->account->settings->login_client_id) ||
           fail(ctx, ERR_DENIED, "the identity provider's token is for somebody else");
}

/* A token that does not hold is no way in, and no fault of who reads the page. */
static bool verify_token(struct ctx *ctx, struct text token, struct jwt_claims *out)
{
    const struct settings *settings = ctx->account->settings;
    if (id_token_verify(ctx, settings->login_issuer, settings->login_client_id, token, out))
        return true;
    if (ctx->error->kind != ERR_UNAUTHENTICATED)
        return false;
    struct text reason = text_copy(ctx->arena, text_z(ctx->error->message));
    error_clear(ctx->error);
    return fail(ctx, ERR_DENIED, "the identity provider's token does not hold: %.*s",
                TEXT_ARG(reason));
}

bool login_provider_person(struct ctx *ctx, const struct login_flow *flow, struct text code,
                           struct provider_person *out)
{
    const struct issuer *issuer;
    const struct json *tokens;
    struct jwt_claims claims, userinfo;
    if (!find_issuer(ctx, &issuer) || !exchange_code(ctx, issuer, flow, code, &tokens))
        return false;
    struct text token = json_get_text(tokens, "id_token");
    return verify_token(ctx, token, &claims) && check_token(ctx, flow, &claims) &&
           ask_userinfo(ctx, issuer, tokens, &claims, &userinfo) &&
           describe(ctx, flow, &(struct said){&claims, &userinfo}, out);
}
