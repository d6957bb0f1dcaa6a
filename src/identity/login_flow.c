/* What a login keeps in the browser while it is with the provider. */
#include "base/clock.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/random.h"
#include "identity/login_provider.h"
#include "jose/seal.h"

enum { RANDOM_BYTES = 32 };

static const struct text seal_table = TEXT_INIT("login_flow");

static struct text random_text(struct ctx *ctx)
{
    unsigned char bytes[RANDOM_BYTES];
    random_bytes(bytes, sizeof bytes);
    return base64url_encode(ctx->arena, (struct text){(const char *)bytes, sizeof bytes});
}

bool login_flow_new(struct ctx *ctx, struct login_flow *out)
{
    *out = (struct login_flow){.state = random_text(ctx),
                               .nonce = random_text(ctx),
                               .verifier = random_text(ctx),
                               .expires_at = ctx->now + LOGIN_FLOW_SECONDS * CLOCK_SECOND};
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}

static struct text print(struct ctx *ctx, const struct login_flow *flow)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_string(writer, "state", flow->state);
    json_member_string(writer, "nonce", flow->nonce);
    json_member_string(writer, "verifier", flow->verifier);
    json_member_string(writer, "next", flow->next);
    json_member_string(writer, "user", flow->invited_user);
    json_member_string(writer, "invitation", flow->invitation);
    json_member_int64(writer, "expires_at", flow->expires_at);
    json_end_object(writer);
    return json_print_end(&printer);
}

bool login_flow_seal(struct ctx *ctx, const struct login_flow *flow, struct text browser,
                     struct text *out)
{
    struct text plain = print(ctx, flow), sealed;
    struct seal_place place = {.table = seal_table, .row = browser};
    if (!plain.at)
        return fail_no_memory(ctx);
    if (!seal(ctx->account->ring, place, plain, ctx->arena, &sealed, ctx->error))
        return false;
    *out = base64url_encode(ctx->arena, sealed);
    return out->at ? true : fail_no_memory(ctx);
}

static void read_flow(const struct json *object, struct login_flow *out)
{
    *out = (struct login_flow){
        .state = json_get_text(object, "state"),
        .nonce = json_get_text(object, "nonce"),
        .verifier = json_get_text(object, "verifier"),
        .next = json_get_text(object, "next"),
        .invited_user = json_get_text(object, "user"),
        .invitation = json_get_text(object, "invitation"),
        .expires_at = json_int64_or(json_get_z(object, "expires_at"), 0),
    };
}

bool login_flow_open(struct ctx *ctx, struct text sealed, struct text browser, struct text state,
                     struct login_flow *out)
{
    struct seal_place place = {.table = seal_table, .row = browser};
    struct error error = {0};
    struct text bytes, plain;
    const struct json *object;
    if (!base64url_decode(ctx->arena, sealed, &bytes, &error) ||
        !unseal(ctx->account->ring, place, bytes, ctx->arena, &plain, &error) ||
        !json_parse(ctx->arena, plain, NULL, &object, &error))
        return false;
    read_flow(object, out);
    return out->expires_at > ctx->now && state.len > 0 && text_equal_secret(out->state, state);
}
