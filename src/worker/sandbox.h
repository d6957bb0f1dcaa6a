/*
 * The walls around what a run executes. Two kinds:
 *
 * - BUBBLEWRAP: namespaces of its own. It sees the system's programs, libraries and settings read
 *   only, a private /tmp, /proc and /dev, the network (providers need it), its workspace, and
 *   nothing else of the machine: no homes, no other run, no process but its own.
 * - PLAIN, where the kernel or a container refuses namespaces: the exact environment, resource
 * limits and no new privileges, which the caller sets from sandbox_limits. It keeps a run from
 * inheriting anything; it does not keep it from reading what the worker's user can read.
 *
 * Every mount point lies in the new root, none inside of the workspace: there an earlier command of
 * the run could have placed a symbolic link that the set-up would follow (CVE-2026-87766).
 */
#ifndef WORKER_SANDBOX_H
#define WORKER_SANDBOX_H

#include "base/error.h"
#include "worker/process.h"

enum sandbox_kind { SANDBOX_PLAIN, SANDBOX_BUBBLEWRAP };

/* Whether bubblewrap is installed and may be used: starts it once, then remembers. */
enum sandbox_kind sandbox_probe(void);

struct sandbox {
    enum sandbox_kind kind;
    const char *writable;        /* the one folder that can be written: an absolute path */
    const char *const *readable; /* further paths, where they exist; NULL at the end, or NULL */
};

/* The arguments that run `arguments` (program: its path) inside, starting in `folder`. For PLAIN
 * they are the same. NULL without memory. */
const char *const *sandbox_wrap(const struct sandbox *sandbox, struct arena *arena,
                                const char *program, const char *const *arguments,
                                const char *folder);
/* The path of the program that the wrapped arguments start. */
const char *sandbox_program(const struct sandbox *sandbox, const char *program);
struct process_limits sandbox_limits(const struct sandbox *sandbox);

#endif
