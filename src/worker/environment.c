/* Exact environments for child processes. */
#include "worker/environment.h"

#include <string.h>

void environment_init(struct environment *environment, struct arena *arena)
{
    environment->arena = arena;
    list_init(&environment->entries, arena, sizeof(char *));
}

/* The slot of a variable; NULL when there is none. */
static char **find(const struct environment *environment, struct text name)
{
    char **entries = LIST_ITEMS(&environment->entries, char *);
    for (size_t i = 0; i < environment->entries.len; i++) {
        struct text entry = text_z(entries[i]);
        if (entry.len > name.len && entry.at[name.len] == '=' && text_starts_with(entry, name))
            return &entries[i];
    }
    return NULL;
}

bool environment_set(struct environment *environment, struct text name, struct text value,
                     struct error *error)
{
    if (!text_is_name(name))
        return error_set(error, ERR_INVALID, "\"%.*s\" cannot name an environment variable",
                         TEXT_ARG(name));
    if (value.len && memchr(value.at, '\0', value.len))
        return error_set(error, ERR_INVALID, "environment variable %.*s has a NUL in its value",
                         TEXT_ARG(name));
    const struct text parts[] = {name, value};
    struct text joined = text_join(environment->arena, TEXT("="), parts, 2);
    char *entry = joined.at ? text_terminated(environment->arena, joined) : NULL;
    char **slot = find(environment, name);
    if (!slot)
        slot = list_push(&environment->entries);
    if (!entry || !slot)
        return error_set_no_memory(error);
    *slot = entry;
    return true;
}

bool environment_set_z(struct environment *environment, const char *name, const char *value,
                       struct error *error)
{
    return environment_set(environment, text_z(name), text_z(value), error);
}

const char *environment_get(const struct environment *environment, const char *name)
{
    char **slot = find(environment, text_z(name));
    return slot ? *slot + strlen(name) + 1 : NULL;
}

bool environment_copy(const struct environment *from, struct environment *to, struct error *error)
{
    environment_init(to, from->arena);
    for (size_t i = 0; i < from->entries.len; i++) {
        char **slot = list_push(&to->entries);
        if (!slot)
            return error_set_no_memory(error);
        *slot = LIST_ITEMS(&from->entries, char *)[i];
    }
    return true;
}

const char *const *environment_list(const struct environment *environment)
{
    size_t len = environment->entries.len;
    const char **list = ARENA_ARRAY(environment->arena, const char *, len + 1);
    for (size_t i = 0; list && i < len; i++)
        list[i] = LIST_ITEMS(&environment->entries, char *)[i];
    return list;
}
