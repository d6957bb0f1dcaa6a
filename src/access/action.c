/* The table of actions and bit sets over it. */
#include "access/action.h"

enum { READER = ACCESS_LEVEL_READ, WRITER = ACCESS_LEVEL_WRITE, ADMIN = ACCESS_LEVEL_ADMIN };

static const struct {
    const char *name;
    const char *words;
    enum access_level level;
} actions[] = {
#define ACTION(name, words, level) {#name, words, (enum access_level)level},
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

struct action_set action_set_parse(struct text_list names)
{
    struct action_set set = {{0}};
    for (size_t i = 0; i < names.len; i++) {
        enum action action;
        if (action_parse(names.items[i], &action))
            action_set_add(&set, action);
    }
    return set;
}

void action_set_add(struct action_set *set, enum action action)
{
    set->words[action / 64] |= UINT64_C(1) << (action % 64);
}

bool action_set_has(const struct action_set *set, enum action action)
{
    return (set->words[action / 64] >> (action % 64)) & 1;
}

enum access_level action_level(enum action action)
{
    return actions[action].level;
}

/* The highest of the three actions that stand for a level; each counts for those below it. */
static enum access_level level_of(const struct action_set *set)
{
    if (action_set_has(set, ACTION_SPACE_ADMIN))
        return ACCESS_LEVEL_ADMIN;
    if (action_set_has(set, ACTION_SPACE_WRITE))
        return ACCESS_LEVEL_WRITE;
    return action_set_has(set, ACTION_SPACE_READ) ? ACCESS_LEVEL_READ : ACCESS_LEVEL_NONE;
}

bool action_set_allows(const struct action_set *set, enum action action)
{
    return action_set_has(set, action) || level_of(set) >= actions[action].level;
}

struct action_set action_set_expand(const struct action_set *set)
{
    struct action_set expanded = *set;
    enum access_level level = level_of(set);
    /* Without a level nothing is added: such a set is what it names. */
    for (int i = 0; level != ACCESS_LEVEL_NONE && i < ACTION_COUNT; i++) {
        if (actions[i].level <= level)
            action_set_add(&expanded, (enum action)i);
    }
    return expanded;
}

bool action_set_merge(struct action_set *set, const struct action_set *other)
{
    uint64_t added = 0;
    for (int i = 0; i < ACTION_WORDS; i++) {
        added |= other->words[i] & ~set->words[i];
        set->words[i] |= other->words[i];
    }
    return added != 0;
}

const char *access_level_name(enum access_level level)
{
    static const char *const names[] = {[ACCESS_LEVEL_NONE] = "",
                                        [ACCESS_LEVEL_READ] = "READ",
                                        [ACCESS_LEVEL_WRITE] = "WRITE",
                                        [ACCESS_LEVEL_ADMIN] = "ADMIN"};
    return names[level];
}
