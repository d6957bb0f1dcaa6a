/* Commits, stack states and providers from and to text. */
#include "stack/stack.h"

static const struct text states[] = {
#define STACK_STATE(name) TEXT_INIT(#name),
#include "tables/stack_states.def"
#undef STACK_STATE
};

static_assert(ARRAY_LENGTH(states) == STACK_STATE_COUNT, "one name per state");

const char *stack_state_name(enum stack_state state)
{
    return states[state].at;
}

bool stack_state_parse(struct text name, enum stack_state *out)
{
    for (int i = 0; i < STACK_STATE_COUNT; i++) {
        if (text_equal(name, states[i])) {
            *out = (enum stack_state)i;
            return true;
        }
    }
    return false;
}

static const struct text providers[] = {
#define VCS_PROVIDER(name) TEXT_INIT(#name),
#include "tables/vcs_providers.def"
#undef VCS_PROVIDER
};

static_assert(ARRAY_LENGTH(providers) == VCS_PROVIDER_COUNT, "one name per provider");

const char *vcs_provider_name(enum vcs_provider provider)
{
    return providers[provider].at;
}

bool vcs_provider_parse(struct text name, enum vcs_provider *out)
{
    for (int i = 0; i < VCS_PROVIDER_COUNT; i++) {
        if (text_equal(name, providers[i])) {
            *out = (enum vcs_provider)i;
            return true;
        }
    }
    return false;
}

bool commit_hash_is_whole(struct text hash)
{
    for (size_t i = 0; i < hash.len; i++) {
        char byte = hash.at[i];
        if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f')))
            return false;
    }
    return hash.len == 40 || hash.len == 64;
}

struct text commit_print(struct arena *arena, const struct commit *commit)
{
    struct json_printer printer;
    struct json_writer *writer = json_print_begin(&printer, arena);
    json_begin_object(writer);
    json_member_string(writer, "hash", commit->hash);
    json_member_string(writer, "author", commit->author_name);
    json_member_string(writer, "message", commit->message);
    json_member_int64(writer, "timestamp", commit->timestamp);
    json_end_object(writer);
    return json_print_end(&printer);
}

const struct commit *commit_parse(struct arena *arena, struct text json)
{
    const struct json *value;
    struct error error = {0};
    if (json.len == 0 || !json_parse(arena, json, NULL, &value, &error))
        return NULL;
    struct commit *commit = ARENA_NEW(arena, struct commit);
    if (!commit)
        return NULL;
    commit->hash = json_get_text(value, "hash");
    commit->author_name = json_get_text(value, "author");
    commit->message = json_get_text(value, "message");
    commit->timestamp = json_int64_or(json_get_z(value, "timestamp"), 0);
    return commit;
}
