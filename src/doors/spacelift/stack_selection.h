/*
 * Which columns of stacks a query needs: those behind the members that the selected fields show,
 * and those that resolvers of the type Stack look at. A resolver that is not in the table gets
 * everything: forgetting one costs time, never an answer. One that is there may look at nothing
 * else of its parents; tests/e2e/stack_selection_test.py compares every field with the whole.
 */
#ifndef DOORS_SPACELIFT_STACK_SELECTION_H
#define DOORS_SPACELIFT_STACK_SELECTION_H

#include "doors/spacelift/resolver.h"

/* For a call whose result is stacks. */
uint64_t stack_columns_selected(const struct graphql_call *call);

#endif
