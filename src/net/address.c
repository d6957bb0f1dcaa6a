/* Parsing and printing lean on inet_pton and inet_ntop, which resolve nothing. */
#include "net/address.h"

#include "base/list.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static void set_ipv4(struct address *out, const void *bytes)
{
    *out = (struct address){.family = ADDRESS_IPV4};
    memcpy(out->bytes, bytes, 4);
}

static void set_ipv6(struct address *out, const unsigned char *bytes)
{
    if (memcmp(bytes, mapped_prefix, sizeof(mapped_prefix)) == 0) {
        set_ipv4(out, bytes + sizeof(mapped_prefix));
        return;
    }
    *out = (struct address){.family = ADDRESS_IPV6};
    memcpy(out->bytes, bytes, 16);
}

bool address_parse(struct text source, struct address *out)
{
    char terminated[ADDRESS_TEXT_SIZE];
    unsigned char bytes[16];
    if (source.len == 0 || source.len >= sizeof(terminated) || memchr(source.at, '\0', source.len))
        return false;
    memcpy(terminated, source.at, source.len);
    terminated[source.len] = '\0';
    if (inet_pton(AF_INET, terminated, bytes) == 1)
        set_ipv4(out, bytes);
    else if (inet_pton(AF_INET6, terminated, bytes) == 1)
        set_ipv6(out, bytes);
    else
        return false;
    return true;
}

bool address_from_socket(const struct sockaddr *from, struct address *out, uint16_t *port)
{
    in_port_t network_port;
    if (from->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, from, sizeof(in));
        set_ipv4(out, &in.sin_addr);
        network_port = in.sin_port;
    } else if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, from, sizeof(in));
        set_ipv6(out, in.sin6_addr.s6_addr);
        network_port = in.sin6_port;
    } else {
        return false;
    }
    if (port)
        *port = ntohs(network_port);
    return true;
}

struct text address_print(const struct address *address, char *out)
{
    int family = address->family == ADDRESS_IPV4 ? AF_INET : AF_INET6;
    if (address->family == ADDRESS_NONE ||
        !inet_ntop(family, address->bytes, out, ADDRESS_TEXT_SIZE))
        memcpy(out, "-", 2);
    return text_z(out);
}

bool address_equal(const struct address *a, const struct address *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static bool bits_equal(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    if (memcmp(a, b, bits / 8) != 0)
        return false;
    unsigned rest = bits % 8;
    return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

bool address_range_contains(const struct address_range *range, const struct address *address)
{
    return range->base.family == address->family && address->family != ADDRESS_NONE &&
           bits_equal(range->base.bytes, address->bytes, range->prefix);
}

struct special_range {
    unsigned char bytes[16];
    unsigned prefix;
};

/* The special-purpose registries of RFC 6890 and its updates, where not globally reachable. */
static const struct special_range special_ipv4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
};

static const struct special_range special_ipv6[] = {
    {{0x20, 0x01, 0x00}, 23},       /* protocol assignments, Teredo among them */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff}, 20},
};

static bool in_any(const struct special_range *ranges, size_t count, const unsigned char *bytes)
{
    for (size_t i = 0; i < count; i++)
        if (bits_equal(ranges[i].bytes, bytes, ranges[i].prefix))
            return true;
    return false;
}

static bool ipv4_is_public(const unsigned char *bytes)
{
    return !in_any(special_ipv4, ARRAY_LENGTH(special_ipv4), bytes);
}

/* Only 2000::/3 is handed out; the translation prefixes carry an IPv4 address to judge. */
static bool ipv6_is_public(const unsigned char *bytes)
{
    static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(bytes, nat64, sizeof(nat64)) == 0)
        return ipv4_is_public(bytes + 12);
    if (bytes[0] == 0x20 && bytes[1] == 0x02) /* 6to4 */
        return ipv4_is_public(bytes + 2);
    return (bytes[0] & 0xe0) == 0x20 && !in_any(special_ipv6, ARRAY_LENGTH(special_ipv6), bytes);
}

bool address_is_public(const struct address *address)
{
    switch (address->family) {
    case ADDRESS_IPV4: return ipv4_is_public(address->bytes);
    case ADDRESS_IPV6: return ipv6_is_public(address->bytes);
    case ADDRESS_NONE: break;
    }
    return false;
}

bool address_is_loopback(const struct address *address)
{
    static const unsigned char one[16] = {[15] = 1};
    if (address->family == ADDRESS_IPV4)
        return address->bytes[0] == 127;
    return address->family == ADDRESS_IPV6 && memcmp(address->bytes, one, sizeof(one)) == 0;
}

static bool host_bits_are_zero(const struct address *address, unsigned prefix)
{
    for (unsigned bit = prefix; bit < 128; bit++)
        if (address->bytes[bit / 8] & (0x80 >> (bit % 8)))
            return false;
    return true;
}

bool address_range_parse(struct text source, struct address_range *out, struct error *error)
{
    size_t slash = text_find_byte(source, '/', 0);
    struct address_range range;
    if (!address_parse(text_slice(source, 0, slash), &range.base))
        return error_set(error, ERR_INVALID, "\"%.*s\" is not an IP address or range",
                         TEXT_ARG(source));
    unsigned bits = range.base.family == ADDRESS_IPV4 ? 32 : 128;
    int64_t prefix = bits;
    if (slash < source.len && (!text_to_int64(text_slice(source, slash + 1, source.len), &prefix) ||
                               prefix < 0 || prefix > bits))
        return error_set(error, ERR_INVALID, "the prefix of \"%.*s\" is not 0 to %u",
                         TEXT_ARG(source), bits);
    range.prefix = (unsigned)prefix;
    if (!host_bits_are_zero(&range.base, range.prefix))
        return error_set(error, ERR_INVALID, "\"%.*s\" has bits set after its prefix",
                         TEXT_ARG(source));
    *out = range;
    return true;
}

bool address_ranges_parse(struct arena *arena, struct text source, struct address_ranges *out,
                          struct error *error)
{
    struct list ranges;
    struct text part;
    list_init(&ranges, arena, sizeof(struct address_range));
    while (text_next_part(&source, ',', &part)) {
        struct address_range *range = list_push(&ranges);
        if (!range)
            return error_set_no_memory(error);
        if (!address_range_parse(text_trim(part), range, error))
            return false;
    }
    *out = (struct address_ranges){ranges.items, ranges.len};
    return true;
}

bool host_port_parse(struct text source, struct host_port *out, struct error *error)
{
    size_t colon = source.len;
    while (colon > 0 && source.at[colon - 1] != ':')
        colon--;
    int64_t port;
    if (colon == 0 || !text_to_int64(text_slice(source, colon, source.len), &port) || port < 0 ||
        port > 65535)
        return error_set(error, ERR_INVALID, "\"%.*s\" is not HOST:PORT", TEXT_ARG(source));
    struct text host = text_slice(source, 0, colon - 1);
    bool bracketed = host.len >= 2 && host.at[0] == '[' && host.at[host.len - 1] == ']';
    if (bracketed)
        host = text_slice(host, 1, host.len - 1);
    else if (text_find_byte(host, ':', 0) < host.len)
        return error_set(error, ERR_INVALID, "\"%.*s\": an IPv6 address needs brackets",
                         TEXT_ARG(source));
    struct address address;
    if (bracketed && !address_parse(host, &address))
        return error_set(error, ERR_INVALID, "\"%.*s\" is not an IPv6 address", TEXT_ARG(host));
    *out = (struct host_port){.host = host, .port = (uint16_t)port};
    return true;
}
