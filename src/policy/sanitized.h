/* sanitized(x): what becomes of a sensitive text in the input of a policy, so that a policy can
 * compare with one. A function of the host, for rego_options. */
#ifndef POLICY_SANITIZED_H
#define POLICY_SANITIZED_H

#include "rego/builtins/builtin.h"

extern const struct builtin policy_functions[];
extern const size_t policy_function_count;

#endif
