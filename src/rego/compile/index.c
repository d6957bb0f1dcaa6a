/* Choosing the path to index by, and the jump tables. */
#include "rego/compile/index.h"

#include <stdlib.h>

/* ---- Guards. ---- */

/* input.a.b: constant strings only. */
static bool is_input_path(const struct term *term)
{
    return term_is_ground_path(term) && term->items[0]->id == 0 &&
           term_is_variable(term->items[0], "input");
}

/* The two sides of `path == constant`, whichever way round it is written. */
static bool guard_of(const struct expression *expression, const struct term **path,
                     const struct term **constant)
{
    const struct term *term = expression->term;
    if (expression->kind != EXPRESSION_TERM || expression->negated || expression->with_count > 0 ||
        term->kind != TERM_CALL || term->len != 3 ||
        (term->sign != OPERATOR_EQUAL && term->sign != OPERATOR_UNIFY))
        return false;
    bool path_first = is_input_path(term->items[1]);
    *path = term->items[path_first ? 1 : 2];
    *constant = term->items[path_first ? 2 : 1];
    return is_input_path(*path) && term_is_scalar(*constant);
}

static bool same_path(const struct term *a, const struct term *b)
{
    if (a->len != b->len)
        return false;
    for (uint32_t i = 1; i < a->len; i++)
        if (!text_equal(a->items[i]->text, b->items[i]->text))
            return false;
    return true;
}

/* What the path must equal for the rule to hold; NULL when the rule does not say. */
static const struct term *rule_constant(const struct rule *rule, const struct term *wanted)
{
    const struct term *path, *constant;
    if (!rule->body || rule->otherwise)
        return NULL;
    for (uint32_t i = 0; i < rule->body->len; i++)
        if (guard_of(rule->body->items[i], &path, &constant) && same_path(path, wanted))
            return constant;
    return NULL;
}

static bool is_guarded(const struct index_item *item, const struct term *path)
{
    for (size_t i = 0; i < item->count; i++)
        if (!rule_constant(item->rules[i], path))
            return false;
    return !item->always && item->count > 0;
}

/* ---- The best path. ---- */

struct candidate {
    const struct term *path;
    size_t items;
};

static struct text path_text(struct generator *generator, const struct term *path)
{
    struct buffer out;
    buffer_init(&out, generator->unit->scratch, 4096);
    for (uint32_t i = 1; i < path->len; i++) {
        buffer_add(&out, path->items[i]->text);
        buffer_add_byte(&out, '\n');
    }
    return buffer_text(&out);
}

/* Counts the paths that the first rule of an item compares; the others must agree later. */
static bool count_candidates(struct generator *generator, const struct index_item *item,
                             struct map *candidates)
{
    const struct body *body = item->always || item->count == 0 ? NULL : item->rules[0]->body;
    for (uint32_t i = 0; body && i < body->len; i++) {
        const struct term *path, *constant;
        if (!guard_of(body->items[i], &path, &constant) || !is_guarded(item, path))
            continue;
        struct text key = path_text(generator, path);
        struct candidate *candidate = map_get(candidates, key);
        if (!candidate) {
            candidate = ARENA_NEW(generator->unit->scratch, struct candidate);
            if (!candidate || !map_set(candidates, key, candidate))
                return false;
            candidate->path = path;
        }
        candidate->items++;
    }
    return true;
}

static const struct term *best_path(struct generator *generator, const struct index_item *items,
                                    size_t count)
{
    struct map candidates;
    map_init(&candidates, generator->unit->scratch);
    for (size_t i = 0; i < count; i++)
        if (!count_candidates(generator, &items[i], &candidates))
            return NULL;
    const struct candidate *best = NULL;
    for (size_t i = 0; i < candidates.len; i++) {
        const struct candidate *candidate = candidates.entries[i].value;
        if (!best || candidate->items > best->items)
            best = candidate;
    }
    return best && best->items >= INDEX_MIN ? best->path : NULL;
}

