/* The rows of the engine's benchmark. */
#ifndef GRAPHQL_TESTING_BENCH_H
#define GRAPHQL_TESTING_BENCH_H

#include "base/text.h"

enum bench_state { BENCH_NONE, BENCH_QUEUED, BENCH_FINISHED };

struct bench_stack {
    struct text id, name, description, branch, repository;
    struct text_list labels;
    int64_t created_at;
    enum bench_state state;
    bool administrative;
};

struct bench_run {
    struct text id, title;
};

struct bench_step {
    enum bench_state state;
    int64_t timestamp;
};

#endif
