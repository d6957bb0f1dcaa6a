/* Any bytes as a login policy: compiling it with the twins of its bodies, asking it and merging
 * what it says must end in a verdict, and each line in it must be one of the text. */
#include "base/json.h"
#include "policy/login_round.h"

#include <stdlib.h>

enum { ARENA_BYTES = 256 << 20 };

static size_t count_lines(struct text text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    return lines;
}

static void check(struct arena *arena, const struct login_merged *merged, struct text body)
{
    const struct json *json;
    struct error error = {0};
    size_t lines = count_lines(body);
    for (size_t i = 0; i < merged->grant_count; i++) {
        if (merged->grants[i].by.line < 0 || (size_t)merged->grants[i].by.line > lines)
            abort();
    }
    if (!merged->allowed && (merged->grant_count || merged->admin))
        abort();
    struct text printed = login_merged_print(arena, merged);
    /* A policy may make texts that are no UTF-8; the printer mends them. */
    if (!printed.at || !json_parse(arena, printed, NULL, &json, &error))
        abort();
}

static void ask(struct arena *arena, const struct login_policy *policy)
{
    static const struct text teams[] = {TEXT_INIT("ops"), TEXT_INIT("dev")};
    struct rego_context *context = rego_context_new(POLICY_LOGIN_MEMORY);
    const struct login_attempt attempt = {.login = TEXT("a"), .member = true, .teams = {teams, 2}};
    const struct login_question question = {.attempt = &attempt, .teams = attempt.teams};
    const struct login_policies policies = {policy, 1};
    struct login_world world = {.spaces = value_empty_array(), .roles = value_empty_array()};
    struct login_round round;
    map_init(&world.space_ids, arena);
    map_init(&world.roles_by_name, arena);
    if (context && login_round_run(arena, &policies, &world, &question, context, &round))
        check(arena, &round.merged, policy->body);
    rego_context_free(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {0};
    struct arena *arena = arena_new(ARENA_BYTES);
    struct login_policy policy = {.id = TEXT("fuzzed")};
    if (!arena || size == 0 || size > 4096)
        goto done;
    enum policy_engine engine = data[0] & 1 ? POLICY_ENGINE_REGO_V1 : POLICY_ENGINE_REGO_V0;
    policy.body =
        text_format(arena, "package spacelift\n%.*s", (int)(size - 1), (const char *)data + 1);
    if (!policy.body.at)
        goto done;
    if (policy_compile(arena, POLICY_LOGIN, engine, policy.body, &policy.compiled, &error))
        ask(arena, &policy);
    else if (!error_is_set(&error))
        abort();
done:
    arena_free(arena);
    return 0;
}
