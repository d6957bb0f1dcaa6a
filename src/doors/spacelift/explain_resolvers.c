/* Why somebody may do something, or not. */
#include "doors/spacelift/resolver.h"
#include "explain/question.h"

static bool read_question(struct graphql_call *call, const struct spacelift_ExplainInput *input,
                          struct explain_question *out)
{
    *out = (struct explain_question){.request_id = input->request_id,
                                     .actor = input->actor,
                                     .action = input->action,
                                     .object_id = input->object,
                                     .object_kind = input->given.object_type == GRAPHQL_GIVEN
                                                        ? input->object_type
                                                        : EXPLAIN_SPACE};
    bool is_whole = input->given.action == GRAPHQL_GIVEN && input->object.len;
    return is_whole || input->request_id.len ||
           error_set(call->error, ERR_INVALID,
                     "a question names an action and an object, or a request id");
}

/* Its only texts that may be null are those without bytes. */
static struct text null_if_empty(struct text text)
{
    return text.len ? text : (struct text){NULL, 0};
}

static void view_grant(const struct explanation *explanation, const struct grant *grant,
                       struct spacelift_DecisiveGrant *out)
{
    bool is_policy = grant->source == GRANT_POLICY;
    bool is_binding = grant->source == GRANT_BOUND || grant->source == GRANT_GROUP;
    bool is_above = !text_equal(grant->space_id, explanation->decision.space_id);
    struct text none = {NULL, 0};
    *out = (struct spacelift_DecisiveGrant){
        .source = grant->source,
        .binding = is_binding ? grant->source_id : none,
        .policy = is_policy ? grant->source_id : none,
        .group = grant->source == GRANT_GROUP ? grant->through : none,
        .rule = is_policy ? grant->through : none,
        .line = grant->line,
        .has_line = grant->line > 0,
        .role = null_if_empty(grant->role_id),
        .role_name = null_if_empty(explanation->role_name),
        .space = grant->space_id,
        .inherited_from = is_above ? grant->space_id : none,
        .expires_at = grant->expires_at,
        .reason = null_if_empty(grant->reason),
    };
}

static bool view_nearest(struct arena *arena, const struct list *nearest,
                         struct spacelift_AccessDecision *out)
{
    const struct nearest_grant **items =
        ARENA_ARRAY(arena, const struct nearest_grant *, nearest->len);
    for (size_t i = 0; items && i < nearest->len; i++)
        items[i] = list_at(nearest, i);
    out->nearest = items;
    out->nearest_count = nearest->len;
    return items != NULL;
}

static bool view_answer(struct arena *arena, const struct explain_answer *answer,
                        struct spacelift_AccessDecision *out)
{
    const struct explanation *explanation = &answer->explanation;
    const struct decision *decision = &explanation->decision;
    *out = (struct spacelift_AccessDecision){.action = decision->action,
                                             .actor = answer->actor_id,
                                             .actor_name = answer->actor_name,
                                             .allowed = decision->allowed,
                                             .reason = explanation->sentence,
                                             .refused_at = answer->refused_at,
                                             .space = decision->space_id};
    struct spacelift_DecisiveGrant *grant =
        decision->grant ? ARENA_NEW(arena, struct spacelift_DecisiveGrant) : NULL;
    if (grant)
        view_grant(explanation, decision->grant, grant);
    out->grant = grant;
    return (grant || !decision->grant) && view_nearest(arena, &explanation->nearest, out);
}

bool spacelift_Query_explain(struct graphql_call *call,
                             const struct spacelift_Query_explain_args *args)
{
    struct explain_question question;
    struct explain_answer answer;
    struct spacelift_AccessDecision *view = ARENA_NEW(call->arena, struct spacelift_AccessDecision);
    if (!read_question(call, args->input, &question) ||
        !explain_answer(resolver_ctx(call), &question, &answer))
        return false;
    if (!view || !view_answer(call->arena, &answer, view))
        return error_set_no_memory(call->error);
    spacelift_Query_explain_give(call, 0, view);
    return true;
}
