/* From selected fields to columns. */
#include "doors/spacelift/stack_selection.h"

#include "stack/stack.h"

/* What resolvers of Stack look at: one member each. */
static const struct resolved_field {
    struct text name;
    size_t offset;
} resolved_fields[] = {
    {TEXT_INIT("blocked"), offsetof(struct stack, blocker_id)},
    {TEXT_INIT("blocker"), offsetof(struct stack, blocker_id)},
    {TEXT_INIT("canWrite"), offsetof(struct stack, space)},
    {TEXT_INIT("config"), offsetof(struct stack, id)},
    {TEXT_INIT("configElement"), offsetof(struct stack, id)},
    {TEXT_INIT("entities"), offsetof(struct stack, id)},
    {TEXT_INIT("outputs"), offsetof(struct stack, id)},
    {TEXT_INIT("proposedRuns"), offsetof(struct stack, id)},
    {TEXT_INIT("run"), offsetof(struct stack, id)},
    {TEXT_INIT("runResourceState"), offsetof(struct stack, id)},
    {TEXT_INIT("runs"), offsetof(struct stack, id)},
    {TEXT_INIT("runtimeConfig"), offsetof(struct stack, id)},
    {TEXT_INIT("spaceDetails"), offsetof(struct stack, space)},
    {TEXT_INIT("starred"), offsetof(struct stack, id)},
    {TEXT_INIT("stateIsTerminal"), offsetof(struct stack, state)},
    {TEXT_INIT("tasks"), offsetof(struct stack, id)},
};

static uint64_t columns_of_resolver(const struct graphql_field *field)
{
    if (field->resolve == graphql_give_absent)
        return 0;
    for (size_t i = 0; i < ARRAY_LENGTH(resolved_fields); i++) {
        if (text_equal(field->name, resolved_fields[i].name))
            return stack_columns_at(resolved_fields[i].offset);
    }
    return STACK_ALL_COLUMNS;
}

static uint64_t columns_of_member(const struct graphql_member *member)
{
    switch (member->form) {
    case GRAPHQL_FORM_NONE: return 0; /* __typename */
    case GRAPHQL_FORM_SELF: return STACK_ALL_COLUMNS;
    default: break;
    }
    uint64_t columns = stack_columns_at(member->offset);
    if (member->null == GRAPHQL_NULL_FLAG)
        columns |= stack_columns_at(member->null_at);
    return columns;
}

uint64_t stack_columns_selected(const struct graphql_call *call)
{
    uint64_t columns = 0;
    uint32_t at = 0;
    const struct graphql_field *field;
    while ((field = graphql_call_next_selected(call, &at)))
        columns |= field->resolve ? columns_of_resolver(field) : columns_of_member(&field->member);
    return columns;
}
