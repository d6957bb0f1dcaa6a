/* Rules of stack configuration: names, sizes, sealing. */
#include "stack/stack_config.h"

#include "audit/audit.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "jose/seal.h"
#include "stack/stack_config_store.h"

enum { VALUE_MAX_BYTES = 2 << 20, ID_MAX_BYTES = 500 };

static bool check_variable(struct ctx *ctx, const struct config_input *input)
{
    if (!text_is_name(input->id))
        return fail(ctx, ERR_INVALID, "\"%.*s\" is not the name of an environment variable",
                    TEXT_ARG(input->id));
    if (text_find_byte(input->value, '\0', 0) < input->value.len)
        return fail(ctx, ERR_INVALID, "an environment variable cannot hold a NUL byte");
    return true;
}

/* A path whose last part is empty or a dot is that of a folder. */
static bool names_file(struct text path)
{
    return !text_ends_with(path, TEXT("/")) && !text_ends_with(path, TEXT("/.")) &&
           !text_equal(path, TEXT("."));
}

static bool check_file(struct ctx *ctx, const struct config_input *input)
{
    struct text decoded;
    struct error error = {0};
    if (!path_stays_inside(input->id))
        return fail(ctx, ERR_INVALID, "a mounted file must lie inside the workspace");
    if (!names_file(input->id))
        return fail(ctx, ERR_INVALID, "the path of a mounted file names a file, no folder");
    if (!base64_decode(ctx->arena, input->value, &decoded, &error))
        return fail(ctx, error.kind, "the content of a mounted file must be base64");
    return true;
}

static bool check_input(struct ctx *ctx, const struct config_input *input)
{
    if (input->id.len == 0 || input->id.len > ID_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "a configuration element needs a name of at most %d bytes",
                    ID_MAX_BYTES);
    if (input->value.len > VALUE_MAX_BYTES)
        return fail(ctx, ERR_TOO_LARGE, "a configuration value may have %d bytes at most",
                    VALUE_MAX_BYTES);
    return input->type == CONFIG_ENVIRONMENT_VARIABLE ? check_variable(ctx, input)
                                                      : check_file(ctx, input);
}

static struct seal_place place_of(struct ctx *ctx, const struct config_element *element)
{
    struct text row =
        text_format(ctx->arena, "%.*s/%.*s", TEXT_ARG(element->stack_id), TEXT_ARG(element->id));
    return (struct seal_place){.table = TEXT("stack_config"), .row = row};
}

/* Names and kinds only: values stay out of the trail, write-only or not, and so do their checksums,
 * which would tell whoever guesses. */
static void describe(struct change_side *side, const struct config_element *element)
{
    change_bool(side, "write_only", element->write_only);
    change_bool(side, "file", element->type == CONFIG_FILE_MOUNT);
    change_text(side, "description", element->description);
    change_secret(side, "value", element->checksum);
}

static bool record(struct ctx *ctx, const char *action, const struct config_element *element,
                   const struct change *change, const struct decision *decision)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, ctx->arena);
    json_begin_object(writer);
    json_member_string(writer, "element", element->id);
    json_end_object(writer);
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "STACK",
                                                   .resource_id = element->stack_id,
                                                   .decision = decision,
                                                   .change = change,
                                                   .body = json_print_end(&printer)});
}

/* Describes the element as it is stored, if there is one with that id. */
static bool describe_stored(struct ctx *ctx, struct text stack_id, struct text id,
                            struct change_side *side)
{
    struct list rows;
    if (!config_row_list(ctx, &stack_id, 1, &rows))
        return false;
    for (size_t i = 0; i < rows.len; i++) {
        const struct config_row *row = list_at(&rows, i);
        if (text_equal(row->element.id, id))
            describe(side, &row->element);
    }
    return true;
}

bool stack_config_add(struct ctx *ctx, struct text stack_id, const struct config_input *input,
                      struct config_element **out)
{
    struct decision decision;
    struct change change;
    struct stack *stack;
    struct digest digest;
    change_init(&change, ctx->arena);
    if (!stack_get(ctx, stack_id, ACTION_STACK_ADD_CONFIG, &stack, &decision) ||
        !check_input(ctx, input) || !describe_stored(ctx, stack_id, input->id, &change.before))
        return false;
    struct config_row *row = ARENA_NEW(ctx->arena, struct config_row);
    if (!row || !digest_sha256(input->value, &digest))
        return fail_no_memory(ctx);
    row->element = (struct config_element){
        .stack_id = stack_id,
        .id = input->id,
        .type = input->type,
        .checksum = digest_hex(ctx->arena, &digest),
        .write_only = input->write_only,
        .description = input->description,
        .created_at = ctx->now,
    };
    describe(&change.after, &row->element);
    if (!seal(ctx->account->ring, place_of(ctx, &row->element), input->value, ctx->arena,
              &row->sealed_value, ctx->error) ||
        !config_row_upsert(ctx, row) ||
        !record(ctx, "stack.config_add", &row->element, &change, &decision))
        return false;
    if (!input->write_only)
        row->element.value = input->value;
    *out = &row->element;
    return true;
}

static bool open_value(struct ctx *ctx, struct config_row *row)
{
    return unseal(ctx->account->ring, place_of(ctx, &row->element), row->sealed_value, ctx->arena,
                  &row->element.value, ctx->error);
}

/* with_secrets: for the worker. */
static bool list_elements(struct ctx *ctx, const struct text *stack_ids, size_t count,
                          bool with_secrets, struct list *out)
{
    struct list rows;
    list_init(out, ctx->arena, sizeof(struct config_element));
    if (!config_row_list(ctx, stack_ids, count, &rows))
        return false;
    for (size_t i = 0; i < rows.len; i++) {
        struct config_row *row = list_at(&rows, i);
        if ((with_secrets || !row->element.write_only) && !open_value(ctx, row))
            return false;
        struct config_element *element = list_push(out);
        if (!element)
            return fail_no_memory(ctx);
        *element = row->element;
    }
    return true;
}

bool stack_config_list(struct ctx *ctx, const struct text *stack_ids, size_t count,
                       struct list *out)
{
    return list_elements(ctx, stack_ids, count, false, out);
}

bool stack_config_for_run(struct ctx *ctx, struct text stack_id, struct list *out)
{
    return list_elements(ctx, &stack_id, 1, true, out);
}

bool stack_config_delete(struct ctx *ctx, struct text stack_id, struct text id,
                         struct config_element **out)
{
    struct decision decision;
    struct change change;
    struct stack *stack;
    struct list elements;
    *out = NULL;
    if (!stack_get(ctx, stack_id, ACTION_STACK_DELETE_CONFIG, &stack, &decision) ||
        !stack_config_list(ctx, &stack_id, 1, &elements))
        return false;
    for (size_t i = 0; i < elements.len; i++) {
        struct config_element *element = list_at(&elements, i);
        if (text_equal(element->id, id))
            *out = element;
    }
    if (!*out)
        return true;
    change_init(&change, ctx->arena);
    describe(&change.before, *out);
    return config_row_delete(ctx, stack_id, id) &&
           record(ctx, "stack.config_delete", *out, &change, &decision);
}
