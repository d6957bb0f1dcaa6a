/*
 * The folder of one lease, made new for it and removed with everything in it at the end:
 *
 *     ROOT/             mode 0700
 *         source/       the repository at the commit; the project root is in it
 *         home/         HOME; empty at first
 *         tmp/          TMPDIR
 *         run/          plan file and what else belongs to the run and not to the repository
 *
 * Files are written without following a symbolic link on any part of the way, since the repository
 * may hold links that point anywhere.
 */
#ifndef WORKER_WORKSPACE_H
#define WORKER_WORKSPACE_H

#include "base/error.h"
#include "base/text.h"

struct workspace {
    const char *root, *source, *home, *scratch, *run;
};

/* Makes a new folder inside `parent`, which is made when missing; paths live in the arena. */
MUST_CHECK bool workspace_open(struct workspace *workspace, struct arena *arena, const char *parent,
                               struct error *error);
/* Removes it all. Best effort: what cannot be removed is logged. */
void workspace_close(const struct workspace *workspace);

/* Writes a file whose path is relative to the root, making its folders; replaces a file that is
 * there. INVALID for a path that is absolute, leaves the root or meets a symbolic link. A private
 * file can be read by its owner only. */
MUST_CHECK bool workspace_write(const struct workspace *workspace, struct text path,
                                struct text content, bool is_private, struct error *error);
/* Reads a file with an absolute path, at most `max` bytes; NOT_FOUND when there is none. */
MUST_CHECK bool workspace_read(struct arena *arena, const char *path, size_t max, struct text *out,
                               struct error *error);
/* "FOLDER/NAME" in the arena, or FOLDER when name is empty; NULL without memory. */
const char *workspace_path(struct arena *arena, const char *folder, struct text name);
/* An existing folder inside source/, whatever links are on the way: INVALID when it leaves it. */
MUST_CHECK bool workspace_project(const struct workspace *workspace, struct arena *arena,
                                  struct text project_root, const char **out, struct error *error);

#endif
