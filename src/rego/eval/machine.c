/* What the loop calls when it is not simply running: ends, frames, memo slots, texts. */
#include "rego/eval/machine.h"

#include "rego/policy.h"

#include <stdio.h>
#include <string.h>

/* ---- Ends. ---- */

static struct rego_error error_at(const struct machine *machine, uint32_t address, struct text code,
                                  struct text message)
{
    const struct program *program = machine->program;
    struct rego_error error = {.code = code, .message = message};
    if (address < program->code_len) {
        const struct site *site = &program->sites[program->sites_of[address]];
        if (site->source)
            error.file = site->source->name;
        error.line = site->at.line;
        error.column = site->at.column;
    }
    return error;
}

bool machine_stop(struct machine *machine, const char *code, uint32_t address, const char *format,
                  ...)
{
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    struct text text = {message, len < 0                          ? 0
                                 : (size_t)len >= sizeof(message) ? sizeof(message) - 1
                                                                  : (size_t)len};
    text = text_copy(machine->arena, text);
    bool budget = text_equal_z(TEXT("eval_budget_error"), code) ||
                  text_equal_z(TEXT("eval_cancel_error"), code);
    machine->result->outcome = budget ? REGO_STOPPED : REGO_ERROR;
    machine->result->error = error_at(machine, address, text_z(code), text);
    return false;
}

bool machine_out_of_budget(struct machine *machine, uint32_t address)
{
    switch (machine->budget.stop) {
    case BUDGET_CANCELED:
        return machine_stop(machine, "eval_cancel_error", address,
                            "caller canceled query execution");
    case BUDGET_DEADLINE:
        return machine_stop(machine, "eval_budget_error", address, "the deadline has passed");
    case BUDGET_MEMORY:
        return machine_stop(machine, "eval_budget_error", address, "the memory is used up");
    case BUDGET_DEPTH:
        return machine_stop(machine, "eval_budget_error", address, "a value is nested too deeply");
    default: return machine_stop(machine, "eval_budget_error", address, "the fuel is used up");
    }
}

bool machine_refused(struct machine *machine, uint32_t address)
{
    machine->budget.stop = arena_failed(machine->arena) ? BUDGET_MEMORY : BUDGET_DEPTH;
    return machine_out_of_budget(machine, address);
}

bool machine_builtin_failed(struct machine *machine, enum builtin_outcome outcome,
                            const struct builtin *builtin, uint32_t address)
{
    if (outcome == BUILTIN_STOPPED) {
        if (machine->budget.stop == BUDGET_RUNNING)
            return machine_refused(machine, address);
        return machine_out_of_budget(machine, address);
    }
    if (outcome == BUILTIN_UNDEFINED)
        return true;
    const char *code = outcome == BUILTIN_TYPE_ERROR ? "eval_type_error" : "eval_builtin_error";
    struct text message = machine->call.message;
    if (machine->strict_errors)
        return machine_stop(machine, code, address, "%s: %.*s", builtin->name, TEXT_ARG(message));
    if (!machine->keep_errors || machine->swallowed.len >= SWALLOWED_MAX)
        return true;
    struct rego_error *slot = list_push(&machine->swallowed);
    if (slot)
        *slot = error_at(machine, address, text_z(code),
                         text_format(machine->arena, "%s: %.*s", builtin->name, TEXT_ARG(message)));
    return true;
}

/* ---- Frames. ---- */

static bool grow_registers(struct machine *machine, uint32_t wanted)
{
    uint32_t slots = machine->register_slots;
    while (slots < wanted)
        slots *= 2;
    struct value *registers = arena_alloc_raw(machine->arena, (size_t)slots * sizeof(*registers));
    if (!registers)
        return false;
    memcpy(registers, machine->registers, machine->register_slots * sizeof(*registers));
    machine->registers = registers;
    machine->register_slots = slots;
    return true;
}

static bool grow_frames(struct machine *machine)
{
    uint32_t slots = machine->frame_slots * 2;
    struct frame *frames = arena_alloc_raw(machine->arena, slots * sizeof(*frames));
    if (!frames)
        return false;
    memcpy(frames, machine->frames, machine->frame_count * sizeof(*frames));
    machine->frames = frames;
    machine->frame_slots = slots;
    return true;
}

bool machine_push(struct machine *machine, uint32_t index, const struct value *arguments,
                  struct frame frame)
{
    const struct procedure *procedure = &machine->program->procedures[index];
    uint32_t base = 0;
    if (machine->frame_count > 0) {
        const struct frame *top = &machine->frames[machine->frame_count - 1];
        base = top->base + machine->program->procedures[top->procedure].registers;
    }
    uint32_t wanted = base + procedure->registers;
    if (machine->frame_count >= FRAMES_MAX || wanted > REGISTER_SLOTS_MAX) {
        machine->budget.stop = BUDGET_DEPTH;
        return machine_stop(machine, "eval_budget_error", procedure->entry,
                            "functions call one another too deeply");
    }
    ptrdiff_t offset = arguments ? arguments - machine->registers : 0;
    if (wanted > machine->register_slots && !grow_registers(machine, wanted))
        return machine_refused(machine, procedure->entry);
    if (machine->frame_count == machine->frame_slots && !grow_frames(machine))
        return machine_refused(machine, procedure->entry);
    if (procedure->arguments > 0)
        memmove(machine->registers + base, machine->registers + offset,
                procedure->arguments * sizeof(*arguments));
    frame.procedure = index;
    frame.base = base;
    frame.environment = machine->environment;
    machine->frames[machine->frame_count++] = frame;
    return true;
}

struct value *machine_memo(struct machine *machine, uint32_t procedure)
{
    struct environment *environment = machine->environment;
    if (!environment->memo) {
        size_t pages = machine->program->procedure_count / MEMO_PAGE + 1;
        environment->memo = ARENA_ARRAY(machine->arena, struct value *, pages);
        if (!environment->memo)
            return NULL;
    }
    struct value **page = &environment->memo[procedure / MEMO_PAGE];
    if (!*page)
        *page = ARENA_ARRAY(machine->arena, struct value, MEMO_PAGE);
    return *page ? *page + procedure % MEMO_PAGE : NULL;
}

/* ---- Templates and print. ---- */

static bool add_part(struct machine *machine, struct buffer *out, const struct value *part)
{
    if (!budget_charge(&machine->budget, part->kind ? value_weight(part) : 1))
        return false;
    if (part->kind == VALUE_UNDEFINED)
        buffer_add(out, TEXT("<undefined>"));
    else if (part->kind == VALUE_STRING)
        buffer_add(out, value_text(part));
    else
        value_print_rego(out, part);
    return true;
}

bool machine_template(struct machine *machine, const struct value *parts, uint32_t len,
                      struct value *out)
{
    struct buffer text;
    buffer_init(&text, machine->arena, arena_cap(machine->arena));
    for (uint32_t i = 0; i < len; i++)
        if (!add_part(machine, &text, &parts[i]))
            return false;
    *out = value_string(buffer_text(&text));
    return !text.failed;
}

bool machine_print(struct machine *machine, const struct value *parts, uint32_t len)
{
    if (machine->printed.len >= PRINTED_MAX)
        return true;
    struct buffer text;
    buffer_init(&text, machine->arena, 65536);
    for (uint32_t i = 0; i < len; i++) {
        if (i > 0)
            buffer_add_byte(&text, ' ');
        if (!add_part(machine, &text, &parts[i]))
            return false;
    }
    struct text *slot = list_push(&machine->printed);
    if (slot)
        *slot = buffer_text(&text);
    return slot != NULL;
}
