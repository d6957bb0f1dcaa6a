/* The table of actions and bit sets over it. */
#include "access/action.h"

enum level { LEVEL_READER, LEVEL_WRITER, LEVEL_ADMIN };

static const struct {
    const char *name;
    const char *words;
    enum level level;
} actions[] = {
#define ACTION(name, words, level) {#name, words, LEVEL_##level},
#include "tables/actions.def"
#undef ACTION
};

static_assert(ARRAY_LENGTH(actions) == ACTION_COUNT, "one row per action");

const char *action_name(enum action action)
{
    return actions[action].name;
}

const char *action_words(enum action action)
{
    return actions[action].words;
}

bool action_parse(struct text name, enum action *out)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        if (text_equal_z(name, actions[i].name) || text_equal_z(name, actions[i].words)) {
            *out = (enum action)i;
            return true;
        }
    }
    return false;
}

void action_set_add(struct action_set *set, enum action action)
{
    set->words[action / 64] |= UINT64_C(1) << (action % 64);
}

bool action_set_has(const struct action_set *set, enum action action)
{
    return (set->words[action / 64] >> (action % 64)) & 1;
}

bool action_set_allows(const struct action_set *set, enum action action)
{
    if (action_set_has(set, action) || action_set_has(set, ACTION_SPACE_ADMIN))
        return true;
    switch (actions[action].level) {
    case LEVEL_READER:
        return action_set_has(set, ACTION_SPACE_READ) || action_set_has(set, ACTION_SPACE_WRITE);
    case LEVEL_WRITER: return action_set_has(set, ACTION_SPACE_WRITE);
    case LEVEL_ADMIN: return false;
    }
    return false;
}
