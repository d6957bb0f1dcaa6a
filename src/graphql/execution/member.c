/* Plain members: from a struct's bytes to a result. */
#include "graphql/execution/state.h"

#include <string.h>

static bool is_null_number(const struct graphql_member *member, const char *object, int64_t value)
{
    bool flag;
    switch (member->null) {
    case GRAPHQL_NULL_NEVER: return false;
    case GRAPHQL_NULL_CONSTANT: return value == member->null_value;
    case GRAPHQL_NULL_FLAG: memcpy(&flag, object + member->null_at, sizeof(flag)); return !flag;
    }
    return false;
}

static struct graphql_result integer(const struct graphql_member *member, const char *object,
                                     int64_t value)
{
    if (is_null_number(member, object, value))
        return (struct graphql_result){.kind = GRAPHQL_RESULT_NULL};
    return (struct graphql_result){.kind = GRAPHQL_RESULT_INT,
                                   .integer = member->is_time ? graphql_seconds(value) : value};
}

static struct graphql_result text(struct text value, bool non_null)
{
    if (!value.at && !non_null)
        return (struct graphql_result){.kind = GRAPHQL_RESULT_NULL};
    return (struct graphql_result){
        .kind = GRAPHQL_RESULT_TEXT, .len = value.len, .text = value.at ? value.at : ""};
}

static struct graphql_result number(const struct graphql_member *member, const char *object)
{
    double value;
    memcpy(&value, object + member->offset, sizeof(value));
    if (is_null_number(member, object, (int64_t)value))
        return (struct graphql_result){.kind = GRAPHQL_RESULT_NULL};
    return (struct graphql_result){.kind = GRAPHQL_RESULT_DOUBLE, .number = value};
}

static struct graphql_result boolean(const struct graphql_member *member, const char *object)
{
    bool value;
    memcpy(&value, object + member->offset, sizeof(value));
    if (is_null_number(member, object, value))
        return (struct graphql_result){.kind = GRAPHQL_RESULT_NULL};
    return (struct graphql_result){.kind = GRAPHQL_RESULT_BOOL, .boolean = value};
}

static struct graphql_result object_result(const void *object)
{
    return (struct graphql_result){.kind = object ? GRAPHQL_RESULT_OBJECT : GRAPHQL_RESULT_NULL,
                                   .object = object};
}

static struct graphql_result items(const struct graphql_member *member, const char *object,
                                   enum graphql_result_kind kind)
{
    const void *first;
    size_t count;
    memcpy(&first, object + member->offset, sizeof(first));
    memcpy(&count, object + member->count_offset, sizeof(count));
    return (struct graphql_result){
        .kind = (uint8_t)kind, .stride = member->stride, .len = count, .object = first};
}

static struct graphql_result texts(const struct graphql_member *member, const char *object,
                                   bool non_null)
{
    struct text_list list;
    memcpy(&list, object + member->offset, sizeof(list));
    if (!list.items && !non_null)
        return (struct graphql_result){.kind = GRAPHQL_RESULT_NULL};
    return (struct graphql_result){
        .kind = GRAPHQL_RESULT_TEXTS, .len = list.len, .texts = list.items};
}

struct graphql_result read_member(const struct graphql_field *field, const void *object)
{
    const struct graphql_member *member = &field->member;
    const char *bytes = object;
    bool non_null = graphql_is_non_null(field->type.wrappers);
    struct text value;
    int32_t small;
    int64_t large;
    const void *pointer;
    switch (member->form) {
    case GRAPHQL_FORM_SELF: return object_result(object);
    case GRAPHQL_FORM_STRUCT: return object_result(bytes + member->offset);
    case GRAPHQL_FORM_POINTER:
        memcpy(&pointer, bytes + member->offset, sizeof(pointer));
        return object_result(pointer);
    case GRAPHQL_FORM_TEXT:
        memcpy(&value, bytes + member->offset, sizeof(value));
        return text(value, non_null);
    case GRAPHQL_FORM_INT32:
        memcpy(&small, bytes + member->offset, sizeof(small));
        return integer(member, bytes, small);
    case GRAPHQL_FORM_INT64:
        memcpy(&large, bytes + member->offset, sizeof(large));
        return integer(member, bytes, large);
    case GRAPHQL_FORM_BOOL: return boolean(member, bytes);
    case GRAPHQL_FORM_DOUBLE: return number(member, bytes);
    case GRAPHQL_FORM_TEXTS: return texts(member, bytes, non_null);
    case GRAPHQL_FORM_STRUCTS: return items(member, bytes, GRAPHQL_RESULT_STRUCTS);
    case GRAPHQL_FORM_POINTERS: return items(member, bytes, GRAPHQL_RESULT_POINTERS);
    case GRAPHQL_FORM_INT32S: return items(member, bytes, GRAPHQL_RESULT_INT32S);
    case GRAPHQL_FORM_INT64S: return items(member, bytes, GRAPHQL_RESULT_INTS);
    default: return (struct graphql_result){.kind = GRAPHQL_RESULT_NULL};
    }
}

const struct plan_set *set_for(const struct graphql_plan_field *field, const void *object)
{
    const struct graphql_type *type = field->field->type.type;
    if (!graphql_type_is_abstract(type))
        return &field->sets[0];
    const struct graphql_type *actual = type->type_of ? type->type_of(type, object) : NULL;
    for (uint32_t i = 0; actual && i < field->set_count; i++)
        if (field->sets[i].type == actual)
            return &field->sets[i];
    return NULL;
}
