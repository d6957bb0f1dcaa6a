/* What people do with runs: trigger, confirm, discard, cancel, stop. */
#include "run/run.h"

#include "base/ulid.h"
#include "run/run_audit.h"
#include "run/run_move.h"
#include "run/run_store.h"

enum {
    COMMAND_MAX_BYTES = 64 << 10,
    NOTE_MAX_BYTES = 4096,
    METADATA_MAX_BYTES = 16 << 10,
    TITLE_MAX_BYTES = 200,
};

static const char *const types[] = {[RUN_TYPE_PROPOSED] = "PROPOSED",
                                    [RUN_TYPE_TRACKED] = "TRACKED",
                                    [RUN_TYPE_TASK] = "TASK",
                                    [RUN_TYPE_DESTROY] = "DESTROY"};

static_assert(ARRAY_LENGTH(types) == RUN_TYPE_COUNT, "one name per type");

const char *run_type_name(enum run_type type)
{
    return types[type];
}

bool run_type_parse(struct text name, enum run_type *out)
{
    for (int i = 0; i < RUN_TYPE_COUNT; i++) {
        if (text_equal_z(name, types[i])) {
            *out = (enum run_type)i;
            return true;
        }
    }
    return false;
}

bool run_type_is_blocking(enum run_type type)
{
    return type != RUN_TYPE_PROPOSED;
}

static bool check_stack(struct ctx *ctx, const struct stack *stack)
{
    if (stack->is_disabled)
        return fail(ctx, ERR_CONFLICT, "stack \"%.*s\" is disabled", TEXT_ARG(stack->id));
    if (stack->locked_by.len && !text_equal(stack->locked_by, ctx->actor->username))
        return fail(ctx, ERR_CONFLICT, "stack \"%.*s\" is locked by %.*s", TEXT_ARG(stack->id),
                    TEXT_ARG(stack->locked_by));
    return true;
}

static bool check_input(struct ctx *ctx, const struct run_input *input)
{
    if (input->commit.len && !commit_hash_is_whole(input->commit))
        return fail(ctx, ERR_INVALID, "a commit is named by its whole hash, in lower case");
    if (input->type == RUN_TYPE_TASK && text_trim(input->command).len == 0)
        return fail(ctx, ERR_INVALID, "a task needs a command");
    if (input->command.len > COMMAND_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "a command may have %d bytes at most", COMMAND_MAX_BYTES);
    if (input->metadata.len > METADATA_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "the metadata of a run may have %d bytes at most",
                    METADATA_MAX_BYTES);
    return true;
}

static struct text commit_for(const struct stack *stack, const struct run_input *input)
{
    if (input->commit.len)
        return input->commit;
    if (stack->tracked_commit_pinned && stack->tracked_commit)
        return stack->tracked_commit->hash;
    return (struct text){NULL, 0};
}

static struct text_list metadata_add(struct ctx *ctx, struct text_list list, struct text added)
{
    if (added.len == 0)
        return list;
    struct text *items = ARENA_ARRAY(ctx->arena, struct text, list.len + 1);
    if (!items)
        return list;
    for (size_t i = 0; i < list.len; i++)
        items[i] = list.items[i];
    items[list.len] = added;
    return (struct text_list){items, list.len + 1};
}

struct text run_title(struct text source)
{
    struct text rest = text_trim(source);
    struct text line;
    if (!text_next_part(&rest, '\n', &line))
        return (struct text){NULL, 0};
    line = text_trim(line);
    size_t length = 0;
    while (length < line.len) {
        size_t character = text_utf8_length(line, length);
        if (character == 0 || length + character > TITLE_MAX_BYTES)
            break;
        length += character;
    }
    return text_slice(line, 0, length);
}

