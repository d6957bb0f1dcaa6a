/* A run, member by member. */
#include "run/run_audit.h"

#include "audit/webhook.h"

/* Of the variables only the names: their values may be secrets. */
static void describe_environment(struct change_side *side, struct ctx *ctx, struct text config)
{
    struct error error = {0};
    const struct json *object;
    struct list names;
    if (config.len == 0 || !json_parse(ctx->arena, config, NULL, &object, &error))
        return;
    const struct json *variables = json_get_z(object, "environment");
    list_init(&names, ctx->arena, sizeof(struct text));
    for (uint32_t i = 0; json_is(variables, JSON_ARRAY) && i < variables->len; i++) {
        struct text *name = list_push(&names);
        if (name)
            *name = json_get_text(&variables->items[i], "name");
    }
    change_texts(side, "environment", (struct text_list){names.items, names.len});
}

static void describe(struct change_side *side, struct ctx *ctx, const struct run *run)
{
    change_text(side, "type", text_z(run_type_name(run->type)));
    change_text(side, "state", text_z(run_state_name(run->state)));
    change_text(side, "branch", run->branch);
    change_text(side, "commit", run->commit ? run->commit->hash : run->commit_requested);
    change_text(side, "command", run->command);
    change_texts(side, "metadata", run->metadata);
    change_bool(side, "autodeploy", run->autodeploy);
    change_bool(side, "prioritized", run->prioritized);
    change_bool(side, "stop_requested", run->stop_requested);
    describe_environment(side, ctx, run->runtime_config);
}

void run_before_change(struct ctx *ctx, const struct run *run, struct change *change)
{
    change_init(change, ctx->arena);
    if (run)
        describe(&change->before, ctx, run);
}

static struct text print_note(struct ctx *ctx, struct text note)
{
    struct json_printer printer;
    if (note.len == 0)
        return TEXT("");
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_string(writer, "note", note);
    json_end_object(writer);
    return json_print_end(&printer);
}

static struct audit_event event_of(const char *action, const struct run *run,
                                   const struct change *change)
{
    return (struct audit_event){.action = action,
                                .resource_type = run->type == RUN_TYPE_TASK ? "TASK" : "RUN",
                                .resource_id = run->id,
                                .related_type = "STACK",
                                .related_id = run->stack_id,
                                .change = change};
}

bool run_record(struct ctx *ctx, const char *action, const struct run *run, struct change *change,
                struct text note, const struct decision *decision)
{
    if (change)
        describe(&change->after, ctx, run);
    struct audit_event event = event_of(action, run, change);
    event.decision = decision;
    event.body = print_note(ctx, note);
    return audit_record(ctx, &event);
}

bool run_record_move(struct ctx *ctx, const struct run *run, enum run_state from)
{
    struct change change;
    bool is_wanted;
    if (!webhook_wants_runs(ctx, &is_wanted))
        return false;
    if (!is_wanted)
        return true;
    change_init(&change, ctx->arena);
    change_text(&change.before, "state", text_z(run_state_name(from)));
    change_text(&change.after, "state", text_z(run_state_name(run->state)));
    struct audit_event event = event_of("run.state_change", run, &change);
    return audit_record(ctx, &event);
}
