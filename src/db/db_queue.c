/* The bounded queue of units: one lock, one condition, a linked list. */
#include "db/db_queue.h"

bool db_queue_init(struct db_queue *queue, size_t max)
{
    *queue = (struct db_queue){.max = max};
    if (pthread_mutex_init(&queue->lock, NULL) != 0)
        return false;
    if (pthread_cond_init(&queue->filled, NULL) == 0)
        return true;
    pthread_mutex_destroy(&queue->lock);
    return false;
}

void db_queue_release(struct db_queue *queue)
{
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->lock);
}

bool db_queue_put(struct db_queue *queue, struct db_unit *unit)
{
    unit->next = NULL;
    pthread_mutex_lock(&queue->lock);
    bool accepted = !queue->closed && queue->len < queue->max;
    if (accepted) {
        if (queue->last)
            queue->last->next = unit;
        else
            queue->first = unit;
        queue->last = unit;
        queue->len++;
        pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->lock);
    return accepted;
}

struct db_unit *db_queue_take(struct db_queue *queue, size_t most)
{
    pthread_mutex_lock(&queue->lock);
    while (!queue->first && !queue->closed)
        pthread_cond_wait(&queue->filled, &queue->lock);
    struct db_unit *taken = queue->first, *last = taken;
    for (size_t count = 1; last && count < most && last->next; count++) {
        last = last->next;
        queue->len--;
    }
    if (last) {
        queue->first = last->next;
        queue->len--;
        last->next = NULL;
    }
    if (!queue->first)
        queue->last = NULL;
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

void db_queue_close(struct db_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

size_t db_queue_length(struct db_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    size_t len = queue->len;
    pthread_mutex_unlock(&queue->lock);
    return len;
}
