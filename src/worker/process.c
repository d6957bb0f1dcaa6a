/* Starting, watching, stopping and reaping one child process. */
#include "worker/process.h"

#include "base/clock.h"
#include "worker/process_group.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PIECE_SIZE = 32 * 1024,
    TICK_MILLISECONDS = 100, /* how soon a raised flag is seen */
    EXEC_FAILED = 127,
};

static const int64_t default_grace = 10 * CLOCK_SECOND;
/* How long a descendant that left the group may hold the pipes open after the child's end. */
static const int64_t drain_time = 2 * CLOCK_SECOND;

/* The reading end of a pipe, and the line that is not complete yet. */
struct stream {
    int fd; /* -1 once at its end */
    struct buffer *capture;
    size_t len;
    char bytes[PIECE_SIZE];
};

struct child {
    const struct process_options *options;
    pid_t pid;
    int pidfd; /* -1 when the kernel has none: then the tick notices the end */
    struct stream output, captured;
    int64_t deadline;    /* for the time limit; 0 for none */
    int64_t kill_at;     /* once stopping */
    int64_t drain_until; /* once ended */
    bool stopping, killed, ended;
    enum process_end stop_reason;
};

/* --- the child's side, between fork and exec: system calls only --- */

struct start {
    const struct process_options *options;
    int null, output, captured; /* descriptors for 0, 2 and 1 */
    int report;                 /* takes errno when the exec fails */
    pid_t parent;
};

NO_RETURN static void give_up(const struct start *start)
{
    int code = errno;
    /* The parent reads a report that is cut short as one that is there. */
    if (write(start->report, &code, sizeof(code)) < 0)
        _exit(EXEC_FAILED);
    _exit(EXEC_FAILED);
}

static bool limit(int resource, uint64_t value)
{
    struct rlimit limits;
    if (value == 0 || getrlimit(resource, &limits) != 0)
        return value == 0;
    if (limits.rlim_max == RLIM_INFINITY || limits.rlim_max > value)
        limits.rlim_max = value;
    limits.rlim_cur = limits.rlim_max;
    return setrlimit(resource, &limits) == 0;
}

