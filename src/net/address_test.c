/* Addresses: strict parsing, mapped forms, ranges, and which addresses are public. */
#include "net/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct address parse(const char *source)
{
    struct address address = {0};
    if (!address_parse(text_z(source), &address))
        fail_msg("%s is an address", source);
    return address;
}

static void addresses_print_as_they_are(void **state)
{
    UNUSED(state);
    static const char *const cases[][2] = {
        {"127.0.0.1", "127.0.0.1"},
        {"::1", "::1"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"::ffff:10.1.2.3", "10.1.2.3"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char out[ADDRESS_TEXT_SIZE];
        struct address address = parse(cases[i][0]);
        address_print(&address, out);
        assert_string_equal(out, cases[i][1]);
    }
    char out[ADDRESS_TEXT_SIZE];
    assert_true(text_equal_z(address_print(&(struct address){0}, out), "-"));
}

static void what_is_no_address_is_refused(void **state)
{
    UNUSED(state);
    static const char *const cases[] = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "01.2.3.4",
        "256.0.0.1",
        "1.2.3.4 ",
        "localhost",
        "fe80::1%eth0",
        ":::",
        "[::1]",
        "1.2.3.4/8",
        "0x7f.0.0.1",
        "2130706433",
        "::ffff:1.2.3",
        "11111111112222222222333333333344444444445555555555",
    };
    struct address address;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (address_parse(text_z(cases[i]), &address))
            fail_msg("%s is no address", cases[i]);
    assert_false(address_parse((struct text){"1.2.3.4\0", 8}, &address));
}

static void only_routed_addresses_are_public(void **state)
{
    UNUSED(state);
    static const char *const private[] = {
        "0.0.0.0",          "10.0.0.1",        "100.64.0.1",  "127.0.0.1",
        "127.255.255.254",  "169.254.169.254", "172.16.0.1",  "172.31.255.255",
        "192.168.1.1",      "198.18.0.1",      "224.0.0.1",   "240.0.0.1",
        "255.255.255.255",  "192.0.2.1",       "::",          "::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1",     "fd00:ec2::254",
        "fc00::1",          "ff02::1",         "2001:db8::1", "64:ff9b::a00:1",
        "2002:7f00:1::",    "::127.0.0.1",     "2001::1",     "fec0::1",
    };
    static const char *const public[] = {
        "1.1.1.1",         "172.15.255.255",   "172.32.0.1",      "192.167.1.1",
        "100.63.0.1",      "100.128.0.1",      "::ffff:8.8.8.8",  "2606:4700:4700::1111",
        "223.255.255.255", "64:ff9b::808:808", "2002:808:808::1",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(private); i++) {
        struct address address = parse(private[i]);
        if (address_is_public(&address))
            fail_msg("%s is not public", private[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(public); i++) {
        struct address address = parse(public[i]);
        if (!address_is_public(&address))
            fail_msg("%s is public", public[i]);
    }
    assert_false(address_is_public(&(struct address){0}));
}

static void loopback_is_recognised(void **state)
{
    UNUSED(state);
    struct address yes[] = {parse("127.9.9.9"), parse("::1"), parse("::ffff:127.0.0.1")};
    struct address no[] = {parse("128.0.0.1"), parse("::2"), {0}};
    for (size_t i = 0; i < 3; i++) {
        assert_true(address_is_loopback(&yes[i]));
        assert_false(address_is_loopback(&no[i]));
    }
}

static bool contains(const char *range_text, const char *address_text)
{
    struct error error = {0};
    struct address_range range;
    struct address address = parse(address_text);
    assert_true(address_range_parse(text_z(range_text), &range, &error));
    return address_range_contains(&range, &address);
}

static void ranges_contain_their_addresses(void **state)
{
    UNUSED(state);
    assert_true(contains("10.0.0.0/8", "10.255.0.1"));
    assert_false(contains("10.0.0.0/8", "11.0.0.0"));
    assert_true(contains("192.168.4.0/22", "192.168.7.255"));
    assert_false(contains("192.168.4.0/22", "192.168.8.0"));
    assert_true(contains("1.2.3.4", "1.2.3.4"));
    assert_false(contains("1.2.3.4", "1.2.3.5"));
    assert_true(contains("0.0.0.0/0", "200.1.1.1"));
    assert_false(contains("0.0.0.0/0", "2606::1"));
    assert_true(contains("fd00::/9", "fd7f::1"));
    assert_false(contains("fd00::/9", "fd80::1"));
    assert_true(contains("10.0.0.0/8", "::ffff:10.0.0.1"));
}

static void bad_ranges_say_why(void **state)
{
    UNUSED(state);
    static const char *const cases[][2] = {
        {"ten/8", "\"ten/8\" is not an IP address or range"},
        {"10.0.0.0/33", "the prefix of \"10.0.0.0/33\" is not 0 to 32"},
        {"10.0.0.0/", "the prefix of \"10.0.0.0/\" is not 0 to 32"},
        {"10.0.0.1/8", "\"10.0.0.1/8\" has bits set after its prefix"},
        {"fd00::/-1", "the prefix of \"fd00::/-1\" is not 0 to 128"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = {0};
        struct address_range range;
        assert_false(address_range_parse(text_z(cases[i][0]), &range, &error));
        assert_string_equal(error.message, cases[i][1]);
        assert_int_equal(error.kind, ERR_INVALID);
    }
}

static void ranges_come_in_lists(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 16);
    struct error error = {0};
    struct address_ranges ranges;
    assert_true(address_ranges_parse(arena, TEXT(""), &ranges, &error));
    assert_int_equal(ranges.count, 0);
    assert_true(address_ranges_parse(arena, TEXT("10.0.0.0/8, ::1"), &ranges, &error));
    assert_int_equal(ranges.count, 2);
    assert_int_equal(ranges.items[1].prefix, 128);
    assert_false(address_ranges_parse(arena, TEXT("10.0.0.0/8,,::1"), &ranges, &error));
    assert_string_equal(error.message, "\"\" is not an IP address or range");
    arena_free(arena);
}

static void host_and_port_are_cut_apart(void **state)
{
    UNUSED(state);
    struct error error = {0};
    struct host_port parsed;
    assert_true(host_port_parse(TEXT("127.0.0.1:8088"), &parsed, &error));
    assert_true(text_equal_z(parsed.host, "127.0.0.1"));
    assert_int_equal(parsed.port, 8088);
    assert_true(host_port_parse(TEXT("[::1]:0"), &parsed, &error));
    assert_true(text_equal_z(parsed.host, "::1"));
    assert_true(host_port_parse(TEXT(":65535"), &parsed, &error));
    assert_true(text_is_empty(parsed.host));
    assert_int_equal(parsed.port, 65535);
}

static void bad_host_and_port_are_refused(void **state)
{
    UNUSED(state);
    static const char *const cases[] = {"",        "host",   "host:", "host:65536",  "host:-1",
                                        "host:8o", "::1:80", "[::1]", "[nothing]:80"};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = {0};
        struct host_port parsed;
        if (host_port_parse(text_z(cases[i]), &parsed, &error))
            fail_msg("%s is not HOST:PORT", cases[i]);
        assert_int_equal(error.kind, ERR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_print_as_they_are),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(only_routed_addresses_are_public),
        cmocka_unit_test(loopback_is_recognised),
        cmocka_unit_test(ranges_contain_their_addresses),
        cmocka_unit_test(bad_ranges_say_why),
        cmocka_unit_test(ranges_come_in_lists),
        cmocka_unit_test(host_and_port_are_cut_apart),
        cmocka_unit_test(bad_host_and_port_are_refused),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
