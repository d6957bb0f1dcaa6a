/*
 * Environment variables and mounted files of a stack. Values are sealed in the database; a
 * write-only value is never shown again, only runs receive it.
 */
#ifndef STACK_STACK_CONFIG_H
#define STACK_STACK_CONFIG_H

#include "stack/stack.h"

enum config_type { CONFIG_ENVIRONMENT_VARIABLE, CONFIG_FILE_MOUNT };

struct config_element {
    struct text stack_id;
    struct text id; /* variable name, or path relative to the workspace root */
    enum config_type type;
    struct text value;    /* files: base64; at == NULL when write-only */
    struct text checksum; /* hexadecimal SHA-256 of the value as sent */
    bool write_only;
    bool runtime; /* computed by the server, without a value */
    struct text description;
    int64_t created_at;
};

struct config_input {
    struct text id;
    enum config_type type;
    struct text value;
    bool write_only;
    struct text description;
};

/* Adds, or replaces the element with the same id. */
MUST_CHECK bool stack_config_add(struct ctx *ctx, struct text stack_id,
                                 const struct config_input *input, struct config_element **out);
/* *out is NULL when there is no such element. */
MUST_CHECK bool stack_config_delete(struct ctx *ctx, struct text stack_id, struct text id,
                                    struct config_element **out);

/* The elements of many visible stacks, by stack and id: a list of struct config_element. Write-only
 * values are left out. */
MUST_CHECK bool stack_config_list(struct ctx *ctx, const struct text *stack_ids, size_t count,
                                  struct list *out);
/* With every value, for the worker that runs the stack; nobody else may see this. */
MUST_CHECK bool stack_config_for_run(struct ctx *ctx, struct text stack_id, struct list *out);

#endif
