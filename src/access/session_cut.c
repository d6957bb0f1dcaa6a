/* One stored line that ends sessions. */
#include "access/session_cut.h"

#include "access/session_cut_store.h"
#include "access/space_tree.h"
#include "base/json.h"
#include "kernel/stored_setting.h"

static const struct text setting_name = TEXT_INIT("session_cut");

/* A login that began after this unit, or where the clock is ahead, may have been kept before it,
 * and was judged by what this unit changes. */
static bool find_end(struct ctx *ctx, int64_t *out)
{
    int64_t newest;
    if (!session_newest_start(ctx, &newest))
        return false;
    *out = newest > ctx->now ? newest : ctx->now;
    return true;
}

bool session_cut_all_but_own(struct ctx *ctx)
{
    int64_t end;
    if (!find_end(ctx, &end))
        return false;
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_int64(writer, "at", end);
    json_member_string(writer, "except", ctx->actor->session_id);
    json_end_object(writer);
    return stored_setting_set(ctx, setting_name, json_print_end(&printer)) && access_changed(ctx);
}

bool session_cut_get(struct ctx *ctx, struct session_cut *out)
{
    struct text stored;
    const struct json *cut;
    *out = (struct session_cut){0};
    if (!stored_setting_get(ctx, setting_name, &stored))
        return false;
    if (stored.len == 0)
        return true;
    if (!json_parse(ctx->arena, stored, NULL, &cut, ctx->error))
        return false;
    out->at = json_int64_or(json_get_z(cut, "at"), 0);
    out->except = json_get_text(cut, "except");
    return true;
}

bool session_cut_applies(const struct session_cut *cut, struct text session_id, int64_t created_at)
{
    return created_at <= cut->at && !text_equal(cut->except, session_id);
}
