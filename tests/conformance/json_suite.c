/*
 * Reads every *.json file of a folder with base/json.h and compares with what its name promises: y_
 * must be accepted, n_ refused, i_ may go either way but not crash. Usage: json_suite DIR. Prints
 * "N passed, N failed" and leaves with 1 when one failed.
 */
#include "base/json.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

struct tally {
    int passed, failed;
};

/* The whole file in the arena; NULL text when it cannot be read. */
static struct text read_file(struct arena *arena, const char *path)
{
    struct buffer bytes;
    FILE *file = fopen(path, "rb");
    buffer_init(&bytes, arena, 1 << 20);
    buffer_reserve(&bytes, 1);
    while (file && !feof(file) && !ferror(file)) {
        char *to = buffer_reserve(&bytes, 4096);
        if (!to)
            break;
        buffer_advance(&bytes, fread(to, 1, 4096, file));
    }
    bool whole = file && !ferror(file) && !bytes.failed;
    if (file)
        fclose(file);
    return whole ? buffer_text(&bytes) : (struct text){NULL, 0};
}

static void check(struct arena *arena, const char *folder, const char *name, struct tally *tally)
{
    /* The suite accepts objects that name a member twice. */
    struct json_limits limits = json_default_limits;
    limits.duplicates = JSON_DUPLICATES_LAST;
    struct error error = {0};
    const struct json *value;
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    struct text source = read_file(arena, path);
    bool readable = source.at != NULL;
    bool accepted = readable && json_parse(arena, source, &limits, &value, &error);
    bool expected = name[0] == 'y';
    if (readable && (name[0] == 'i' || accepted == expected)) {
        tally->passed++;
        return;
    }
    tally->failed++;
    printf("%s: %s\n", name, accepted ? "accepted" : readable ? error.message : "unreadable");
}

static bool is_case(const char *name)
{
    struct text text = text_z(name);
    return text.len > 2 && strchr("yni", name[0]) && name[1] == '_' &&
           text_ends_with(text, TEXT(".json"));
}

int main(int count, char **arguments)
{
    struct tally tally = {0};
    struct arena *arena = arena_new(64 << 20);
    DIR *folder = count == 2 ? opendir(arguments[1]) : NULL;
    if (!folder || !arena) {
        fprintf(stderr, "usage: json_suite DIR\n");
        return 2;
    }
    for (const struct dirent *entry; (entry = readdir(folder));) {
        if (is_case(entry->d_name))
            check(arena, arguments[1], entry->d_name, &tally);
        arena_reset(arena);
    }
    closedir(folder);
    arena_free(arena);
    printf("%d passed, %d failed\n", tally.passed, tally.failed);
    return tally.failed > 0 || tally.passed == 0;
}
