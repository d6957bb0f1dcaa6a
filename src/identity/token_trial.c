/* Trying an ID token on a key, without coming in. */
#include "identity/api_key.h"
#include "identity/id_token.h"
#include "identity/key_proof.h"

/* Whether the key may come in at all, as one more check before the others. */
static bool add_check_of_key(struct ctx *ctx, const struct api_key *key,
                             struct id_token_report *report)
{
    const char *problem = key_problem(key, ctx->now);
    struct id_token_check *checks =
        ARENA_ARRAY(ctx->arena, struct id_token_check, report->checks_count + 1);
    if (!checks)
        return fail_no_memory(ctx);
    checks[0] =
        (struct id_token_check){.name = TEXT("key"), .is_met = !problem, .reason = text_z(problem)};
    for (size_t i = 0; i < report->checks_count; i++)
        checks[i + 1] = report->checks[i];
    report->checks = checks;
    report->checks_count++;
    report->is_accepted = report->is_accepted && !problem;
    return true;
}

bool api_key_test_token(struct ctx *ctx, struct text id, struct text token,
                        struct id_token_report **out)
{
    struct api_key *key;
    *out = NULL;
    if (!api_key_find(ctx, id, &key))
        return false;
    if (!key)
        return true;
    if (!key->oidc)
        return fail(ctx, ERR_INVALID, "this key has a secret and trusts no identity provider");
    struct id_token_report *report = ARENA_NEW(ctx->arena, struct id_token_report);
    if (!report)
        return fail_no_memory(ctx);
    if (!id_token_examine(ctx, key->oidc, token, report))
        return false;
    if (!report->has_groups)
        report->groups = key->teams;
    *out = report;
    return add_check_of_key(ctx, key, report);
}
