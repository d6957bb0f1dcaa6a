/* Emission, labels, registers, constants; the program at the end. */
#include "rego/compile/generate.h"

#include "rego/value/collection.h"
#include "rego/value/number.h"

#include <string.h>

static void *push(struct generator *generator, struct list *list)
{
    void *item = list_push(list);
    if (!item && !generator->failed) {
        generator->failed = true;
        unit_no_memory(generator->unit);
    }
    return item;
}

bool generate_error(struct generator *generator, enum rego_code code, struct place at,
                    const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct text message = text_format_list(generator->unit->scratch, format, arguments);
    va_end(arguments);
    generator->failed = true;
    return diagnostic_add(&generator->unit->diagnostics, code,
                          generator->module ? generator->module->source : NULL, at, "%.*s",
                          TEXT_ARG(message));
}

/* ---- Labels and registers. ---- */

uint32_t label_new(struct generator *generator)
{
    uint32_t *address = push(generator, &generator->labels);
    if (!address)
        return 0;
    *address = UINT32_MAX;
    return (uint32_t)generator->labels.len - 1;
}

void label_here(struct generator *generator, uint32_t label)
{
    uint32_t *address = list_at(&generator->labels, label);
    if (address)
        *address = address_here(generator);
}

uint32_t address_here(const struct generator *generator)
{
    return (uint32_t)generator->code.len;
}

uint32_t register_new(struct generator *generator, uint32_t count)
{
    uint32_t first = generator->next_register;
    if (count > REGISTERS_MAX || first + count > REGISTERS_MAX) {
        if (!generator->failed)
            generate_error(generator, REGO_COMPILE_ERROR,
                           generator->rule ? generator->rule->at : (struct place){0},
                           "the rule is too large: it needs more than %d registers", REGISTERS_MAX);
        return 0;
    }
    generator->next_register += count;
    if (generator->next_register > generator->max_registers)
        generator->max_registers = generator->next_register;
    return first;
}

void emit(struct generator *generator, enum opcode op, uint32_t a, uint32_t b, uint32_t c,
          uint32_t label)
{
    struct instruction *instruction = push(generator, &generator->code);
    uint32_t *site = push(generator, &generator->sites_of);
    if (!instruction || !site)
        return;
    *instruction = (struct instruction){(uint16_t)op, (uint16_t)a, b, c, label};
    *site = generator->site;
}

void set_site(struct generator *generator, struct place at, uint32_t attempt, uint32_t order)
{
    struct site *site = push(generator, &generator->sites);
    if (!site)
        return;
    *site = (struct site){generator->module ? generator->module->source : NULL, at, attempt, order};
    generator->site = (uint32_t)generator->sites.len - 1;
}

struct text source_text(const struct generator *generator, const struct term *term)
{
    return text_slice(generator->module->source->text, term->at.offset, term->at.end);
}

void add_edge(struct generator *generator, uint32_t to, struct place at)
{
    struct edge *edge = push(generator, &generator->edges);
    if (edge)
        *edge = (struct edge){generator->procedure, to, at,
                              generator->module ? generator->module->source : NULL};
}

/* ---- Constants. ---- */

uint32_t constant(struct generator *generator, struct value value)
{
    const struct value *known = collection_get(generator->constant_index, &value);
    if (known)
        return OPERAND_CONSTANT | (uint32_t)known->as.integer;
    struct value *slot = push(generator, &generator->constants);
    if (!slot)
        return OPERAND_NONE;
    *slot = value;
    uint32_t index = (uint32_t)generator->constants.len - 1;
    if (!object_put(generator->constant_index, value, VALUE_INT(index)))
        generator->failed = true;
    return OPERAND_CONSTANT | index;
}

uint32_t constant_text(struct generator *generator, struct text text)
{
    struct value value;
    if (!interner_add(generator->unit->interner, text, &value)) {
        generator->failed = true;
        return OPERAND_NONE;
    }
    return constant(generator, value);
}

static bool constant_scalar(struct generator *generator, const struct term *term, struct value *out)
{
    switch (term->kind) {
    case TERM_NULL: *out = VALUE_OF_NULL; return true;
    case TERM_FALSE: *out = VALUE_BOOL(false); return true;
    case TERM_TRUE: *out = VALUE_BOOL(true); return true;
    case TERM_NUMBER: {
        struct text text = text_copy(generator->unit->arena, term->text);
        if (text.at && number_parse(generator->unit->arena, text, out))
            return true;
        return generate_error(generator, REGO_PARSE_ERROR, term->at, "number is out of range");
    }
    default:
        if (interner_add(generator->unit->interner, term->text, out))
            return true;
        generator->failed = true;
        return false;
    }
}

static bool constant_array(struct generator *generator, const struct term *term, struct value *out)
{
    struct value_list list;
    value_list_init(&list, generator->unit->arena);
    for (uint32_t i = 0; i < term->len; i++) {
        struct value item;
        if (!constant_term(generator, term->items[i], &item) || !value_list_add(&list, item))
            return false;
    }
    *out = value_list_array(&list);
    return value_freeze(out);
}

static bool constant_collection(struct generator *generator, const struct term *term,
                                struct value *out)
{
    bool is_set = term->kind == TERM_SET;
    struct arena *arena = generator->unit->arena;
    struct collection *collection =
        is_set ? set_new(arena, term->len) : object_new(arena, term->len / 2);
    if (!collection)
        return false;
    for (uint32_t i = 0; i < term->len; i += is_set ? 1 : 2) {
        struct value key, value;
        if (!constant_term(generator, term->items[i], &key))
            return false;
        if (is_set ? !set_add(collection, key)
                   : !constant_term(generator, term->items[i + 1], &value) ||
                         !object_put(collection, key, value))
            return false;
    }
    *out = collection_value(collection);
    return value_freeze(out);
}

