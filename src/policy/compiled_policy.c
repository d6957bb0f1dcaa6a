/* From the text of a policy to a program, with what the server adds. */
#include "policy/compiled_policy.h"

#include "base/clock.h"
#include "policy/policy_outline.h"
#include "policy/sanitized.h"

enum {
    ADDED_MAX_BYTES = 16 << 10,
    SCRATCH_BYTES = 64 << 20,
    SCRATCH_PER_BYTE = 64,
    /* Beyond so many bodies, telling which of them gave a grant would cost too much memory. */
    TWINS_MAX = 1000,
    SHOWN_DIAGNOSTICS = 3,
};

const struct rego_limits policy_login_limits = {.fuel = 1000000,
                                                .microseconds = 100 * CLOCK_MILLISECOND};
const struct rego_limits policy_simulation_limits = {.fuel = 10000000,
                                                     .microseconds = CLOCK_SECOND};

/* One compilation. */
struct work {
    struct arena *arena;   /* of what is given back */
    struct arena *scratch; /* of tree, texts and diagnostics */
    enum policy_type type;
    enum policy_engine engine;
    struct source source;
    struct policy_outline outline;
    struct text added;    /* what the server adds to package spacelift */
    struct text decision; /* the object `result` */
    struct error *error;
};

/* ---- What is wrong with it. ---- */

static void add_place(struct buffer *out, const struct work *work,
                      const struct rego_diagnostic *diagnostic)
{
    struct text rule = policy_outline_rule_at(&work->outline, diagnostic->line);
    if (!text_equal(diagnostic->file, work->source.name))
        return;
    buffer_add_format(out, "line %u, column %u", diagnostic->line, diagnostic->column);
    if (rule.len)
        buffer_add_format(out, ", rule %.*s", TEXT_ARG(rule));
    buffer_add(out, TEXT(": "));
}

static bool fail_with(struct work *work, const struct rego_diagnostic *items, size_t count)
{
    struct buffer out;
    buffer_init(&out, work->scratch, 64 << 10);
    for (size_t i = 0; i < count && i < SHOWN_DIAGNOSTICS; i++) {
        buffer_add(&out, i ? TEXT("; ") : TEXT(""));
        add_place(&out, work, &items[i]);
        buffer_add_format(&out, "%s: %.*s", rego_code_name(items[i].code),
                          TEXT_ARG(items[i].message));
        if (items[i].hint.len)
            buffer_add_format(&out, " (%.*s)", TEXT_ARG(items[i].hint));
    }
    if (out.failed || count == 0)
        return error_set_no_memory(work->error);
    return error_set(work->error, ERR_INVALID, "the policy does not compile: %.*s",
                     TEXT_ARG(buffer_text(&out)));
}

static bool read_outline(struct work *work)
{
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, work->scratch);
    if (policy_outline_read(work->scratch, &work->source,
                            work->engine == POLICY_ENGINE_REGO_V1 ? DIALECT_V1 : DIALECT_V0,
                            work->type, &diagnostics, &work->outline))
        return true;
    return fail_with(work, diagnostics.items.items, diagnostics.items.len);
}

static bool check_package(struct work *work)
{
    const struct term *package = work->outline.module->package;
    if (package->kind == TERM_REFERENCE && package->len == 2 &&
        text_equal(package->items[1]->text, TEXT("spacelift")))
        return true;
    return error_set(work->error, ERR_INVALID,
                     "the policy does not compile: line %u, column %u: its package must be "
                     "spacelift",
                     package->at.line, package->at.column);
}

/* A set is true even when it is empty: `deny[reason]` would refuse everybody. */
static bool check_booleans(struct work *work)
{
    size_t count;
    const struct policy_rule *rules = policy_rules(work->type, &count);
    for (size_t i = 0; i < work->outline.bodies.len; i++) {
        const struct policy_body *body = list_at(&work->outline.bodies, i);
        bool plain = body->source->kind == RULE_VALUE && body->source->name->kind == TERM_VARIABLE;
        for (size_t k = 0; !plain && k < count; k++) {
            if (rules[k].kind == POLICY_RULE_BOOLEAN && text_equal_z(body->rule, rules[k].name))
                return error_set(work->error, ERR_INVALID,
                                 "the policy does not compile: line %d, rule %s: it must be true "
                                 "or false in a policy of type %s, not a set or an object",
                                 (int)body->line, rules[k].name, policy_type_name(work->type));
        }
    }
    return true;
}