/* Writes the row in QUEUED with the first entry of its history. */
static bool queue_run(struct ctx *ctx, const struct stack *stack, const struct run_input *input,
                      struct run **out)
{
    struct run *run = ARENA_NEW(ctx->arena, struct run);
    if (!run)
        return fail_no_memory(ctx);
    *run = (struct run){
        .id = ulid_make(ctx->arena),
        .stack_id = stack->id,
        .type = input->type,
        .state = RUN_QUEUED,
        .state_version = 1,
        .title = input->type == RUN_TYPE_TASK ? run_title(input->command) : (struct text){NULL, 0},
        .triggered_by = ctx->actor->username,
        .branch = stack->branch,
        .commit_requested = commit_for(stack, input),
        .command = input->type == RUN_TYPE_TASK ? input->command : (struct text){NULL, 0},
        .skip_initialization = input->skip_initialization,
        .autodeploy = input->force_apply || stack->autodeploy,
        .runtime_config =
            input->runtime_config.len ? input->runtime_config : (struct text){NULL, 0},
        .metadata = metadata_add(ctx, (struct text_list){NULL, 0}, input->metadata),
        .created_at = ctx->now,
        .updated_at = ctx->now,
    };
    struct run_transition entry = {.run_id = run->id,
                                   .state = RUN_QUEUED,
                                   .state_version = 1,
                                   .timestamp = ctx->now,
                                   .username = ctx->actor->username};
    *out = run;
    return run_row_insert(ctx, run) && run_history_insert(ctx, &entry);
}

static enum action trigger_action(const struct run_input *input)
{
    if (input->type == RUN_TYPE_TASK)
        return ACTION_TASK_CREATE;
    if (input->runtime_config.len)
        return ACTION_RUN_TRIGGER_WITH_CUSTOM_RUNTIME_CONFIG;
    return ACTION_RUN_TRIGGER;
}

/* Reads the run again after the queue moved on, so that the answer shows where it is now. */
static bool read_again(struct ctx *ctx, struct run **run)
{
    struct text id = (*run)->id;
    return run_row_find(ctx, id, run) && (*run || fail(ctx, ERR_INTERNAL, "a run has vanished"));
}

bool run_trigger(struct ctx *ctx, struct text stack_id, const struct run_input *input,
                 struct run **out)
{
    struct decision decision;
    struct change change;
    struct stack *stack;
    run_before_change(ctx, NULL, &change);
    return stack_get(ctx, stack_id, trigger_action(input), &stack, &decision) &&
           check_stack(ctx, stack) && check_input(ctx, input) &&
           queue_run(ctx, stack, input, out) &&
           run_record(ctx, input->type == RUN_TYPE_TASK ? "task.create" : "run.trigger", *out,
                      &change, TEXT(""), &decision) &&
           run_schedule(ctx, stack_id) && read_again(ctx, out);
}

/* The run a person means, with the right to act on it. */
static bool get_run(struct ctx *ctx, struct text stack_id, struct text run_id, enum action action,
                    enum action blocking_action, struct stack **stack, struct run **out,
                    struct decision *decision)
{
    if (!stack_find(ctx, stack_id, stack))
        return false;
    if (!*stack)
        return fail(ctx, ERR_NOT_FOUND, "stack \"%.*s\" not found", TEXT_ARG(stack_id));
    if (run_id.len == 0)
        run_id = (*stack)->blocker_id;
    if (run_id.len == 0)
        return fail(ctx, ERR_CONFLICT, "no run blocks stack \"%.*s\"", TEXT_ARG(stack_id));
    if (!run_row_find(ctx, run_id, out))
        return false;
    if (!*out || !text_equal((*out)->stack_id, stack_id))
        return fail(ctx, ERR_NOT_FOUND, "run \"%.*s\" not found", TEXT_ARG(run_id));
    enum action needed = run_type_is_blocking((*out)->type) ? blocking_action : action;
    return access_require(ctx, needed, (*stack)->space, decision);
}

static bool check_note(struct ctx *ctx, struct text note)
{
    return note.len <= NOTE_MAX_BYTES ||
           fail(ctx, ERR_INVALID, "a note may have %d bytes at most", NOTE_MAX_BYTES);
}

bool run_confirm(struct ctx *ctx, struct text stack_id, struct text run_id, struct text note,
                 struct text metadata, struct run **out)
{
    struct decision decision;
    struct change change;
    struct stack *stack;
    if (!check_note(ctx, note) || !get_run(ctx, stack_id, run_id, ACTION_RUN_CONFIRM,
                                           ACTION_RUN_CONFIRM, &stack, out, &decision))
        return false;
    struct run *run = *out;
    if (run->state != RUN_UNCONFIRMED)
        return fail(ctx, ERR_CONFLICT, "run %.*s is %s and not waiting for confirmation",
                    TEXT_ARG(run->id), run_state_name(run->state));
    run_before_change(ctx, run, &change);
    run->metadata = metadata_add(ctx, run->metadata, metadata);
    return check_stack(ctx, stack) && run_row_set_metadata(ctx, run) &&
           run_move(ctx, run, RUN_CONFIRMED, RUN_CAUSE_PERSON, note) &&
           run_record(ctx, "run.confirm", run, &change, note, &decision);
}

