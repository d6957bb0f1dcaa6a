/*
 * Field selection merging. The specification compares every pair of fields; here each set of fields
 * that meet in the response is grouped by response key once, and every field of a group is compared
 * with its first: what has to be equal is equal for all when it is equal to one.
 *
 *   SHAPE    all fields of a key must have the same shape of type, whatever their parents are.
 *   PARENTS  fields of a key that can meet in one object must be the same field with the same
 *            arguments. Two fields cannot meet when their parents are different object types.
 *
 * The sets below a group are checked the same way. A set that was checked is remembered by its
 * fields, so that fragments spread in many places cost once; how many different sets there can be
 * is bounded by WORK_MAX.
 */
#include "graphql/types/introspection.h"
#include "graphql/validation/rules.h"

#include <string.h>

enum { SHAPE = 1, PARENTS = 2, BOTH = SHAPE | PARENTS };
enum { WORK_MAX = 1000000, WORK_PER_KEY = 4 };

struct entry {
    const struct ast_selection *node;
    const struct graphql_type *parent; /* NULL when unknown */
    const struct graphql_field *field; /* NULL when unknown */
    struct entry *next;                /* of the same key */
};

struct group {
    struct entry *first;
    struct entry **tail;
    uint32_t count;
    struct group *next;
};

struct merge {
    struct validation *validation;
    struct map checked; /* node addresses and mode */
    uint32_t *spread;   /* by definition: the number of the set that took it in last */
    uint32_t set_number;
    uint32_t work;
    bool is_aborted;
};

/* The fields of one level, by key. */
struct level {
    struct group *first;
    struct group **tail;
    struct map keys;
};

static bool is_over(struct merge *merge)
{
    if (merge->validation->failed || merge->is_aborted)
        return true;
    if (merge->work <= WORK_MAX)
        return false;
    merge->is_aborted = true;
    graphql_report(merge->validation, 0, "The fields merge in too many ways to check them.");
    return true;
}

static void add(struct merge *merge, struct level *level, const struct ast_selection *node,
                const struct graphql_type *parent)
{
    struct validation *validation = merge->validation;
    struct text key = ast_response_key(node);
    struct group *group = map_get(&level->keys, key);
    struct entry *entry = graphql_facts_alloc(validation, 1, sizeof(*entry));
    if (!group) {
        group = graphql_facts_alloc(validation, 1, sizeof(*group));
        if (!group)
            return;
        group->tail = &group->first;
        graphql_facts_set(validation, &level->keys, key, group);
        *level->tail = group;
        level->tail = &group->next;
    }
    if (!entry)
        return;
    entry->node = node;
    entry->parent = parent;
    entry->field = parent ? graphql_any_field(validation->schema, parent, node->name) : NULL;
    *group->tail = entry;
    group->tail = &entry->next;
    group->count++;
}

static void collect(struct merge *merge, struct level *level,
                    const struct ast_selection *selections, const struct graphql_type *parent);

static const struct graphql_type *composite(const struct graphql_type *type)
{
    return type && graphql_type_is_composite(type) ? type : NULL;
}

static void collect_spread(struct merge *merge, struct level *level,
                           const struct ast_selection *node)
{
    const struct fact_definition *fragment = map_get(&merge->validation->fragments, node->name);
    if (!fragment || merge->spread[fragment->index] == merge->set_number)
        return;
    merge->spread[fragment->index] = merge->set_number;
    collect(merge, level, fragment->node->selections, fragment->type);
}

static void collect(struct merge *merge, struct level *level,
                    const struct ast_selection *selections, const struct graphql_type *parent)
{
    for (const struct ast_selection *node = selections; node && !is_over(merge);
         node = node->next) {
        const struct graphql_type *inside = parent;
        merge->work++;
        if (node->kind == AST_FIELD) {
            add(merge, level, node, parent);
        } else if (node->kind == AST_SPREAD) {
            collect_spread(merge, level, node);
        } else {
            if (node->condition.name.at)
                inside =
                    composite(graphql_schema_type(merge->validation->schema, node->condition.name));
            collect(merge, level, node->selections, inside);
        }
    }
}

static bool same_arguments(const struct ast_argument *a, const struct ast_argument *b);

static bool same_value(const struct ast_value *a, const struct ast_value *b)
{
    if (a->kind != b->kind || !text_equal(a->text, b->text) || a->is_block != b->is_block)
        return false;
    const struct ast_value *left = a->items;
    const struct ast_value *right = b->items;
    for (; left && right; left = left->next, right = right->next)
        if (!same_value(left, right))
            return false;
    return !left && !right && same_arguments(a->fields, b->fields);
}

/* In any order. */
static bool same_arguments(const struct ast_argument *a, const struct ast_argument *b)
{
    size_t count = 0;
    for (const struct ast_argument *each = a; each; each = each->next, count++) {
        const struct ast_argument *other = ast_argument_find(b, each->name);
        if (!other || !same_value(each->value, other->value))
            return false;
    }
    for (const struct ast_argument *each = b; each; each = each->next)
        count--;
    return count == 0;
}

static bool shapes_differ(struct graphql_type_ref a, struct graphql_type_ref b)
{
    if (a.wrappers != b.wrappers)
        return true;
    bool is_leaf = graphql_type_is_leaf(a.type) || graphql_type_is_leaf(b.type);
    return is_leaf && a.type != b.type;
}

static void report(struct merge *merge, const struct entry *a, const struct entry *b,
                   struct text reason)
{
    struct text key = ast_response_key(a->node);
    struct graphql_error *error = graphql_report(
        merge->validation, a->node->at,
        "Fields \"%.*s\" conflict because %.*s. Use different aliases on the fields to fetch both "
        "if this was intentional.",
        TEXT_ARG(key), TEXT_ARG(reason));
    graphql_report_also(merge->validation, error, b->node->at);
}

