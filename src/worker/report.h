/*
 * What a phase found out: the changes that a plan makes, the resources and outputs that exist after
 * an apply. Engines fill it in; the worker sends it with the result.
 */
#ifndef WORKER_REPORT_H
#define WORKER_REPORT_H

#include "base/json.h"
#include "base/list.h"

struct report_change {
    struct text address;
    struct text previous_address; /* empty unless moved */
    /* add, change, delete, replace_create_before_destroy, replace_destroy_before_create, import,
     * move or forget */
    struct text type;
};

struct report_entity {
    struct text address, type, name;
    struct text mode;     /* managed or data */
    struct text provider; /* as the engine names it */
    struct text module;   /* address of the module, or what else encloses it; may be empty */
    struct text values;   /* JSON, without what is sensitive */
    bool tainted;
};

struct report_output {
    struct text name, description;
    struct text value; /* JSON; as it is, also when sensitive */
    bool sensitive;
};

struct report {
    struct arena *arena;
    struct text vendor; /* of the entities; as a job names it */
    bool has_changes;
    int64_t add, change, remove; /* resources; one that is replaced counts as added and removed */
    int64_t resources;           /* there will be, or are */
    struct list changes;         /* struct report_change */
    struct list entities;        /* struct report_entity */
    struct list outputs;         /* struct report_output */
    bool has_inventory;          /* entities and outputs are known, also when there are none */
};

void report_init(struct report *report, struct arena *arena);
/* Counts and keeps a change; texts are borrowed. False without memory. */
MUST_CHECK bool report_add_change(struct report *report, struct report_change change);
/* The members of the result that come from the report, inside of an object that is open. */
void report_write(const struct report *report, struct json_writer *writer);

#endif