/* Ends a run that waits, by the word of a person. */
static bool end_run(struct ctx *ctx, struct run *run, enum run_state state, const char *action,
                    struct text note, const struct decision *decision)
{
    struct change change;
    run_before_change(ctx, run, &change);
    return run_move(ctx, run, state, RUN_CAUSE_PERSON, note) &&
           run_record(ctx, action, run, &change, note, decision);
}

bool run_discard(struct ctx *ctx, struct text stack_id, struct text run_id, struct text note,
                 struct run **out)
{
    struct decision decision;
    struct stack *stack;
    return check_note(ctx, note) &&
           get_run(ctx, stack_id, run_id, ACTION_RUN_DISCARD, ACTION_RUN_DISCARD, &stack, out,
                   &decision) &&
           end_run(ctx, *out, RUN_DISCARDED, "run.discard", note, &decision);
}

/* Discards those of a page that may be, onto the list. */
static bool discard_page(struct ctx *ctx, const struct list *page, struct text note,
                         struct list *out)
{
    for (size_t i = 0; i < page->len; i++) {
        struct run *run;
        const struct run *listed = list_at(page, i);
        if (!run_can_move(listed->state, RUN_DISCARDED, RUN_CAUSE_PERSON))
            continue;
        struct run *discarded = list_push(out);
        if (!discarded)
            return fail_no_memory(ctx);
        /* Read again by run_discard: one that ended may have let the next one start. */
        if (!run_discard(ctx, listed->stack_id, listed->id, note, &run))
            return false;
        *discarded = *run;
    }
    return true;
}

static bool discard_kind(struct ctx *ctx, enum run_list_kind kind, struct text stack_id,
                         struct text note, struct list *out)
{
    struct list page;
    struct text before = TEXT("");
    do {
        if (!run_row_list(ctx, kind, &stack_id, 1, before, &page) ||
            !discard_page(ctx, &page, note, out))
            return false;
        if (page.len)
            before = LIST_ITEMS(&page, struct run)[page.len - 1].id;
    } while (page.len == RUN_PAGE);
    return true;
}

bool run_discard_all(struct ctx *ctx, struct text stack_id, struct text note, struct list *out)
{
    struct stack *stack;
    list_init(out, ctx->arena, sizeof(struct run));
    return stack_get(ctx, stack_id, ACTION_RUN_DISCARD, &stack, NULL) &&
           discard_kind(ctx, RUN_LIST_TRACKED, stack_id, note, out) &&
           discard_kind(ctx, RUN_LIST_TASKS, stack_id, note, out) &&
           discard_kind(ctx, RUN_LIST_PROPOSED, stack_id, note, out);
}

bool run_cancel(struct ctx *ctx, struct text stack_id, struct text run_id, struct text note,
                struct run **out)
{
    struct decision decision;
    struct stack *stack;
    return check_note(ctx, note) &&
           get_run(ctx, stack_id, run_id, ACTION_RUN_CANCEL, ACTION_RUN_CANCEL_BLOCKING, &stack,
                   out, &decision) &&
           end_run(ctx, *out, RUN_CANCELED, "run.cancel", note, &decision);
}

bool run_stop(struct ctx *ctx, struct text stack_id, struct text run_id, struct text note,
              struct run **out)
{
    struct decision decision;
    struct change change;
    struct stack *stack;
    if (!check_note(ctx, note) || !get_run(ctx, stack_id, run_id, ACTION_RUN_STOP,
                                           ACTION_RUN_STOP_BLOCKING, &stack, out, &decision))
        return false;
    struct run *run = *out;
    if (!run_can_move(run->state, RUN_STOPPED, RUN_CAUSE_RESULT))
        return fail(ctx, ERR_CONFLICT, "run %.*s is %s and cannot be stopped", TEXT_ARG(run->id),
                    run_state_name(run->state));
    run_before_change(ctx, run, &change);
    run->stop_requested = true;
    return run_row_set_stop(ctx, run->id) &&
           run_record(ctx, "run.stop", run, &change, note, &decision);
}

