/* Searches from and to the shapes of the API. */
#include "doors/spacelift/search_input.h"

/* One predicate: whichever part of the constraint was given, as texts. */
static bool read_predicate(struct graphql_call *call, const struct spacelift_QueryPredicate *given,
                           struct search_predicate *out)
{
    const struct spacelift_QueryFieldConstraint *constraint = given->constraint;
    out->field = given->field;
    out->exclude = given->exclude;
    if (constraint->enum_equals.len)
        out->matches = constraint->enum_equals;
    else if (constraint->string_matches.len)
        out->matches = constraint->string_matches;
    if (constraint->boolean_equals.len == 0)
        return true;
    struct text *texts = ARENA_ARRAY(call->arena, struct text, constraint->boolean_equals.len);
    if (!texts)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < constraint->boolean_equals.len; i++)
        texts[i] = search_bool(constraint->boolean_equals.items[i]);
    out->matches = (struct text_list){texts, constraint->boolean_equals.len};
    return true;
}

bool search_read(struct graphql_call *call, const struct spacelift_SearchInput *input,
                 struct search *out)
{
    struct search_predicate *predicates =
        ARENA_ARRAY(call->arena, struct search_predicate, input->predicates.len);
    if (!predicates)
        return error_set_no_memory(call->error);
    for (size_t i = 0; i < input->predicates.len; i++) {
        if (!read_predicate(call, &input->predicates.items[i], &predicates[i]))
            return false;
    }
    *out = (struct search){
        .first = input->first,
        .after = input->after,
        .full_text = input->full_text_search,
        .predicates = predicates,
        .predicate_count = input->predicates.len,
    };
    if (input->order_by) {
        out->order_by = input->order_by->field;
        out->descending = text_equal(input->order_by->direction, TEXT("DESC"));
    }
    return true;
}

const struct spacelift_PageInfo *search_page_info(struct graphql_call *call, struct text end_cursor,
                                                  bool has_next, bool has_previous)
{
    struct spacelift_PageInfo *info = ARENA_NEW(call->arena, struct spacelift_PageInfo);
    if (info)
        *info = (struct spacelift_PageInfo){
            .end_cursor = end_cursor, .has_next_page = has_next, .has_previous_page = has_previous};
    return info;
}
