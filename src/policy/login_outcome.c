/* Evaluating a login policy and reading its result. */
#include "policy/login_outcome.h"

#include "rego/value/collection.h"
#include "rego/value/json_value.h"

enum {
    SAMPLE_MAX_BYTES = 4 << 20,
    GRANTS_MAX = 1000, /* of one policy; more is a policy that fails, and so refuses */
    /* Bodies asked one by one for what they give; beyond it grants have no line. */
    ASKED_MAX = 1000,
};

/* One evaluation. */
struct reading {
    struct arena *arena;
    const struct login_policy *policy;
    struct rego_context *context;
    struct value input;
    struct value result;
    struct list grants; /* of struct login_grant */
    unsigned asked;     /* bodies */
    struct login_outcome *out;
};

static bool refuse(struct reading *reading, struct text failure)
{
    *reading->out = (struct login_outcome){.policy_id = reading->policy->id, .failure = failure};
    return failure.at != NULL;
}

static const struct value *part(const struct reading *reading, const char *name)
{
    return object_get_text(reading->result.as.collection, text_z(name));
}

/* ---- Which body it was. ---- */

/* What is looked for: a rule, and for grants the space and the role as they stand in the result. */
struct sought {
    const char *rule;
    const struct value *space; /* NULL for booleans */
    const struct value *role;  /* NULL for booleans and space_* */
};

static bool head_fits(struct text constant, const struct value *value)
{
    return !constant.at || !value ||
           (value_is(value, VALUE_STRING) && text_equal(constant, value_text(value)));
}

static bool may_be(const struct compiled_body *body, const struct sought *sought)
{
    return text_equal_z(body->rule, sought->rule) && head_fits(body->space, sought->space) &&
           head_fits(body->role, sought->role);
}

/* Whether a set, an object or an array has it; of objects, under a key that holds. */
static bool holds_member(const struct value *collection, const struct value *member)
{
    if (value_is(collection, VALUE_ARRAY)) {
        for (uint32_t i = 0; i < collection->len; i++) {
            if (value_equal(&collection->as.items[i], member))
                return true;
        }
        return false;
    }
    const struct value *found = value_get(collection, member);
    return found && (value_is(collection, VALUE_SET) || value_holds(found));
}

static bool gives(const struct value *alone, const struct sought *sought)
{
    if (!sought->space)
        return value_holds(alone);
    if (!sought->role)
        return holds_member(alone, sought->space);
    const struct value *roles = value_get(alone, sought->space);
    return roles && holds_member(roles, sought->role);
}

static bool body_gives(struct reading *reading, const struct compiled_body *body,
                       const struct sought *sought)
{
    struct rego_result result;
    const struct rego_call call = {.input = &reading->input, .limits = policy_login_limits};
    if (!body->alone || reading->asked++ >= ASKED_MAX)
        return false;
    rego_evaluate(reading->context, body->alone, &call, &result);
    return result.outcome == REGO_DEFINED && gives(&result.value, sought);
}

/* A single candidate must be the one; of several, the first that gives it by itself. */
static int32_t line_of(struct reading *reading, const struct sought *sought)
{
    const struct compiled_policy *compiled = &reading->policy->compiled;
    const struct compiled_body *only = NULL;
    size_t candidates = 0;
    for (size_t i = 0; i < compiled->body_count; i++) {
        if (may_be(&compiled->bodies[i], sought)) {
            only = &compiled->bodies[i];
            candidates++;
        }
    }
    if (candidates <= 1)
        return only ? only->line : 0;
    for (size_t i = 0; i < compiled->body_count; i++) {
        const struct compiled_body *body = &compiled->bodies[i];
        if (may_be(body, sought) && body_gives(reading, body, sought))
            return body->line;
    }
    return 0;
}

/* ---- Rules. ---- */

static struct login_ruling ruling(struct reading *reading, const char *rule)
{
    const struct sought sought = {.rule = rule};
    struct login_ruling ruling = {.holds = value_holds(part(reading, rule))};
    if (ruling.holds)
        ruling.line = line_of(reading, &sought);
    return ruling;
}

static bool is_collection(const struct value *value)
{
    return value_is(value, VALUE_SET) || value_is(value, VALUE_OBJECT) ||
           value_is(value, VALUE_ARRAY);
}

/* Member `index` of a collection; NULL for keys of objects whose value does not hold. */
static const struct value *member_at(const struct value *collection, uint32_t index)
{
    if (value_is(collection, VALUE_ARRAY))
        return &collection->as.items[index];
    if (value_is(collection, VALUE_OBJECT) &&
        !value_holds(collection_item(collection->as.collection, index)))
        return NULL;
    return collection_key(collection->as.collection, index);
}

/* Objects and sets in their order, so that what comes of them does not depend on a hash. */
static bool sort(const struct value *collection)
{
    return value_is(collection, VALUE_ARRAY) || collection_sort(collection->as.collection);
}

static bool misshapen(struct reading *reading, const char *rule, const char *what)
{
    return refuse(reading, text_format(reading->arena, "rule %s must give %s", rule, what));
}

static bool add_grant(struct reading *reading, const char *rule, const struct value *space,
                      const struct value *role, struct text slug)
{
    const struct sought sought = {rule, space, role};
    if (reading->grants.len >= GRANTS_MAX)
        return refuse(reading, text_format(reading->arena, "rule %s gives more than %d roles", rule,
                                           GRANTS_MAX));
    struct login_grant *grant = list_push(&reading->grants);
    if (!grant)
        return false;
    *grant = (struct login_grant){
        .space = text_copy(reading->arena, value_text(space)),
        .role = text_copy(reading->arena, role ? value_text(role) : slug),
        .policy_id = reading->policy->id,
        .rule = text_z(rule),
        .line = line_of(reading, &sought),
    };
    return !arena_failed(reading->arena);
}

