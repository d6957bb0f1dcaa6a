/*
 * Runs the JOSE vectors of Wycheproof against src/jose: `jose_conformance DIRECTORY`, where the
 * directory holds json_web_{signature,key,crypto,encryption}.json. Ends with "N passed, N failed".
 *
 * Every invalid token must be refused and every valid one verified, but for the deviations listed
 * below, each with its reason. Encrypted tokens (JWE) are refused without exception: nothing here
 * has a use for them, and not parsing them keeps a large surface closed.
 */
#include "jose/jws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct deviation {
    const char *file;
    int64_t id;
    bool accepted; /* what we must do, against the vector's word */
    const char *reason;
} deviations[] = {
    {"json_web_signature.json", 346, false, "the key is for PS256, the token says PS384"},
    {"json_web_signature.json", 350, false, "the key is for PS256, the token says PS384"},
    {"json_web_signature.json", 347, false, "ES521 is no registered algorithm"},
    {"json_web_signature.json", 351, false, "ES521 is no registered algorithm"},
    {"json_web_signature.json", 372, false, "a character outside of base64url in the header"},
    {"json_web_signature.json", 373, false, "a character outside of base64url in the payload"},
    {"json_web_key.json", 14, false, "HS384 is not accepted"},
    {"json_web_key.json", 15, false, "HS512 is not accepted"},
    {"json_web_signature.json", 367, true, "byte for byte the valid token 357"},
    {"json_web_signature.json", 370, true, "byte for byte the valid token 357"},
};

struct tally {
    int passed, failed;
};

static bool is_expected_valid(const char *file, int64_t id, bool valid)
{
    for (size_t i = 0; i < ARRAY_LENGTH(deviations); i++) {
        if (strcmp(deviations[i].file, file) == 0 && deviations[i].id == id)
            return deviations[i].accepted;
    }
    return valid;
}

static bool is_symmetric(const struct json *key)
{
    const struct json *keys = json_get_z(key, "keys");
    if (json_is(keys, JSON_ARRAY) && keys->len > 0)
        key = &keys->items[0];
    return text_equal_z(json_text_or(json_get_z(key, "kty"), TEXT("")), "oct");
}

static bool read_keys(struct arena *arena, const struct json *group, struct jose_key_set *out,
                      struct error *error)
{
    const struct json *public_key = json_get_z(group, "public");
    const struct json *key = public_key ? public_key : json_get_z(group, "private");
    enum jose_key_kind kind = is_symmetric(key) ? JOSE_KEY_SECRET : JOSE_KEY_PUBLIC;
    if (json_get_z(key, "keys")) {
        struct buffer buffer;
        struct json_writer writer;
        buffer_init(&buffer, arena, JOSE_KEY_SET_MAX_BYTES);
        json_writer_init(&writer, &buffer);
        json_value(&writer, key);
        return jose_key_set_parse(arena, buffer_text(&buffer), kind, out, error);
    }
    const struct jose_key **keys = ARENA_NEW(arena, const struct jose_key *);
    *out = (struct jose_key_set){keys, 1};
    return keys && jose_key_parse_jwk(arena, key, kind, keys, error);
}

static bool verify(struct arena *arena, const struct json *group, struct text token,
                   struct error *error)
{
    struct jose_key_set keys;
    struct jws jws;
    return read_keys(arena, group, &keys, error) && jws_parse(arena, token, &jws, error) &&
           jws_verify(&jws, jws_find_key(&jws, &keys), error);
}

/* An encrypted token must not even parse as a signed one. */
static bool accepts_encrypted(struct arena *arena, struct text token, struct error *error)
{
    struct jws jws;
    return jws_parse(arena, token, &jws, error);
}

static void run_test(struct arena *arena, const char *file, const struct json *group,
                     const struct json *test, struct tally *tally)
{
    struct error error = {0};
    int64_t id = json_int64_or(json_get_z(test, "tcId"), 0);
    struct text result = json_text_or(json_get_z(test, "result"), TEXT(""));
    struct text encrypted = json_text_or(json_get_z(test, "jwe"), TEXT(""));
    struct text token = json_text_or(json_get_z(test, "jws"), TEXT(""));
    bool is_encrypted = json_get_z(test, "jwe") != NULL;
    bool accepted = is_encrypted ? accepts_encrypted(arena, encrypted, &error)
                                 : verify(arena, group, token, &error);
    bool expected = !is_encrypted && is_expected_valid(file, id, text_equal_z(result, "valid"));
    if (accepted == expected) {
        tally->passed++;
        return;
    }
    tally->failed++;
    struct text comment = json_text_or(json_get_z(test, "comment"), TEXT(""));
    printf("%s %lld %.*s: %s%s%s\n", file, (long long)id, TEXT_ARG(comment),
           accepted ? "accepted" : "refused", error.message[0] ? ": " : "", error.message);
}

static void run_groups(const char *file, const struct json *root, struct tally *tally)
{
    const struct json *groups = json_get_z(root, "testGroups");
    for (uint32_t i = 0; json_is(groups, JSON_ARRAY) && i < groups->len; i++) {
        const struct json *tests = json_get_z(&groups->items[i], "tests");
        for (uint32_t j = 0; json_is(tests, JSON_ARRAY) && j < tests->len; j++) {
            struct arena *arena = arena_new(1 << 22);
            if (arena)
                run_test(arena, file, &groups->items[i], &tests->items[j], tally);
            arena_free(arena);
        }
    }
}

static bool read_file(struct arena *arena, const char *path, struct text *out)
{
    enum { MAX = 4 << 20 };
    FILE *file = fopen(path, "rb");
    char *bytes = file ? arena_alloc_raw(arena, MAX) : NULL;
    if (bytes)
        *out = (struct text){bytes, fread(bytes, 1, MAX, file)};
    if (file)
        fclose(file);
    return bytes != NULL;
}

static bool run_file(const char *directory, const char *file, struct tally *tally)
{
    static const struct json_limits limits = {.max_bytes = 4 << 20, .max_depth = 64};
    struct arena *arena = arena_new(64 << 20);
    struct error error = {0};
    struct text path = arena ? text_format(arena, "%s/%s", directory, file) : TEXT("");
    char *terminated = arena ? text_terminated(arena, path) : NULL;
    struct text source;
    const struct json *root;
    bool done = terminated && read_file(arena, terminated, &source) &&
                json_parse(arena, source, &limits, &root, &error);
    if (done)
        run_groups(file, root, tally);
    else
        fprintf(stderr, "jose_conformance: cannot read %s: %s\n", file, error.message);
    arena_free(arena);
    return done;
}

int main(int argc, char **argv)
{
    static const char *const files[] = {"json_web_signature.json", "json_web_key.json",
                                        "json_web_crypto.json", "json_web_encryption.json"};
    struct tally tally = {0};
    if (argc != 2) {
        fputs("usage: jose_conformance DIRECTORY\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        if (!run_file(argv[1], files[i], &tally))
            return 1;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(deviations); i++)
        printf("deviation: %s %lld is %s: %s\n", deviations[i].file, (long long)deviations[i].id,
               deviations[i].accepted ? "accepted" : "refused", deviations[i].reason);
    printf("%d passed, %d failed\n", tally.passed, tally.failed);
    return tally.failed > 0;
}
