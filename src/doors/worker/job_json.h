/* The wire shapes of a job and of a report; docs/worker-protocol.md has them for people. */
#ifndef DOORS_WORKER_JOB_JSON_H
#define DOORS_WORKER_JOB_JSON_H

#include "run/run_lease.h"

MUST_CHECK bool job_print(struct ctx *ctx, const struct run_job *job, struct json_writer *writer);
/* INVALID with the member's name when something is missing or of the wrong kind. */
MUST_CHECK bool report_parse(struct ctx *ctx, const struct json *body, struct run_report *out);

#endif
