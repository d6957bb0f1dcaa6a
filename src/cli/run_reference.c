/* From operands to a run. */
#include "cli/run_reference.h"

static const char query[] = "query NewestRun($stack: ID!) { stack(id: $stack) { runs { id } } }";

static bool find_newest(struct api *api, struct run_reference *reference, struct error *error)
{
    struct api_variable variable = {.name = "stack", .text = reference->stack};
    const struct json *data;
    if (!api_query(api, query, &variable, 1, &data, error))
        return false;
    const struct json *stack = json_get_z(data, "stack");
    if (!json_is(stack, JSON_OBJECT))
        return error_set(error, ERR_NOT_FOUND, "stack %.*s not found", TEXT_ARG(reference->stack));
    const struct json *runs = json_get_z(stack, "runs");
    if (!json_is(runs, JSON_ARRAY) || runs->len == 0)
        return error_set(error, ERR_NOT_FOUND, "stack %.*s has no run yet",
                         TEXT_ARG(reference->stack));
    reference->run = json_get_text(&runs->items[0], "id");
    return true;
}

bool run_reference_get(const struct command_line *line, struct api *api, struct run_reference *out,
                       struct error *error)
{
    out->stack = text_z(command_line_operand(line, 0));
    out->run = text_z(command_line_operand(line, 1));
    return !text_is_empty(out->run) || find_newest(api, out, error);
}
