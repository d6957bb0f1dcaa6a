/* A stack for tests, made the ordinary way in an account of identity_test_support.h. */
#ifndef STACK_STACK_TEST_SUPPORT_H
#define STACK_STACK_TEST_SUPPORT_H

#include "identity/identity_test_support.h"
#include "stack/stack.h"

/* Terraform at https://git.example/infra.git, branch main, in root. */
struct stack_input test_stack_input(const char *name);
struct stack *test_add_stack(struct kernel_test *test, const struct stack_input *input);
/* The same with everything as test_stack_input has it. */
struct stack *test_stack(struct kernel_test *test, const char *name);
struct stack *test_find_stack(struct kernel_test *test, const char *id);
/* `count` stacks named bulk-0, bulk-1, ... in root, without the ceremony. */
void test_add_many_stacks(struct kernel_test *test, int count);
/* Their ids, in the arena of the test. */
const struct text *test_bulk_ids(struct kernel_test *test, int count);

#endif
