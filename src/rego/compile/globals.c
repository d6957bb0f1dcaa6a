/* Imports first: a rule of the same name does not hide them. */
#include "rego/compile/globals.h"

#include <string.h>

struct globals {
    struct unit *unit;
    const struct module *module;
    struct map *names;
};

/* The sentence is what stands before the name, the name, and what stands after it. */
static bool report(struct globals *globals, enum rego_code code, struct place at,
                   const char *before, struct text name, const char *after)
{
    return diagnostic_add(&globals->unit->diagnostics, code, globals->module->source, at,
                          "%s%.*s%s", before, TEXT_ARG(name), after);
}

static bool add_global(struct globals *globals, struct text name, struct term *path)
{
    return (path && map_set(globals->names, name, path)) || unit_no_memory(globals->unit);
}

static bool add_import(struct globals *globals, const struct import *import)
{
    const struct term *path = import->path;
    const struct term *head = path->kind == TERM_REFERENCE ? path->items[0] : path;
    if (!name_is_root(head->text))
        return true; /* future.keywords, rego.v1 */
    struct text name = import->alias;
    if (text_is_empty(name))
        name = path->kind == TERM_REFERENCE ? path->items[path->len - 1]->text : path->text;
    if (globals->module->strict && map_find(globals->names, name))
        return report(globals, REGO_COMPILE_ERROR, import->at, "import must not shadow import ",
                      name, "");
    return add_global(globals, name, import->path);
}

static struct term *path_of(struct globals *globals, const struct module *module, struct text name)
{
    struct arena *arena = globals->unit->scratch;
    uint32_t len = module->package->len;
    struct term **items = ARENA_ARRAY(arena, struct term *, len + 1);
    if (!items)
        return NULL;
    memcpy(items, module->package->items, len * sizeof(*items));
    items[len] = term_string(arena, name, module->package->at);
    return items[len] ? term_list(arena, TERM_REFERENCE, items, len + 1, module->package->at)
                      : NULL;
}

static struct text rule_name(const struct rule *rule)
{
    return rule->name->kind == TERM_REFERENCE ? rule->name->items[0]->text : rule->name->text;
}

static bool same_package(const struct module *a, const struct module *b)
{
    if (a->package->len != b->package->len)
        return false;
    for (uint32_t i = 1; i < a->package->len; i++)
        if (!text_equal(a->package->items[i]->text, b->package->items[i]->text))
            return false;
    return true;
}

static bool check_rule_name(struct globals *globals, const struct rule *rule)
{
    if (!globals->module->strict || !name_is_root(rule_name(rule)))
        return true;
    return report(globals, REGO_COMPILE_ERROR, rule->at, "rules must not shadow ", rule_name(rule),
                  " (use a different rule name)");
}

bool globals_fill(struct unit *unit, const struct module *own, struct map *names)
{
    struct globals of = {unit, own, names};
    struct globals *globals = &of;
    map_init(names, unit->scratch);
    for (uint32_t i = 0; i < own->import_count; i++)
        if (!add_import(globals, &own->imports[i]))
            return false;
    for (size_t i = 0; i < globals->unit->module_count; i++) {
        const struct module *module = globals->unit->modules[i];
        for (uint32_t j = 0; same_package(own, module) && j < module->rule_count; j++) {
            struct text name = rule_name(module->rules[j]);
            if (module == own && !check_rule_name(globals, module->rules[j]))
                return false;
            const struct term *known = map_get(globals->names, name);
            if (known && known->len == own->package->len + 1)
                continue;
            if (!add_global(globals, name, path_of(globals, own, name)))
                return false;
        }
    }
    return true;
}
