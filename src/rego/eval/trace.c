/* Steps while tracing, and the account made of them. */
#include "rego/eval/trace.h"

#include "rego/policy.h"

#include <string.h>

static const struct site *site_of(const struct machine *machine, uint32_t address)
{
    return &machine->program->sites[machine->program->sites_of[address]];
}

/* The step of the body that the instruction belongs to, in the frame at hand. */
static struct trace_step *current_step(struct machine *machine, uint32_t attempt)
{
    struct tracer *tracer = machine->tracer;
    struct trace_step *steps = tracer->steps.items;
    for (size_t i = tracer->steps.len; i > 0; i--)
        if (steps[i - 1].open && steps[i - 1].depth == machine->frame_count)
            return steps[i - 1].attempt == attempt ? &steps[i - 1] : NULL;
    return NULL;
}

static void close_steps(struct machine *machine, uint32_t depth)
{
    struct tracer *tracer = machine->tracer;
    struct trace_step *steps = tracer->steps.items;
    for (size_t i = tracer->steps.len; i > 0 && steps[i - 1].depth >= depth; i--)
        steps[i - 1].open = false;
}

void trace_before(struct machine *machine, uint32_t address)
{
    struct tracer *tracer = machine->tracer;
    uint32_t attempt = site_of(machine, address)->attempt;
    if (attempt == 0 || tracer->full || current_step(machine, attempt))
        return;
    close_steps(machine, machine->frame_count);
    if (tracer->steps.len >= TRACE_MAX) {
        tracer->full = true;
        return;
    }
    struct trace_step *step = list_push(&tracer->steps);
    if (step)
        *step =
            (struct trace_step){.attempt = attempt, .depth = machine->frame_count, .open = true};
}

static void note_operand(struct machine *machine, struct trace_step *step, uint32_t operand)
{
    const struct frame *frame = &machine->frames[machine->frame_count - 1];
    const struct value *value = operand & OPERAND_CONSTANT
                                    ? &machine->program->constants[operand & ~OPERAND_CONSTANT]
                                    : &machine->registers[frame->base + operand];
    if (value->kind != VALUE_UNDEFINED && step->value_count < TRACE_VALUES)
        step->values[step->value_count++] = *value;
}

/* A builtin just before whose result did not hold: its operands say more than `false`. */
static bool is_result_of(const struct instruction *call, uint32_t operand)
{
    return (call->op == OP_BUILTIN || call->op == OP_BUILTIN_MOCKED) && call->a == operand;
}

static void note_call(struct machine *machine, struct trace_step *step,
                      const struct instruction *call)
{
    for (uint32_t i = 0; i < machine->program->builtins[call->b]->arity; i++)
        note_operand(machine, step, call->c + i);
}

static void note_operands(struct machine *machine, struct trace_step *step, uint32_t address)
{
    const struct instruction *at = &machine->program->code[address];
    step->value_count = 0;
    switch (at->op) {
    case OP_EQUAL:
    case OP_NOT_EQUAL:
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL:
        note_operand(machine, step, at->b);
        note_operand(machine, step, at->c);
        break;
    case OP_GET:
    case OP_GET_TEXT:
    case OP_GET_BASE: note_operand(machine, step, at->c); break;
    case OP_HOLDS:
        if (is_result_of(at - 1, at->b))
            note_call(machine, step, at - 1);
        else
            note_operand(machine, step, at->b);
        break;
    case OP_BUILTIN:
    case OP_BUILTIN_MOCKED: note_call(machine, step, at); break;
    default: break;
    }
}

/* Of all failures of a body the one furthest on says most; of several there, the first. The end of
 * a loop is no failure by itself. */
void trace_fail(struct machine *machine, uint32_t address)
{
    const struct site *site = site_of(machine, address);
    struct trace_step *step = current_step(machine, site->attempt);
    if (!step || site->order == UINT32_MAX || machine->program->code[address].op == OP_NEXT)
        return;
    if (step->failed_site != 0 && site->order <= step->failed_order)
        return;
    step->failed_site = machine->program->sites_of[address];
    step->failed_order = site->order;
    note_operands(machine, step, address);
}

void trace_value(struct machine *machine, uint32_t address, const struct value *value)
{
    const struct site *site = site_of(machine, address);
    struct trace_step *step = current_step(machine, site->attempt);
    if (!step || site->order != UINT32_MAX || step->outcome == TRACE_HELD)
        return;
    step->outcome = TRACE_HELD;
    step->value = *value;
}

