/*
 * Actions and sets of them: what a role holds and what a root field asks for. The list is
 * tables/actions.def. An action that was not granted by name is also allowed by the level that is
 * enough for it: whoever may read a space may do what readers may, and so on up.
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

void action_set_add(struct action_set *set, enum action action);
bool action_set_has(const struct action_set *set, enum action action);
/* Has it by name, or by level. */
bool action_set_allows(const struct action_set *set, enum action action);

#endif
