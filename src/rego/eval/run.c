/* The interpreter, compiled twice from one template: plain, and with the tracer's calls. */
#include "rego/eval/machine.h"
#include "rego/eval/trace.h"

#include <string.h>

#define LOOP_NAME   machine_run
#define LOOP_TRACED 0
#include "rego/eval/loop.inc"
#undef LOOP_NAME
#undef LOOP_TRACED

#define LOOP_NAME   machine_run_traced
#define LOOP_TRACED 1
#include "rego/eval/loop.inc"
