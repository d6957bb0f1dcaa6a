/*
 * A server for tests, behind a transport: it hands out the jobs it was given, keeps what is
 * reported, and misbehaves on demand.
 */
#ifndef WORKER_TESTING_SERVER_H
#define WORKER_TESTING_SERVER_H

#include "base/buffer.h"
#include "base/json.h"
#include "base/list.h"
#include "worker/transport.h"

#include <pthread.h>

enum { TESTING_SERVER_JOBS = 16 };

struct testing_server {
    struct arena *arena;
    pthread_mutex_t lock;
    struct list jobs; /* struct text; answers to lease requests, handed out in order */
    size_t handed_out;
    struct buffer log;     /* of all leases, one after the other */
    int64_t log_start;     /* where the log of the current state begins in `log` */
    struct buffer states;  /* "PREPARING PLANNING ..." */
    struct buffer results; /* one line each */
    struct text commit, artifact, release;
    unsigned requests, heartbeats;
    /* Misbehaviour: */
    unsigned fail_every;      /* each n-th request gets no answer, after it was done; 0 for none */
    const char *stop_in;      /* heartbeats say stop once this state was reported */
    const char *lose_in;      /* the lease is gone once this state was reported */
    const char *shut_down_in; /* the worker is told to stop, twice, once this state was reported */
    bool stopping, lost;      /* for all leases */
    bool gone[TESTING_SERVER_JOBS]; /* by lease */
    unsigned stop_after_results;    /* worker_stop once so many results have come; 0 for never */
};

void testing_server_open(struct testing_server *server);
void testing_server_close(struct testing_server *server);
/* `run` holds the members of the job's run but for id and stack; the lease lives for so long. */
void testing_server_add_job(struct testing_server *server, const char *run, int seconds);
struct transport testing_server_transport(struct testing_server *server);

#endif
