/* JWS compact serialization. See jws.h for what is refused. */
#include "jose/jws.h"

#include "base/encoding.h"
#include "jose/signature.h"

static bool refuse(struct error *error, const char *sentence)
{
    return error_set(error, ERR_UNAUTHENTICATED, "%s", sentence);
}

/* The same, unless it was memory that was missing. */
static bool refuse_or_no_memory(struct arena *arena, struct error *error, const char *sentence)
{
    return arena_failed(arena) ? error_set_no_memory(error) : refuse(error, sentence);
}

/* The three parts, still encoded. */
struct parts {
    struct text header, payload, signature;
};

static bool split(struct text token, struct parts *out)
{
    size_t first = text_find_byte(token, '.', 0);
    size_t second = text_find_byte(token, '.', first + 1);
    if (first >= token.len || second >= token.len ||
        text_find_byte(token, '.', second + 1) < token.len)
        return false;
    *out = (struct parts){
        .header = text_slice(token, 0, first),
        .payload = text_slice(token, first + 1, second),
        .signature = text_slice(token, second + 1, token.len),
    };
    return true;
}

/* An optional member that must be a string where it is present. */
static bool get_string(const struct json *header, const char *name, struct text *out)
{
    const struct json *member = json_get_z(header, name);
    *out = json_text_or(member, TEXT(""));
    return !member || json_is(member, JSON_STRING);
}

static bool read_header(struct jws *jws, struct error *error)
{
    struct text algorithm;
    if (json_get_z(jws->header, "crit"))
        return refuse(error, "the token asks for an extension (crit) that is not supported");
    if (!get_string(jws->header, "alg", &algorithm) ||
        !jose_algorithm_find(algorithm, &jws->algorithm))
        return refuse(error, "the algorithm of the token is not accepted");
    if (!get_string(jws->header, "kid", &jws->key_id) || jws->key_id.len > JOSE_KEY_ID_MAX ||
        !get_string(jws->header, "typ", &jws->type))
        return refuse(error, "the header of the token is malformed");
    return true;
}

static bool parse_header(struct arena *arena, struct text encoded, struct jws *jws,
                         struct error *error)
{
    static const struct json_limits limits = {
        .max_bytes = JWS_MAX_HEADER_BYTES,
        .max_depth = 8,
        .duplicates = JSON_DUPLICATES_REFUSED,
    };
    struct text decoded;
    struct error cause = {0};
    if (encoded.len > JWS_MAX_HEADER_BYTES || !base64url_decode(arena, encoded, &decoded, &cause) ||
        !json_parse(arena, decoded, &limits, &jws->header, &cause) ||
        !json_is(jws->header, JSON_OBJECT))
        return refuse_or_no_memory(arena, error, "the header of the token is malformed");
    return read_header(jws, error);
}

bool jws_parse(struct arena *arena, struct text token, struct jws *out, struct error *error)
{
    struct parts parts;
    struct error cause = {0};
    *out = (struct jws){0};
    if (token.len > JWS_MAX_BYTES)
        return refuse(error, "the token is too long");
    if (!split(token, &parts))
        return refuse(error, "the token is not made of three parts");
    if (!parse_header(arena, parts.header, out, error))
        return false;
    if (!base64url_decode(arena, parts.payload, &out->payload, &cause) ||
        !base64url_decode(arena, parts.signature, &out->signature, &cause))
        return refuse_or_no_memory(arena, error, "the token is not valid base64url");
    out->signing_input = text_slice(token, 0, parts.header.len + 1 + parts.payload.len);
    return true;
}

const struct jose_key *jws_find_key(const struct jws *jws, const struct jose_key_set *keys)
{
    if (jws->key_id.len > 0)
        return jose_key_set_find(keys, jws->key_id);
    const struct jose_key *found = NULL;
    for (size_t i = 0; i < keys->len; i++) {
        if (jose_key_algorithm(keys->keys[i]) != jws->algorithm)
            continue;
        if (found)
            return NULL;
        found = keys->keys[i];
    }
    return found;
}

bool jws_verify(const struct jws *jws, const struct jose_key *key, struct error *error)
{
    if (!key)
        return refuse(error, "the key of the token is not known");
    if (jose_key_algorithm(key) != jws->algorithm)
        return refuse(error, "the algorithm of the token is not the one of its key");
    struct text id = jose_key_id(key);
    if (jws->key_id.len > 0 && id.len > 0 && !text_equal(jws->key_id, id))
        return refuse(error, "the key of the token is not known");
    if (!signature_is_valid(key, jws->signing_input, jws->signature))
        return refuse(error, "the signature of the token is not valid");
    return true;
}

static void write_header(struct json_writer *writer, const struct jose_key *key, struct text type)
{
    struct text id = jose_key_id(key);
    json_begin_object(writer);
    json_member_string(writer, "alg", text_z(jose_algorithm_name(jose_key_algorithm(key))));
    if (id.len > 0)
        json_member_string(writer, "kid", id);
    if (type.len > 0)
        json_member_string(writer, "typ", type);
    json_end_object(writer);
}

static bool refuse_size(struct arena *arena, struct error *error)
{
    if (arena_failed(arena))
        return error_set_no_memory(error);
    return error_set(error, ERR_TOO_LARGE, "a token may have %d bytes", JWS_MAX_BYTES);
}

bool jws_sign(struct arena *arena, const struct jose_key *key, struct text type,
              struct text payload, struct text *out, struct error *error)
{
    struct buffer header, token;
    struct json_writer writer;
    struct signature signature;
    buffer_init(&header, arena, JWS_MAX_HEADER_BYTES);
    buffer_init(&token, arena, JWS_MAX_BYTES);
    json_writer_init(&writer, &header);
    write_header(&writer, key, type);
    buffer_add(&token, base64url_encode(arena, buffer_text(&header)));
    buffer_add_byte(&token, '.');
    buffer_add(&token, base64url_encode(arena, payload));
    if (header.failed || token.failed)
        return refuse_size(arena, error);
    if (!signature_make(key, buffer_text(&token), &signature, error))
        return false;
    buffer_add_byte(&token, '.');
    struct text bytes = {(const char *)signature.bytes, signature.len};
    buffer_add(&token, base64url_encode(arena, bytes));
    if (token.failed || arena_failed(arena))
        return refuse_size(arena, error);
    *out = buffer_text(&token);
    return true;
}
