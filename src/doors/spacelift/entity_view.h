/*
 * How the schema shows an entity: its vendor as a union, its details as another. The details are
 * read from the JSON that the worker reported, once for each entity that is asked for.
 */
#ifndef DOORS_SPACELIFT_ENTITY_VIEW_H
#define DOORS_SPACELIFT_ENTITY_VIEW_H

#include "stack/stack_result.h"

enum entity_kind { ENTITY_TERRAFORM, ENTITY_ANSIBLE };

struct entity_detail_view {
    enum entity_kind kind;
    struct text address;
    struct text mode;
    struct text module;
    struct text provider;
    bool tainted;
    struct text values; /* JSON */
    struct text data;   /* JSON, everything */
};

struct entity_vendor_view {
    enum entity_kind kind;
    const struct entity_detail_view *detail;
};

struct entity_view {
    struct entity entity;
    struct entity_vendor_view vendor;
};

MUST_CHECK bool entity_view_init(struct ctx *ctx, struct entity_view *view,
                                 const struct entity *entity);

#endif
