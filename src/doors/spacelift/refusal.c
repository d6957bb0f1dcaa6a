/* Noting refusals, and handing them to the audit trail. */
#include "doors/spacelift/refusal.h"

#include "access/decision.h"
#include "audit/denial.h"

/* Ids that are longer were never ids. */
enum { ID_MAX_BYTES = 200 };

void refusals_init(struct refusals *refusals, struct arena *arena)
{
    *refusals = (struct refusals){0};
    list_init(&refusals->denials, arena, sizeof(struct denial));
}

/* What the request named: its arguments of the type ID, and nothing else of what was sent. */
static struct text print_objects(struct arena *arena, const struct graphql_call *call)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, arena);
    json_begin_object(writer);
    for (size_t i = 0; i < call->field->argument_count; i++) {
        const struct graphql_input *argument = &call->field->arguments[i];
        const struct graphql_value *value = graphql_value_field(call->values, argument->name);
        bool is_id = text_equal(argument->type.type->name, TEXT("ID"));
        if (!is_id || !value || value->kind != GRAPHQL_VALUE_STRING)
            continue;
        json_key(writer, argument->name);
        json_string(writer, text_cut(value->text, ID_MAX_BYTES));
    }
    json_end_object(writer);
    return json_print_end(&printer);
}

void refusals_enter(struct refusals *refusals, struct ctx *ctx, const struct graphql_call *call)
{
    refusals_note_denied(refusals, ctx);
    refusals->field = call->field;
    refusals->objects = TEXT("");
    if (call->field->argument_count)
        refusals->objects = print_objects(call->arena, call);
}

static void note(struct refusals *refusals, const struct decision *decision)
{
    struct denial *denial = list_push(&refusals->denials);
    if (!denial)
        return;
    *denial = (struct denial){.decision = decision, .objects = refusals->objects};
    if (refusals->field)
        denial->field = refusals->field->name;
}

void refusals_note_action(struct refusals *refusals, struct ctx *ctx, struct text action)
{
    struct decision *decision = ARENA_NEW(ctx->arena, struct decision);
    if (decision && action_parse(action, &decision->action))
        note(refusals, decision);
}

void refusals_note_denied(struct refusals *refusals, struct ctx *ctx)
{
    if (ctx->denied)
        note(refusals, ctx->denied);
    ctx->denied = NULL;
}

bool refusals_record(struct refusals *refusals, struct ctx *ctx)
{
    struct list *denials = &refusals->denials;
    if (arena_failed(denials->arena))
        return fail_no_memory(ctx);
    for (size_t i = 0; i < denials->len; i++) {
        if (!denial_record(ctx, list_at(denials, i)))
            return false;
    }
    return true;
}

void refusals_forget(struct refusals *refusals)
{
    refusals->denials.len = 0;
}
