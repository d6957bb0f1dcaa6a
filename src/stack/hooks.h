/* The shell commands that run before and after each phase of a run, and their form as JSON. */
#ifndef STACK_HOOKS_H
#define STACK_HOOKS_H

#include "base/json.h"
#include "kernel/ctx.h"

struct hooks {
#define HOOK(name, wire) struct text_list name;
#include "tables/hooks.def"
#undef HOOK
};

/* {"before_init":["..."],...}, empty lists left out. */
void hooks_print(const struct hooks *hooks, struct json_writer *writer);
/* Reads what hooks_print wrote; anything else reads as no hooks. */
struct hooks hooks_parse(struct ctx *ctx, const struct json *value);

#endif
