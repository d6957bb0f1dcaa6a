/*
 * What terraform and tofu print with -json, read into a report: plans, states and outputs. Texts
 * are borrowed from the JSON.
 */
#ifndef WORKER_TERRAFORM_JSON_H
#define WORKER_TERRAFORM_JSON_H

#include "worker/masking.h"
#include "worker/report.h"

/* `show -json PLANFILE`: changes, counts, resources after it. */
MUST_CHECK bool terraform_read_plan(struct report *report, const struct json *plan,
                                    struct error *error);
/* `show -json`: the resources that exist, what the provider calls sensitive left out and known
 * secrets hidden. */
MUST_CHECK bool terraform_read_state(struct report *report, const struct json *state,
                                     const struct masking *masking, struct error *error);
/* `output -json`; descriptions come from the plan, which may be NULL. */
MUST_CHECK bool terraform_read_outputs(struct report *report, const struct json *outputs,
                                       const struct json *plan, struct error *error);

#endif
