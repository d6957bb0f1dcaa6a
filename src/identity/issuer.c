/* Asking an issuer, and judging what it says. */
#include "identity/issuer.h"

#include "base/json.h"
#include "identity/issuer_cache.h"
#include "kernel/outside.h"

enum {
    ISSUER_BYTES = 4 << 20,       /* of one issuer, with what the crypto library made of its keys */
    DISCOVERY_MAX_BYTES = 1 << 16 /* real ones have a few KB */
};

/* The host of "https://host:port/path", with its port; empty when there is none. */
static struct text authority_of(struct text url)
{
    size_t scheme = text_find(url, TEXT("://"), 0);
    struct text rest = text_slice(url, scheme + 3, url.len);
    return text_slice(rest, 0, text_find_byte(rest, '/', 0));
}

static bool is_on_this_machine(struct text authority)
{
    struct address address;
    bool bracketed = text_starts_with(authority, TEXT("["));
    struct text host = bracketed ? text_slice(authority, 1, text_find_byte(authority, ']', 0))
                                 : text_slice(authority, 0, text_find_byte(authority, ':', 0));
    return text_equal(host, TEXT("localhost")) ||
           (address_parse(host, &address) && address_is_loopback(&address));
}

static bool has_odd_byte(struct text url)
{
    for (size_t i = 0; i < url.len; i++) {
        unsigned char byte = (unsigned char)url.at[i];
        if (byte <= ' ' || byte >= 0x7f || byte == '?' || byte == '#' || byte == '@')
            return true;
    }
    return false;
}

/* https anywhere, http where it cannot be overheard or somebody allowed it. */
static bool scheme_is_fine(struct ctx *ctx, struct text url)
{
    if (text_starts_with(url, TEXT("https://")))
        return true;
    return text_starts_with(url, TEXT("http://")) &&
           (ctx->account->settings->issuer_allow_http || is_on_this_machine(authority_of(url)));
}

bool issuer_url_check(struct ctx *ctx, struct text url)
{
    if (url.len == 0)
        return fail(ctx, ERR_INVALID,
                    "an issuer is needed: the URL in the claim iss of its tokens");
    if (url.len > ISSUER_URL_MAX)
        return fail(ctx, ERR_INVALID, "the URL of an issuer may have %d bytes at most",
                    ISSUER_URL_MAX);
    if (!scheme_is_fine(ctx, url))
        return fail(ctx, ERR_INVALID, "the URL of an issuer begins with https://");
    if (has_odd_byte(url) || authority_of(url).len == 0)
        return fail(ctx, ERR_INVALID,
                    "the URL of an issuer has a host, and no user, query or fragment");
    return true;
}

static bool fetch_document(struct ctx *ctx, struct text url, size_t max, struct text *body)
{
    static const struct http_header accept[] = {
        {TEXT_INIT("Accept"), TEXT_INIT("application/json")}};
    const struct http_client_response *response;
    struct http_client_request request = {
        .url = url, .headers = accept, .header_count = 1, .max_response = max};
    if (!outside_fetch(ctx, &request, &response))
        return false;
    *body = response->body;
    return response->status == 200 || fail(ctx, ERR_UNAVAILABLE, "%.*s answers with status %u",
                                           TEXT_ARG(url), response->status);
}

static struct text without_slash(struct text url)
{
    return text_ends_with(url, TEXT("/")) ? text_slice(url, 0, url.len - 1) : url;
}

/* Where a document sends us must be as safe as the issuer itself. */
static bool take_endpoint(struct ctx *ctx, const struct json *document, const char *name,
                          bool is_needed, struct text *out)
{
    *out = json_get_text(document, name);
    if (out->len == 0 && !is_needed)
        return true;
    return scheme_is_fine(ctx, *out) ||
           fail(ctx, ERR_UNAVAILABLE, "the issuer announces no %s that begins with https://", name);
}

