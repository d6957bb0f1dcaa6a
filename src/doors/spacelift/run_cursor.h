/* How far a stream has told about a run. A resolver moves it; the stream keeps the move once the
 * message is on its way. */
#ifndef DOORS_SPACELIFT_RUN_CURSOR_H
#define DOORS_SPACELIFT_RUN_CURSOR_H

#include "run/run.h"

struct run_cursor {
    int64_t version;  /* of the history: entries below it are told */
    int64_t position; /* bytes of that entry's log that are told */
    bool was_read;    /* a resolver was here and did not fail */
    bool has_news;
    bool has_ended; /* nothing will follow */
};

struct run_log_piece {
    enum run_state state;
    int64_t state_version;
    struct text message;
    int64_t timestamp;
};

#endif
