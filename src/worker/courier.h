/*
 * The courier of one job: a thread that carries the log to the server while the job runs, and sends
 * the heartbeats that keep the lease. The job's thread writes into a queue of limited size; when
 * the server is slow the writer waits, and with it the program that prints.
 *
 * On the way every secret is masked and what is not UTF-8 is replaced, so that offsets mean the
 * same on both sides. When the lease is lost the rest of the log is dropped.
 */
#ifndef WORKER_COURIER_H
#define WORKER_COURIER_H

#include "worker/lease.h"
#include "worker/masking.h"

struct courier;

/* Starts the thread. Lease, masking and the name of the first state are borrowed. NULL and error
 * when it cannot. */
struct courier *courier_new(struct lease *lease, const struct masking *masking, const char *state,
                            struct error *error);
/* Takes output of the job; fits command_room's on_output, with the courier as its data. */
void courier_write(void *courier, struct text piece);
/* Sends what is there, then tells the server about the new state, whose log begins or goes on where
 * the server says. The name is borrowed. */
MUST_CHECK bool courier_change_state(struct courier *courier, struct arena *arena,
                                     const char *state, struct error *error);
/* Waits until all log has arrived, or the lease is lost. */
void courier_flush(struct courier *courier);
/* Flushes, ends the thread and frees. NULL is fine. */
void courier_free(struct courier *courier);

#endif