/* ---- The account. ---- */

static bool put(struct collection *object, const char *key, struct value value)
{
    return object_put(object, value_string(text_z(key)), value);
}

static bool put_text(struct collection *object, const char *key, struct text text)
{
    return put(object, key, value_string(text.at ? text : TEXT("")));
}

static bool add_failure(const struct trace_step *step, const struct program *program,
                        struct arena *arena, struct collection *object)
{
    const struct site *site = &program->sites[step->failed_site];
    struct collection *failed = object_new(arena, 4);
    struct value_list values;
    value_list_init(&values, arena);
    for (uint32_t i = 0; i < step->value_count; i++)
        if (!value_list_add(&values, step->values[i]))
            return false;
    struct text text = text_slice(site->source->text, site->at.offset, site->at.end);
    return failed && put(failed, "line", VALUE_INT(site->at.line)) &&
           put(failed, "column", VALUE_INT(site->at.column)) &&
           put_text(failed, "text", text_trim(text)) &&
           put(failed, "values", value_list_array(&values)) &&
           put(object, "failed", collection_value(failed));
}

static bool add_step(const struct trace_step *step, const struct program *program,
                     struct arena *arena, struct value_list *out)
{
    const struct attempt *attempt = &program->attempts[step->attempt - 1];
    struct collection *object = object_new(arena, 8);
    bool held = step->outcome == TRACE_HELD;
    if (!object || !put_text(object, "rule", attempt->rule) ||
        !put_text(object, "file", attempt->source->name) ||
        !put(object, "line", VALUE_INT(attempt->at.line)) ||
        !put(object, "depth", VALUE_INT(step->depth)) ||
        !put_text(object, "outcome", held ? TEXT("held") : TEXT("failed")))
        return false;
    if (held && !put(object, "value", step->value))
        return false;
    if (!held && step->failed_site != 0 && !add_failure(step, program, arena, object))
        return false;
    return value_list_add(out, collection_value(object));
}

bool trace_account(const struct tracer *tracer, const struct program *program, struct arena *arena,
                   struct value *out)
{
    struct value_list list;
    value_list_init(&list, arena);
    for (size_t i = 0; i < tracer->steps.len; i++)
        if (!add_step(&LIST_ITEMS(&tracer->steps, const struct trace_step)[i], program, arena,
                      &list))
            return false;
    *out = value_list_array(&list);
    return out->kind != VALUE_UNDEFINED;
}

static const struct value *member(const struct value *object, const char *key)
{
    return object_get_text(object->as.collection, text_z(key));
}

static void print_failure(const struct value *failed, struct buffer *out)
{
    buffer_add_format(out, "  line %d: %.*s", (int)member(failed, "line")->as.integer,
                      TEXT_ARG(value_text(member(failed, "text"))));
    const struct value *values = member(failed, "values");
    for (uint32_t i = 0; i < values->len; i++) {
        buffer_add(out, i == 0 ? TEXT("   # ") : TEXT(", "));
        value_print_rego(out, &values->as.items[i]);
    }
}

/* The outermost steps stand at the left, however deep the packages around them are. */
static int64_t least_depth(const struct value *account)
{
    int64_t least = INT64_MAX;
    for (uint32_t i = 0; i < account->len; i++) {
        int64_t depth = member(&account->as.items[i], "depth")->as.integer;
        least = depth < least ? depth : least;
    }
    return least;
}

void rego_explain_print(const struct value *account, struct buffer *out)
{
    int64_t left = account->kind == VALUE_ARRAY ? least_depth(account) : 0;
    for (uint32_t i = 0; account->kind == VALUE_ARRAY && i < account->len; i++) {
        const struct value *step = &account->as.items[i];
        bool held = member(step, "value") != NULL;
        for (int64_t depth = member(step, "depth")->as.integer; depth > left; depth--)
            buffer_add(out, TEXT("    "));
        buffer_add_format(out, "%s %.*s (line %d)", held ? "+" : "-",
                          TEXT_ARG(value_text(member(step, "rule"))),
                          (int)member(step, "line")->as.integer);
        if (held) {
            buffer_add(out, TEXT(" = "));
            value_print_rego(out, member(step, "value"));
        } else if (member(step, "failed")) {
            print_failure(member(step, "failed"), out);
        }
        buffer_add_byte(out, '\n');
    }
}