/* ---- What the server adds. ---- */

static bool has(const struct work *work, const char *name, bool with_default)
{
    return policy_outline_has(&work->outline, text_z(name), with_default);
}

/* A boolean gets a default of its own; anything else is guarded, for it may be undefined. */
static void add_rule(const struct work *work, struct buffer *added, struct buffer *decision,
                     const char *name, enum policy_rule_kind kind)
{
    const char *nothing = kind == POLICY_RULE_OBJECT ? "{}" : "[]";
    if (kind == POLICY_RULE_BOOLEAN) {
        if (!has(work, name, true))
            buffer_add_format(added, "default %s = false\n", name);
        buffer_add_format(decision, "get_%s = data.spacelift.%s\n", name, name);
        return;
    }
    buffer_add_format(decision, "default get_%s = %s\n", name, nothing);
    if (has(work, name, false))
        buffer_add_format(decision, "get_%s = data.spacelift.%s\n", name, name);
}

static bool write_added(struct work *work)
{
    size_t count;
    const struct policy_rule *rules = policy_rules(work->type, &count);
    struct buffer added;
    struct buffer decision;
    buffer_init(&added, work->scratch, ADDED_MAX_BYTES);
    buffer_init(&decision, work->scratch, ADDED_MAX_BYTES);
    buffer_add(&added, TEXT("package spacelift\n"));
    buffer_add(&decision, TEXT("package gatehouse\n"));
    for (size_t i = 0; i < count; i++)
        add_rule(work, &added, &decision, rules[i].name, rules[i].kind);
    add_rule(work, &added, &decision, "sample", POLICY_RULE_BOOLEAN);
    add_rule(work, &added, &decision, "flag", POLICY_RULE_ANY);
    buffer_add(&decision, TEXT("result = {"));
    for (size_t i = 0; i < count; i++)
        buffer_add_format(&decision, "\"%s\": get_%s, ", rules[i].name, rules[i].name);
    buffer_add(&decision, TEXT("\"sample\": get_sample, \"flag\": get_flag}\n"));
    work->added = buffer_text(&added);
    work->decision = buffer_text(&decision);
    return (!added.failed && !decision.failed) || error_set_no_memory(work->error);
}

/* ---- Compiling. ---- */

static struct rego_policy *compile(const struct work *work, struct text twins,
                                   struct rego_diagnostics *diagnostics)
{
    enum rego_dialect dialect = work->engine == POLICY_ENGINE_REGO_V1 ? REGO_V1 : REGO_V0;
    const struct rego_source sources[] = {
        {work->source.name, work->source.text, dialect},
        {TEXT("added"), work->added, REGO_V0},
        {TEXT("decision"), work->decision, REGO_V0},
        {TEXT("twins"), twins, dialect},
    };
    const struct rego_options options = {.functions = policy_functions,
                                         .function_count = policy_function_count,
                                         .drop_prints = true};
    size_t count = ARRAY_LENGTH(sources) - (twins.len ? 0 : 1);
    return rego_compile(sources, count, &options, work->scratch, diagnostics);
}

/* Whether any rule that is asked for has more than one body. */
static bool needs_twins(const struct work *work)
{
    const struct policy_body *bodies = work->outline.bodies.items;
    size_t count = work->outline.bodies.len;
    for (size_t i = 0; i < count && count <= TWINS_MAX; i++) {
        for (size_t k = 0; k < i; k++) {
            if (text_equal(bodies[i].rule, bodies[k].rule))
                return true;
        }
    }
    return false;
}

static void free_program(void *data)
{
    rego_free(data);
}

