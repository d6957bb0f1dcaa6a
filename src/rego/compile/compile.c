/* One compilation from sources to policy: parse, then the passes in their order. */
#include "rego/compile/unit.h"
#include "rego/language/parser.h"
#include "rego/policy.h"

#include <stdlib.h>

/* What a compilation may take: so much, and so much more for each byte of source. Policies as
 * people write them need a tenth of it. */
enum { BASE_MEMORY = 32 << 20, MEMORY_PER_BYTE = 512 };

struct compilation {
    struct unit unit;
    struct rego_policy *policy;
    const struct rego_source *sources;
    size_t count;
    const struct rego_options *options;
};

/* ---- Parsing. ---- */

static struct source *copy_source(struct arena *arena, const struct rego_source *from)
{
    struct source *source = ARENA_NEW(arena, struct source);
    if (!source)
        return NULL;
    source->name = text_copy(arena, from->name);
    source->text = text_copy(arena, from->text);
    return source;
}

/* v1 is tried first: most texts parse in one go. */
static struct module *parse_detecting(struct unit *unit, const struct source *source)
{
    struct diagnostics quiet;
    diagnostics_init(&quiet, unit->scratch);
    struct module *module = parse_module(unit->scratch, source, DIALECT_V1, &quiet);
    if (!module)
        module = parse_module(unit->scratch, source, DIALECT_V0, &quiet);
    if (module)
        return module;
    return parse_module(unit->scratch, source, parse_detect(unit->scratch, source),
                        &unit->diagnostics);
}

static struct module *parse_source(struct unit *unit, const struct rego_source *from)
{
    struct source *source = copy_source(unit->arena, from);
    if (!source) {
        unit_no_memory(unit);
        return NULL;
    }
    if (from->dialect == REGO_DETECT)
        return parse_detecting(unit, source);
    return parse_module(unit->scratch, source, from->dialect == REGO_V1 ? DIALECT_V1 : DIALECT_V0,
                        &unit->diagnostics);
}

static bool parse_sources(struct compilation *compilation)
{
    struct unit *unit = &compilation->unit;
    enum rego_dialect *dialects = ARENA_ARRAY(unit->arena, enum rego_dialect, compilation->count);
    unit->modules = ARENA_ARRAY(unit->scratch, struct module *, compilation->count);
    if (!unit->modules || !dialects)
        return unit_no_memory(unit);
    bool ok = true;
    for (size_t i = 0; i < compilation->count; i++) {
        unit->modules[i] = parse_source(unit, &compilation->sources[i]);
        ok = ok && unit->modules[i];
        if (unit->modules[i])
            dialects[i] = unit->modules[i]->dialect == DIALECT_V1 ? REGO_V1 : REGO_V0;
    }
    unit->module_count = compilation->count;
    compilation->policy->dialects = dialects;
    compilation->policy->source_count = compilation->count;
    return ok;
}

/* The query is the body of a rule in a module of its own. */
static bool parse_query_text(struct compilation *compilation)
{
    struct unit *unit = &compilation->unit;
    if (!compilation->options || text_is_empty(compilation->options->query))
        return true;
    struct rego_source from = {.name = TEXT("query"), .text = compilation->options->query};
    struct source *source = copy_source(unit->arena, &from);
    struct rule *rule = ARENA_NEW(unit->scratch, struct rule);
    struct module *module = ARENA_NEW(unit->scratch, struct module);
    if (!source || !rule || !module)
        return unit_no_memory(unit);
    *module = (struct module){.source = source, .dialect = DIALECT_V0};
    rule->module = module;
    rule->name = term_variable(unit->scratch, TEXT("query"), (struct place){0});
    rule->rest = 1;
    rule->body = parse_query(unit->scratch, source, &unit->diagnostics);
    unit->query_rule = rule;
    return rule->body && rule->name;
}

/* ---- Passes. ---- */

static bool run_passes(struct unit *unit)
{
    return unit_build_tree(unit) && unit_resolve(unit) && unit_check_safety(unit) &&
           unit_check_types(unit) && unit_generate(unit) && unit_check_recursion(unit);
}

