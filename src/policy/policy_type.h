/* What a policy decides about, which rules it is asked for, and in which version of the language it
 * is written. The lists are tables/policy_types.def and tables/policy_rules.def. */
#ifndef POLICY_POLICY_TYPE_H
#define POLICY_POLICY_TYPE_H

#include "base/text.h"

enum policy_type {
#define POLICY_TYPE(name)          POLICY_##name,
#define POLICY_OLD_TYPE(name, now) POLICY_##name,
#include "tables/policy_types.def"
#undef POLICY_TYPE
    POLICY_TYPE_COUNT
};

const char *policy_type_name(enum policy_type type);
/* Old names are understood. */
MUST_CHECK bool policy_type_parse(struct text name, enum policy_type *out);

/* The type itself, or what it is called today. */
enum policy_type policy_type_today(enum policy_type type);

enum policy_engine { POLICY_ENGINE_REGO_V0, POLICY_ENGINE_REGO_V1, POLICY_ENGINE_COUNT };

const char *policy_engine_name(enum policy_engine engine); /* "REGO_V0" */
MUST_CHECK bool policy_engine_parse(struct text name, enum policy_engine *out);

enum policy_rule_kind { POLICY_RULE_BOOLEAN, POLICY_RULE_ANY, POLICY_RULE_OBJECT };

struct policy_rule {
    enum policy_type type;
    const char *name;
    enum policy_rule_kind kind;
};

/* Those of a type stand together. */
const struct policy_rule *policy_rules(enum policy_type type, size_t *count);

#endif
