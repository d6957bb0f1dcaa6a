/* Folders and files of one lease. */
#include "worker/workspace.h"

#include "base/buffer.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REMOVE_OPEN_FILES = 32, READ_PIECE = 64 * 1024 };

const char *workspace_path(struct arena *arena, const char *folder, struct text name)
{
    const struct text parts[] = {text_z(folder), name};
    struct text joined = text_join(arena, TEXT("/"), parts, name.len ? 2 : 1);
    return joined.at ? text_terminated(arena, joined) : NULL;
}

static bool make_folder(const char *path)
{
    return path && (mkdir(path, 0700) == 0 || errno == EEXIST);
}

static bool fail_errno(struct error *error, const char *action)
{
    return error_set(error, ERR_UNAVAILABLE, "the worker cannot %s: %s", action,
                     strerrordesc_np(errno));
}

bool workspace_open(struct workspace *workspace, struct arena *arena, const char *parent,
                    struct error *error)
{
    char *resolved = make_folder(parent) ? realpath(parent, NULL) : NULL;
    if (!resolved)
        return fail_errno(error, "make its folder");
    char *root = text_terminated(arena, text_format(arena, "%s/run-XXXXXX", resolved));
    free(resolved);
    if (!root)
        return error_set_no_memory(error);
    if (!mkdtemp(root))
        return fail_errno(error, "make a folder for the run");
    *workspace = (struct workspace){.root = root,
                                    .source = workspace_path(arena, root, TEXT("source")),
                                    .home = workspace_path(arena, root, TEXT("home")),
                                    .scratch = workspace_path(arena, root, TEXT("tmp")),
                                    .run = workspace_path(arena, root, TEXT("run"))};
    if (!make_folder(workspace->source) || !make_folder(workspace->home) ||
        !make_folder(workspace->scratch) || !make_folder(workspace->run)) {
        workspace_close(workspace);
        return fail_errno(error, "make a folder for the run");
    }
    return true;
}

/* A folder that its program has made unreadable must be opened before it can be emptied. */
static int unlock_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    UNUSED(status);
    UNUSED(where);
    if (kind == FTW_D || kind == FTW_DNR)
        (void)!chmod(path, 0700);
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    UNUSED(status);
    UNUSED(kind);
    UNUSED(where);
    if (remove(path) != 0)
        log_warning("cannot remove what a run left", LOG_Z("path", path),
                    LOG_Z("reason", strerrordesc_np(errno)));
    return 0;
}

void workspace_close(const struct workspace *workspace)
{
    nftw(workspace->root, unlock_entry, REMOVE_OPEN_FILES, FTW_PHYS);
    nftw(workspace->root, remove_entry, REMOVE_OPEN_FILES, FTW_DEPTH | FTW_PHYS);
}

/* --- writing without following links --- */

static bool is_step(struct text name)
{
    return name.len > 0 && name.len <= NAME_MAX && !memchr(name.at, '\0', name.len) &&
           !text_equal(name, TEXT(".")) && !text_equal(name, TEXT(".."));
}

static bool fail_path(struct error *error, struct text path)
{
    return error_set(error, ERR_INVALID,
                     "\"%.*s\" is not a path inside of the workspace without symbolic links",
                     TEXT_ARG(path));
}

/* Goes one folder down, making it if need be. Closes `folder`; -1 when it cannot. */
static int enter(int folder, struct text name)
{
    char step[NAME_MAX + 1];
    memcpy(step, name.at, name.len);
    step[name.len] = '\0';
    if (mkdirat(folder, step, 0755) != 0 && errno != EEXIST) {
        close(folder);
        return -1;
    }
    int next = openat(folder, step, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    close(folder);
    return next;
}

/* Opens the folder that holds the file and gives the file's own name. -1 when it cannot. */
static int open_parent(const char *root, struct text path, struct text *name)
{
    int folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct text rest = path;
    struct text step;
    while (folder >= 0 && text_next_part(&rest, '/', &step)) {
        if (!is_step(step)) {
            close(folder);
            return -1;
        }
        if (rest.len == 0) {
            *name = step;
            return folder;
        }
        folder = enter(folder, step);
    }
    if (folder >= 0)
        close(folder);
    return -1;
}

static bool write_all(int fd, struct text content)
{
    while (content.len > 0) {
        ssize_t written = write(fd, content.at, content.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        content = text_slice(content, (size_t)written, content.len);
    }
    return true;
}

bool workspace_write(const struct workspace *workspace, struct text path, struct text content,
                     bool is_private, struct error *error)
{
    struct text name;
    char step[NAME_MAX + 1];
    int folder = text_ends_with(path, TEXT("/")) ? -1 : open_parent(workspace->root, path, &name);
    if (folder < 0)
        return fail_path(error, path);
    memcpy(step, name.at, name.len);
    step[name.len] = '\0';
    int fd = -1;
    if (unlinkat(folder, step, 0) == 0 || errno == ENOENT)
        fd = openat(folder, step, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    is_private ? 0600 : 0644);
    close(folder);
    if (fd < 0)
        return fail_path(error, path);
    bool written = write_all(fd, content);
    if (close(fd) != 0 || !written)
        return fail_errno(error, "write a file of the run");
    return true;
}

bool workspace_read(struct arena *arena, const char *path, size_t max, struct text *out,
                    struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        if (fd >= 0)
            close(fd);
        return error_set(error, ERR_NOT_FOUND, "there is no file %s", path);
    }
    struct buffer content;
    ssize_t got = 0;
    /* One byte more than allowed tells that there is more. */
    buffer_init(&content, arena, max + 1);
    do {
        size_t room = max + 1 - content.len;
        size_t piece = room < READ_PIECE ? room : READ_PIECE;
        char *to = buffer_reserve(&content, piece);
        got = to ? read(fd, to, piece) : -1;
        if (got > 0)
            buffer_advance(&content, (size_t)got);
    } while (got > 0 && content.len <= max);
    close(fd);
    if (got < 0 || content.len > max)
        return error_set(error, ERR_TOO_LARGE, "%s cannot be read or is larger than %zu bytes",
                         path, max);
    *out = buffer_text(&content);
    return true;
}

bool workspace_project(const struct workspace *workspace, struct arena *arena,
                       struct text project_root, const char **out, struct error *error)
{
    const char *asked = workspace_path(arena, workspace->source, project_root);
    char *resolved = asked ? realpath(asked, NULL) : NULL;
    struct text path = text_copy(arena, text_z(resolved));
    struct text source = text_z(workspace->source);
    struct stat status;
    bool inside = resolved && text_starts_with(path, source) &&
                  (path.len == source.len || path.at[source.len] == '/') &&
                  stat(resolved, &status) == 0 && S_ISDIR(status.st_mode);
    free(resolved);
    if (!inside)
        return error_set(error, ERR_INVALID,
                         "the project root \"%.*s\" is not a folder of the repository",
                         TEXT_ARG(project_root));
    *out = text_terminated(arena, path);
    return *out || error_set_no_memory(error);
}