static void take_options(struct unit *unit, const struct rego_options *options)
{
    if (!options)
        return;
    unit->functions = options->functions;
    unit->function_count = options->function_count;
    unit->allowed = options->allowed;
    unit->allowed_count = options->allowed_count;
    unit->drop_prints = options->drop_prints;
}

static bool add_entries(struct compilation *compilation)
{
    struct rego_policy *policy = compilation->policy;
    const struct program *program = compilation->unit.program;
    struct rego_entry *entries =
        ARENA_ARRAY(policy->arena, struct rego_entry, program->procedure_count);
    map_init(&policy->entries, policy->arena);
    for (uint32_t i = 0; entries && i < program->procedure_count; i++) {
        entries[i] = (struct rego_entry){policy, i};
        const struct procedure *procedure = &program->procedures[i];
        bool is_query = compilation->unit.query_rule && i == compilation->unit.query_procedure;
        if (is_query)
            policy->query = &entries[i];
        else if (procedure->arguments == 0 &&
                 !map_set(&policy->entries, procedure->path, &entries[i]))
            return false;
    }
    return entries != NULL;
}

static bool compile(struct compilation *compilation)
{
    struct unit *unit = &compilation->unit;
    take_options(unit, compilation->options);
    unit->patterns = builtin_cache_new(unit->arena);
    map_init(&unit->mocked, unit->scratch);
    list_init(&unit->with_targets, unit->scratch, sizeof(struct term *));
    interner_init(&compilation->policy->interner, unit->arena);
    unit->interner = &compilation->policy->interner;
    if (!parse_sources(compilation) || !parse_query_text(compilation) || !run_passes(unit))
        return false;
    compilation->policy->program = unit->program;
    return add_entries(compilation) || unit_no_memory(unit);
}

static size_t memory_for(const struct rego_source *sources, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += sources[i].text.len;
    return BASE_MEMORY + bytes * MEMORY_PER_BYTE;
}

static struct rego_policy *policy_new(size_t memory)
{
    struct arena *arena = arena_new(memory);
    struct rego_policy *policy = arena ? ARENA_NEW(arena, struct rego_policy) : NULL;
    if (!policy) {
        arena_free(arena);
        return NULL;
    }
    policy->arena = arena;
    return policy;
}

struct rego_policy *rego_compile(const struct rego_source *sources, size_t count,
                                 const struct rego_options *options, struct arena *arena,
                                 struct rego_diagnostics *out)
{
    struct compilation compilation = {.sources = sources, .count = count, .options = options};
    struct unit *unit = &compilation.unit;
    diagnostics_init(&unit->diagnostics, arena);
    size_t memory = memory_for(sources, count);
    compilation.policy = policy_new(memory);
    unit->scratch = arena_new(memory);
    bool ok = compilation.policy && unit->scratch;
    if (ok) {
        unit->arena = compilation.policy->arena;
        ok = compile(&compilation) && !diagnostics_any(&unit->diagnostics);
    }
    arena_free(unit->scratch);
    if (!ok)
        diagnostics_own(&unit->diagnostics);
    *out = (struct rego_diagnostics){unit->diagnostics.items.items, unit->diagnostics.items.len};
    if (ok)
        return compilation.policy;
    rego_free(compilation.policy);
    return NULL;
}

void rego_free(struct rego_policy *policy)
{
    if (policy)
        arena_free(policy->arena);
}

enum rego_dialect rego_dialect_of(const struct rego_policy *policy, size_t index)
{
    return index < policy->source_count ? policy->dialects[index] : REGO_DETECT;
}

size_t rego_policy_size(const struct rego_policy *policy)
{
    return arena_used(policy->arena);
}

const struct rego_entry *rego_entry_find(const struct rego_policy *policy, struct text path)
{
    return map_get(&policy->entries, path);
}

const struct rego_entry *rego_query(const struct rego_policy *policy)
{
    return policy->query;
}

const struct interner *rego_interner(const struct rego_policy *policy)
{
    return &policy->interner;
}
