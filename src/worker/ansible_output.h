/*
 * Ansible's default output, read line by line while it is printed: "TASK [name] ***" opens a task,
 * "changed: [host]" is a change of it, and the lines behind "PLAY RECAP" count for each host.
 */
#ifndef WORKER_ANSIBLE_OUTPUT_H
#define WORKER_ANSIBLE_OUTPUT_H

#include "worker/report.h"

struct ansible_output {
    struct report *report; /* borrowed; gets changes and entities */
    struct text task;
    bool recap;  /* the recap has begun */
    bool failed; /* without memory */
};

void ansible_output_init(struct ansible_output *output, struct report *report);
/* One line, with or without its newline. */
void ansible_output_read(struct ansible_output *output, struct text line);

#endif
