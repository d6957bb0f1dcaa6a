/* Who and what a question is about, whether it may be asked, and its answer. */
#include "explain/question.h"

#include "explain/question_store.h"

/* What is left of a question once ids are resolved. */
struct subject_matter {
    struct text actor; /* id */
    enum action action;
    struct text space_id; /* empty: no space in particular */
    int64_t refused_at;
};

static bool resolve_object(struct ctx *ctx, const struct explain_question *question,
                           struct subject_matter *out)
{
    struct decision seen;
    *out = (struct subject_matter){.actor = question->actor, .action = question->action};
    if (!object_space_find(ctx, question->object_kind, question->object_id, &out->space_id) ||
        !access_decide(ctx, ACTION_SPACE_READ, out->space_id, &seen))
        return false;
    return seen.allowed ||
           fail(ctx, ERR_NOT_FOUND, "\"%.*s\" not found", TEXT_ARG(question->object_id));
}

static bool resolve_refusal(struct ctx *ctx, struct text request_id, struct subject_matter *out)
{
    struct refusal_row *row;
    const struct json *decision = NULL;
    if (!refusal_find(ctx, request_id, &row))
        return false;
    if (!row || row->actor_id.len == 0)
        return fail(ctx, ERR_NOT_FOUND,
                    "a refused request \"%.*s\" was not found in the audit trail",
                    TEXT_ARG(request_id));
    if (!json_parse(ctx->arena, row->decision, NULL, &decision, ctx->error))
        return false;
    *out = (struct subject_matter){
        .actor = row->actor_id,
        .space_id = json_get_text(decision, "space"),
        .refused_at = row->at,
    };
    return action_parse(json_get_text(decision, "action"), &out->action) ||
           fail(ctx, ERR_NOT_FOUND,
                "the refused request \"%.*s\" was about no action that was found",
                TEXT_ARG(request_id));
}

/* About oneself everybody may ask. */
static bool require_asker(struct ctx *ctx, const struct subject_matter *matter)
{
    if (matter->actor.len == 0 || text_equal(matter->actor, ctx->actor->id))
        return true;
    struct text space = matter->space_id.len ? matter->space_id : root_space;
    return access_require(ctx, ACTION_SPACE_ADMIN, space, NULL);
}

/* The actor as it would be if it came in now. */
static bool read_actor(struct ctx *ctx, struct text id, struct actor *out)
{
    struct explained_subject *found;
    if (id.len == 0 || text_equal(id, ctx->actor->id)) {
        *out = *ctx->actor;
        return true;
    }
    if (!subject_find(ctx, id, &found))
        return false;
    if (!found)
        return fail(ctx, ERR_NOT_FOUND, "actor \"%.*s\" not found", TEXT_ARG(id));
    *out = (struct actor){.kind = found->kind, .id = found->subject.id, .name = found->name};
    return grants_read(ctx, &found->subject, out);
}

bool explain_answer(struct ctx *ctx, const struct explain_question *question,
                    struct explain_answer *out)
{
    struct actor actor;
    struct subject_matter matter;
    *out = (struct explain_answer){0};
    bool resolved = question->request_id.len ? resolve_refusal(ctx, question->request_id, &matter)
                                             : resolve_object(ctx, question, &matter);
    if (!resolved || !require_asker(ctx, &matter) || !read_actor(ctx, matter.actor, &actor))
        return false;
    out->actor_id = actor.id;
    out->actor_name = actor.name;
    out->refused_at = matter.refused_at;
    return access_explain(ctx, &actor, matter.action, matter.space_id, &out->explanation);
}
