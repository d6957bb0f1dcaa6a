/* Warning of the end of keys. */
#include "identity/api_key_expiry.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "base/time_format.h"
#include "identity/api_key_store.h"

/* Of one run of housekeeping; the next takes the others. */
enum { WARNINGS_MAX = 100 };

static int64_t soon(const struct ctx *ctx)
{
    return ctx->now + ctx->account->settings->key_expiry_warning;
}

struct text api_key_expiry_warning(struct ctx *ctx, const struct api_key *key)
{
    if (key->expires_at == 0 || key->deleted || key->expires_at > soon(ctx))
        return (struct text){NULL, 0};
    const char *verb = key->expires_at > ctx->now ? "expires" : "expired";
    return text_format(ctx->arena, "The key %s at %.*s.", verb,
                       TEXT_ARG(time_print(ctx->arena, key->expires_at, TIME_SECONDS)));
}

static bool warn(struct ctx *ctx, const struct api_key *key)
{
    struct change change;
    change_init(&change, ctx->arena);
    change_text(&change.after, "name", key->name);
    change_int64(&change.after, "expires_at", key->expires_at / CLOCK_SECOND);
    return api_key_mark_warned(ctx, key->id) &&
           audit_record(ctx, &(struct audit_event){.action = "api_key.expires_soon",
                                                   .resource_type = "API_KEY",
                                                   .resource_id = key->id,
                                                   .change = &change});
}

static bool warn_all(struct ctx *ctx)
{
    struct list rows;
    if (!api_key_row_list_ending(ctx, soon(ctx), WARNINGS_MAX, &rows))
        return false;
    for (size_t i = 0; i < rows.len; i++) {
        if (!warn(ctx, &LIST_ITEMS(&rows, struct api_key_row)[i].key))
            return false;
    }
    return true;
}

bool api_key_watch_expiry(struct ctx *ctx)
{
    int64_t expiring, expired;
    if (!warn_all(ctx) || !api_key_count_ending(ctx, ctx->now, soon(ctx), &expiring) ||
        !api_key_count_ending(ctx, 0, ctx->now, &expired))
        return false;
    atomic_store(&ctx->account->keys_expiring, expiring);
    atomic_store(&ctx->account->keys_expired, expired);
    return true;
}
