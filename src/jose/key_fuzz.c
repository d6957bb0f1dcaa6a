/* Any bytes as a key: a JWK set, PEM and DER. What is accepted must print and parse again. */
#include "jose/key.h"

#include <stdlib.h>

static void check_set(struct arena *arena, struct text source, enum jose_key_kind kind)
{
    struct error error = {0};
    struct jose_key_set set, again;
    struct buffer buffer;
    struct json_writer writer;
    if (!jose_key_set_parse(arena, source, kind, &set, &error)) {
        if (!error_is_set(&error))
            abort();
        return;
    }
    buffer_init(&buffer, arena, JOSE_KEY_SET_MAX_BYTES);
    json_writer_init(&writer, &buffer);
    jose_key_set_print(&set, &writer);
    if (kind == JOSE_KEY_PUBLIC && !buffer.failed &&
        !jose_key_set_parse(arena, buffer_text(&buffer), kind, &again, &error))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text source = {(const char *)data, size};
    struct error error = {0};
    const struct jose_key *key;
    struct arena *arena = arena_new(8 << 20);
    if (!arena)
        return 0;
    check_set(arena, source, JOSE_KEY_PUBLIC);
    check_set(arena, source, JOSE_KEY_PRIVATE);
    check_set(arena, source, JOSE_KEY_SECRET);
    if (jose_key_parse_pem(arena, source, JOSE_ES256, &key, &error) != !error_is_set(&error))
        abort();
    error_clear(&error);
    if (jose_key_parse_der(arena, source, JOSE_ES256, &key, &error) != !error_is_set(&error))
        abort();
    arena_free(arena);
    return 0;
}
