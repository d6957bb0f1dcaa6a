/*
 * What changed from one schema to the next, as far as clients may notice: changes that break
 * documents which were valid, and dangerous ones that keep documents valid and may still surprise.
 */
#ifndef GRAPHQL_TYPES_CHANGES_H
#define GRAPHQL_TYPES_CHANGES_H

#include "base/list.h"
#include "graphql/types/schema.h"

enum graphql_change_kind {
    /* Breaking. */
    GRAPHQL_TYPE_REMOVED,
    GRAPHQL_TYPE_CHANGED_KIND,
    GRAPHQL_TYPE_REMOVED_FROM_UNION,
    GRAPHQL_VALUE_REMOVED_FROM_ENUM,
    GRAPHQL_REQUIRED_INPUT_FIELD_ADDED,
    GRAPHQL_IMPLEMENTED_INTERFACE_REMOVED,
    GRAPHQL_FIELD_REMOVED,
    GRAPHQL_FIELD_CHANGED_KIND,
    GRAPHQL_REQUIRED_ARG_ADDED,
    GRAPHQL_ARG_REMOVED,
    GRAPHQL_ARG_CHANGED_KIND,
    GRAPHQL_DIRECTIVE_REMOVED,
    GRAPHQL_DIRECTIVE_ARG_REMOVED,
    GRAPHQL_REQUIRED_DIRECTIVE_ARG_ADDED,
    GRAPHQL_DIRECTIVE_REPEATABLE_REMOVED,
    GRAPHQL_DIRECTIVE_LOCATION_REMOVED,
    /* Dangerous. */
    GRAPHQL_VALUE_ADDED_TO_ENUM,
    GRAPHQL_TYPE_ADDED_TO_UNION,
    GRAPHQL_OPTIONAL_INPUT_FIELD_ADDED,
    GRAPHQL_OPTIONAL_ARG_ADDED,
    GRAPHQL_IMPLEMENTED_INTERFACE_ADDED,
    GRAPHQL_ARG_DEFAULT_VALUE_CHANGE,
    GRAPHQL_CHANGE_KIND_COUNT
};

struct graphql_change {
    enum graphql_change_kind kind;
    struct text description;  /* a sentence for people */
    struct text type, member; /* Type.field, ENUM.VALUE; member empty for the type itself */
    bool was_deprecated;      /* what was removed had been marked before */
};

/* Adds a struct graphql_change for each; false without memory. */
MUST_CHECK bool graphql_changes_find(struct arena *arena, const struct graphql_schema *before,
                                     const struct graphql_schema *after, struct list *out);

bool graphql_change_is_breaking(enum graphql_change_kind kind);
const char *graphql_change_name(enum graphql_change_kind kind); /* "TYPE_REMOVED" */

#endif
