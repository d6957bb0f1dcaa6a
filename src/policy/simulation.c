/* One evaluation of a policy that is not kept. */
#include "policy/simulation.h"

#include "access/decision.h"
#include "policy/compiled_policy.h"
#include "rego/language/parser.h"

enum { RESULT_MAX_BYTES = 4 << 20 };

static enum policy_engine engine_of(struct arena *arena, struct text body)
{
    const struct source source = {.name = TEXT("policy"), .text = body};
    return parse_detect(arena, &source) == DIALECT_V1 ? POLICY_ENGINE_REGO_V1
                                                      : POLICY_ENGINE_REGO_V0;
}

static bool read_input(struct ctx *ctx, struct rego_context *context, struct text text,
                       struct value *out)
{
    struct error error = {0};
    if (value_parse_json(rego_context_arena(context), text, NULL, out, &error))
        return true;
    return fail(ctx, ERR_INVALID, "the input is not JSON: line %d, column %d: %s", error.line,
                error.column, error.message);
}

static bool print_result(struct ctx *ctx, const struct value *result, struct text *out)
{
    struct buffer buffer;
    buffer_init(&buffer, ctx->arena, RESULT_MAX_BYTES);
    value_print_json(&buffer, result);
    *out = buffer_text(&buffer);
    return !buffer.failed ||
           fail(ctx, ERR_INVALID, "the result has more than %d bytes", RESULT_MAX_BYTES);
}

static bool evaluate(struct ctx *ctx, const struct compiled_policy *compiled, struct text input,
                     struct rego_context *context, struct text *out)
{
    struct value value;
    struct value result;
    struct text failure;
    if (!read_input(ctx, context, input, &value))
        return false;
    if (!policy_evaluate(compiled, context, &value, &policy_simulation_limits, ctx->arena, &result,
                         &failure))
        return fail(ctx, ERR_INVALID, "the policy cannot be evaluated: %.*s", TEXT_ARG(failure));
    return print_result(ctx, &result, out);
}

bool policy_simulate(struct ctx *ctx, enum policy_type type, struct text body, struct text input,
                     struct text *out)
{
    struct compiled_policy compiled;
    if (!access_holds_anywhere(ctx->actor, ACTION_SPACE_ADMIN) &&
        !access_require_administrator(ctx, NULL))
        return false;
    if (body.len > POLICY_BODY_MAX_BYTES || input.len > SIMULATION_INPUT_MAX_BYTES)
        return fail(ctx, ERR_TOO_LARGE, "a policy may have %d bytes at most, its input %d",
                    POLICY_BODY_MAX_BYTES, SIMULATION_INPUT_MAX_BYTES);
    if (!policy_compile(ctx->arena, policy_type_today(type), engine_of(ctx->arena, body), body,
                        &compiled, ctx->error))
        return false;
    struct rego_context *context = rego_context_new(POLICY_SIMULATION_MEMORY);
    if (!context)
        return fail_no_memory(ctx);
    bool done = evaluate(ctx, &compiled, input, context, out);
    rego_context_free(context);
    return done;
}
