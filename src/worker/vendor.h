/*
 * Engines: the programs that make infrastructure what the repository says. Each is a table of
 * functions, one for each phase, that start the engine's own commands in the project's folder and
 * read what they print into a report. Functions fail with the command's error; whether a stop, a
 * failure or a missing program, its log is the run's log.
 */
#ifndef WORKER_VENDOR_H
#define WORKER_VENDOR_H

#include "worker/command.h"
#include "worker/job.h"
#include "worker/masking.h"
#include "worker/report.h"

struct vendor_run {
    const struct job *job;
    struct command_room *room;
    const struct masking *masking; /* borrowed; hides secrets in what is reported */
    const char *project;           /* folder */
    const char *plan_file;         /* where the plan is written to and read from */
    struct report *report;
    struct error *error;
};

struct vendor {
    const char *name;    /* as a job names it */
    const char *program; /* must be in the PATH for the worker to offer the engine; NULL for none */
    bool (*init)(struct vendor_run *run);
    /* Changes nothing but plan_file, which it may leave unwritten; fills the report's changes. */
    bool (*plan)(struct vendor_run *run);
    /* Applies plan_file when the job has an artifact, else what the project says now. */
    bool (*apply)(struct vendor_run *run);
    bool (*destroy)(struct vendor_run *run);
    /* Reads what exists into the report; called after apply and destroy, also when they failed. May
     * be NULL. */
    bool (*inventory)(struct vendor_run *run);
};

/* terraform, tofu, ansible, custom; in the order in which a worker offers them; NULL at the
 * end. */
extern const struct vendor *const vendors[];

const struct vendor *vendor_find(struct text name); /* NULL when there is none */

extern const struct vendor vendor_terraform, vendor_tofu, vendor_ansible, vendor_custom;

/* A member of the job's vendor configuration; empty when absent. */
struct text vendor_setting(const struct vendor_run *run, const char *name);

#endif
