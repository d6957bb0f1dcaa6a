/* uuid.parse: version, variant, and for versions 1 and 2 what they were made from. */
#include "rego/builtins/operand.h"

#include "base/encoding.h"

#include <string.h>

/* 100 ns steps from 15 October 1582 to 1970. */
#define GREGORIAN_OFFSET INT64_C(0x01b21dd213814000)

/* Plain, with dashes, with "urn:uuid:" before or braces around. */
static bool parse(struct text text, uint8_t out[16])
{
    if (text.len == 45 && text_equal_ignoring_case(text_slice(text, 0, 9), TEXT("urn:uuid:")))
        text = text_slice(text, 9, text.len);
    else if (text.len == 38 && text.at[0] == '{' && text.at[37] == '}')
        text = text_slice(text, 1, 37);
    bool dashes = text.len == 36;
    if (!dashes && text.len != 32)
        return false;
    size_t at = 0;
    for (int i = 0; i < 16; i++) {
        if (dashes && (i == 4 || i == 6 || i == 8 || i == 10) && text.at[at++] != '-')
            return false;
        int high = hex_digit(text.at[at]), low = hex_digit(text.at[at + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high * 16 + low);
        at += 2;
    }
    return true;
}

static struct value variant_of(const uint8_t *bytes)
{
    if ((bytes[8] & 0xc0) == 0x80)
        return VALUE_TEXT("RFC4122");
    if ((bytes[8] & 0xe0) == 0xc0)
        return VALUE_TEXT("Microsoft");
    return (bytes[8] & 0xe0) == 0xe0 ? VALUE_TEXT("Future") : VALUE_TEXT("Reserved");
}

static uint64_t big_endian(const uint8_t *bytes, int count)
{
    uint64_t number = 0;
    for (int i = 0; i < count; i++)
        number = number << 8 | bytes[i];
    return number;
}

static bool put(struct collection *object, const char *key, struct value value)
{
    return object_put(object, value_string(text_z(key)), value);
}

static bool put_origin(struct arena *arena, struct collection *object, const uint8_t *bytes)
{
    int64_t steps = (int64_t)(big_endian(bytes, 4) | big_endian(bytes + 4, 2) << 32 |
                              (big_endian(bytes + 6, 2) & 0x0fff) << 48);
    /* Wraps around for times that no int64 of nanoseconds holds, as the reference does. */
    int64_t nanoseconds = (int64_t)((uint64_t)(steps - GREGORIAN_OFFSET) * 100);
    struct text node = text_format(arena, "%02x-%02x-%02x-%02x-%02x-%02x", bytes[10], bytes[11],
                                   bytes[12], bytes[13], bytes[14], bytes[15]);
    struct text mac = text_format(arena, "%s:%s", bytes[10] & 2 ? "local" : "global",
                                  bytes[10] & 1 ? "multicast" : "unicast");
    return node.at && mac.at && put(object, "nodeid", value_string(node)) &&
           put(object, "macvariables", value_string(mac)) &&
           put(object, "time", VALUE_INT(nanoseconds)) &&
           put(object, "clocksequence", VALUE_INT((int64_t)(big_endian(bytes + 8, 2) & 0x3fff)));
}

static bool put_domain(struct arena *arena, struct collection *object, const uint8_t *bytes)
{
    static const char *const names[] = {"Person", "Group", "Org"};
    struct text name = bytes[9] < ARRAY_LENGTH(names) ? text_z(names[bytes[9]])
                                                      : text_format(arena, "Domain%d", bytes[9]);
    return name.at && put(object, "domain", value_string(name)) &&
           put(object, "id", VALUE_INT((int64_t)big_endian(bytes, 4)));
}

enum builtin_outcome builtin_uuid_parse(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    uint8_t bytes[16];
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, 8))
        return BUILTIN_STOPPED;
    if (!parse(value_text(&operands[0]), bytes))
        return BUILTIN_UNDEFINED;
    struct collection *object = object_new(call->arena, 0);
    int version = bytes[6] >> 4;
    if (!object || !put(object, "version", VALUE_INT(version)) ||
        !put(object, "variant", variant_of(bytes)) ||
        ((version == 1 || version == 2) && !put_origin(call->arena, object, bytes)) ||
        (version == 2 && !put_domain(call->arena, object, bytes)))
        return stop_memory(call);
    return give_collection(object, result);
}
