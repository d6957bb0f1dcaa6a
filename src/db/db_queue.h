/*
 * A bounded queue of units, first in first out, from any thread to the threads that run them. It
 * allocates nothing: units are linked through their own field. Private to src/db/.
 */
#ifndef DB_DB_QUEUE_H
#define DB_DB_QUEUE_H

#include "db/db.h"

#include <pthread.h>

struct db_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct db_unit *first, *last;
    size_t len, max;
    bool closed;
};

bool db_queue_init(struct db_queue *queue, size_t max);
void db_queue_release(struct db_queue *queue);
/* False when full or closed. */
MUST_CHECK bool db_queue_put(struct db_queue *queue, struct db_unit *unit);
/* Waits for units and takes up to `most` of them, linked in order. NULL once closed and empty. */
struct db_unit *db_queue_take(struct db_queue *queue, size_t most);
/* Wakes everybody; what waits is still handed out. */
void db_queue_close(struct db_queue *queue);
size_t db_queue_length(struct db_queue *queue);

#endif
