/*
 * The interpreter loop, a template that machine.c includes twice: LOOP_NAME is the function,
 * LOOP_TRACED adds the tracer's calls. It is long and flat, one label an instruction. Fuel and the
 * register window are kept in locals; SAVE and LOAD bring the machine up to date around calls out.
 */

#define OPERAND(index)                                                                             \
    ((index)&OPERAND_CONSTANT ? &constants[(index) & ~OPERAND_CONSTANT] : &registers[index])
#define ADDRESS() ((uint32_t)(at - code))
#define SAVE()    (machine->budget.fuel = fuel)
#define LOAD()    (fuel = machine->budget.fuel, poll_at = machine->budget.poll_at)

#if LOOP_TRACED
#define BEFORE()     trace_before(machine, ADDRESS())
#define FAILING()    trace_fail(machine, ADDRESS())
#define GIVES(value) trace_value(machine, ADDRESS(), (value))
#else
#define BEFORE()     (void)0
#define FAILING()    (void)0
#define GIVES(value) (void)0
#endif

#define DISPATCH()                                                                                 \
    do {                                                                                           \
        if (__builtin_expect(--fuel <= poll_at, 0))                                                \
            goto low_fuel;                                                                         \
        BEFORE();                                                                                  \
        goto *labels[at->op];                                                                      \
    } while (0)
#define NEXT()                                                                                     \
    do {                                                                                           \
        at++;                                                                                      \
        DISPATCH();                                                                                \
    } while (0)
#define FAIL()                                                                                     \
    do {                                                                                           \
        FAILING();                                                                                 \
        at = code + at->target;                                                                    \
        DISPATCH();                                                                                \
    } while (0)
#define NEXT_IF(condition)                                                                         \
    do {                                                                                           \
        if (condition)                                                                             \
            NEXT();                                                                                \
        FAIL();                                                                                    \
    } while (0)
/* Takes units from the local fuel before work whose size is known. */
#define CHARGE(units)                                                                              \
    do {                                                                                           \
        SAVE();                                                                                    \
        if (!budget_charge(&machine->budget, (units)))                                             \
            goto out_of_budget;                                                                    \
        LOAD();                                                                                    \
    } while (0)
#define CHARGE_HEAVY(value)                                                                        \
    do {                                                                                           \
        if (__builtin_expect(value_is_heavy(value), 0))                                            \
            CHARGE(value_weight(value));                                                           \
    } while (0)
#define COMPARE(comparison)                                                                        \
    do {                                                                                           \
        const struct value *left = OPERAND(at->b), *right = OPERAND(at->c);                        \
        if (value_is_heavy(left) && value_is_heavy(right))                                         \
            CHARGE(value_weight(left));                                                            \
        NEXT_IF(comparison);                                                                       \
    } while (0)
#define ARITHMETIC(overflows, builtin)                                                             \
    do {                                                                                           \
        const struct value *left = OPERAND(at->b), *right = OPERAND(at->c);                        \
        int64_t whole;                                                                             \
        if (value_is_int64(left) && value_is_int64(right) &&                                       \
            !overflows(left->as.integer, right->as.integer, &whole)) {                             \
            registers[at->a] = VALUE_INT(whole);                                                   \
            NEXT();                                                                                \
        }                                                                                          \
        operands[0] = *left;                                                                       \
        operands[1] = *right;                                                                      \
        function = (builtin);                                                                      \
        arguments = operands;                                                                      \
        goto call_builtin;                                                                         \
    } while (0)
#define COLLECTION(index) (registers[index].as.collection)

