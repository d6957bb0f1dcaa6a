/* Keeping logins, and reading them again. */
#include "policy/login_record.h"

#include "base/json.h"
#include "base/ulid.h"
#include "jose/seal.h"
#include "kernel/once.h"
#include "policy/login_record_store.h"
#include "policy/policy_cache.h"

static struct seal_place place_of(struct text id)
{
    return (struct seal_place){TEXT("login_record"), id};
}

/* ---- As text. ---- */

static struct text print_question(struct arena *arena, const struct login_question *question)
{
    const struct login_attempt *attempt = question->attempt;
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, arena);
    json_begin_object(writer);
    json_member_string(writer, "actor", attempt->actor_id);
    json_member_string(writer, "login", attempt->login);
    json_member_string(writer, "name", attempt->name);
    json_member_bool(writer, "member", attempt->member);
    json_member_bool(writer, "machine", attempt->machine);
    json_member_strings(writer, "teams", attempt->teams);
    json_member_string(writer, "creator_ip", attempt->creator_ip);
    json_member_string(writer, "stack_id", attempt->stack_id);
    json_member_string(writer, "remote_ip", question->remote_ip);
    json_end_object(writer);
    return json_print_end(&printer);
}

static bool read_question(struct ctx *ctx, struct text plain, struct login_record *out)
{
    const struct json *json;
    if (!json_parse(ctx->arena, plain, NULL, &json, ctx->error))
        return false;
    out->remote_ip = json_get_text(json, "remote_ip");
    out->attempt.login = json_get_text(json, "login");
    out->attempt.name = json_get_text(json, "name");
    out->attempt.member = json_bool_or(json_get_z(json, "member"), false);
    out->attempt.machine = json_bool_or(json_get_z(json, "machine"), false);
    out->attempt.creator_ip = json_get_text(json, "creator_ip");
    out->attempt.stack_id = json_get_text(json, "stack_id");
    out->attempt.teams = json_to_texts(ctx->arena, json_get_z(json, "teams"));
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}

/* ---- In the database. ---- */

bool login_record_take_turn(struct ctx *ctx, const struct login_question *question)
{
    if (ctx->account->settings->login_record_retention == 0)
        return false;
    struct text plain = print_question(ctx->arena, question);
    int64_t taken;
    if (once_recall(ctx, "login_record", plain, &taken))
        return taken != 0;
    taken = policy_cache_may_record(ctx->account->policies, text_hash(plain), ctx->now);
    once_keep(ctx, "login_record", plain, taken);
    return taken != 0;
}

bool login_record_keep(struct ctx *ctx, const struct login_question *question, struct text verdict)
{
    struct login_record_row row = {
        .id = ulid_make(ctx->arena),
        .kind = question->attempt->kind,
        .actor_id = question->attempt->actor_id,
        .verdict = verdict,
        .created_at = ctx->now,
    };
    struct text plain = print_question(ctx->arena, question);
    if (!plain.at)
        return fail_no_memory(ctx);
    return seal(ctx->account->ring, place_of(row.id), plain, ctx->arena, &row.sealed, ctx->error) &&
           login_record_row_insert(ctx, &row);
}

static bool open_row(struct ctx *ctx, const struct login_record_row *row, struct login_record *out)
{
    struct text plain;
    *out = (struct login_record){.id = row->id, .created_at = row->created_at};
    out->attempt.kind = row->kind;
    out->attempt.actor_id = row->actor_id;
    return unseal(ctx->account->ring, place_of(row->id), row->sealed, ctx->arena, &plain,
                  ctx->error) &&
           read_question(ctx, plain, out);
}

bool login_record_list(struct ctx *ctx, int64_t since, int64_t most, struct list *out)
{
    struct list rows;
    list_init(out, ctx->arena, sizeof(struct login_record));
    if (!login_record_row_list(ctx, since, most, &rows))
        return false;
    for (size_t i = 0; i < rows.len; i++) {
        struct login_record *record = list_push(out);
        if (!record)
            return fail_no_memory(ctx);
        if (!open_row(ctx, list_at(&rows, i), record))
            return false;
    }
    return true;
}

bool login_record_delete_old(struct ctx *ctx)
{
    return login_record_row_delete(ctx, ctx->now - ctx->account->settings->login_record_retention);
}
