/* Rules of the tree of spaces. */
#include "space/space.h"

#include "audit/audit.h"
#include "base/buffer.h"
#include "base/slug.h"
#include "base/ulid.h"
#include "kernel/naming.h"
#include "kernel/stored_setting.h"
#include "space/space_store.h"

enum {
    LABELS_MAX = 200,
    NAMED_MAX = 5, /* things that keep a space from being deleted, in the sentence */
};

static const struct text managers_setting = TEXT_INIT("space_managers");

static bool check_labels(struct ctx *ctx, struct text_list labels)
{
    if (labels.len > LABELS_MAX)
        return fail(ctx, ERR_INVALID, "a space may have %d labels at most", LABELS_MAX);
    for (size_t i = 0; i < labels.len; i++) {
        if (labels.items[i].len == 0 || labels.items[i].len > NAME_MAX_BYTES)
            return fail(ctx, ERR_INVALID, "a label has 1 to %d bytes", NAME_MAX_BYTES);
    }
    return true;
}

static bool check_input(struct ctx *ctx, const struct space_input *input)
{
    return naming_check_name(ctx, "a space", input->name) &&
           naming_check_description(ctx, "a space", input->description) &&
           check_labels(ctx, input->labels);
}

bool space_managers_get(struct ctx *ctx, bool *out)
{
    struct text stored;
    if (!stored_setting_get(ctx, managers_setting, &stored))
        return false;
    *out = text_equal(stored, TEXT("true"));
    return true;
}

bool space_managers_set(struct ctx *ctx, bool enabled)
{
    struct decision decision;
    struct change change;
    bool before;
    if (!access_require_administrator(ctx, &decision) ||
        (enabled && !access_require_lasting(ctx, &decision)) || !space_managers_get(ctx, &before))
        return false;
    change_init(&change, ctx->arena);
    change_bool(&change.before, "space_admins_manage_spaces", before);
    change_bool(&change.after, "space_admins_manage_spaces", enabled);
    return stored_setting_set(ctx, managers_setting, enabled ? TEXT("true") : TEXT("false")) &&
           audit_record(ctx, &(struct audit_event){.action = "account.set_space_managers",
                                                   .resource_type = "ACCOUNT",
                                                   .resource_id = ctx->account->name,
                                                   .decision = &decision,
                                                   .change = &change});
}

/* Whether the actor may change what is directly below `parent`; only `by_switch` when being no
 * administrator of root. */
static bool require_manager(struct ctx *ctx, struct text parent, struct decision *decision,
                            bool *by_switch)
{
    *by_switch = false;
    if (!access_decide(ctx, ACTION_SPACE_ADMIN, root_space, decision))
        return false;
    if (!decision->allowed && !space_managers_get(ctx, by_switch))
        return false;
    return access_require(ctx, ACTION_SPACE_ADMIN, *by_switch ? parent : root_space, decision);
}

static bool require_inheriting(struct ctx *ctx, bool by_switch, bool inherits)
{
    if (!by_switch || inherits)
        return true;
    return fail(ctx, ERR_DENIED,
                "unauthorized: only an administrator of root may have a space that does not "
                "inherit");
}

static const struct space *find_parent(struct ctx *ctx, const struct space_tree *tree,
                                       struct text id)
{
    const struct space *parent = space_tree_find(tree, id);
    if (!parent)
        fail(ctx, ERR_NOT_FOUND, "space \"%.*s\" not found", TEXT_ARG(id));
    return parent;
}

static size_t depth_of(const struct space *space)
{
    size_t depth = 0;
    for (; space->parent; space = space->parent)
        depth++;
    return depth;
}

/* Levels below the space. A tree knows parents and no children, so all of it is walked: moves are
 * rare. */
static size_t height_of(const struct space_tree *tree, const struct space *space)
{
    size_t height = 0;
    for (size_t i = 0; i < tree->len; i++) {
        size_t steps = 0;
        const struct space *at = &tree->spaces[i];
        for (; at && at != space; at = at->parent)
            steps++;
        if (at && steps > height)
            height = steps;
    }
    return height;
}

static bool check_depth(struct ctx *ctx, const struct space *parent, size_t height)
{
    if (depth_of(parent) + 1 + height <= SPACE_DEPTH_MAX)
        return true;
    return fail(ctx, ERR_INVALID, "a space may have %d spaces above it at most", SPACE_DEPTH_MAX);
}

/* What the trail keeps of a space. */
static void describe(struct change_side *side, const struct space *space)
{
    change_text(side, "name", space->name);
    change_text(side, "description", space->description);
    change_text(side, "parent_space", space->parent_space);
    change_bool(side, "inherit_entities", space->inherit_entities);
    change_texts(side, "labels", space->labels);
}

/* before or after may be NULL; `space` is either of them. */
static bool record(struct ctx *ctx, const char *action, const struct space *space,
                   const struct space *before, const struct space *after,
                   const struct decision *decision)
{
    struct change change;
    change_init(&change, ctx->arena);
    if (before)
        describe(&change.before, before);
    if (after)
        describe(&change.after, after);
    return audit_record(ctx, &(struct audit_event){.action = action,
                                                   .resource_type = "SPACE",
                                                   .resource_id = space->id,
                                                   .related_type = "SPACE",
                                                   .related_id = space->parent_space,
                                                   .decision = decision,
                                                   .change = &change});
}

/* The space as it is after the unit's own changes. */
static bool read_back(struct ctx *ctx, struct text id, const struct space **out)
{
    const struct space_tree *tree = space_tree_read(ctx);
    *out = tree ? space_tree_find(tree, id) : NULL;
    return *out || fail(ctx, ERR_INTERNAL, "a space is gone right after it was written");
}

