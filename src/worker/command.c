/* Commands inside of the walls. */
#include "worker/command.h"

#include "base/clock.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

void command_note(struct command_room *room, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(line, sizeof(line) - 1, format, arguments);
    va_end(arguments);
    if (len < 0 || !room->on_output)
        return;
    size_t end = strlen(line);
    line[end] = '\n';
    room->on_output(room->data, (struct text){line, end + 1});
}

/* "$ terraform plan -out=..." as a person would type it, near enough. */
static void show(struct command_room *room, const struct command *command)
{
    struct buffer line;
    buffer_init(&line, room->arena, 1 << 16);
    buffer_add_byte(&line, '$');
    for (size_t i = 0; command->arguments[i]; i++) {
        buffer_add_byte(&line, ' ');
        buffer_add(&line, text_z(command->arguments[i]));
    }
    buffer_add_byte(&line, '\n');
    if (room->on_output && !line.failed)
        room->on_output(room->data, buffer_text(&line));
}

static bool read_result(const struct process_result *result, const char *name, int *status,
                        struct error *error)
{
    switch (result->end) {
    case PROCESS_CANCELED: return error_set(error, ERR_CANCELED, "the run was stopped");
    case PROCESS_TIMED_OUT:
        return error_set(error, ERR_LIMIT, "%s was ended: the run has taken too long", name);
    case PROCESS_SIGNALED:
        return error_set(error, ERR_UNAVAILABLE, "%s was ended by signal %d (%s)", name,
                         result->code, sigdescr_np(result->code));
    case PROCESS_EXITED:
    default: *status = result->code; return true;
    }
}

static bool fill_time_limit(const struct command_room *room, struct process_options *options,
                            struct error *error)
{
    if (room->cancel && atomic_load(room->cancel))
        return error_set(error, ERR_CANCELED, "the run was stopped");
    if (room->deadline == 0)
        return true;
    options->time_limit = room->deadline - clock_monotonic();
    if (options->time_limit <= 0)
        return error_set(error, ERR_LIMIT, "the run has taken too long");
    return true;
}

bool command_run(struct command_room *room, const struct command *command, int *status,
                 struct error *error)
{
    const char *name = command->arguments[0];
    const char *folder = command->folder ? command->folder : room->workspace.source;
    const struct environment *environment =
        command->environment ? command->environment : &room->environment;
    const char *path = environment_get(environment, "PATH");
    const char *program = process_find(room->arena, name, path);
    if (!program)
        return error_set(error, ERR_NOT_FOUND,
                         "%s is not installed on this worker (not in its PATH: %s)", name,
                         path ? path : "empty");
    struct process_options options = {
        .program = sandbox_program(&room->sandbox, program),
        .arguments = sandbox_wrap(&room->sandbox, room->arena, program, command->arguments, folder),
        .environment = environment_list(environment),
        .folder = folder,
        .on_output = room->on_output,
        .data = room->data,
        .capture = command->capture,
        .cancel = room->cancel,
        .grace = room->grace,
        .wrapper = room->sandbox.kind == SANDBOX_BUBBLEWRAP,
        .limits = sandbox_limits(&room->sandbox),
    };
    struct process_result result;
    if (!options.arguments || !options.environment)
        return error_set_no_memory(error);
    if (!fill_time_limit(room, &options, error))
        return false;
    if (!command->quiet)
        show(room, command);
    return process_run(&options, &result, error) && read_result(&result, name, status, error);
}

bool command_succeeds(struct command_room *room, const struct command *command, struct error *error)
{
    int status;
    if (!command_run(room, command, &status, error))
        return false;
    if (status != 0)
        return error_set(error, ERR_INVALID, "%s failed with exit status %d", command->arguments[0],
                         status);
    return true;
}
