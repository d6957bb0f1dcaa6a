/* Counting who came in. */
#include "identity/usage.h"

#include "access/decision.h"
#include "base/time_format.h"
#include "identity/usage_store.h"

#include <string.h>

enum { MONTH_LENGTH = sizeof("2027-01") - 1 };

static struct text month_of(struct arena *arena, int64_t time)
{
    return text_slice(time_print(arena, time, TIME_SECONDS), 0, MONTH_LENGTH);
}

static bool is_same_month(int64_t a, int64_t b)
{
    struct time_fields first = time_to_fields(a);
    struct time_fields second = time_to_fields(b);
    return first.year == second.year && first.month == second.month;
}

bool usage_note(struct ctx *ctx, int64_t last_used_at)
{
    if (last_used_at && is_same_month(last_used_at, ctx->now))
        return true;
    const struct actor *actor = ctx->actor;
    return usage_row_insert(ctx, month_of(ctx->arena, ctx->now),
                            &(struct actor_use){.kind = actor->kind,
                                                .actor_id = actor->id,
                                                .name = actor->name,
                                                .first_used_at = ctx->now});
}

static bool is_month(struct text month)
{
    struct error ignored = {0};
    char text[] = "0000-00-01T00:00:00Z";
    int64_t time;
    if (month.len != MONTH_LENGTH)
        return false;
    memcpy(text, month.at, MONTH_LENGTH);
    return time_parse(text_z(text), &time, &ignored);
}

static bool count(struct ctx *ctx, struct usage *usage)
{
    struct list actors;
    if (!usage_row_list(ctx, usage->month, &actors))
        return false;
    usage->actors = actors.items;
    usage->actors_count = actors.len;
    for (size_t i = 0; i < actors.len; i++) {
        bool is_key = usage->actors[i].kind == ACTOR_API_KEY;
        *(is_key ? &usage->keys : &usage->users) += 1;
    }
    return true;
}

bool usage_get(struct ctx *ctx, struct text month, struct usage **out)
{
    struct usage *usage = ARENA_NEW(ctx->arena, struct usage);
    if (!usage)
        return fail_no_memory(ctx);
    *out = usage;
    usage->month = month.len ? month : month_of(ctx->arena, ctx->now);
    if (!access_require_administrator(ctx, NULL))
        return false;
    if (!is_month(usage->month))
        return fail(ctx, ERR_INVALID, "a month is written as 2027-01");
    return count(ctx, usage);
}