/* ---- The table. ---- */

struct place_in_table {
    uint32_t constant; /* operand */
    uint32_t item;
};

static int by_constant(const void *a, const void *b)
{
    const struct place_in_table *left = a, *right = b;
    if (left->constant != right->constant)
        return left->constant < right->constant ? -1 : 1;
    return left->item < right->item ? -1 : left->item > right->item;
}

static bool list_places(struct generator *generator, const struct index_item *items, size_t count,
                        const struct term *path, struct list *places)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; is_guarded(&items[i], path) && j < items[i].count; j++) {
            struct value value;
            if (!constant_term(generator, rule_constant(items[i].rules[j], path), &value))
                return false;
            struct place_in_table *place = list_push(places);
            if (!place)
                return false;
            *place = (struct place_in_table){constant(generator, value), (uint32_t)i};
        }
    }
    qsort(places->items, places->len, sizeof(struct place_in_table), by_constant);
    return true;
}

struct table {
    struct value *keys;
    uint32_t *targets;
    uint32_t mask;
};

static bool table_init(struct generator *generator, struct table *table, size_t entries)
{
    size_t slots = 8;
    while (slots < 2 * entries)
        slots *= 2;
    table->keys = ARENA_ARRAY(generator->unit->arena, struct value, slots);
    table->targets = ARENA_ARRAY(generator->unit->arena, uint32_t, slots);
    table->mask = (uint32_t)slots - 1;
    return table->keys && table->targets;
}

static void table_add(struct generator *generator, struct table *table, uint32_t operand)
{
    const struct value *constants = generator->constants.items;
    struct value key = constants[operand & ~OPERAND_CONSTANT];
    uint32_t slot = (uint32_t)value_hash(&key) & table->mask;
    while (table->keys[slot].kind != VALUE_UNDEFINED)
        slot = (slot + 1) & table->mask;
    table->keys[slot] = key;
    table->targets[slot] = address_here(generator);
}

/* One block for each constant: its items, and out. */
static void generate_blocks(struct generator *generator, const struct list *places,
                            struct table *table, uint32_t rest, index_fn generate, void *data)
{
    const struct place_in_table *place = places->items;
    for (size_t i = 0; i < places->len && !generator->failed; i++) {
        bool first = i == 0 || place[i].constant != place[i - 1].constant;
        if (first && i > 0)
            emit(generator, OP_LEAVE, 0, 0, 0, rest);
        if (first)
            table_add(generator, table, place[i].constant);
        if (first || place[i].item != place[i - 1].item)
            generate(generator, place[i].item, data);
    }
    label_here(generator, rest);
}

static bool generate_switch(struct generator *generator, const struct index_item *items,
                            size_t count, const struct term *path, index_fn generate, void *data)
{
    struct list places;
    struct table table;
    list_init(&places, generator->unit->scratch, sizeof(struct place_in_table));
    if (!list_places(generator, items, count, path, &places) ||
        !table_init(generator, &table, places.len))
        return false;
    uint32_t rest = label_new(generator);
    generator->fail = rest;
    uint32_t operand = generate_reference(generator, path);
    size_t index = generator->tables.len;
    if (!list_push(&generator->tables))
        return false;
    emit(generator, OP_SWITCH, 0, operand, (uint32_t)index, 0);
    generate_blocks(generator, &places, &table, rest, generate, data);
    struct jump_table *slot = list_at(&generator->tables, index);
    *slot = (struct jump_table){table.keys, table.targets, table.mask, address_here(generator)};
    return true;
}

void generate_indexed(struct generator *generator, const struct index_item *items, size_t count,
                      index_fn generate, void *data)
{
    const struct term *path = count >= INDEX_MIN ? best_path(generator, items, count) : NULL;
    if (path && !generate_switch(generator, items, count, path, generate, data))
        generator->failed = true;
    for (size_t i = 0; i < count && !generator->failed; i++)
        if (!path || !is_guarded(&items[i], path))
            generate(generator, i, data);
}
