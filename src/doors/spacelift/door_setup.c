/* Opening the door as the settings say, and closing it. */
#include "doors/spacelift/spacelift_door.h"
#include "spacelift_schema.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    CACHED_DOCUMENTS = 2048,
    CACHED_PUBLIC_DOCUMENTS = 64,
    TRUSTED_DOCUMENTS_MAX = 10000,
    PUBLIC_ERRORS_MAX = 5,
    DOCUMENT_MAX_BYTES = 1 << 20,
    PATH_SIZE = 4096,
};

static uint32_t limit(int64_t setting)
{
    return setting > UINT32_MAX ? UINT32_MAX : (uint32_t)setting;
}

static struct graphql_options engine_options(const struct settings *settings)
{
    struct graphql_options options = {.limits = graphql_default_limits,
                                      .cache_documents = CACHED_DOCUMENTS};
    options.limits.max_bytes = limit(settings->graphql_max_bytes);
    options.limits.max_tokens = limit(settings->graphql_max_tokens);
    options.limits.max_depth = limit(settings->graphql_max_depth);
    options.limits.max_introspection_depth = limit(settings->graphql_max_introspection_depth);
    options.limits.max_aliases = limit(settings->graphql_max_aliases);
    options.limits.max_root_fields = limit(settings->graphql_max_root_fields);
    options.limits.max_directives = limit(settings->graphql_max_directives);
    options.limits.max_cost = (uint64_t)settings->graphql_max_cost;
    options.limits.max_response_bytes = limit(settings->graphql_max_response);
    options.limits.max_milliseconds = limit(settings->graphql_max_time / 1000);
    options.hide_values = true;
    return options;
}

static bool make_engines(struct spacelift_door *door, const struct settings *settings,
                         struct error *error)
{
    struct graphql_options options = engine_options(settings);
    struct text who = settings->introspection;
    bool anyone = text_equal(who, TEXT("anyone"));
    options.hide_schema = options.no_suggestions = text_equal(who, TEXT("nobody"));
    if (!anyone && !options.hide_schema && !text_equal(who, TEXT("token")))
        return error_set(error, ERR_INVALID, "introspection: expected anyone, token or nobody");
    door->engine = graphql_engine_new(&spacelift_schema, &options);
    options.hide_schema = options.no_suggestions = !anyone;
    options.cache_documents = CACHED_PUBLIC_DOCUMENTS;
    options.limits.max_errors = PUBLIC_ERRORS_MAX;
    door->public_engine = graphql_engine_new(&spacelift_schema, &options);
    return (door->engine && door->public_engine) || error_set_no_memory(error);
}

static bool fail_on(struct error *error, const char *path)
{
    return error_set(error, ERR_INVALID, "graphql-trusted: %s: %s", path, strerror(errno));
}

static bool trust_file(struct spacelift_door *door, const char *path, char *content,
                       struct error *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return fail_on(error, path);
    size_t length = fread(content, 1, DOCUMENT_MAX_BYTES, file);
    bool whole = !ferror(file) && feof(file);
    fclose(file);
    if (!whole)
        return error_set(error, ERR_INVALID, "graphql-trusted: %s is too large", path);
    return graphql_documents_trust(door->documents, text_trim((struct text){content, length}),
                                   error);
}

static bool trust_files(struct spacelift_door *door, const char *folder, DIR *entries,
                        char *content, struct error *error)
{
    struct dirent *entry;
    while ((entry = readdir(entries))) {
        char path[PATH_SIZE];
        if (!text_ends_with(text_z(entry->d_name), TEXT(".graphql")))
            continue;
        if (snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >= (int)sizeof(path))
            return error_set(error, ERR_INVALID, "graphql-trusted: a path is too long");
        if (!trust_file(door, path, content, error))
            return false;
    }
    return true;
}

static bool trust_folder(struct spacelift_door *door, struct arena *arena, struct text folder,
                         struct error *error)
{
    const char *path = text_terminated(arena, folder);
    char *content = arena_alloc(arena, DOCUMENT_MAX_BYTES);
    if (!path || !content)
        return error_set_no_memory(error);
    DIR *entries = opendir(path);
    if (!entries)
        return fail_on(error, path);
    bool done = trust_files(door, path, entries, content, error);
    closedir(entries);
    return done;
}

static bool make_documents(struct spacelift_door *door, const struct settings *settings,
                           struct error *error)
{
    bool trusted_only = settings->graphql_trusted.len > 0;
    uint32_t persisted = limit(settings->graphql_persisted);
    if (!trusted_only && persisted == 0)
        return true;
    door->documents =
        graphql_documents_new(trusted_only ? TRUSTED_DOCUMENTS_MAX : persisted, trusted_only);
    if (!door->documents)
        return error_set_no_memory(error);
    if (!trusted_only)
        return true;
    struct arena *arena = arena_new(2 * DOCUMENT_MAX_BYTES);
    bool done = arena ? trust_folder(door, arena, settings->graphql_trusted, error)
                      : error_set_no_memory(error);
    arena_free(arena);
    return done;
}

bool spacelift_door_open(struct spacelift_door *door, struct account *account, struct error *error)
{
    const struct settings *settings = account->settings;
    *door = (struct spacelift_door){.account = account, .http = graphql_http_default_options};
    door->http.max_batch = limit(settings->graphql_batch);
    door->max_streams = limit(settings->graphql_max_streams);
    door->http.limits.max_bytes = (size_t)settings->max_body;
    door->budget = cost_budget_new(settings->graphql_budget);
    bool done = door->budget
                    ? make_engines(door, settings, error) && make_documents(door, settings, error)
                    : error_set_no_memory(error);
    door->http.documents = door->documents;
    if (!done)
        spacelift_door_close(door);
    return done;
}

void spacelift_door_close(struct spacelift_door *door)
{
    graphql_engine_free(door->engine);
    graphql_engine_free(door->public_engine);
    graphql_documents_free(door->documents);
    cost_budget_free(door->budget);
    *door = (struct spacelift_door){0};
}