static bool apply_limits(const struct process_limits *limits)
{
    struct rlimit none = {0, 0};
    if (limits->no_core_dump && setrlimit(RLIMIT_CORE, &none) != 0)
        return false;
    if (limits->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    return limit(RLIMIT_NOFILE, limits->open_files) && limit(RLIMIT_FSIZE, limits->file_size) &&
           limit(RLIMIT_NPROC, limits->processes);
}

static void close_others_on_exec(void)
{
    if (close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    int highest = (int)sysconf(_SC_OPEN_MAX);
    for (int fd = STDERR_FILENO + 1; fd < highest; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void reset_signals(void)
{
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &standard, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

NO_RETURN static void become(const struct start *start)
{
    const struct process_options *options = start->options;
    setpgid(0, 0);
    reset_signals();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != start->parent)
        _exit(EXEC_FAILED);
    if (dup2(start->null, STDIN_FILENO) < 0 || dup2(start->captured, STDOUT_FILENO) < 0 ||
        dup2(start->output, STDERR_FILENO) < 0)
        give_up(start);
    close_others_on_exec();
    if (options->folder && chdir(options->folder) != 0)
        give_up(start);
    if (!apply_limits(&options->limits))
        give_up(start);
    /* execve takes pointers to non-const for historical reasons and changes nothing. */
    union {
        const char *const *given;
        char *const *wanted;
    } arguments = {options->arguments}, environment = {options->environment};
    execve(options->program, arguments.wanted, environment.wanted);
    give_up(start);
}

/* --- starting --- */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Waits until the exec has succeeded (the report closes) or has told why not. 0 or an errno. */
static int read_report(int fd)
{
    int code = 0;
    ssize_t got;
    do {
        got = read(fd, &code, sizeof(code));
    } while (got < 0 && errno == EINTR);
    return got > 0 ? code : 0;
}

static bool fail_start(const struct process_options *options, int code, struct error *error)
{
    bool missing = code == ENOENT || code == ENOTDIR;
    return error_set(error, missing ? ERR_NOT_FOUND : ERR_UNAVAILABLE, "cannot start %s: %s",
                     options->arguments[0], strerrordesc_np(code));
}

struct pipes {
    int output[2], captured[2], report[2];
    int null;
};

static bool open_pipes(struct pipes *pipes, bool captured)
{
    pipes->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return pipes->null >= 0 && pipe2(pipes->output, O_CLOEXEC) == 0 &&
           pipe2(pipes->report, O_CLOEXEC) == 0 &&
           (!captured || pipe2(pipes->captured, O_CLOEXEC) == 0);
}

static void close_pipes(struct pipes *pipes)
{
    close_fd(&pipes->null);
    for (int i = 0; i < 2; i++) {
        close_fd(&pipes->output[i]);
        close_fd(&pipes->captured[i]);
        close_fd(&pipes->report[i]);
    }
}

/* Takes what the parent needs out of `pipes`; the caller closes the rest. 0 or an errno. */
static int start_child(struct child *child, struct pipes *pipes)
{
    bool captured = child->options->capture != NULL;
    struct start start = {.options = child->options,
                          .null = pipes->null,
                          .output = pipes->output[1],
                          .captured = captured ? pipes->captured[1] : pipes->output[1],
                          .report = pipes->report[1],
                          .parent = getpid()};
    child->pid = fork();
    if (child->pid < 0)
        return errno;
    if (child->pid == 0)
        become(&start);
    /* Both sides set the group, so that it exists whoever comes first. */
    setpgid(child->pid, child->pid);
    close_fd(&pipes->report[1]);
    int code = read_report(pipes->report[0]);
    if (code != 0) {
        waitpid(child->pid, NULL, 0);
        return code;
    }
    child->pidfd = pidfd_open(child->pid, 0);
    child->output.fd = pipes->output[0];
    child->captured.fd = pipes->captured[0];
    pipes->output[0] = -1;
    pipes->captured[0] = -1;
    return 0;
}

/* --- output --- */

static void pass_on(struct child *child, struct stream *stream, size_t len)
{
    if (len && child->options->on_output)
        child->options->on_output(child->options->data, (struct text){stream->bytes, len});
    memmove(stream->bytes, stream->bytes + len, stream->len - len);
    stream->len -= len;
}

static void pass_on_lines(struct child *child, struct stream *stream)
{
    for (;;) {
        const char *end = memchr(stream->bytes, '\n', stream->len);
        if (!end)
            break;
        pass_on(child, stream, (size_t)(end - stream->bytes) + 1);
    }
    if (stream->len == PIECE_SIZE)
        pass_on(child, stream, PIECE_SIZE);
}

static void end_stream(struct child *child, struct stream *stream)
{
    close_fd(&stream->fd);
    pass_on(child, stream, stream->len);
}

static void read_stream(struct child *child, struct stream *stream)
{
    ssize_t got = read(stream->fd, stream->bytes + stream->len, PIECE_SIZE - stream->len);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        end_stream(child, stream);
        return;
    }
    if (stream->capture) {
        buffer_add(stream->capture, (struct text){stream->bytes, (size_t)got});
        return;
    }
    stream->len += (size_t)got;
    pass_on_lines(child, stream);
}

static bool has_open_stream(const struct child *child)
{
    return child->output.fd >= 0 || child->captured.fd >= 0;
}

static void wait_for_something(struct child *child)
{
    struct pollfd waits[] = {{.fd = child->output.fd, .events = POLLIN},
                             {.fd = child->captured.fd, .events = POLLIN},
                             /* An ended child would wake each poll at once. */
                             {.fd = child->ended ? -1 : child->pidfd, .events = POLLIN}};
    if (poll(waits, ARRAY_LENGTH(waits), TICK_MILLISECONDS) <= 0)
        return;
    if (waits[0].revents)
        read_stream(child, &child->output);
    if (waits[1].revents)
        read_stream(child, &child->captured);
}

/* --- stopping and the end --- */

static void begin_stop(struct child *child, enum process_end reason)
{
    int64_t grace = child->options->grace ? child->options->grace : default_grace;
    child->stopping = true;
    child->stop_reason = reason;
    child->kill_at = clock_monotonic() + grace;
    process_group_signal(child->pid, SIGINT, child->options->wrapper);
}

static void kill_group(struct child *child)
{
    child->killed = true;
    process_group_signal(child->pid, SIGKILL, false);
}

static void check_stop(struct child *child)
{
    int64_t now = clock_monotonic();
    if (child->stopping) {
        if (!child->killed && now >= child->kill_at)
            kill_group(child);
        return;
    }
    if (child->options->cancel && atomic_load(child->options->cancel))
        begin_stop(child, PROCESS_CANCELED);
    else if (child->deadline && now >= child->deadline)
        begin_stop(child, PROCESS_TIMED_OUT);
}

/* The child stays a zombie, so that neither its number nor its group can be taken by another. */
static void check_end(struct child *child)
{
    siginfo_t info = {0};
    if (child->ended || waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0)
        return;
    child->ended = true;
    /* While stopping, what the child has started gets the rest of the grace period. */
    child->drain_until = (child->stopping ? child->kill_at : clock_monotonic()) + drain_time;
    if (!child->stopping)
        kill_group(child);
}

static void watch(struct child *child)
{
    while (!child->ended || (has_open_stream(child) && clock_monotonic() < child->drain_until)) {
        wait_for_something(child);
        check_end(child);
        check_stop(child);
    }
}

static void reap(struct child *child, struct process_result *result)
{
    int status = 0;
    kill_group(child);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    result->end = WIFEXITED(status) ? PROCESS_EXITED : PROCESS_SIGNALED;
    result->code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    if (child->stopping)
        result->end = child->stop_reason;
}

bool process_run(const struct process_options *options, struct process_result *result,
                 struct error *error)
{
    struct pipes pipes = {{-1, -1}, {-1, -1}, {-1, -1}, -1};
    struct child *child = calloc(1, sizeof(*child));
    if (!child)
        return error_set_no_memory(error);
    child->options = options;
    child->pidfd = -1;
    child->output.fd = -1;
    child->captured.fd = -1;
    child->captured.capture = options->capture;
    if (options->time_limit)
        child->deadline = clock_monotonic() + options->time_limit;
    int code = open_pipes(&pipes, options->capture != NULL) ? start_child(child, &pipes) : errno;
    close_pipes(&pipes);
    if (code == 0) {
        watch(child);
        end_stream(child, &child->output);
        end_stream(child, &child->captured);
        reap(child, result);
        close_fd(&child->pidfd);
    }
    free(child);
    return code == 0 || fail_start(options, code, error);
}

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

const char *process_find(struct arena *arena, const char *name, const char *path)
{
    struct text folders = text_z(path);
    struct text folder;
    if (strchr(name, '/'))
        return is_program(name) ? text_terminated(arena, text_z(name)) : NULL;
    while (text_next_part(&folders, ':', &folder)) {
        const struct text parts[] = {folder, text_z(name)};
        const char *candidate = text_terminated(arena, text_join(arena, TEXT("/"), parts, 2));
        if (candidate && folder.len && is_program(candidate))
            return candidate;
    }
    return NULL;
}