/* space_admin[space] and its like: a collection of ids of spaces. */
static bool read_spaces(struct reading *reading, const char *rule, struct text slug)
{
    const struct value *spaces = part(reading, rule);
    if (!is_collection(spaces))
        return misshapen(reading, rule, "ids of spaces");
    if (!sort(spaces))
        return false;
    for (uint32_t i = 0; i < value_count(spaces) && !reading->out->failure.len; i++) {
        const struct value *space = member_at(spaces, i);
        if (space && !value_is(space, VALUE_STRING))
            return misshapen(reading, rule, "ids of spaces");
        if (space && !add_grant(reading, rule, space, NULL, slug))
            return false;
    }
    return true;
}

static bool read_roles_of(struct reading *reading, const struct value *space,
                          const struct value *roles)
{
    static const char expected[] = "slugs or ids of roles by space";
    if (!is_collection(roles) || !value_is(space, VALUE_STRING))
        return misshapen(reading, "roles", expected);
    if (!sort(roles))
        return false;
    for (uint32_t i = 0; i < value_count(roles) && !reading->out->failure.len; i++) {
        const struct value *role = member_at(roles, i);
        if (role && !value_is(role, VALUE_STRING))
            return misshapen(reading, "roles", expected);
        if (role && !add_grant(reading, "roles", space, role, TEXT("")))
            return false;
    }
    return true;
}

/* An object from spaces to sets (contains) or to objects of true (v0). */
static bool read_roles(struct reading *reading)
{
    const struct value *roles = part(reading, "roles");
    if (!value_is(roles, VALUE_OBJECT))
        return misshapen(reading, "roles", "slugs or ids of roles by space");
    if (!sort(roles))
        return false;
    for (uint32_t i = 0; i < value_count(roles) && !reading->out->failure.len; i++) {
        if (!read_roles_of(reading, collection_key(roles->as.collection, i),
                           collection_item(roles->as.collection, i)))
            return false;
    }
    return true;
}

static bool read_teams(struct reading *reading)
{
    const struct value *teams = part(reading, "team");
    if (!is_collection(teams))
        return misshapen(reading, "team", "names of teams");
    struct text *names = ARENA_ARRAY(reading->arena, struct text, value_count(teams));
    size_t count = 0;
    if (!names || !sort(teams))
        return false;
    for (uint32_t i = 0; i < value_count(teams); i++) {
        const struct value *team = member_at(teams, i);
        if (team && !value_is(team, VALUE_STRING))
            return misshapen(reading, "team", "names of teams");
        if (team)
            names[count++] = text_copy(reading->arena, value_text(team));
    }
    reading->out->sets_teams = count > 0;
    reading->out->teams = (struct text_list){names, count};
    return true;
}

static struct text print_value(struct arena *arena, const struct value *value)
{
    struct buffer buffer;
    buffer_init(&buffer, arena, SAMPLE_MAX_BYTES);
    value_print_json(&buffer, value);
    return buffer.failed ? (struct text){NULL, 0} : buffer_text(&buffer);
}

static bool read_sample(struct reading *reading)
{
    reading->out->sample = value_holds(part(reading, "sample"));
    if (!reading->out->sample)
        return true;
    reading->out->input = print_value(reading->arena, &reading->input);
    reading->out->result = print_value(reading->arena, &reading->result);
    return reading->out->input.at && reading->out->result.at;
}

static bool read_result(struct reading *reading)
{
    struct login_outcome *out = reading->out;
    out->allow = ruling(reading, "allow");
    out->admin = ruling(reading, "admin");
    out->deny = ruling(reading, "deny");
    out->deny_admin = ruling(reading, "deny_admin");
    if (!read_sample(reading) || !read_teams(reading) || !read_roles(reading) ||
        !read_spaces(reading, "space_admin", TEXT("space-admin")) ||
        !read_spaces(reading, "space_write", TEXT("space-writer")) ||
        !read_spaces(reading, "space_read", TEXT("space-reader")))
        return false;
    if (out->failure.len)
        return true;
    out->grants = reading->grants.items;
    out->grant_count = reading->grants.len;
    return true;
}

static bool read(struct reading *reading, const struct login_question *question,
                 const struct login_world *world)
{
    struct text failure;
    if (!login_input_build(rego_context_arena(reading->context), question, world, &reading->input))
        return false;
    if (!policy_evaluate(&reading->policy->compiled, reading->context, &reading->input,
                         &policy_login_limits, reading->arena, &reading->result, &failure))
        return refuse(reading, text_copy(reading->arena, failure));
    return read_result(reading);
}

bool login_outcome_read(struct arena *arena, const struct login_policy *policy,
                        const struct login_question *question, const struct login_world *world,
                        struct rego_context *context, struct login_outcome *out)
{
    struct reading reading = {.arena = arena, .policy = policy, .context = context, .out = out};
    *out = (struct login_outcome){.policy_id = policy->id};
    if (policy->broken.len)
        return refuse(&reading, text_copy(arena, policy->broken));
    list_init(&reading.grants, arena, sizeof(struct login_grant));
    bool done = read(&reading, question, world);
    rego_context_reset(context);
    return done;
}
