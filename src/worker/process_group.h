/* Signals to the members of a process group. Private to worker/process.c. */
#ifndef WORKER_PROCESS_GROUP_H
#define WORKER_PROCESS_GROUP_H

#include "base/macros.h"

#include <sys/types.h>

/* To every member; with spare_leader to every member but the one the group is named for, found by
 * reading /proc. The leader must not have been reaped yet. */
void process_group_signal(pid_t group, int number, bool spare_leader);

#endif
