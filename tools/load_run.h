/*
 * A load on an HTTP server: N kept-alive connections on one thread, each sending the next
 * request as soon as its answer is whole. For benchmarks; the server's own processor time is read
 * from the process table, so that the client's does not count.
 */
#ifndef TOOLS_LOAD_RUN_H
#define TOOLS_LOAD_RUN_H

#include "base/error.h"
#include "base/text.h"

#include <sys/types.h>

struct load {
    struct text address; /* HOST:PORT, the host an IP address */
    struct text request; /* the bytes to send, head and body; several requests are sent in turn */
    unsigned connections;
    double seconds;
    pid_t server; /* whose processor time to read; 0 for none */
};

struct load_result {
    uint64_t answers;
    uint64_t other_answers; /* of them, not 2xx */
    double seconds;
    double p50, p99, longest; /* microseconds */
    double cpu;               /* of the server, microseconds an answer; 0 when unknown */
};

/* Fails when the server cannot be reached or closes connections without being asked to. */
MUST_CHECK bool load_run(const struct load *load, struct load_result *result, struct error *error);

#endif
