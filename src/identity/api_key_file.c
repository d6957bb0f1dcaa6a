/* The file that a new key is delivered in. */
#include "base/encoding.h"
#include "identity/api_key.h"

/* The host of the account's URL, for the credentials block of Terraform. */
static struct text url_host(struct text url)
{
    size_t scheme = text_find(url, TEXT("://"), 0);
    struct text rest = text_slice(url, scheme < url.len ? scheme + 3 : 0, url.len);
    return text_slice(rest, 0, text_find_byte(rest, '/', 0));
}

struct text api_key_file(struct ctx *ctx, const struct api_key *key)
{
    struct text pair =
        text_format(ctx->arena, "%.*s:%.*s", TEXT_ARG(key->id), TEXT_ARG(key->secret));
    struct text host = url_host(ctx->account->url);
    return text_format(ctx->arena,
                       "# Spacelift API Key Configuration\n"
                       "\n"
                       "[credentials]\n"
                       "api_key_id     = %.*s\n"
                       "api_key_secret = %.*s\n"
                       "\n"
                       "# Usage Options:\n"
                       "#\n"
                       "# - Programmatic Access:\n"
                       "#   Use the api_key_secret above in your API calls\n"
                       "#\n"
                       "# - UI Login:\n"
                       "#   Visit /apikeytoken and enter the credentials above\n"
                       "\n"
                       "# Terraform Module Access:\n"
                       "# Add this snippet to your .terraformrc file to access\n"
                       "# Terraform modules hosted by %.*s:\n"
                       "\n"
                       "credentials \"%.*s\" {\n"
                       "  token = \"%.*s\"\n"
                       "}\n",
                       TEXT_ARG(key->id), TEXT_ARG(key->secret), TEXT_ARG(host), TEXT_ARG(host),
                       TEXT_ARG(base64_encode(ctx->arena, pair)));
}
