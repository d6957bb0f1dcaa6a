/* Checking, printing and reading what a key trusts. */
#include "identity/oidc_trust.h"

#include "base/json.h"
#include "base/list.h"
#include "identity/issuer.h"
#include "identity/whole_match.h"

enum { CONDITIONS_MAX = 32, MAPPINGS_MAX = 8, VALUES_MAX = 100, TEXT_MAX_BYTES = 500 };

static const char *const rule_names[] = {
    [OIDC_EQUALS] = "equals", [OIDC_ONE_OF] = "one_of", [OIDC_EXPRESSION] = "expression"};

static bool check_text(struct ctx *ctx, const char *what, struct text text)
{
    if (text.len == 0)
        return fail(ctx, ERR_INVALID, "%s is needed", what);
    if (text.len > TEXT_MAX_BYTES)
        return fail(ctx, ERR_INVALID, "%s may have %d bytes at most", what, TEXT_MAX_BYTES);
    return true;
}

static bool check_mapping(struct ctx *ctx, const struct oidc_mapping *mapping)
{
    if (!text_equal(mapping->value, TEXT("groups")))
        return fail(ctx, ERR_INVALID, "a claim can be mapped to \"groups\" only");
    return check_text(ctx, "the name of a mapped claim", mapping->name);
}

static bool check_condition(struct ctx *ctx, const struct oidc_condition *condition)
{
    if (!check_text(ctx, "the claim of a condition", condition->claim))
        return false;
    if (condition->values.len == 0 || condition->values.len > VALUES_MAX)
        return fail(ctx, ERR_INVALID,
                    "the condition on %.*s needs a value: equals, a list (%d at most), or an "
                    "expression",
                    TEXT_ARG(condition->claim), VALUES_MAX);
    if (condition->rule == OIDC_EXPRESSION)
        return whole_match_check(ctx, "the expression of a condition", condition->values.items[0]);
    for (size_t i = 0; i < condition->values.len; i++) {
        if (condition->values.items[i].len > TEXT_MAX_BYTES)
            return fail(ctx, ERR_INVALID, "the value of a condition may have %d bytes at most",
                        TEXT_MAX_BYTES);
    }
    return true;
}

bool oidc_trust_check(struct ctx *ctx, const struct oidc_trust *trust)
{
    if (!issuer_url_check(ctx, trust->issuer) ||
        !check_text(ctx, "the client id, which is the audience of the tokens,", trust->client_id) ||
        !whole_match_check(ctx, "the subject expression", trust->subject_expression))
        return false;
    if (trust->mappings_count > MAPPINGS_MAX || trust->conditions_count > CONDITIONS_MAX)
        return fail(ctx, ERR_INVALID, "a key may have %d mappings and %d conditions at most",
                    MAPPINGS_MAX, CONDITIONS_MAX);
    for (size_t i = 0; i < trust->mappings_count; i++) {
        if (!check_mapping(ctx, &trust->mappings[i]))
            return false;
    }
    for (size_t i = 0; i < trust->conditions_count; i++) {
        if (!check_condition(ctx, &trust->conditions[i]))
            return false;
    }
    return true;
}

static void print_condition(struct json_writer *writer, const struct oidc_condition *condition)
{
    json_begin_object(writer);
    json_member_string(writer, "claim", condition->claim);
    json_member_strings(writer, rule_names[condition->rule], condition->values);
    json_end_object(writer);
}

struct text oidc_trust_print(struct arena *arena, const struct oidc_trust *trust)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, arena);
    json_begin_object(writer);
    json_member_string(writer, "issuer", trust->issuer);
    json_member_string(writer, "client_id", trust->client_id);
    json_member_string(writer, "subject_expression", trust->subject_expression);
    json_key_z(writer, "mappings");
    json_begin_array(writer);
    for (size_t i = 0; i < trust->mappings_count; i++) {
        json_begin_object(writer);
        json_member_string(writer, "name", trust->mappings[i].name);
        json_member_string(writer, "value", trust->mappings[i].value);
        json_end_object(writer);
    }
    json_end_array(writer);
    json_key_z(writer, "conditions");
    json_begin_array(writer);
    for (size_t i = 0; i < trust->conditions_count; i++)
        print_condition(writer, &trust->conditions[i]);
    json_end_array(writer);
    json_end_object(writer);
    return json_print_end(&printer);
}

/* NULL without memory; the array's length is that of the JSON. */
static const struct oidc_mapping *read_mappings(struct ctx *ctx, const struct json *array)
{
    struct oidc_mapping *mappings = ARENA_ARRAY(ctx->arena, struct oidc_mapping, array->len);
    for (uint32_t i = 0; mappings && i < array->len; i++)
        mappings[i] = (struct oidc_mapping){json_get_text(&array->items[i], "name"),
                                            json_get_text(&array->items[i], "value")};
    return mappings;
}

static void read_condition(struct ctx *ctx, const struct json *object,
                           struct oidc_condition *condition)
{
    condition->claim = json_get_text(object, "claim");
    for (size_t rule = 0; rule < ARRAY_LENGTH(rule_names); rule++) {
        const struct json *values = json_get_z(object, rule_names[rule]);
        if (!json_is(values, JSON_ARRAY))
            continue;
        condition->rule = (enum oidc_rule)rule;
        condition->values = json_to_texts(ctx->arena, values);
    }
}

static const struct oidc_condition *read_conditions(struct ctx *ctx, const struct json *array)
{
    struct oidc_condition *conditions = ARENA_ARRAY(ctx->arena, struct oidc_condition, array->len);
    for (uint32_t i = 0; conditions && i < array->len; i++)
        read_condition(ctx, &array->items[i], &conditions[i]);
    return conditions;
}

bool oidc_trust_parse(struct ctx *ctx, struct text json, const struct oidc_trust **out)
{
    const struct json *object;
    struct oidc_trust *trust = ARENA_NEW(ctx->arena, struct oidc_trust);
    if (!trust)
        return fail_no_memory(ctx);
    if (!json_parse(ctx->arena, json, NULL, &object, ctx->error))
        return false;
    const struct json *mappings = json_get_z(object, "mappings");
    const struct json *conditions = json_get_z(object, "conditions");
    if (!json_is(mappings, JSON_ARRAY) || !json_is(conditions, JSON_ARRAY))
        return fail(ctx, ERR_INTERNAL, "what the key trusts cannot be read");
    *trust = (struct oidc_trust){
        .issuer = json_get_text(object, "issuer"),
        .client_id = json_get_text(object, "client_id"),
        .subject_expression = json_get_text(object, "subject_expression"),
        .mappings = read_mappings(ctx, mappings),
        .mappings_count = mappings->len,
        .conditions = read_conditions(ctx, conditions),
        .conditions_count = conditions->len,
    };
    *out = trust;
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}
