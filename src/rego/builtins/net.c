/* net.cidr_*. */
#include "rego/builtins/ip.h"
#include "rego/builtins/operand.h"

static enum builtin_outcome read_network(struct builtin_call *call, const struct value *operands,
                                         unsigned index, struct ip_network *out)
{
    if (!operand_is(call, operands, index, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, 4 + operands[index].len / 8))
        return BUILTIN_STOPPED;
    struct text text = value_text(&operands[index]);
    return ip_network_parse(text, out)
               ? BUILTIN_OK
               : fail_builtin(call, "invalid CIDR address: %.*s", TEXT_ARG(text));
}

/* An address, or a network whose first and last address both count. */
static enum builtin_outcome contains_text(struct builtin_call *call,
                                          const struct ip_network *network, struct text text,
                                          bool *out)
{
    struct ip_network inner;
    struct ip address;
    if (ip_parse(text, &address)) {
        *out = ip_network_contains(network, &address);
        return BUILTIN_OK;
    }
    if (!ip_network_parse(text, &inner))
        return fail_builtin(call, "invalid CIDR address: %.*s", TEXT_ARG(text));
    *out = ip_network_contains(network, &inner.first) && ip_network_contains(network, &inner.last);
    return BUILTIN_OK;
}

enum builtin_outcome builtin_cidr_contains(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    struct ip_network network;
    bool contained;
    enum builtin_outcome outcome = read_network(call, operands, 0, &network);
    if (outcome != BUILTIN_OK)
        return outcome;
    if (!operand_is(call, operands, 1, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge_bytes(call, operands[1].len))
        return BUILTIN_STOPPED;
    outcome = contains_text(call, &network, value_text(&operands[1]), &contained);
    return outcome == BUILTIN_OK ? give_bool(result, contained) : outcome;
}

enum builtin_outcome builtin_cidr_intersects(struct builtin_call *call,
                                             const struct value *operands, struct value *result)
{
    struct ip_network a, b;
    enum builtin_outcome outcome = read_network(call, operands, 0, &a);
    if (outcome == BUILTIN_OK)
        outcome = read_network(call, operands, 1, &b);
    if (outcome != BUILTIN_OK)
        return outcome;
    return give_bool(result,
                     ip_network_contains(&a, &b.first) || ip_network_contains(&b, &a.first));
}

enum builtin_outcome builtin_cidr_is_valid(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    struct ip_network network;
    if (operands[0].kind != VALUE_STRING)
        return give_bool(result, false);
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    return give_bool(result, ip_network_parse(value_text(&operands[0]), &network));
}

static enum builtin_outcome text_of_address(struct builtin_call *call, const struct ip *address,
                                            struct value *out)
{
    struct buffer text;
    text_buffer(call, &text);
    ip_print(&text, address);
    return give_buffer(call, &text, out);
}

enum builtin_outcome builtin_cidr_expand(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    enum { MAX_BITS = 24 };
    struct ip_network network;
    enum builtin_outcome outcome = read_network(call, operands, 0, &network);
    if (outcome != BUILTIN_OK)
        return outcome;
    int bits = (network.first.v4 ? 32 : 128) - network.prefix;
    if (bits > MAX_BITS)
        return fail_builtin(call, "the network is too large");
    uint64_t count = UINT64_C(1) << bits;
    if (!charge(call, count * 8))
        return BUILTIN_STOPPED;
    struct collection *set = set_new(call->arena, count);
    struct ip address = network.first;
    for (uint64_t i = 0; set && i < count; i++) {
        struct value text;
        outcome = text_of_address(call, &address, &text);
        if (outcome != BUILTIN_OK)
            return outcome;
        if (!set_add(set, text))
            return stop_memory(call);
        (void)ip_next(&address, &address);
    }
    return set ? give_collection(set, result) : stop_memory(call);
}

/* contains_matches: every pair of a network on the left and an address or network inside of it on
 * the right. Either side is a string, or a collection of strings and tuples that start with one. */

struct side {
    struct value operand;
    uint32_t count;
};

static enum builtin_outcome read_side(struct builtin_call *call, const struct value *operands,
                                      unsigned index, struct side *side)
{
    if (!operand_among(call, operands, index, KIND(STRING) | KIND(ARRAY) | KIND(SET) | KIND(OBJECT),
                       "one of {string, array, set, object}"))
        return BUILTIN_TYPE_ERROR;
    if (!sort_operand(call, &operands[index]))
        return BUILTIN_STOPPED;
    side->operand = operands[index];
    side->count =
        operands[index].kind == VALUE_STRING ? 1 : (uint32_t)value_count(&operands[index]);
    return BUILTIN_OK;
}

/* What the result shows for entry i: the string, the index, the member or the key. */
static struct value name_of(const struct side *side, uint32_t i)
{
    switch (side->operand.kind) {
    case VALUE_STRING: return side->operand;
    case VALUE_ARRAY: return VALUE_INT(i);
    default: return *collection_key(side->operand.as.collection, i);
    }
}

static enum builtin_outcome text_of_entry(struct builtin_call *call, const struct side *side,
                                          unsigned index, uint32_t i, struct text *out)
{
    const struct value *entry = &side->operand;
    if (entry->kind == VALUE_ARRAY)
        entry = &entry->as.items[i];
    else if (entry->kind != VALUE_STRING)
        entry = collection_item(entry->as.collection, i);
    if (entry->kind == VALUE_ARRAY && entry->len > 0)
        entry = &entry->as.items[0];
    if (entry->kind != VALUE_STRING)
        return fail_builtin(call, "operand %u: element must be string or non-empty array",
                            index + 1);
    *out = value_text(entry);
    return BUILTIN_OK;
}

static bool add_pair(struct builtin_call *call, struct collection *set, struct value a,
                     struct value b)
{
    struct value *items = value_array_items(call->arena, 2);
    if (!items)
        return false;
    items[0] = a;
    items[1] = b;
    return set_add(set, value_array(items, 2));
}

static enum builtin_outcome match_network(struct builtin_call *call, const struct side *sides,
                                          uint32_t i, struct collection *set)
{
    struct text text;
    struct ip_network network;
    enum builtin_outcome outcome = text_of_entry(call, &sides[0], 0, i, &text);
    if (outcome != BUILTIN_OK)
        return outcome;
    if (!ip_network_parse(text, &network))
        return fail_builtin(call, "invalid CIDR address: %.*s", TEXT_ARG(text));
    if (!charge(call, 8 * (sides[1].count + (uint64_t)1)))
        return BUILTIN_STOPPED;
    for (uint32_t k = 0; k < sides[1].count; k++) {
        bool contained;
        outcome = text_of_entry(call, &sides[1], 1, k, &text);
        if (outcome == BUILTIN_OK)
            outcome = contains_text(call, &network, text, &contained);
        if (outcome != BUILTIN_OK)
            return outcome;
        if (contained && !add_pair(call, set, name_of(&sides[0], i), name_of(&sides[1], k)))
            return stop_memory(call);
    }
    return BUILTIN_OK;
}

enum builtin_outcome builtin_cidr_contains_matches(struct builtin_call *call,
                                                   const struct value *operands,
                                                   struct value *result)
{
    struct side sides[2];
    for (unsigned i = 0; i < 2; i++) {
        enum builtin_outcome outcome = read_side(call, operands, i, &sides[i]);
        if (outcome != BUILTIN_OK)
            return outcome;
    }
    struct collection *set = set_new(call->arena, 0);
    if (!set)
        return stop_memory(call);
    for (uint32_t i = 0; i < sides[0].count; i++) {
        enum builtin_outcome outcome = match_network(call, sides, i, set);
        if (outcome != BUILTIN_OK)
            return outcome;
    }
    return give_collection(set, result);
}

/* merge: networks that touch or overlap become the fewest that cover the same addresses. */

/* A bare IPv4 address stands for its classful network, as Go's default mask has it. */
static enum builtin_outcome read_member(struct builtin_call *call, const struct value *value,
                                        struct ip_network *out)
{
    struct ip address;
    if (value->kind != VALUE_STRING)
        return fail_type(call, "element must be string");
    struct text text = value_text(value);
    if (ip_network_parse(text, out))
        return BUILTIN_OK;
    if (!ip_parse(text, &address))
        return fail_builtin(call, "invalid IP address: %.*s", TEXT_ARG(text));
    if (!address.v4)
        return fail_builtin(call, "IPv6 invalid: needs prefix length");
    uint8_t first = address.bytes[12];
    *out = ip_network_around(&address, first < 128 ? 8 : first < 192 ? 16 : 24);
    return BUILTIN_OK;
}

static void insert_sorted(struct ip_network *networks, size_t len, struct ip_network network)
{
    size_t at = len;
    for (; at > 0 && ip_compare(&networks[at - 1].first, &network.first) > 0; at--)
        networks[at] = networks[at - 1];
    networks[at] = network;
}

/* Joins ranges whose ends overlap or touch; the networks are sorted by their first address. */
static size_t join_ranges(struct ip_network *networks, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        struct ip_network *last = kept > 0 ? &networks[kept - 1] : NULL;
        struct ip next;
        bool touches = last && last->first.v4 == networks[i].first.v4 &&
                       (!ip_next(&last->last, &next) || ip_compare(&networks[i].first, &next) <= 0);
        if (!touches)
            networks[kept++] = networks[i];
        else if (ip_compare(&networks[i].last, &last->last) > 0)
            last->last = networks[i].last;
    }
    return kept;
}

