/*
 * Runs for tests, and a worker that does what it is told: it takes leases from the account and
 * reports, without executing anything.
 */
#ifndef RUN_RUN_TEST_SUPPORT_H
#define RUN_RUN_TEST_SUPPORT_H

#include "run/run_lease.h"
#include "stack/stack_test_support.h"

/* An account with the stack "web"; *state becomes a struct kernel_test. */
int run_test_setup(void **state);
#define WITH_STACK(test)                                                                           \
    cmocka_unit_test_setup_teardown(test, run_test_setup, account_test_teardown)

#define WEB TEXT("web")

extern const struct worker_info test_worker; /* runs every vendor */

/* Triggers a run on "web". */
struct run *test_run(struct kernel_test *test, enum run_type type);
struct run *test_run_with(struct kernel_test *test, const struct run_input *input);
/* The run as it is now; must exist. */
struct run *test_run_now(struct kernel_test *test, const struct run *run);
void assert_run_state(struct kernel_test *test, const struct run *run, enum run_state state);
/* Puts a run into a state behind the noun's back. */
void test_force_state(struct kernel_test *test, const struct run *run, enum run_state state);
const char *test_stack_state(struct kernel_test *test);
/* Id of the run that blocks "web"; empty when none does. */
struct text test_blocker(struct kernel_test *test);

/* The next job; NULL when there is none. */
struct run_job *worker_takes(struct kernel_test *test);
struct text worker_takes_lease(struct kernel_test *test);
void worker_reports(struct kernel_test *test, struct text lease, enum run_state state);
/* Takes the run, reports PREPARING's successors up to `state`; gives back the lease. */
struct text worker_brings_to(struct kernel_test *test, enum run_state state);
void worker_ends(struct kernel_test *test, struct text lease, enum run_outcome outcome,
                 bool has_changes);
/* Plans with changes: UNCONFIRMED, or CONFIRMED on autodeploy. */
void worker_plans(struct kernel_test *test);

#endif
