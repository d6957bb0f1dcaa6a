/*
 * Engines as the worker's protocol names and configures them: by the program's name, and with the
 * commands of a custom stack by phase.
 */
#ifndef DOORS_WORKER_VENDOR_WIRE_H
#define DOORS_WORKER_VENDOR_WIRE_H

#include "stack/vendor.h"

const char *vendor_wire_name(enum vendor_kind kind); /* "tofu" */
/* The name that stacks keep, "OPEN_TOFU"; as it came when no engine is called so. */
struct text vendor_wire_kind(struct text name);
/* The job's vendor_config. */
void vendor_wire_print(const struct vendor *vendor, struct json_writer *writer);

#endif
