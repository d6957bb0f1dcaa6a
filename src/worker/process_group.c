/* Finding the members of a process group in /proc. */
#include "worker/process_group.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The group of a process, 0 when it is gone. In /proc/PID/stat the name stands in brackets and may
 * hold anything; state, parent and group follow the last bracket. */
static pid_t group_of(const char *pid)
{
    char path[64];
    char line[512];
    int group = 0;
    snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fgets(line, sizeof(line), file)) {
        const char *name_end = strrchr(line, ')');
        if (!name_end || sscanf(name_end + 1, " %*c %*d %d", &group) != 1)
            group = 0;
    }
    fclose(file);
    return group;
}

static void signal_followers(pid_t group, int number)
{
    DIR *processes = opendir("/proc");
    if (!processes)
        return;
    for (const struct dirent *entry; (entry = readdir(processes));) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && pid != group && group_of(entry->d_name) == group)
            kill(pid, number);
    }
    closedir(processes);
}

void process_group_signal(pid_t group, int number, bool spare_leader)
{
    if (spare_leader)
        signal_followers(group, number);
    else
        kill(-group, number);
}