/* Twins are only for telling bodies apart: a policy that cannot have them does without. */
static bool compile_all(struct work *work, struct compiled_policy *out)
{
    struct rego_diagnostics diagnostics;
    struct rego_diagnostics ignored;
    struct text none = {NULL, 0};
    out->program = compile(work, none, &diagnostics);
    if (!out->program)
        return fail_with(work, diagnostics.items, diagnostics.len);
    struct text twins =
        needs_twins(work) ? policy_outline_twins(&work->outline, work->scratch) : none;
    struct rego_policy *whole = twins.len ? compile(work, twins, &ignored) : NULL;
    if (whole) {
        rego_free(out->program);
        out->program = whole;
    }
    out->result = rego_entry_find(out->program, TEXT("data.gatehouse.result"));
    return arena_defer(work->arena, free_program, out->program) || error_set_no_memory(work->error);
}

static struct text copy_constant(struct arena *arena, struct text text)
{
    return text.at ? text_copy(arena, text) : text;
}

static bool keep_bodies(struct work *work, struct compiled_policy *out)
{
    const struct policy_body *from = work->outline.bodies.items;
    size_t count = work->outline.bodies.len;
    struct compiled_body *bodies = ARENA_ARRAY(work->arena, struct compiled_body, count);
    for (size_t i = 0; bodies && i < count; i++)
        bodies[i] = (struct compiled_body){
            .rule = text_copy(work->arena, from[i].rule),
            .line = from[i].line,
            .space = copy_constant(work->arena, from[i].space),
            .role = copy_constant(work->arena, from[i].role),
            .alone = rego_entry_find(out->program, from[i].alone),
        };
    out->bodies = bodies;
    out->body_count = count;
    out->sets_teams = has(work, "team", false);
    return !arena_failed(work->arena) || error_set_no_memory(work->error);
}

static bool run(struct work *work, struct compiled_policy *out)
{
    return read_outline(work) && check_package(work) && check_booleans(work) && write_added(work) &&
           compile_all(work, out) && keep_bodies(work, out);
}

bool policy_compile(struct arena *arena, enum policy_type type, enum policy_engine engine,
                    struct text body, struct compiled_policy *out, struct error *error)
{
    if (body.len > POLICY_BODY_MAX_BYTES)
        return error_set(error, ERR_TOO_LARGE, "a policy may have %d bytes at most",
                         POLICY_BODY_MAX_BYTES);
    struct work work = {
        .arena = arena,
        .scratch = arena_new(SCRATCH_BYTES + body.len * SCRATCH_PER_BYTE),
        .type = type,
        .engine = engine,
        .source = {.name = TEXT("policy"), .text = body},
        .error = error,
    };
    *out = (struct compiled_policy){0};
    bool done = work.scratch ? run(&work, out) : error_set_no_memory(error);
    arena_free(work.scratch);
    return done;
}

/* ---- Evaluating. ---- */

/* Places in what the server added say nothing to the author. */
static struct text describe(struct arena *arena, const struct rego_result *result)
{
    const struct rego_error *error = &result->error;
    if (result->outcome == REGO_UNDEFINED)
        return TEXT("it gives no result");
    if (error->line == 0 || !text_equal(error->file, TEXT("policy")))
        return text_format(arena, "%.*s: %.*s", TEXT_ARG(error->code), TEXT_ARG(error->message));
    return text_format(arena, "line %u, column %u: %.*s: %.*s", error->line, error->column,
                       TEXT_ARG(error->code), TEXT_ARG(error->message));
}

bool policy_evaluate(const struct compiled_policy *policy, struct rego_context *context,
                     const struct value *input, const struct rego_limits *limits,
                     struct arena *arena, struct value *out, struct text *failure)
{
    struct rego_result result;
    const struct rego_call call = {.input = input, .limits = *limits};
    rego_evaluate(context, policy->result, &call, &result);
    if (result.outcome == REGO_DEFINED && value_is(&result.value, VALUE_OBJECT)) {
        *out = result.value;
        return true;
    }
    *failure = describe(arena, &result);
    return false;
}