static bool discover(struct ctx *ctx, struct issuer *issuer, struct text *keys_url)
{
    struct text body;
    struct error cause = {0};
    const struct json *document;
    struct text url = text_format(ctx->arena, "%.*s/.well-known/openid-configuration",
                                  TEXT_ARG(without_slash(issuer->url)));
    if (!fetch_document(ctx, url, DISCOVERY_MAX_BYTES, &body))
        return false;
    if (!json_parse(ctx->arena, body, NULL, &document, &cause))
        return fail(ctx, ERR_UNAVAILABLE, "the discovery document of the issuer is no JSON: %s",
                    cause.message);
    if (!text_equal(json_get_text(document, "issuer"), issuer->url))
        return fail(ctx, ERR_UNAVAILABLE, "the issuer at this URL calls itself something else");
    return take_endpoint(ctx, document, "jwks_uri", true, keys_url) &&
           take_endpoint(ctx, document, "authorization_endpoint", false,
                         &issuer->authorization_endpoint) &&
           take_endpoint(ctx, document, "token_endpoint", false, &issuer->token_endpoint) &&
           take_endpoint(ctx, document, "userinfo_endpoint", false, &issuer->userinfo_endpoint);
}

/* Into memory of the issuer's own: keys hold what the crypto library made of them. */
static bool keep_texts(struct arena *arena, struct issuer *issuer)
{
    issuer->url = text_copy(arena, issuer->url);
    issuer->authorization_endpoint = text_copy(arena, issuer->authorization_endpoint);
    issuer->token_endpoint = text_copy(arena, issuer->token_endpoint);
    issuer->userinfo_endpoint = text_copy(arena, issuer->userinfo_endpoint);
    return !arena_failed(arena);
}

static const struct issuer *keep(struct ctx *ctx, struct issuer *found, struct text keys)
{
    struct error cause = {0};
    struct arena *arena = arena_new(ISSUER_BYTES);
    struct issuer *issuer = arena ? ARENA_NEW(arena, struct issuer) : NULL;
    struct text source = arena ? text_copy(arena, keys) : keys;
    if (!issuer || !source.at || !keep_texts(arena, found) ||
        !jose_key_set_parse(arena, source, JOSE_KEY_PUBLIC, &found->keys, &cause)) {
        arena_free(arena);
        fail(ctx, ERR_UNAVAILABLE, "the keys of the issuer cannot be used: %s",
             error_is_set(&cause) ? cause.message : "no memory");
        return NULL;
    }
    *issuer = *found;
    const struct issuer *kept = issuer_cache_add(ctx->account->issuers, ctx->arena, arena, issuer);
    if (!kept)
        fail_no_memory(ctx);
    return kept;
}

static bool ask(struct ctx *ctx, struct text url, const struct issuer **out)
{
    struct text keys_url, keys;
    struct issuer found = {.url = url, .fetched_at = ctx->now};
    if (!discover(ctx, &found, &keys_url) ||
        !fetch_document(ctx, keys_url, JOSE_KEY_SET_MAX_BYTES, &keys))
        return false;
    *out = keep(ctx, &found, keys);
    return *out != NULL;
}

/* Asks unless that failed a moment ago. */
static bool ask_anew(struct ctx *ctx, struct text url, const struct issuer **out)
{
    struct error failure;
    if (issuer_cache_has_failed(ctx->account->issuers, url, ctx->now, &failure))
        return fail(ctx, ERR_UNAVAILABLE, "%s", failure.message);
    if (ask(ctx, url, out))
        return true;
    /* A question that was not sent yet is no failure of the issuer. */
    if (ctx->outside && !outside_is_wanted(ctx->outside))
        issuer_cache_fail(ctx->account->issuers, url, ctx->now, ctx->error);
    return false;
}

bool issuer_get(struct ctx *ctx, struct text url, const struct issuer **out)
{
    *out = issuer_cache_find(ctx->account->issuers, ctx->arena, url, ctx->now);
    if (*out && ctx->now - (*out)->fetched_at < ctx->account->settings->issuer_max_age)
        return true;
    return issuer_url_check(ctx, url) && ask_anew(ctx, url, out);
}

bool issuer_find_key(struct ctx *ctx, struct text url, const struct jws *jws,
                     const struct jose_key **out)
{
    const struct issuer *issuer;
    if (!issuer_get(ctx, url, &issuer))
        return false;
    *out = jws_find_key(jws, &issuer->keys);
    if (*out || ctx->now - issuer->fetched_at < ctx->account->settings->issuer_refresh)
        return true;
    if (!ask_anew(ctx, url, &issuer))
        return false;
    *out = jws_find_key(jws, &issuer->keys);
    return true;
}
