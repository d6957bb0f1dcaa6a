/*
 * json.patch: RFC 6902 on values, sets included, where the last segment of a path is the member
 * itself. Each operation copies the containers along its path. Whatever does not fit makes the
 * whole patch fail, which the language shows as undefined.
 */
#include "rego/builtins/json_path.h"
#include "rego/builtins/operand.h"

#include <string.h>

struct edit {
    struct builtin_call *call;
    const struct value *path; /* an array of segments */
    const struct value *add;  /* NULL to remove */
    bool replace;             /* the target must exist; arrays do not grow */
};

static bool apply(const struct edit *edit, const struct value *at, uint32_t depth,
                  struct value *out);

static bool copy_members(const struct edit *edit, const struct collection *from,
                         const struct value *key, struct value *out)
{
    bool is_set = from->kind == VALUE_SET;
    struct collection *copy =
        is_set ? set_new(edit->call->arena, from->len) : object_new(edit->call->arena, from->len);
    for (uint32_t i = 0; copy && i < from->len; i++) {
        const struct value *raw = collection_raw_key(from, i);
        if (key && value_equal(raw, key))
            continue;
        if (is_set ? !set_add(copy, *raw) : !object_put(copy, *raw, *collection_raw_item(from, i)))
            return false;
    }
    if (copy)
        *out = collection_value(copy);
    return copy != NULL;
}

static bool edit_object(const struct edit *edit, const struct value *at, uint32_t depth,
                        struct value *out)
{
    const struct value *key = &edit->path->as.items[depth];
    const struct value *present = value_get(at, key);
    bool last = depth + 1 == edit->path->len;
    struct value item;
    if (!present && (!last || !edit->add || edit->replace))
        return false;
    if (last && !edit->add)
        return copy_members(edit, at->as.collection, key, out);
    if (last)
        item = *edit->add;
    else if (!apply(edit, present, depth + 1, &item))
        return false;
    if (!copy_members(edit, at->as.collection, NULL, out) ||
        !object_put(out->as.collection, *key, item))
        return false;
    *out = collection_value(out->as.collection);
    return true;
}

static bool edit_set(const struct edit *edit, const struct value *at, uint32_t depth,
                     struct value *out)
{
    const struct value *member = &edit->path->as.items[depth];
    bool last = depth + 1 == edit->path->len;
    bool present = value_get(at, member) != NULL;
    struct value item;
    if (!present && (!last || !edit->add || edit->replace))
        return false;
    if (last && edit->add && !value_equal(member, edit->add))
        return false;
    if (!copy_members(edit, at->as.collection, present ? member : NULL, out))
        return false;
    if (last && !edit->add)
        return true;
    if (last)
        item = *edit->add;
    else if (!apply(edit, member, depth + 1, &item))
        return false;
    if (!set_add(out->as.collection, item))
        return false;
    *out = collection_value(out->as.collection);
    return true;
}

/* Items before `index`, then `item` if any, then the rest from `resume` on. */
static bool splice(const struct edit *edit, const struct value *array, uint32_t index,
                   const struct value *item, uint32_t resume, struct value *out)
{
    size_t len = index + (item ? 1u : 0u) + (array->len - resume);
    struct value *items = value_array_items(edit->call->arena, len);
    if (!items)
        return false;
    if (index)
        memcpy(items, array->as.items, index * sizeof *items);
    if (item)
        items[index] = *item;
    if (resume < array->len)
        memcpy(items + index + (item ? 1 : 0), array->as.items + resume,
               (array->len - resume) * sizeof *items);
    *out = value_array(items, len);
    return out->kind == VALUE_ARRAY;
}

static bool edit_array(const struct edit *edit, const struct value *at, uint32_t depth,
                       struct value *out)
{
    const struct value *segment = &edit->path->as.items[depth];
    bool last = depth + 1 == edit->path->len;
    bool inserts = last && edit->add && !edit->replace;
    uint32_t index;
    struct value item;
    if (inserts && segment->kind == VALUE_STRING && text_equal_z(value_text(segment), "-"))
        index = at->len;
    else if (!json_path_index(segment, &index))
        return false;
    if (index >= at->len + (inserts ? 1u : 0u))
        return false;
    if (last)
        return splice(edit, at, index, edit->add, index + (inserts ? 0 : 1), out);
    return apply(edit, &at->as.items[index], depth + 1, &item) &&
           splice(edit, at, index, &item, index + 1, out);
}

