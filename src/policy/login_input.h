/* The input of login policies: the documented document, as a value and as JSON. */
#ifndef POLICY_LOGIN_INPUT_H
#define POLICY_LOGIN_INPUT_H

#include "policy/login_policy.h"
#include "policy/login_world.h"

/* One login, as policies are asked about it; everything borrowed. */
struct login_question {
    const struct login_attempt *attempt;
    struct text_list teams; /* of the attempt, or what a policy has put in their place */
    struct text account_name;
    struct text remote_ip;
    int64_t asked_at; /* microseconds */
};

/* {"request", "session", "spaces", "roles", "attachment"}; borrows the question and the world.
 * False without memory. */
MUST_CHECK bool login_input_build(struct arena *arena, const struct login_question *question,
                                  const struct login_world *world, struct value *out);

#endif