/* Cuts a range into networks: the largest that starts at its first address and fits, again and
 * again. */
static enum builtin_outcome add_range(struct builtin_call *call, struct ip_network range,
                                      struct collection *set)
{
    for (bool more = true; more;) {
        int prefix = range.first.v4 ? 32 : 128;
        struct ip_network cut = ip_network_around(&range.first, prefix);
        while (prefix > 0) {
            struct ip_network wider = ip_network_around(&range.first, prefix - 1);
            if (ip_compare(&wider.first, &range.first) != 0 ||
                ip_compare(&wider.last, &range.last) > 0)
                break;
            cut = wider;
            prefix--;
        }
        struct buffer text;
        struct value value;
        text_buffer(call, &text);
        ip_network_print(&text, &cut);
        enum builtin_outcome outcome = give_buffer(call, &text, &value);
        if (outcome != BUILTIN_OK)
            return outcome;
        if (!set_add(set, value))
            return stop_memory(call);
        more = ip_next(&cut.last, &range.first) && ip_compare(&range.first, &range.last) <= 0;
    }
    return BUILTIN_OK;
}

enum builtin_outcome builtin_cidr_merge(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    if (!operand_among(call, operands, 0, KIND(ARRAY) | KIND(SET), "one of {set, array}"))
        return BUILTIN_TYPE_ERROR;
    size_t count = value_count(&operands[0]);
    if (!charge(call, 64 * (uint64_t)count + (uint64_t)count * count / 4) ||
        !sort_operand(call, &operands[0]))
        return BUILTIN_STOPPED;
    struct ip_network *networks = ARENA_ARRAY(call->arena, struct ip_network, count);
    struct collection *set = set_new(call->arena, 0);
    if (!networks || !set)
        return stop_memory(call);
    for (uint32_t i = 0; i < count; i++) {
        struct ip_network network;
        enum builtin_outcome outcome = read_member(call, element(&operands[0], i), &network);
        if (outcome != BUILTIN_OK)
            return outcome;
        insert_sorted(networks, i, network);
    }
    count = join_ranges(networks, count);
    for (size_t i = 0; i < count; i++) {
        enum builtin_outcome outcome = add_range(call, networks[i], set);
        if (outcome != BUILTIN_OK)
            return outcome;
    }
    return give_collection(set, result);
}