static bool apply(const struct edit *edit, const struct value *at, uint32_t depth,
                  struct value *out)
{
    if (depth == edit->path->len) {
        if (edit->add)
            *out = *edit->add;
        return edit->add != NULL;
    }
    if (!charge(edit->call, value_count(at) + 1))
        return false;
    switch (at->kind) {
    case VALUE_OBJECT: return edit_object(edit, at, depth, out);
    case VALUE_ARRAY: return edit_array(edit, at, depth, out);
    case VALUE_SET: return edit_set(edit, at, depth, out);
    default: return false;
    }
}

static const struct value *look_up(const struct value *at, const struct value *path)
{
    for (uint32_t i = 0; i < path->len && at; i++) {
        const struct value *segment = &path->as.items[i];
        uint32_t index;
        if (at->kind != VALUE_ARRAY)
            at = value_get(at, segment);
        else
            at = json_path_index(segment, &index) && index < at->len ? &at->as.items[index] : NULL;
    }
    return at;
}

/* One operation of the patch, with its parts taken from the object. */
struct step {
    struct text operation;
    struct value path, from;
    const struct value *value; /* NULL when absent */
};

static bool read_path(struct builtin_call *call, const struct collection *object, const char *name,
                      struct value *out)
{
    const struct value *path = object_get_text(object, text_z(name));
    return path && json_path_parse(call, path, out);
}

static bool read_step(struct builtin_call *call, const struct value *patch, struct step *step)
{
    if (patch->kind != VALUE_OBJECT)
        return false;
    const struct collection *object = patch->as.collection;
    const struct value *operation = object_get_text(object, TEXT("op"));
    if (!operation || operation->kind != VALUE_STRING ||
        !read_path(call, object, "path", &step->path))
        return false;
    step->operation = value_text(operation);
    step->value = object_get_text(object, TEXT("value"));
    bool has_from = text_equal_z(step->operation, "move") || text_equal_z(step->operation, "copy");
    return !has_from || read_path(call, object, "from", &step->from);
}

static bool set_at(struct builtin_call *call, struct value *document, const struct value *path,
                   const struct value *value, bool replace)
{
    struct value before = *document;
    struct edit edit = {.call = call, .path = path, .add = value, .replace = replace};
    return apply(&edit, &before, 0, document);
}

static bool run_step(struct builtin_call *call, struct value *document, const struct step *step)
{
    struct text operation = step->operation;
    if (text_equal_z(operation, "add"))
        return step->value && set_at(call, document, &step->path, step->value, false);
    if (text_equal_z(operation, "replace"))
        return step->value && set_at(call, document, &step->path, step->value, true);
    if (text_equal_z(operation, "remove"))
        return set_at(call, document, &step->path, NULL, false);
    if (text_equal_z(operation, "test")) {
        const struct value *found = look_up(document, &step->path);
        return found && step->value && charge(call, value_weight(found)) &&
               value_equal(found, step->value);
    }
    if (!text_equal_z(operation, "copy") && !text_equal_z(operation, "move"))
        return false;
    const struct value *found = look_up(document, &step->from);
    if (!found)
        return false;
    struct value moved = *found;
    if (text_equal_z(operation, "move") && step->from.len > 0 &&
        !set_at(call, document, &step->from, NULL, false))
        return false;
    return set_at(call, document, &step->path, &moved, false);
}

enum builtin_outcome builtin_json_patch(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    if (!operand_is(call, operands, 1, VALUE_ARRAY) ||
        !operand_elements_are(call, operands, 1, VALUE_OBJECT))
        return BUILTIN_TYPE_ERROR;
    *result = operands[0];
    for (uint32_t i = 0; i < operands[1].len; i++) {
        struct step step;
        if (read_step(call, &operands[1].as.items[i], &step) && run_step(call, result, &step))
            continue;
        if (arena_failed(call->arena) || call->budget->stop != BUDGET_RUNNING)
            return stop_memory(call);
        return fail_builtin(call, "operation %u of the patch does not apply", i + 1);
    }
    return BUILTIN_OK;
}
