/* Types, engines and rules from and to text. */
#include "policy/policy_type.h"

static const char *const types[] = {
#define POLICY_TYPE(name)          #name,
#define POLICY_OLD_TYPE(name, now) #name,
#include "tables/policy_types.def"
#undef POLICY_TYPE
};

static const enum policy_type today[] = {
#define POLICY_TYPE(name)          POLICY_##name,
#define POLICY_OLD_TYPE(name, now) POLICY_##now,
#include "tables/policy_types.def"
#undef POLICY_TYPE
};

static const struct policy_rule rules[] = {
#define POLICY_RULE(type, name, kind) {POLICY_##type, #name, POLICY_RULE_##kind},
#include "tables/policy_rules.def"
#undef POLICY_RULE
};

static const char *const engines[] = {
    [POLICY_ENGINE_REGO_V0] = "REGO_V0",
    [POLICY_ENGINE_REGO_V1] = "REGO_V1",
};

static bool find_name(const char *const *names, int count, struct text name, int *out)
{
    for (*out = 0; *out < count; (*out)++) {
        if (text_equal_z(name, names[*out]))
            return true;
    }
    return false;
}

const char *policy_type_name(enum policy_type type)
{
    return types[type];
}

bool policy_type_parse(struct text name, enum policy_type *out)
{
    int found;
    if (!find_name(types, POLICY_TYPE_COUNT, name, &found))
        return false;
    *out = today[found];
    return true;
}

enum policy_type policy_type_today(enum policy_type type)
{
    return today[type];
}

const char *policy_engine_name(enum policy_engine engine)
{
    return engines[engine];
}

bool policy_engine_parse(struct text name, enum policy_engine *out)
{
    int found;
    if (!find_name(engines, POLICY_ENGINE_COUNT, name, &found))
        return false;
    *out = (enum policy_engine)found;
    return true;
}

const struct policy_rule *policy_rules(enum policy_type type, size_t *count)
{
    size_t first = 0;
    while (first < ARRAY_LENGTH(rules) && rules[first].type != type)
        first++;
    size_t end = first;
    while (end < ARRAY_LENGTH(rules) && rules[end].type == type)
        end++;
    *count = end - first;
    return &rules[first];
}