/* Cheap look ahead, so that no constants are built for what turns out to be none. */
static bool is_constant(const struct term *term)
{
    if (term_is_scalar(term))
        return true;
    if (term->kind != TERM_ARRAY && term->kind != TERM_SET && term->kind != TERM_OBJECT)
        return false;
    for (uint32_t i = 0; i < term->len; i++)
        if (!is_constant(term->items[i]))
            return false;
    return true;
}

bool constant_term(struct generator *generator, const struct term *term, struct value *out)
{
    if (!is_constant(term))
        return false;
    if (term_is_scalar(term))
        return constant_scalar(generator, term, out);
    if (term->kind == TERM_ARRAY)
        return constant_array(generator, term, out);
    return constant_collection(generator, term, out);
}

uint32_t builtin_index(struct generator *generator, const struct builtin *builtin)
{
    const struct builtin **items = generator->builtins.items;
    for (size_t i = 0; i < generator->builtins.len; i++)
        if (items[i] == builtin)
            return (uint32_t)i;
    const struct builtin **slot = push(generator, &generator->builtins);
    if (!slot)
        return 0;
    *slot = builtin;
    return (uint32_t)generator->builtins.len - 1;
}

static bool same_keys(const struct join_path *path, const struct value *keys, uint32_t count)
{
    bool same = path->count == count;
    for (uint32_t i = 0; same && i < count; i++)
        same = value_equal(&path->keys[i], &keys[i]);
    return same;
}

uint32_t path_index(struct generator *generator, const struct term *reference)
{
    uint32_t count = reference->len - 1;
    struct value *keys = ARENA_ARRAY(generator->unit->arena, struct value, count);
    for (uint32_t i = 0; keys && i < count; i++)
        if (!constant_term(generator, reference->items[i + 1], &keys[i]))
            return 0;
    for (size_t i = 0; keys && i < generator->paths.len; i++)
        if (same_keys(&LIST_ITEMS(&generator->paths, struct join_path)[i], keys, count))
            return (uint32_t)i;
    struct join_path *slot = push(generator, &generator->paths);
    if (slot)
        *slot = (struct join_path){keys, keys ? count : 0};
    return slot ? (uint32_t)generator->paths.len - 1 : 0;
}

/* ---- The whole. ---- */

static bool generator_init(struct generator *generator, struct unit *unit)
{
    *generator = (struct generator){.unit = unit};
    list_init(&generator->code, unit->arena, sizeof(struct instruction));
    list_init(&generator->sites_of, unit->arena, sizeof(uint32_t));
    list_init(&generator->sites, unit->arena, sizeof(struct site));
    list_init(&generator->procedures, unit->arena, sizeof(struct procedure));
    list_init(&generator->attempts, unit->arena, sizeof(struct attempt));
    list_init(&generator->constants, unit->arena, sizeof(struct value));
    list_init(&generator->builtins, unit->arena, sizeof(const struct builtin *));
    list_init(&generator->replacements, unit->arena, sizeof(struct replacement));
    list_init(&generator->tables, unit->arena, sizeof(struct jump_table));
    list_init(&generator->paths, unit->arena, sizeof(struct join_path));
    list_init(&generator->edges, unit->scratch, sizeof(struct edge));
    list_init(&generator->labels, unit->scratch, sizeof(uint32_t));
    generator->constant_index = object_new(unit->scratch, 64);
    set_site(generator, (struct place){0}, 0, 0);
    return generator->constant_index && !generator->failed;
}

static const uint64_t *hash_constants(struct generator *generator)
{
    size_t count = generator->constants.len;
    uint64_t *hashes = ARENA_ARRAY(generator->unit->arena, uint64_t, count);
    for (size_t i = 0; hashes && i < count; i++)
        hashes[i] = value_hash(&LIST_ITEMS(&generator->constants, struct value)[i]);
    return hashes;
}

static bool finish(struct generator *generator)
{
    struct program *program = ARENA_NEW(generator->unit->arena, struct program);
    const uint64_t *hashes = hash_constants(generator);
    if (!program || !hashes)
        return unit_no_memory(generator->unit);
    *program = (struct program){
        .code = generator->code.items,
        .code_len = (uint32_t)generator->code.len,
        .sites_of = generator->sites_of.items,
        .sites = generator->sites.items,
        .procedures = generator->procedures.items,
        .procedure_count = (uint32_t)generator->procedures.len,
        .attempts = generator->attempts.items,
        .attempt_count = (uint32_t)generator->attempts.len,
        .constants = generator->constants.items,
        .constant_count = (uint32_t)generator->constants.len,
        .hashes = hashes,
        .builtins = generator->builtins.items,
        .builtin_count = (uint32_t)generator->builtins.len,
        .replacements = generator->replacements.items,
        .replacement_count = (uint32_t)generator->replacements.len,
        .tables = generator->tables.items,
        .table_count = (uint32_t)generator->tables.len,
        .paths = generator->paths.items,
        .closure_count = generator->closures,
        .path_count = (uint32_t)generator->paths.len,
        .plus = builtin_find(TEXT("plus")),
        .minus = builtin_find(TEXT("minus")),
        .multiply = builtin_find(TEXT("mul")),
        .patterns = generator->unit->patterns,
    };
    generator->unit->program = program;
    generator->unit->edges = generator->edges;
    return true;
}

bool unit_generate(struct unit *unit)
{
    struct generator generator;
    if (!generator_init(&generator, unit))
        return unit_no_memory(unit);
    if (!generate_procedures(&generator) || generator.failed)
        return diagnostics_any(&unit->diagnostics) ? false : unit_no_memory(unit);
    return finish(&generator);
}
