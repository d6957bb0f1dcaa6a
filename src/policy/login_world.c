/* Spaces and roles as values of the policy language. */
#include "policy/login_world.h"

#include "access/space_tree.h"
#include "base/ulid.h"
#include "policy/policy_store.h"
#include "rego/value/collection.h"

static bool put(struct collection *object, const char *key, struct value value)
{
    return object_put(object, value_string(text_z(key)), value);
}

static bool put_text(struct collection *object, const char *key, struct text text)
{
    return put(object, key, value_string(text.at ? text : TEXT("")));
}

static bool put_texts(struct arena *arena, struct collection *object, const char *key,
                      struct text_list texts)
{
    struct value *items = value_array_items(arena, texts.len);
    for (size_t i = 0; items && i < texts.len; i++)
        items[i] = value_string(texts.items[i]);
    return items && put(object, key, value_array(items, texts.len));
}

static bool add_space(struct arena *arena, const struct space *space, struct value *out)
{
    struct collection *object = object_new(arena, 3);
    if (!object || !put_text(object, "id", space->id) || !put_text(object, "name", space->name) ||
        !put_texts(arena, object, "labels", space->labels))
        return false;
    *out = collection_value(object);
    return true;
}

/* The tree may go with the snapshot it stands in, so its texts are copied. */
static bool read_spaces(struct ctx *ctx, struct login_world *world)
{
    const struct space_tree *tree = space_tree_get(ctx);
    struct value spaces;
    if (!tree)
        return false;
    struct value *items = value_array_items(ctx->arena, tree->len);
    map_init(&world->space_ids, ctx->arena);
    for (size_t i = 0; i < tree->len; i++) {
        struct text id = text_copy(ctx->arena, tree->spaces[i].id);
        if (!items || !add_space(ctx->arena, &tree->spaces[i], &items[i]) ||
            !map_set(&world->space_ids, id, world))
            return fail_no_memory(ctx);
    }
    spaces = value_array(items, tree->len);
    return (value_copy(ctx->arena, &spaces, &world->spaces) && value_freeze(&world->spaces)) ||
           fail_no_memory(ctx);
}

/* `id` is the slug, as older policies expect it. */
static bool add_role(struct arena *arena, const struct known_role *role, struct value *out)
{
    struct collection *object = object_new(arena, 4);
    if (!object || !put_text(object, "id", role->slug) || !put_text(object, "name", role->name) ||
        !put_text(object, "slug", role->slug) || !put_text(object, "ulid", role->id))
        return false;
    *out = collection_value(object);
    return true;
}

static bool read_roles(struct ctx *ctx, struct login_world *world)
{
    struct list roles;
    if (!policy_role_row_list(ctx, &roles))
        return false;
    struct value *items = value_array_items(ctx->arena, roles.len);
    map_init(&world->roles_by_name, ctx->arena);
    for (size_t i = 0; i < roles.len; i++) {
        struct known_role *role = list_at(&roles, i);
        if (!items || !add_role(ctx->arena, role, &items[i]) ||
            !map_set(&world->roles_by_name, role->id, role) ||
            !map_set(&world->roles_by_name, role->slug, role))
            return fail_no_memory(ctx);
    }
    world->roles = value_array(items, roles.len);
    return value_freeze(&world->roles) || fail_no_memory(ctx);
}

bool login_world_read(struct ctx *ctx, struct login_world *out)
{
    return read_spaces(ctx, out) && read_roles(ctx, out);
}

struct text login_world_role(const struct login_world *world, struct text name)
{
    struct ulid ulid;
    char canonical[ULID_LENGTH + 1];
    const struct known_role *role = map_get(&world->roles_by_name, name);
    if (!role && ulid_parse(name, &ulid)) {
        ulid_print(ulid, canonical);
        role = map_get(&world->roles_by_name, text_z(canonical));
    }
    return role ? role->id : TEXT("");
}

struct text login_world_role_slug(const struct login_world *world, struct text id)
{
    const struct known_role *role = map_get(&world->roles_by_name, id);
    return role ? role->slug : id;
}

bool login_world_has_space(const struct login_world *world, struct text id)
{
    return map_find(&world->space_ids, id) != NULL;
}