/* Labels before braces are beyond clang-format. */
/* clang-format off */
void LOOP_NAME(struct machine *machine, uint32_t procedure)
{
    static const void *const labels[OP_COUNT] = {
#define OP(name, operands) [OP_##name] = &&do_##name,
#include "rego/eval/opcodes.def"
#undef OP
    };
    const struct program *const program = machine->program;
    const struct instruction *const code = program->code;
    const struct value *const constants = program->constants;
    const struct instruction *at = code + program->procedures[procedure].entry;
    struct value operands[2];
    const struct value *arguments;
    const struct builtin *function;
    struct frame frame;
    struct value *registers;
    int64_t fuel, poll_at;

    if (!machine_push(machine, procedure, NULL, (struct frame){.resume = UINT32_MAX}))
        return;
    registers = machine->registers;
    LOAD();
    DISPATCH();

do_JUMP:
    at = code + at->target;
    DISPATCH();

do_MOVE:
    registers[at->a] = *OPERAND(at->b);
    NEXT();

do_UNDEFINED:
    registers[at->a] = VALUE_NONE;
    NEXT();

do_INPUT:
    registers[at->a] = machine->environment->input;
    NEXT_IF(registers[at->a].kind != VALUE_UNDEFINED);

do_DATA:
    registers[at->a] = machine->environment->data;
    NEXT();

do_GET_TEXT: {
    const struct value *object = OPERAND(at->b);
    const struct value *key = &constants[at->c & ~OPERAND_CONSTANT];
    if (object->kind == VALUE_OBJECT) {
        const struct collection *collection = object->as.collection;
        const struct value *found = NULL;
        for (uint32_t i = 0; i < collection->len && collection->slot_count == 0; i++) {
            if (collection->entries[2 * i].as.bytes == key->as.bytes) {
                found = &collection->entries[2 * i + 1];
                break;
            }
        }
        if (!found)
            found =
                collection_get_hashed(collection, key, program->hashes[at->c & ~OPERAND_CONSTANT]);
        if (!found)
            FAIL();
        registers[at->a] = *found;
        NEXT();
    }
}
    /* fall through: an array or a set */
do_GET: {
    const struct value *key = OPERAND(at->c);
    CHARGE_HEAVY(key);
    const struct value *found = value_get(OPERAND(at->b), key);
    if (!found)
        FAIL();
    registers[at->a] = *found;
    NEXT();
}

do_GET_BASE: {
    const struct value *key = OPERAND(at->c);
    CHARGE_HEAVY(key);
    const struct value *found = machine_base_member(machine, OPERAND(at->b), key);
    if (!found)
        FAIL();
    registers[at->a] = *found;
    NEXT();
}

do_SCAN: {
    const struct value *domain = OPERAND(at->b);
    registers[at->a] = VALUE_INT(0);
    if (domain->kind == VALUE_ARRAY)
        NEXT();
    if (domain->kind != VALUE_OBJECT && domain->kind != VALUE_SET)
        FAIL();
    if (!domain->as.collection->sorted && !domain->as.collection->order) {
        CHARGE(domain->as.collection->len * UINT64_C(4));
        if (!collection_sort(domain->as.collection))
            goto refused;
    }
    NEXT();
}

do_NEXT: {
    const struct value *domain = &registers[at->b];
    uint32_t position = (uint32_t)registers[at->a].as.integer;
    if (domain->kind == VALUE_ARRAY) {
        if (position >= domain->len)
            FAIL();
        registers[at->c + 1] = domain->as.items[position];
        registers[at->c] = VALUE_INT(position);
    } else {
        const struct collection *collection = domain->as.collection;
        if (position >= collection->len)
            FAIL();
        registers[at->c + 1] = *collection_item(collection, position);
        registers[at->c] = *collection_key(collection, position);
    }
    registers[at->a].as.integer = (int64_t)position + 1;
    NEXT();
}

do_EQUAL:
    COMPARE(value_equal(left, right));
do_NOT_EQUAL:
    COMPARE(!value_equal(left, right));
do_LESS:
    COMPARE(value_compare(left, right) < 0);
do_LESS_EQUAL:
    COMPARE(value_compare(left, right) <= 0);
do_GREATER:
    COMPARE(value_compare(left, right) > 0);
do_GREATER_EQUAL:
    COMPARE(value_compare(left, right) >= 0);

do_HOLDS:
    NEXT_IF(value_holds(OPERAND(at->b)));

do_JUMP_TRUE:
    if (registers[at->a].as.integer != 0)
        at = code + at->target;
    else
        at++;
    DISPATCH();

do_ADD:
    ARITHMETIC(__builtin_add_overflow, program->plus);
do_SUBTRACT:
    ARITHMETIC(__builtin_sub_overflow, program->minus);
do_MULTIPLY:
    ARITHMETIC(__builtin_mul_overflow, program->multiply);

do_LENGTH: {
    const struct value *array = OPERAND(at->b);
    NEXT_IF(array->kind == VALUE_ARRAY && array->len == at->c);
}

do_MEMBERS: {
    const struct value *object = OPERAND(at->b);
    NEXT_IF(object->kind == VALUE_OBJECT && value_count(object) == at->c);
}

do_ARRAY: {
    CHARGE(at->c);
    struct value *items = value_array_items(machine->arena, at->c);
    if (!items)
        goto refused;
    memcpy(items, &registers[at->b], at->c * sizeof(*items));
    registers[at->a] = value_array(items, at->c);
    if (registers[at->a].kind == VALUE_UNDEFINED)
        goto refused;
    NEXT();
}

do_SET: {
    CHARGE(at->c);
    struct collection *set = set_new(machine->arena, at->c);
    for (uint32_t i = 0; set && i < at->c; i++) {
        CHARGE_HEAVY(&registers[at->b + i]);
        if (!set_add(set, registers[at->b + i]))
            goto refused;
    }
    if (!set)
        goto refused;
    registers[at->a] = collection_value(set);
    NEXT();
}

do_OBJECT: {
    CHARGE(at->c);
    struct collection *object = object_new(machine->arena, at->c);
    for (uint32_t i = 0; object && i < at->c; i++) {
        CHARGE_HEAVY(&registers[at->b + 2 * i]);
        if (!object_put(object, registers[at->b + 2 * i], registers[at->b + 2 * i + 1]))
            goto refused;
    }
    if (!object)
        goto refused;
    registers[at->a] = collection_value(object);
    NEXT();
}

do_LIST_NEW: {
    struct value_list *list = arena_alloc_raw(machine->arena, sizeof(*list));
    if (!list)
        goto refused;
    value_list_init(list, machine->arena);
    registers[at->a] = builder_value(list, 0);
    NEXT();
}

do_LIST_ADD: {
    const struct value *item = OPERAND(at->b);
    GIVES(item);
    if (!value_list_add(builder_of(&registers[at->a]), *item))
        goto refused;
    NEXT();
}

do_LIST_END:
    registers[at->a] = value_list_array(builder_of(&registers[at->a]));
    if (registers[at->a].kind == VALUE_UNDEFINED)
        goto refused;
    NEXT();

do_SET_NEW:
    COLLECTION(at->a) = set_new(machine->arena, 0);
    if (!COLLECTION(at->a))
        goto refused;
    NEXT();

do_SET_ADD: {
    const struct value *member = OPERAND(at->b);
    GIVES(member);
    CHARGE_HEAVY(member);
    if (!set_add(COLLECTION(at->a), *member))
        goto refused;
    NEXT();
}

do_OBJECT_NEW:
    COLLECTION(at->a) = object_new(machine->arena, 0);
    if (!COLLECTION(at->a))
        goto refused;
    NEXT();

do_OBJECT_ADD: {
    const struct value *present, *value = OPERAND(at->c);
    CHARGE_HEAVY(OPERAND(at->b));
    CHARGE_HEAVY(value);
    if (!object_insert(COLLECTION(at->a), *OPERAND(at->b), *value, &present))
        goto refused;
    if (present && !value_equal(present, value))
        goto conflicting_keys;
    NEXT();
}

do_OBJECT_PUT:
    if (!object_put(COLLECTION(at->a), *OPERAND(at->b), *OPERAND(at->c)))
        goto refused;
    NEXT();

do_OBJECT_KEEP: {
    const struct value *present;
    if (!object_insert(COLLECTION(at->a), *OPERAND(at->b), *OPERAND(at->c), &present))
        goto refused;
    NEXT();
}

do_OBJECT_MERGE: {
    const struct value *from = OPERAND(at->b);
    if (from->kind != VALUE_OBJECT)
        NEXT();
    const struct collection *members = from->as.collection;
    CHARGE(members->len);
    for (uint32_t i = 0; i < members->len; i++)
        if (!object_put(COLLECTION(at->a), *collection_raw_key(members, i),
                        *collection_raw_item(members, i)))
            goto refused;
    NEXT();
}

do_PATH_ADD: {
    const struct value *keys = &registers[at->b];
    GIVES(&keys[at->c]);
    for (uint32_t i = 0; i <= at->c; i++)
        CHARGE_HEAVY(&keys[i]);
    switch (path_add(COLLECTION(at->a), keys, at->c, keys[at->c])) {
    case PATH_OK: NEXT();
    case PATH_CONFLICT: goto conflicting_keys;
    case PATH_REFUSED: goto refused;
    }
}

do_PATH_MEMBER: {
    const struct value *keys = &registers[at->b];
    GIVES(&keys[at->c]);
    for (uint32_t i = 0; i <= at->c; i++)
        CHARGE_HEAVY(&keys[i]);
    switch (path_member(COLLECTION(at->a), keys, at->c, keys[at->c])) {
    case PATH_OK: NEXT();
    case PATH_CONFLICT: goto conflicting_keys;
    case PATH_REFUSED: goto refused;
    }
}

do_PATH_OBJECT:
    switch (path_object(COLLECTION(at->a), &registers[at->b], at->c)) {
    case PATH_OK: NEXT();
    case PATH_CONFLICT: goto conflicting_keys;
    case PATH_REFUSED: goto refused;
    }

do_COLLECTION_END:
    registers[at->a] = path_finish(COLLECTION(at->a));
    if (registers[at->a].kind == VALUE_UNDEFINED)
        goto refused;
    NEXT();

do_RESULT: {
    struct value *result = &registers[at->a];
    const struct value *value = OPERAND(at->b);
    GIVES(value);
    if (result->kind != VALUE_UNDEFINED)
        CHARGE_HEAVY(value);
    if (result->kind == VALUE_UNDEFINED)
        *result = *value;
    else if (!value_equal(result, value))
        goto conflicting_results;
    NEXT();
}

do_TEMPLATE: {
    SAVE();
    struct value text;
    if (!machine_template(machine, &registers[at->b], at->c, &text))
        goto refused;
    registers[at->a] = text;
    LOAD();
    NEXT();
}

do_PRINT:
    SAVE();
    if (!machine_print(machine, &registers[at->b], at->c))
        goto refused;
    LOAD();
    NEXT();

do_BUILTIN_MOCKED: {
    const struct mock *mock = machine_find_mock(machine, REPLACE_BUILTIN, at->b);
    if (mock) {
        const struct replacement *replacement = mock->replacement;
        if (replacement->by == BY_VALUE) {
            registers[at->a] = mock->value;
            NEXT();
        }
        if (replacement->by == BY_FUNCTION) {
            procedure = replacement->with;
            goto call_replacement;
        }
        function = program->builtins[replacement->with];
        arguments = &registers[at->c];
        goto call_builtin;
    }
}
    /* fall through: not replaced here */
do_BUILTIN:
    function = program->builtins[at->b];
    if (__builtin_expect(!function->call, 0)) { /* only `with` gives it a meaning */
        SAVE();
        machine->call.message = TEXT("not available");
        if (!machine_builtin_failed(machine, BUILTIN_ERROR, function, ADDRESS()))
            return;
        FAIL();
    }
    arguments = &registers[at->c];
call_builtin: {
    struct value result = VALUE_NONE;
    SAVE();
    machine->call.builtin = function;
    enum builtin_outcome outcome = function->call(&machine->call, arguments, &result);
    LOAD();
    if (outcome == BUILTIN_OK) {
        registers[at->a] = result;
        NEXT();
    }
    if (!machine_builtin_failed(machine, outcome, function, ADDRESS()))
        return;
    FAIL();
}

do_OPEN:
do_OPEN_VALUES: {
    struct builtin_iterator *iterator = ARENA_NEW(machine->arena, struct builtin_iterator);
    if (!iterator)
        goto refused;
    SAVE();
    iterator->no_path = at->op == OP_OPEN_VALUES;
    function = program->builtins[at->b];
    machine->call.builtin = function;
    enum builtin_outcome outcome = function->open(&machine->call, &registers[at->c], iterator);
    LOAD();
    if (outcome != BUILTIN_OK) {
        if (!machine_builtin_failed(machine, outcome, function, ADDRESS()))
            return;
        FAIL();
    }
    registers[at->a] = builder_value(iterator, at->b);
    NEXT();
}

do_STEP: {
    SAVE();
    function = program->builtins[registers[at->a].len];
    machine->call.builtin = function;
    enum builtin_outcome outcome =
        function->next(&machine->call, builder_of(&registers[at->a]), &registers[at->b]);
    LOAD();
    if (outcome == BUILTIN_OK)
        NEXT();
    if (!machine_builtin_failed(machine, outcome, function, ADDRESS()))
        return;
    FAIL();
}

do_CALL_MOCKED: {
    const struct mock *mock = machine_find_mock(machine, REPLACE_FUNCTION, at->b);
    if (mock) {
        const struct replacement *replacement = mock->replacement;
        if (replacement->by == BY_VALUE) {
            registers[at->a] = mock->value;
            NEXT();
        }
        if (replacement->by == BY_FUNCTION) {
            procedure = replacement->with;
            goto call_replacement;
        }
        function = program->builtins[replacement->with];
        arguments = &registers[at->c];
        goto call_builtin;
    }
}
    /* fall through: not replaced here */
do_CALL:
    procedure = at->b;
    frame = (struct frame){.resume = ADDRESS() + 1, .to = at->a};
    if (!machine_push(machine, procedure, &registers[at->c], frame))
        return;
    goto enter;

/* What replaces a function sees no replaced functions: it may call the original. */
call_replacement:
    frame = (struct frame){.resume = ADDRESS() + 1, .to = at->a};
    if (!machine_push(machine, procedure, &registers[at->c], frame))
        return;
    if (!machine_without_mocks(machine))
        goto refused;
    goto enter;

do_RULE: {
    struct value *memo = machine_memo(machine, at->b);
    if (!memo)
        goto refused;
    if (memo->kind != VALUE_UNDEFINED) {
        registers[at->a] = *memo;
        NEXT();
    }
    if (memo->form == MEMO_UNDEFINED)
        FAIL();
    if (memo->form == MEMO_RUNNING) {
        SAVE();
        machine_stop(machine, "eval_recursion_error", ADDRESS(), "a rule needs its own result");
        return;
    }
    memo->form = MEMO_RUNNING;
    procedure = at->b;
    frame = (struct frame){.resume = ADDRESS() + 1, .to = at->a, .memo = true};
    if (!machine_push(machine, procedure, NULL, frame))
        return;
}
    /* fall through */
enter:
    registers = machine->registers + machine->frames[machine->frame_count - 1].base;
    at = code + program->procedures[procedure].entry;
    DISPATCH();

do_RETURN_DEFINED:
    if (registers[at->a].kind == VALUE_UNDEFINED)
        NEXT();
    /* fall through */
do_RETURN: {
    const struct value result = registers[at->a];
    const struct frame *top = &machine->frames[--machine->frame_count];
    if (top->resume == UINT32_MAX) {
        SAVE();
        machine->result->outcome = result.kind == VALUE_UNDEFINED ? REGO_UNDEFINED : REGO_DEFINED;
        machine->result->value = result;
        return;
    }
    machine->environment = top->environment;
    if (top->memo) {
        struct value *memo = machine_memo(machine, top->procedure);
        if (!memo)
            goto refused;
        *memo = result;
        if (result.kind == VALUE_UNDEFINED)
            memo->form = MEMO_UNDEFINED;
    }
    registers = machine->registers + machine->frames[machine->frame_count - 1].base;
    if (result.kind == VALUE_UNDEFINED) {
        at = code + top->resume - 1;
        FAIL();
    }
    registers[top->to] = result;
    at = code + top->resume;
    DISPATCH();
}

do_WITH_BEGIN:
    SAVE();
    if (!machine_with_begin(machine, &program->replacements[at->b], &registers[at->c]))
        goto refused;
    LOAD();
    NEXT();

do_WITH_END:
    machine->environment = machine->environment->outer;
    NEXT();

do_SHADOWED:
    if (machine_is_shadowed(machine, at->b))
        NEXT();
    at = code + at->target;
    DISPATCH();

do_LEAVE:
#if LOOP_TRACED /* explain wants to see why the others fail, too */
    NEXT();
#else
    at = code + at->target;
    DISPATCH();
#endif

do_SWITCH: {
#if LOOP_TRACED
    NEXT();
#endif
    const struct jump_table *table = &program->tables[at->c];
    const struct value *key = OPERAND(at->b);
    CHARGE_HEAVY(key);
    at = code + jump_table_find(table, key);
    DISPATCH();
}

low_fuel:
    SAVE();
    if (!budget_charge_slow(&machine->budget)) {
        machine_out_of_budget(machine, ADDRESS());
        return;
    }
    LOAD();
    BEFORE();
    goto *labels[at->op];

out_of_budget:
    machine_out_of_budget(machine, ADDRESS());
    return;

refused:
    SAVE();
    if (machine->budget.stop != BUDGET_RUNNING)
        goto out_of_budget;
    machine_refused(machine, ADDRESS());
    return;

conflicting_keys:
    SAVE();
    machine_stop(machine, "eval_conflict_error", ADDRESS(), "object keys must be unique");
    return;

conflicting_results:
    SAVE();
    procedure = machine->frames[machine->frame_count - 1].procedure;
    machine_stop(machine, "eval_conflict_error", ADDRESS(), "%s",
                 program->procedures[procedure].arguments > 0
                     ? "functions must not produce multiple outputs for same inputs"
                     : "complete rules must not produce multiple outputs");
}

/* clang-format on */

#undef OPERAND
#undef ADDRESS
#undef SAVE
#undef LOAD
#undef BEFORE
#undef FAILING
#undef GIVES
#undef DISPATCH
#undef NEXT
#undef FAIL
#undef NEXT_IF
#undef CHARGE
#undef CHARGE_HEAVY
#undef COMPARE
#undef ARITHMETIC
#undef COLLECTION
