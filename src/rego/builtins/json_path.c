/* json.filter and json.remove: the paths make a tree, which is then laid over the value. */
#include "rego/builtins/json_path.h"

#include "rego/builtins/operand.h"

static struct text unescape(struct arena *arena, struct text segment)
{
    if (text_find_byte(segment, '~', 0) == segment.len)
        return segment;
    struct buffer out;
    buffer_init(&out, arena, segment.len + 1);
    for (size_t i = 0; i < segment.len; i++) {
        bool escape = segment.at[i] == '~' && i + 1 < segment.len &&
                      (segment.at[i + 1] == '0' || segment.at[i + 1] == '1');
        if (escape)
            buffer_add_byte(&out, segment.at[++i] == '0' ? '~' : '/');
        else
            buffer_add_byte(&out, segment.at[i]);
    }
    return buffer_text(&out);
}

bool json_path_parse(struct builtin_call *call, const struct value *path, struct value *out)
{
    *out = *path;
    if (path->kind == VALUE_ARRAY)
        return true;
    if (path->kind != VALUE_STRING)
        return false;
    struct text rest = value_text(path);
    struct value_list segments;
    value_list_init(&segments, call->arena);
    if (rest.len > 0 && rest.at[0] == '/')
        rest = text_slice(rest, 1, rest.len);
    for (size_t at = 0; path->len > 0 && at <= rest.len;) {
        size_t end = text_find_byte(rest, '/', at);
        struct text segment = unescape(call->arena, text_slice(rest, at, end));
        if (!value_list_add(&segments, value_string(segment)))
            return false;
        at = end + 1;
    }
    *out = value_list_array(&segments);
    return !arena_failed(call->arena);
}

bool json_path_index(const struct value *segment, uint32_t *out)
{
    int64_t index;
    if (value_is_int64(segment)) {
        index = segment->as.integer;
    } else {
        struct text text = value_text(segment);
        if (segment->kind != VALUE_STRING || (text.len > 1 && text.at[0] == '0') || text.len == 0 ||
            text.at[0] < '0' || text.at[0] > '9' || !text_to_int64(text, &index))
            return false;
    }
    *out = (uint32_t)index;
    return index >= 0 && index < UINT32_MAX;
}

/* Adds one path to the tree of objects whose leaves are null; a leaf covers all below it. */
static bool plant(struct arena *arena, struct collection *tree, const struct value *path)
{
    for (uint32_t i = 0; i < path->len; i++) {
        const struct value *segment = &path->as.items[i];
        const struct value *branch = collection_get(tree, segment);
        if (branch && branch->kind == VALUE_NULL)
            return true;
        if (i + 1 == path->len)
            return object_put(tree, *segment, VALUE_OF_NULL);
        struct collection *below = branch ? branch->as.collection : object_new(arena, 0);
        if (!below || (!branch && !object_put(tree, *segment, collection_value(below))))
            return false;
        tree = below;
    }
    return true;
}

static enum builtin_outcome make_tree(struct builtin_call *call, const struct value *operands,
                                      struct collection **out)
{
    if (!operand_is(call, operands, 0, VALUE_OBJECT) ||
        !operand_among(call, operands, 1, KIND(SET) | KIND(ARRAY), "one of {set, array}"))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, value_weight(&operands[0])) || !charge(call, value_weight(&operands[1])) ||
        !sort_operand(call, &operands[1]))
        return BUILTIN_STOPPED;
    *out = object_new(call->arena, 0);
    if (!*out)
        return stop_memory(call);
    for (uint32_t i = 0; i < value_count(&operands[1]); i++) {
        const struct value *item = element(&operands[1], i);
        struct value path;
        if (item->kind != VALUE_STRING && item->kind != VALUE_ARRAY)
            return fail_type(call,
                             "operand 2 must be one of {set, array} containing string paths or "
                             "array of path segments but got %s",
                             value_kind_name((enum value_kind)item->kind));
        if (!json_path_parse(call, item, &path) || !plant(call->arena, *out, &path))
            return stop_memory(call);
    }
    return BUILTIN_OK;
}

/* The branch of the tree for an array's index, which paths may write as text or number. */
static const struct value *branch_at(struct arena *arena, const struct collection *tree,
                                     uint32_t index)
{
    struct value number = VALUE_INT(index);
    struct value text = value_string(text_format(arena, "%u", index));
    const struct value *branch = collection_get(tree, &text);
    return branch ? branch : collection_get(tree, &number);
}

/* What an entry becomes: kept (true) or dropped (false), perhaps changed below. */
typedef bool (*prune_fn)(struct builtin_call *call, const struct value *value,
                         const struct value *branch, struct value *out);

/* False without memory. */
static bool prune_array(struct builtin_call *call, const struct value *array,
                        const struct collection *tree, prune_fn prune, struct value *out)
{
    struct value_list list;
    value_list_init(&list, call->arena);
    for (uint32_t i = 0; i < array->len; i++) {
        struct value item;
        const struct value *branch = branch_at(call->arena, tree, i);
        if (prune(call, &array->as.items[i], branch, &item) && !value_list_add(&list, item))
            return false;
    }
    *out = value_list_array(&list);
    return true;
}

static bool prune_object(struct builtin_call *call, const struct value *value,
                         const struct collection *tree, prune_fn prune, struct value *out)
{
    const struct collection *from = value->as.collection;
    struct collection *object = object_new(call->arena, 0);
    for (uint32_t i = 0; object && i < from->len; i++) {
        struct value item;
        const struct value *key = collection_raw_key(from, i);
        const struct value *branch = collection_get(tree, key);
        if (prune(call, collection_raw_item(from, i), branch, &item) &&
            !object_put(object, *key, item))
            return false;
    }
    if (object)
        *out = collection_value(object);
    return object != NULL;
}

static bool prune_value(struct builtin_call *call, const struct value *value,
                        const struct collection *tree, prune_fn prune, struct value *out)
{
    *out = *value;
    bool done = true;
    if (value->kind == VALUE_OBJECT)
        done = prune_object(call, value, tree, prune, out);
    else if (value->kind == VALUE_ARRAY)
        done = prune_array(call, value, tree, prune, out);
    if (!done)
        stop_memory(call);
    return done;
}

static bool without(struct builtin_call *call, const struct value *value,
                    const struct value *branch, struct value *out)
{
    *out = *value;
    if (!branch)
        return true;
    return branch->kind != VALUE_NULL &&
           prune_value(call, value, branch->as.collection, without, out);
}

static bool only(struct builtin_call *call, const struct value *value, const struct value *branch,
                 struct value *out)
{
    *out = *value;
    if (!branch || branch->kind == VALUE_NULL)
        return branch != NULL;
    return (value->kind == VALUE_OBJECT || value->kind == VALUE_ARRAY) &&
           prune_value(call, value, branch->as.collection, only, out);
}

static enum builtin_outcome prune_operand(struct builtin_call *call, const struct value *operands,
                                          prune_fn prune, struct value *result)
{
    struct collection *tree;
    enum builtin_outcome outcome = make_tree(call, operands, &tree);
    if (outcome != BUILTIN_OK)
        return outcome;
    bool done = prune_value(call, &operands[0], tree, prune, result);
    return done && call->budget->stop == BUDGET_RUNNING ? BUILTIN_OK : stop_memory(call);
}

enum builtin_outcome builtin_json_remove(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    return prune_operand(call, operands, without, result);
}

enum builtin_outcome builtin_json_filter(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    return prune_operand(call, operands, only, result);
}
