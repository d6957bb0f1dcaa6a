/*
 * Objects that rules build by path: p[x].q[y] := v. The objects and sets between the root and the
 * values are open while the rules run: other rules may add to them. They are marked as such in the
 * entry that holds them, and take their place as values when the whole is finished.
 */
#include "rego/eval/machine.h"

/* Of an object's or a set's value: still under construction. */
enum { FORM_OPEN = 0x80 };

static bool is_open(const struct value *value, enum value_kind kind)
{
    return value->kind == kind && value->form == FORM_OPEN;
}

/* The open collection under a key, made when there is none. */
static enum path_outcome open_under(struct collection *object, const struct value *key,
                                    enum value_kind kind, struct collection **out)
{
    const struct value *present = collection_get(object, key);
    if (present) {
        *out = present->as.collection;
        return is_open(present, kind) ? PATH_OK : PATH_CONFLICT;
    }
    *out = kind == VALUE_SET ? set_new(object->arena, 0) : object_new(object->arena, 0);
    if (!*out)
        return PATH_REFUSED;
    struct value open = collection_value(*out);
    open.form = FORM_OPEN;
    return object_put(object, *key, open) ? PATH_OK : PATH_REFUSED;
}

static enum path_outcome descend(struct collection **object, const struct value *keys, uint32_t len)
{
    enum path_outcome outcome = PATH_OK;
    for (uint32_t i = 0; i < len && outcome == PATH_OK; i++)
        outcome = open_under(*object, &keys[i], VALUE_OBJECT, object);
    return outcome;
}

enum path_outcome path_add(struct collection *object, const struct value *keys, uint32_t len,
                           struct value value)
{
    enum path_outcome outcome = descend(&object, keys, len - 1);
    if (outcome != PATH_OK)
        return outcome;
    if (value.kind == VALUE_OBJECT || value.kind == VALUE_SET)
        value.form = VALUE_PLAIN;
    const struct value *present;
    if (!object_insert(object, keys[len - 1], value, &present))
        return PATH_REFUSED;
    if (!present)
        return PATH_OK;
    bool open = present->kind >= VALUE_OBJECT && present->form == FORM_OPEN;
    return !open && value_equal(present, &value) ? PATH_OK : PATH_CONFLICT;
}

enum path_outcome path_member(struct collection *object, const struct value *keys, uint32_t len,
                              struct value member)
{
    struct collection *set;
    enum path_outcome outcome = descend(&object, keys, len - 1);
    if (outcome == PATH_OK)
        outcome = open_under(object, &keys[len - 1], VALUE_SET, &set);
    if (outcome != PATH_OK)
        return outcome;
    return set_add(set, member) ? PATH_OK : PATH_REFUSED;
}

enum path_outcome path_object(struct collection *object, const struct value *keys, uint32_t len)
{
    return descend(&object, keys, len);
}

/* Rebuilt, because an open collection has grown since its value was put down. The recursion is as
 * deep as the paths of rules, which the compiler limits. */
struct value path_finish(struct collection *object)
{
    bool any_open = false;
    for (uint32_t i = 0; i < object->len && !any_open; i++) {
        const struct value *item = collection_raw_item(object, i);
        any_open = item->kind >= VALUE_OBJECT && item->form == FORM_OPEN;
    }
    if (!any_open)
        return collection_value(object);
    struct collection *finished = object_new(object->arena, object->len);
    for (uint32_t i = 0; finished && i < object->len; i++) {
        struct value item = *collection_raw_item(object, i);
        if (is_open(&item, VALUE_OBJECT))
            item = path_finish(item.as.collection);
        else if (is_open(&item, VALUE_SET))
            item = collection_value(item.as.collection);
        if (item.kind == VALUE_UNDEFINED ||
            !object_put(finished, *collection_raw_key(object, i), item))
            return VALUE_NONE;
    }
    return finished ? collection_value(finished) : VALUE_NONE;
}
