/* Bubblewrap's arguments, and whether it works here. */
#include "worker/sandbox.h"

#include "base/clock.h"
#include "base/list.h"

#include <pthread.h>
#include <unistd.h>

static const char bubblewrap[] = "/usr/bin/bwrap";

/* Folders of the system; those that are links into /usr on most systems are made links again. */
static const char *const system_folders[] = {"/usr",   "/etc",   "/bin", "/sbin", "/lib",
                                             "/lib32", "/lib64", "/opt", "/nix"};
/* What /etc/resolv.conf may point to. */
static const char *const resolver_folders[] = {"/run/systemd/resolve", "/run/resolvconf",
                                               "/mnt/wsl"};

struct builder {
    struct arena *arena;
    struct list arguments; /* of const char * */
    bool failed;
};

static void add(struct builder *builder, const char *argument)
{
    const char **slot = list_push(&builder->arguments);
    if (slot)
        *slot = argument;
    else
        builder->failed = true;
}

static void add_three(struct builder *builder, const char *option, const char *from, const char *to)
{
    add(builder, option);
    add(builder, from);
    add(builder, to);
}

static void add_system_folder(struct builder *builder, const char *path)
{
    char target[256];
    ssize_t len = readlink(path, target, sizeof(target) - 1);
    if (len <= 0) {
        add_three(builder, "--ro-bind-try", path, path);
        return;
    }
    char *copy = text_terminated(builder->arena, (struct text){target, (size_t)len});
    if (copy)
        add_three(builder, "--symlink", copy, path);
    else
        builder->failed = true;
}

static void add_walls(struct builder *builder)
{
    static const char *const fixed[] = {
        "bwrap",         "--die-with-parent",
        "--unshare-pid", "--unshare-ipc",
        "--unshare-uts", "--hostname",
        "run",           "--tmpfs",
        "/tmp",          "--proc",
        "/proc",         "--dev",
        "/dev",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(fixed); i++)
        add(builder, fixed[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(system_folders); i++)
        add_system_folder(builder, system_folders[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(resolver_folders); i++)
        add_three(builder, "--ro-bind-try", resolver_folders[i], resolver_folders[i]);
}

const char *const *sandbox_wrap(const struct sandbox *sandbox, struct arena *arena,
                                const char *program, const char *const *arguments,
                                const char *folder)
{
    if (sandbox->kind == SANDBOX_PLAIN)
        return arguments;
    struct builder builder = {.arena = arena};
    list_init(&builder.arguments, arena, sizeof(const char *));
    add_walls(&builder);
    for (size_t i = 0; sandbox->readable && sandbox->readable[i]; i++)
        add_three(&builder, "--ro-bind-try", sandbox->readable[i], sandbox->readable[i]);
    add_three(&builder, "--bind", sandbox->writable, sandbox->writable);
    add(&builder, "--chdir");
    add(&builder, folder ? folder : sandbox->writable);
    add(&builder, "--");
    add(&builder, program);
    for (size_t i = 1; arguments[0] && arguments[i]; i++)
        add(&builder, arguments[i]);
    add(&builder, NULL);
    return builder.failed ? NULL : (const char *const *)builder.arguments.items;
}

const char *sandbox_program(const struct sandbox *sandbox, const char *program)
{
    return sandbox->kind == SANDBOX_BUBBLEWRAP ? bubblewrap : program;
}

struct process_limits sandbox_limits(const struct sandbox *sandbox)
{
    struct process_limits limits = {.open_files = 16384, .no_core_dump = true};
    /* Bubblewrap sets it by itself, once it no longer needs to be set-user-id. */
    limits.no_new_privileges = sandbox->kind == SANDBOX_PLAIN;
    return limits;
}

static enum sandbox_kind found;
static pthread_once_t found_once = PTHREAD_ONCE_INIT;

static bool works(struct arena *arena)
{
    static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
    static const char *const arguments[] = {"true", NULL};
    const struct sandbox sandbox = {.kind = SANDBOX_BUBBLEWRAP, .writable = "/tmp"};
    struct process_result result;
    struct error error = {0};
    const char *program = process_find(arena, "true", "/usr/bin:/bin");
    struct process_options options = {
        .program = bubblewrap, .environment = environment, .time_limit = 10 * CLOCK_SECOND};
    if (!program)
        return false;
    options.arguments = sandbox_wrap(&sandbox, arena, program, arguments, "/");
    return options.arguments && process_run(&options, &result, &error) &&
           result.end == PROCESS_EXITED && result.code == 0;
}

static void probe(void)
{
    struct arena *arena = arena_new(1 << 16);
    found = arena && works(arena) ? SANDBOX_BUBBLEWRAP : SANDBOX_PLAIN;
    arena_free(arena);
}

enum sandbox_kind sandbox_probe(void)
{
    pthread_once(&found_once, probe);
    return found;
}
