/*
 * A policy that can be evaluated: its text, what the server adds to it, and where its rules stand.
 *
 * The server adds a default for each boolean rule of the type, the function sanitized(), and the
 * object `result`, which is what is asked for. Immutable; may be shared by threads.
 */
#ifndef POLICY_COMPILED_POLICY_H
#define POLICY_COMPILED_POLICY_H

#include "policy/policy_type.h"
#include "rego/rego.h"

enum { POLICY_BODY_MAX_BYTES = 256 << 10 };

struct compiled_body {
    struct text rule;
    int32_t line;
    struct text space; /* constants of the head; at == NULL where it computes them */
    struct text role;
    const struct rego_entry *alone; /* this body by itself; NULL: cannot be told from others */
};

struct compiled_policy {
    struct rego_policy *program;
    const struct rego_entry *result;
    const struct compiled_body *bodies;
    size_t body_count;
    bool sets_teams; /* has a rule `team` */
};

/* Everything but the program, which is freed with it, lies in the arena. Fails with INVALID and a
 * sentence that has line, column, rule and what is wrong. */
MUST_CHECK bool policy_compile(struct arena *arena, enum policy_type type,
                               enum policy_engine engine, struct text body,
                               struct compiled_policy *out, struct error *error);

/* What one evaluation may take. Those that a login waits for get less. */
extern const struct rego_limits policy_login_limits;
extern const struct rego_limits policy_simulation_limits;
enum { POLICY_LOGIN_MEMORY = 16 << 20, POLICY_SIMULATION_MEMORY = 64 << 20 };

/* The object `result`. False with a sentence in *failure, which lies in the arena, when there is
 * none; the value lives until the context is reset. */
MUST_CHECK bool policy_evaluate(const struct compiled_policy *policy, struct rego_context *context,
                                const struct value *input, const struct rego_limits *limits,
                                struct arena *arena, struct value *out, struct text *failure);

#endif