static void check_shape(struct merge *merge, const struct group *group)
{
    const struct entry *first = group->first;
    while (first && !first->field)
        first = first->next;
    for (const struct entry *each = first; each; each = each->next) {
        merge->work++;
        if (!each->field || !shapes_differ(first->field->type, each->field->type))
            continue;
        struct arena *arena = merge->validation->arena;
        struct text a = graphql_type_ref_print(arena, first->field->type);
        struct text b = graphql_type_ref_print(arena, each->field->type);
        report(merge, first, each,
               text_format(arena, "they return conflicting types \"%.*s\" and \"%.*s\"",
                           TEXT_ARG(a), TEXT_ARG(b)));
        return;
    }
}

static void check_sameness(struct merge *merge, const struct group *group)
{
    const struct entry *first = group->first;
    struct arena *arena = merge->validation->arena;
    for (const struct entry *each = first->next; each; each = each->next) {
        merge->work++;
        if (!text_equal(first->node->name, each->node->name)) {
            report(merge, first, each,
                   text_format(arena, "\"%.*s\" and \"%.*s\" are different fields",
                               TEXT_ARG(first->node->name), TEXT_ARG(each->node->name)));
            return;
        }
        if (!same_arguments(first->node->arguments, each->node->arguments)) {
            report(merge, first, each, TEXT("they have differing arguments"));
            return;
        }
    }
}

static void check_level(struct merge *merge, const struct level *level, int mode);

/* Whether the children of these fields were checked before. */
static bool is_known(struct merge *merge, const struct group *group, int mode)
{
    size_t size = group->count * sizeof(void *) + 1;
    char *key = graphql_facts_alloc(merge->validation, size, 1);
    if (!key)
        return true;
    char *at = key;
    for (const struct entry *each = group->first; each; each = each->next, at += sizeof(void *))
        memcpy(at, &each->node, sizeof(each->node));
    *at = (char)mode;
    struct text text = {key, size};
    if (map_find(&merge->checked, text))
        return true;
    merge->work += WORK_PER_KEY + group->count;
    graphql_facts_set(merge->validation, &merge->checked, text, NULL);
    return false;
}

static void check_children(struct merge *merge, const struct group *group, int mode)
{
    bool has_children = false;
    for (const struct entry *each = group->first; each; each = each->next)
        has_children |= each->node->has_set;
    if (!has_children || is_over(merge) || is_known(merge, group, mode))
        return;
    struct level level = {.tail = &level.first};
    map_init(&level.keys, merge->validation->arena);
    merge->set_number++;
    for (const struct entry *each = group->first; each; each = each->next)
        collect(merge, &level, each->node->selections,
                each->field ? composite(each->field->type.type) : NULL);
    check_level(merge, &level, mode);
}

static void append(struct group *group, const struct entry *entry, struct entry *copy)
{
    *copy = *entry;
    copy->next = NULL;
    *group->tail = copy;
    group->tail = &copy->next;
    group->count++;
}

/* The fields of a group that can meet in an object of type `parent`; NULL: that have no object type
 * as their parent. */
static void check_meeting(struct merge *merge, const struct group *group,
                          const struct graphql_type *parent)
{
    struct group part = {.tail = &part.first};
    struct entry *copies = graphql_facts_alloc(merge->validation, group->count, sizeof(*copies));
    if (!copies)
        return;
    for (const struct entry *each = group->first; each; each = each->next) {
        bool is_object = each->parent && each->parent->kind == GRAPHQL_OBJECT;
        if (!is_object || each->parent == parent)
            append(&part, each, &copies[part.count]);
    }
    merge->work += group->count;
    check_sameness(merge, &part);
    check_children(merge, &part, PARENTS);
}

static void check_parents(struct merge *merge, const struct group *group)
{
    struct map parents;
    map_init(&parents, merge->validation->arena);
    for (const struct entry *each = group->first; each; each = each->next) {
        bool is_object = each->parent && each->parent->kind == GRAPHQL_OBJECT;
        if (is_object && !map_find(&parents, each->parent->name)) {
            graphql_facts_set(merge->validation, &parents, each->parent->name, each->parent);
            if (!is_over(merge))
                check_meeting(merge, group, each->parent);
        }
    }
    if (parents.len == 0)
        check_meeting(merge, group, NULL);
}

static void check_level(struct merge *merge, const struct level *level, int mode)
{
    for (const struct group *group = level->first; group && !is_over(merge); group = group->next) {
        if (group->count == 1) {
            check_children(merge, group, mode);
            continue;
        }
        if (mode & SHAPE) {
            check_shape(merge, group);
            check_children(merge, group, SHAPE);
        }
        if (mode & PARENTS)
            check_parents(merge, group);
    }
}

/* Fragments are checked where they are spread and on their own, since nobody may spread them. */
void graphql_rule_overlapping_fields_can_be_merged(struct validation *validation)
{
    struct merge merge = {
        .validation = validation,
        .spread = graphql_facts_alloc(validation, validation->definition_count, sizeof(uint32_t)),
    };
    map_init(&merge.checked, validation->arena);
    if (!merge.spread)
        return;
    for (uint32_t i = 0; i < validation->definition_count && !is_over(&merge); i++) {
        const struct fact_definition *definition = &validation->definitions[i];
        struct level level = {.tail = &level.first};
        map_init(&level.keys, validation->arena);
        merge.set_number++;
        collect(&merge, &level, definition->node->selections, definition->type);
        check_level(&merge, &level, BOTH);
    }
}
