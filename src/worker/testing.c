/* Rooms and repositories for tests. */
#include "worker/testing.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void keep(void *data, struct text piece)
{
    struct testing *testing = data;
    buffer_add(&testing->log, piece);
}

static void must(bool done, const struct testing *testing)
{
    if (!done)
        fail_msg("%s", testing->error.message);
}

void testing_open(struct testing *testing, enum sandbox_kind kind)
{
    *testing = (struct testing){.arena = arena_new(256 << 20)};
    if (!testing->arena)
        abort();
    struct command_room *room = &testing->room;
    struct error *error = &testing->error;
    char folder[] = "/tmp/worker-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    testing->folder = text_terminated(testing->arena, text_z(folder));
    buffer_init(&testing->log, testing->arena, 4 << 20);
    *room = (struct command_room){
        .arena = testing->arena, .on_output = keep, .data = testing, .grace = 2000000};
    must(workspace_open(&room->workspace, testing->arena, testing_path(testing, "workspaces"),
                        error),
         testing);
    room->sandbox = (struct sandbox){.kind = kind, .writable = room->workspace.root};
    environment_init(&room->environment, testing->arena);
    must(environment_set_z(&room->environment, "PATH", getenv("PATH"), error), testing);
    must(environment_set_z(&room->environment, "HOME", room->workspace.home, error), testing);
    must(environment_set_z(&room->environment, "TMPDIR", room->workspace.scratch, error), testing);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    UNUSED(status);
    UNUSED(kind);
    UNUSED(where);
    return remove(path);
}

void testing_close(struct testing *testing)
{
    nftw(testing->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(testing->arena);
}

const char *testing_path(struct testing *testing, const char *name)
{
    return workspace_path(testing->arena, testing->folder, text_z(name));
}

void testing_shell(struct testing *testing, const char *folder, const char *script)
{
    const char *arguments[] = {"sh", "-ec", script, NULL};
    struct sandbox usual = testing->room.sandbox;
    struct command command = {.arguments = arguments, .folder = folder, .quiet = true};
    testing->room.sandbox.kind = SANDBOX_PLAIN;
    bool done = command_succeeds(&testing->room, &command, &testing->error);
    testing->room.sandbox = usual;
    if (!done)
        fail_msg("%s\n%.*s", testing->error.message, TEXT_ARG(buffer_text(&testing->log)));
}

const char *testing_repository(struct testing *testing, const char *name, const char *file,
                               const char *content)
{
    const char *path = testing_path(testing, name);
    struct text script = text_format(
        testing->arena,
        "mkdir -p '%s' && cd '%s' && git init -q -b main . && mkdir -p \"$(dirname '%s')\" && "
        "cat > '%s' <<'END'\n%s\nEND\n"
        "git add -A && git -c user.name=Ada -c user.email=ada@example.com commit -qm 'First "
        "commit'",
        path, path, file, file, content);
    testing_shell(testing, testing->folder, text_terminated(testing->arena, script));
    return path;
}

bool testing_log_has(const struct testing *testing, const char *part)
{
    return text_contains(buffer_text(&testing->log), text_z(part));
}
