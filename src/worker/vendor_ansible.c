/*
 * Ansible: the playbook in check mode with differences for the plan, then for real. What it changes
 * is read from its output as people see it: the tasks that report "changed", and the recap of each
 * host. Settings: playbook (site.yml), inventory (else what the project or its ansible.cfg names,
 * else this machine), requirements of collections and roles are installed from requirements.yml.
 */
#include "worker/vendor.h"

#include "worker/ansible_output.h"

#include <string.h>
#include <unistd.h>

static bool project_has(const struct vendor_run *run, const char *name)
{
    const char *path = workspace_path(run->room->arena, run->project, text_z(name));
    return path && access(path, R_OK) == 0;
}

static bool set(const struct vendor_run *run, const char *name, const char *value)
{
    return environment_set_z(&run->room->environment, name, value, run->error);
}

static bool initialize(struct vendor_run *run)
{
    static const char *const install[] = {"ansible-galaxy", "install", "-r", "requirements.yml",
                                          NULL};
    struct command command = {.arguments = install, .folder = run->project};
    if (!set(run, "ANSIBLE_NOCOLOR", "1") || !set(run, "ANSIBLE_FORCE_COLOR", "0") ||
        !set(run, "ANSIBLE_STDOUT_CALLBACK", "default") ||
        !set(run, "ANSIBLE_RETRY_FILES_ENABLED", "0") || !set(run, "ANSIBLE_NOCOWS", "1") ||
        !set(run, "PYTHONUNBUFFERED", "1"))
        return false;
    return !project_has(run, "requirements.yml") ||
           command_succeeds(run->room, &command, run->error);
}

/* NULL when the project's ansible.cfg, if anything, names the inventory. */
static const char *inventory_of(const struct vendor_run *run)
{
    static const char *const usual[] = {"inventory",     "inventory.yml", "inventory.yaml",
                                        "inventory.ini", "hosts",         "hosts.ini"};
    struct text given = vendor_setting(run, "inventory");
    if (given.len)
        return text_terminated(run->room->arena, given);
    if (project_has(run, "ansible.cfg"))
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(usual); i++) {
        if (project_has(run, usual[i]))
            return usual[i];
    }
    return "localhost,";
}

/* The log goes on to where it went, and past the reader. */
struct listener {
    const struct command_room *room;
    struct ansible_output output;
};

static void listen(void *data, struct text piece)
{
    struct listener *listener = data;
    listener->room->on_output(listener->room->data, piece);
    ansible_output_read(&listener->output, piece);
}

static bool fill_arguments(const struct vendor_run *run, bool check, const char *arguments[8])
{
    struct text given = vendor_setting(run, "playbook");
    const char *inventory = inventory_of(run);
    const char *playbook = text_terminated(run->room->arena, given.len ? given : TEXT("site.yml"));
    size_t count = 0;
    if (!playbook)
        return error_set_no_memory(run->error);
    if (playbook[0] == '-')
        return error_set(run->error, ERR_INVALID, "\"%s\" cannot be a playbook", playbook);
    arguments[count++] = "ansible-playbook";
    if (check) {
        arguments[count++] = "--check";
        arguments[count++] = "--diff";
    }
    if (inventory) {
        arguments[count++] = "--inventory";
        arguments[count++] = inventory;
        if (strcmp(inventory, "localhost,") == 0)
            arguments[count++] = "--connection=local";
    }
    arguments[count++] = playbook;
    arguments[count] = NULL;
    return true;
}

static bool play(struct vendor_run *run, bool check)
{
    const char *arguments[8];
    if (!fill_arguments(run, check, arguments))
        return false;
    struct command command = {.arguments = arguments, .folder = run->project};
    struct command_room room = *run->room;
    struct listener listener = {.room = run->room};
    ansible_output_init(&listener.output, run->report);
    room.on_output = listen;
    room.data = &listener;
    bool played = command_succeeds(&room, &command, run->error);
    run->report->has_changes = run->report->changes.len > 0;
    run->report->has_inventory = !check;
    if (listener.output.failed)
        return error_set_no_memory(run->error);
    return played;
}

static bool plan(struct vendor_run *run)
{
    return play(run, true);
}

static bool apply(struct vendor_run *run)
{
    return play(run, false);
}

static bool destroy(struct vendor_run *run)
{
    return error_set(run->error, ERR_INVALID,
                     "Ansible cannot undo a playbook: delete the stack without its resources, or "
                     "write a playbook that removes them");
}

const struct vendor vendor_ansible = {.name = "ansible",
                                      .program = "ansible-playbook",
                                      .init = initialize,
                                      .plan = plan,
                                      .apply = apply,
                                      .destroy = destroy};
