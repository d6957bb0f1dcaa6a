/* One walk over the operation; each fragment it reaches is measured once and remembered. */
#include "graphql/execution/measure.h"

struct measure {
    uint32_t depth;               /* of fields, outside introspection */
    uint32_t introspection_depth; /* of the fields below __schema and __type */
    uint64_t aliases;
    uint64_t fields; /* of the set itself, fragments spread */
    bool has_introspection;
};

struct measurer {
    const struct graphql_document *document;
    struct measure *fragments; /* by index */
    bool *is_known;
};

static struct measure measure_set(struct measurer *measurer,
                                  const struct ast_selection *selections);

static uint64_t add(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* What a fragment adds to the set it is spread in. */
static void merge(struct measure *set, const struct measure *part)
{
    set->depth = larger(set->depth, part->depth);
    set->introspection_depth = larger(set->introspection_depth, part->introspection_depth);
    set->aliases = add(set->aliases, part->aliases);
    set->fields = add(set->fields, part->fields);
    set->has_introspection |= part->has_introspection;
}

static struct measure measure_field(struct measurer *measurer, const struct ast_selection *field)
{
    struct measure below = measure_set(measurer, field->selections);
    bool introspects =
        text_equal(field->name, TEXT("__schema")) || text_equal(field->name, TEXT("__type"));
    struct measure result = {.depth = below.depth + 1,
                             .introspection_depth = below.introspection_depth,
                             .aliases = add(below.aliases, field->alias.at != NULL),
                             .fields = 1,
                             .has_introspection = below.has_introspection || introspects};
    if (introspects) {
        result.introspection_depth = larger(result.introspection_depth, result.depth);
        result.depth = 1;
    }
    return result;
}

static struct measure measure_spread(struct measurer *measurer, const struct ast_selection *spread)
{
    const struct document_fragment *fragment =
        map_get(&measurer->document->fragments, spread->name);
    if (!fragment)
        return (struct measure){0};
    if (!measurer->is_known[fragment->index]) {
        /* Known before it is measured: a cycle would end here instead of going round. */
        measurer->is_known[fragment->index] = true;
        measurer->fragments[fragment->index] =
            measure_set(measurer, fragment->definition->selections);
    }
    return measurer->fragments[fragment->index];
}

static struct measure measure_set(struct measurer *measurer, const struct ast_selection *selections)
{
    struct measure set = {0};
    for (; selections; selections = selections->next) {
        struct measure part = {0};
        switch (selections->kind) {
        case AST_FIELD: part = measure_field(measurer, selections); break;
        case AST_SPREAD: part = measure_spread(measurer, selections); break;
        case AST_INLINE: part = measure_set(measurer, selections->selections); break;
        }
        merge(&set, &part);
    }
    return set;
}

static bool check(const struct measure *measure, const struct graphql_options *options,
                  struct error *error)
{
    const struct graphql_limits *limits = &options->limits;
    if (limits->max_depth && measure->depth > limits->max_depth)
        return error_set(error, ERR_LIMIT, "The operation is %u levels deep; %u are allowed.",
                         measure->depth, limits->max_depth);
    if (limits->max_introspection_depth &&
        measure->introspection_depth > limits->max_introspection_depth)
        return error_set(error, ERR_LIMIT, "The introspection is %u levels deep; %u are allowed.",
                         measure->introspection_depth, limits->max_introspection_depth);
    if (limits->max_aliases && measure->aliases > limits->max_aliases)
        return error_set(error, ERR_LIMIT, "The operation has more than %u aliases.",
                         limits->max_aliases);
    if (limits->max_root_fields && measure->fields > limits->max_root_fields)
        return error_set(error, ERR_LIMIT, "The operation has more than %u root fields.",
                         limits->max_root_fields);
    if (options->hide_schema && measure->has_introspection)
        return error_set(error, ERR_DENIED, "Introspection is switched off.");
    return true;
}

bool graphql_measure_check(struct arena *arena, const struct graphql_document *document,
                           const struct document_operation *operation,
                           const struct graphql_options *options, struct error *error)
{
    struct measurer measurer = {
        .document = document,
        .fragments = ARENA_ARRAY(arena, struct measure, document->fragment_count),
        .is_known = ARENA_ARRAY(arena, bool, document->fragment_count),
    };
    if (!measurer.fragments || !measurer.is_known)
        return error_set_no_memory(error);
    struct measure measure = measure_set(&measurer, operation->definition->selections);
    return check(&measure, options, error);
}