bool space_create(struct ctx *ctx, const struct space_input *given, const struct space **out)
{
    struct decision decision;
    bool by_switch;
    struct space_input input = *given;
    input.name = text_trim(input.name);
    const struct space_tree *tree = space_tree_read(ctx);
    const struct space *parent = tree ? find_parent(ctx, tree, input.parent_space) : NULL;
    if (!parent || !require_manager(ctx, parent->id, &decision, &by_switch) ||
        !require_inheriting(ctx, by_switch, input.inherit_entities) || !check_input(ctx, &input) ||
        !check_depth(ctx, parent, 0))
        return false;
    struct text slug = slug_make(ctx->arena, input.name, "space");
    struct text id =
        text_format(ctx->arena, "%.*s-%.*s", TEXT_ARG(slug), TEXT_ARG(ulid_make(ctx->arena)));
    return space_row_insert(ctx, id, &input) && access_changed(ctx) && read_back(ctx, id, out) &&
           record(ctx, "space.create", *out, NULL, *out, &decision);
}

static bool check_move(struct ctx *ctx, const struct space_tree *tree, const struct space *space,
                       struct text parent_id, bool by_switch)
{
    struct decision decision;
    const struct space *parent = find_parent(ctx, tree, parent_id);
    if (!parent)
        return false;
    if (space_is_within(parent, space->id))
        return fail(ctx, ERR_CONFLICT,
                    "space \"%.*s\" cannot be moved below itself: \"%.*s\" is in it",
                    TEXT_ARG(space->id), TEXT_ARG(parent_id));
    return (!by_switch || access_require(ctx, ACTION_SPACE_ADMIN, parent_id, &decision)) &&
           check_depth(ctx, parent, height_of(tree, space));
}

/* Root has no parent, and stays where it is. */
static bool place_root(struct ctx *ctx, struct space_input *input)
{
    if (input->parent_space.len && !text_equal(input->parent_space, root_space))
        return fail(ctx, ERR_CONFLICT, "the space root cannot be moved");
    input->parent_space = (struct text){NULL, 0};
    input->inherit_entities = false;
    return true;
}

static bool check_place(struct ctx *ctx, const struct space_tree *tree, const struct space *space,
                        bool by_switch, struct space_input *input)
{
    if (!space->parent)
        return place_root(ctx, input);
    return require_inheriting(ctx, by_switch,
                              input->inherit_entities || !space->inherit_entities) &&
           (text_equal(input->parent_space, space->parent_space) ||
            check_move(ctx, tree, space, input->parent_space, by_switch));
}

/* Whether what the tree gives does not grow. Elsewhere, others have rights in the space. */
static bool is_seen_by_the_same(const struct space *space, const struct space_input *input)
{
    return text_equal(input->parent_space, space->parent_space) &&
           (space->inherit_entities || !input->inherit_entities);
}

static struct text managed_from(const struct space *space)
{
    return space->parent ? space->parent->id : root_space;
}

bool space_update(struct ctx *ctx, struct text id, const struct space_input *given,
                  const struct space **out)
{
    struct decision decision;
    bool by_switch;
    struct space_input input = *given;
    input.name = text_trim(input.name);
    const struct space_tree *tree = space_tree_read(ctx);
    const struct space *space = tree ? find_parent(ctx, tree, id) : NULL;
    return space && require_manager(ctx, managed_from(space), &decision, &by_switch) &&
           check_input(ctx, &input) && check_place(ctx, tree, space, by_switch, &input) &&
           (is_seen_by_the_same(space, &input) || access_require_lasting(ctx, &decision)) &&
           space_row_update(ctx, id, &input) && access_changed(ctx) && read_back(ctx, id, out) &&
           record(ctx, "space.update", *out, space, *out, &decision);
}

/* "space "a", stack "b" and more". */
static bool name_content(struct ctx *ctx, struct text id, struct text *out)
{
    struct list content;
    struct buffer names;
    buffer_init(&names, ctx->arena, ERROR_MESSAGE_SIZE);
    if (!space_content_list(ctx, id, NAMED_MAX + 1, &content))
        return false;
    for (size_t i = 0; i < content.len && i < NAMED_MAX; i++) {
        const struct space_content *one = list_at(&content, i);
        buffer_add_format(&names, "%s%.*s \"%.*s\"", i ? ", " : "", TEXT_ARG(one->kind),
                          TEXT_ARG(one->id));
    }
    if (content.len > NAMED_MAX)
        buffer_add_format(&names, " and more");
    *out = buffer_text(&names);
    return true;
}

static bool require_empty(struct ctx *ctx, struct text id)
{
    struct text names;
    if (!name_content(ctx, id, &names))
        return false;
    if (names.len == 0)
        return true;
    return fail(ctx, ERR_CONFLICT, "space \"%.*s\" is not empty: it has %.*s", TEXT_ARG(id),
                TEXT_ARG(names));
}

static bool require_deletable(struct ctx *ctx, const struct space *space)
{
    if (space->parent && !text_equal(space->id, TEXT("legacy")))
        return true;
    return fail(ctx, ERR_CONFLICT, "the space %.*s cannot be deleted", TEXT_ARG(space->id));
}

bool space_delete(struct ctx *ctx, struct text id, const struct space **out)
{
    struct decision decision;
    bool by_switch;
    int64_t bindings;
    const struct space_tree *tree = space_tree_read(ctx);
    if (!tree)
        return false;
    *out = space_tree_find(tree, id);
    if (!*out)
        return access_require_administrator(ctx, &decision);
    return require_manager(ctx, managed_from(*out), &decision, &by_switch) &&
           require_deletable(ctx, *out) && require_empty(ctx, id) &&
           space_row_delete(ctx, id, &bindings) && access_changed(ctx) &&
           record(ctx, "space.delete", *out, *out, NULL, &decision);
}
