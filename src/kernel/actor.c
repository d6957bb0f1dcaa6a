/* The two actors that need no row. */
#include "kernel/actor.h"

const struct actor actor_anonymous = {
    .kind = ACTOR_ANONYMOUS, .name = TEXT_INIT("anonymous"), .username = TEXT_INIT("anonymous")};

const struct actor actor_system = {
    .kind = ACTOR_SYSTEM, .name = TEXT_INIT("gatehouse"), .username = TEXT_INIT("gatehouse")};