bool run_set_priority(struct ctx *ctx, struct text stack_id, struct text run_id, bool prioritized,
                      struct run **out)
{
    struct decision decision;
    struct change change;
    struct stack *stack;
    if (!get_run(ctx, stack_id, run_id, ACTION_RUN_PRIORITIZE_SET, ACTION_RUN_PRIORITIZE_SET,
                 &stack, out, &decision))
        return false;
    if ((*out)->finished)
        return fail(ctx, ERR_CONFLICT, "run %.*s has ended", TEXT_ARG(run_id));
    run_before_change(ctx, *out, &change);
    (*out)->prioritized = prioritized;
    return run_row_set_priority(ctx, *out) &&
           run_record(ctx, prioritized ? "run.prioritize" : "run.deprioritize", *out, &change,
                      TEXT(""), &decision);
}

bool run_retry(struct ctx *ctx, struct text stack_id, struct text run_id, struct run **out)
{
    struct decision decision;
    struct change change;
    struct stack *stack;
    struct run *old;
    if (!get_run(ctx, stack_id, run_id, ACTION_RUN_RETRY, ACTION_RUN_RETRY_BLOCKING, &stack, &old,
                 &decision) ||
        !check_stack(ctx, stack))
        return false;
    if (!old->finished)
        return fail(ctx, ERR_CONFLICT, "run %.*s is %s: only runs that have ended can be retried",
                    TEXT_ARG(run_id), run_state_name(old->state));
    struct run_input input = {
        .type = old->type,
        .commit = old->commit ? old->commit->hash : old->commit_requested,
        .command = old->command,
        .skip_initialization = old->skip_initialization,
        .runtime_config = old->runtime_config,
    };
    run_before_change(ctx, NULL, &change);
    return queue_run(ctx, stack, &input, out) &&
           run_record(ctx, "run.retry", *out, &change, TEXT(""), &decision) &&
           run_schedule(ctx, stack_id) && read_again(ctx, out);
}

bool run_find(struct ctx *ctx, struct text stack_id, struct text run_id, struct run **out)
{
    struct stack *stack;
    *out = NULL;
    if (!stack_find(ctx, stack_id, &stack))
        return false;
    if (!stack || !run_row_find(ctx, run_id, out))
        return stack == NULL;
    if (*out && !text_equal((*out)->stack_id, stack_id))
        *out = NULL;
    return true;
}

bool run_stack(struct ctx *ctx, struct text run_id, struct stack **out)
{
    struct run *run;
    *out = NULL;
    return run_row_find(ctx, run_id, &run) && (!run || stack_find(ctx, run->stack_id, out));
}

bool run_find_many(struct ctx *ctx, const struct text *ids, size_t count, const struct run **out)
{
    struct list found;
    struct map by_id;
    if (!run_row_find_many(ctx, ids, count, &found))
        return false;
    map_init(&by_id, ctx->arena);
    for (size_t i = 0; i < found.len; i++) {
        struct run *run = list_at(&found, i);
        if (!map_set(&by_id, run->id, run))
            return fail_no_memory(ctx);
    }
    for (size_t i = 0; i < count; i++)
        out[i] = map_get(&by_id, ids[i]);
    return true;
}

bool run_list(struct ctx *ctx, enum run_list_kind kind, const struct text *stack_ids, size_t count,
              struct text before, struct list *out)
{
    return run_row_list(ctx, kind, stack_ids, count, before, out);
}

bool run_history(struct ctx *ctx, const struct text *run_ids, size_t count, struct list *out)
{
    return run_history_list(ctx, run_ids, count, out);
}

bool run_changes(struct ctx *ctx, const struct text *run_ids, size_t count, struct list *out)
{
    return run_change_list(ctx, run_ids, count, out);
}

bool run_comment_add(struct ctx *ctx, struct text stack_id, struct text run_id, struct text body,
                     struct run_comment **out)
{
    struct decision decision;
    struct stack *stack;
    struct run *run;
    if (!get_run(ctx, stack_id, run_id, ACTION_RUN_COMMENT, ACTION_RUN_COMMENT, &stack, &run,
                 &decision) ||
        !check_note(ctx, body))
        return false;
    if (text_trim(body).len == 0)
        return fail(ctx, ERR_INVALID, "a comment needs a text");
    struct run_comment *comment = ARENA_NEW(ctx->arena, struct run_comment);
    if (!comment)
        return fail_no_memory(ctx);
    *comment = (struct run_comment){
        .run_id = run->id, .body = body, .username = ctx->actor->username, .created_at = ctx->now};
    *out = comment;
    return run_comment_insert(ctx, comment) &&
           run_record(ctx, "run.comment", run, NULL, body, &decision);
}

bool run_comment_list(struct ctx *ctx, const struct text *run_ids, size_t count, struct list *out)
{
    return run_comment_rows(ctx, run_ids, count, out);
}
