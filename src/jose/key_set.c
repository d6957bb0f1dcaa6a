/* JSON Web Key Sets (RFC 7517, section 5). */
#include "jose/key_private.h"

static bool is_symmetric(const struct json *jwk)
{
    return text_equal_z(json_get_text(jwk, "kty"), "oct");
}

/* A set that mixes both kinds invites checking a signature with a secret that everybody knows. */
static bool check_no_mixture(const struct json *items, enum jose_key_kind kind, struct error *error)
{
    for (uint32_t i = 0; i < items->len; i++) {
        if (is_symmetric(&items->items[i]) != (kind == JOSE_KEY_SECRET))
            return error_set(error, ERR_INVALID,
                             "a key set holds either symmetric or asymmetric keys");
    }
    return true;
}

static bool add_key(const struct jose_key **keys, struct jose_key_set *set,
                    const struct jose_key *key, struct error *error)
{
    if (key->id.len > 0 && jose_key_set_find(set, key->id))
        return error_set(error, ERR_INVALID, "two keys of the set have the same id");
    keys[set->len++] = key;
    return true;
}

static bool parse_keys(struct arena *arena, const struct json *items, enum jose_key_kind kind,
                       struct jose_key_set *set, struct error *error)
{
    const struct jose_key **keys = ARENA_ARRAY(arena, const struct jose_key *, items->len);
    if (!keys)
        return error_set_no_memory(error);
    *set = (struct jose_key_set){.keys = keys};
    for (uint32_t i = 0; i < items->len; i++) {
        const struct jose_key *key;
        /* Keys for another use or of an unknown type are no error: the issuer serves others too. */
        if (!jose_jwk_is_ours(&items->items[i], kind))
            continue;
        if (!jose_key_parse_jwk(arena, &items->items[i], kind, &key, error) ||
            !add_key(keys, set, key, error))
            return false;
    }
    return set->len > 0 || error_set(error, ERR_INVALID, "the key set has no usable key");
}

bool jose_key_set_parse(struct arena *arena, struct text source, enum jose_key_kind kind,
                        struct jose_key_set *out, struct error *error)
{
    static const struct json_limits limits = {
        .max_bytes = JOSE_KEY_SET_MAX_BYTES,
        .max_depth = 16,
        .duplicates = JSON_DUPLICATES_REFUSED,
    };
    const struct json *value;
    if (!json_parse(arena, source, &limits, &value, error))
        return false;
    const struct json *items = json_get_z(value, "keys");
    if (!json_is(items, JSON_ARRAY))
        return error_set(error, ERR_INVALID, "a key set is an object with an array \"keys\"");
    if (items->len > JOSE_KEY_SET_MAX)
        return error_set(error, ERR_TOO_LARGE, "a key set may have %d keys", JOSE_KEY_SET_MAX);
    return check_no_mixture(items, kind, error) && parse_keys(arena, items, kind, out, error);
}

void jose_key_set_print(const struct jose_key_set *set, struct json_writer *writer)
{
    json_begin_object(writer);
    json_key_z(writer, "keys");
    json_begin_array(writer);
    for (size_t i = 0; i < set->len; i++)
        jose_key_print_jwk(set->keys[i], writer);
    json_end_array(writer);
    json_end_object(writer);
}

const struct jose_key *jose_key_set_find(const struct jose_key_set *set, struct text id)
{
    for (size_t i = 0; i < set->len; i++) {
        if (text_equal(set->keys[i]->id, id))
            return set->keys[i];
    }
    return NULL;
}
