/* The server's counters as Prometheus text. */
#ifndef DOORS_OPERATIONS_METRICS_H
#define DOORS_OPERATIONS_METRICS_H

#include "base/buffer.h"
#include "doors/operations/operations_door.h"

void metrics_print(const struct operations_door *door, struct buffer *out);

#endif
