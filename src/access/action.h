/*
 * Actions and sets of them: what a role holds and what a root field asks for. The list is
 * tables/actions.def. An action that was not granted by name is also allowed by the level that is
 * enough for it: whoever may read a space may do what readers may, and so on up.
 *
 * Called by whatever reads roles or asks for a right. Nothing here knows spaces or actors: a set is
 * bits, and its functions have no effect but on the set they are given.
 */
#ifndef ACCESS_ACTION_H
#define ACCESS_ACTION_H

#include "kernel/actor.h"

enum action {
#define ACTION(name, words, level) ACTION_##name,
#include "tables/actions.def"
#undef ACTION
    ACTION_COUNT
};

static_assert(ACTION_COUNT <= ACTION_WORDS * 64, "one bit per action");

const char *action_name(enum action action);  /* "RUN_TRIGGER" */
const char *action_words(enum action action); /* "run:trigger" */
/* Accepts both forms. */
MUST_CHECK bool action_parse(struct text name, enum action *out);

/* Names in either form; those that this program does not know are left out: a right is never
 * guessed. */
struct action_set action_set_parse(struct text_list names);
void action_set_add(struct action_set *set, enum action action);
bool action_set_has(const struct action_set *set, enum action action);
/* Has it by name, or by level. */
bool action_set_allows(const struct action_set *set, enum action action);
/* Every action that the set allows, each by name. */
struct action_set action_set_expand(const struct action_set *set);
/* Adds what is in the other set. True when that was anything new. */
bool action_set_merge(struct action_set *set, const struct action_set *other);

/* The levels of the system roles, for clients that know nothing finer. */
enum access_level { ACCESS_LEVEL_NONE, ACCESS_LEVEL_READ, ACCESS_LEVEL_WRITE, ACCESS_LEVEL_ADMIN };
const char *access_level_name(enum access_level level); /* "READ"; "" for none */
/* The level that is enough for the action. */
enum access_level action_level(enum action action);

#endif
