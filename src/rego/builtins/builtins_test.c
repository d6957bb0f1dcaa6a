/*
 * Builtins by direct calls: a table of name, operands and what must come out. Operands are JSON
 * with
 * {"$set": [...]} for sets; results are text of the language, "undefined", or "error: " and "type:
 * " with the start of the message.
 */
#include "rego/builtins/builtin.h"

#include "rego/value/json_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct example {
    const char *name, *operands, *expected;
};

static struct value with_sets(struct arena *arena, struct value value)
{
    if (value.kind == VALUE_ARRAY) {
        struct value *items = value_array_items(arena, value.len);
        for (uint32_t i = 0; i < value.len; i++)
            items[i] = with_sets(arena, value.as.items[i]);
        return value_array(items, value.len);
    }
    if (value.kind != VALUE_OBJECT)
        return value;
    const struct collection *object = value.as.collection;
    const struct value *members = object_get_text(object, TEXT("$set"));
    if (members) {
        struct collection *set = set_new(arena, 0);
        for (uint32_t i = 0; i < members->len; i++)
            assert_true(set_add(set, with_sets(arena, members->as.items[i])));
        return collection_value(set);
    }
    struct collection *copy = object_new(arena, 0);
    for (uint32_t i = 0; i < object->len; i++)
        assert_true(object_put(copy, *collection_raw_key(object, i),
                               with_sets(arena, *collection_raw_item(object, i))));
    return collection_value(copy);
}

static struct value operands_of(struct arena *arena, const char *source)
{
    struct value value = VALUE_NONE;
    struct error error = {0};
    if (!value_parse_json(arena, text_z(source), NULL, &value, &error))
        fail_msg("%s: %s", source, error.message);
    return with_sets(arena, value);
}

/* All results of a relation, as an array. */
static enum builtin_outcome call_relation(struct builtin_call *call, const struct value *operands,
                                          struct value *result)
{
    struct builtin_iterator iterator = {0};
    struct value_list list;
    value_list_init(&list, call->arena);
    enum builtin_outcome outcome = call->builtin->open(call, operands, &iterator);
    struct value item;
    while (outcome == BUILTIN_OK &&
           (outcome = call->builtin->next(call, &iterator, &item)) == BUILTIN_OK)
        assert_true(value_list_add(&list, item));
    *result = value_list_array(&list);
    return outcome == BUILTIN_UNDEFINED ? BUILTIN_OK : outcome;
}

static struct text outcome_text(struct arena *arena, struct builtin_call *call,
                                enum builtin_outcome outcome, const struct value *result)
{
    struct buffer out;
    buffer_init(&out, arena, 1 << 24);
    switch (outcome) {
    case BUILTIN_OK: value_print_rego(&out, result); break;
    case BUILTIN_UNDEFINED: buffer_add(&out, TEXT("undefined")); break;
    case BUILTIN_STOPPED: buffer_add_format(&out, "stopped %d", call->budget->stop); break;
    default:
        buffer_add(&out, outcome == BUILTIN_ERROR ? TEXT("error: ") : TEXT("type: "));
        buffer_add(&out, call->message);
    }
    return buffer_text(&out);
}

static struct text run(struct arena *arena, const char *name, const char *operands, int64_t fuel)
{
    struct budget budget = {.fuel = fuel, .poll_at = -1};
    struct builtin_call call = {.arena = arena, .budget = &budget};
    struct value array = operands_of(arena, operands), result = VALUE_NONE;
    call.builtin = builtin_find(text_z(name));
    if (!call.builtin)
        fail_msg("there is no %s", name);
    assert_int_equal(array.len, call.builtin->arity);
    enum builtin_outcome outcome = call.builtin->flags & BUILTIN_RELATION
                                       ? call_relation(&call, array.as.items, &result)
                                       : call.builtin->call(&call, array.as.items, &result);
    return outcome_text(arena, &call, outcome, &result);
}

static void check(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new(64 << 20);
        struct text got = run(arena, examples[i].name, examples[i].operands, 100000000);
        struct text expected = text_z(examples[i].expected);
        bool failure = text_starts_with(expected, TEXT("error: ")) ||
                       text_starts_with(expected, TEXT("type: "));
        if (failure ? !text_starts_with(got, expected) : !text_equal(got, expected))
            fail_msg("%s%s: %.*s, not %s", examples[i].name, examples[i].operands, TEXT_ARG(got),
                     examples[i].expected);
        arena_free(arena);
    }
}

static void aggregates(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"count", "[[1,2]]", "2"},
        {"count", "[\"\\u00e5\\u00e4\\ud83d\\ude00\"]", "3"},
        {"count", "[null]",
         "type: operand 1 must be one of {array, object, set, string} but got null"},
        {"sum", "[[1,2.5]]", "3.5"},
        {"sum", "[{\"$set\":[]}]", "0"},
        {"sum", "[[1,\"a\"]]",
         "type: operand 1 must be array of numbers but got array containing string"},
        {"product", "[[2,3,4]]", "24"},
        {"max", "[[]]", "undefined"},
        {"max", "[[1,\"a\",null]]", "\"a\""},
        {"min", "[{\"$set\":[3,1,2]}]", "1"},
        {"sort", "[[3,1,2,\"b\",\"a\",null,[1],[0]]]", "[null, 1, 2, 3, \"a\", \"b\", [0], [1]]"},
        {"sort", "[{\"$set\":[9,8,7,6,5,4,3,2,1,0]}]", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"},
        {"any", "[[false,1]]", "false"},
        {"any", "[[false,true]]", "true"},
        {"all", "[[]]", "true"},
        {"all", "[[true,1]]", "false"},
    };
    check(examples, ARRAY_LENGTH(examples));
}

static void arithmetic(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"plus", "[1,2]", "3"},
        {"minus", "[{\"$set\":[1,2]},{\"$set\":[2]}]", "{1}"},
        {"minus", "[1,{\"$set\":[2]}]", "type: operand 2 must be number but got set"},
        {"minus", "[{\"$set\":[2]},1]", "type: operand 2 must be set but got number"},
        {"div", "[10,4]", "2.5"},
        {"div", "[1,0]", "error: divide by zero"},
        {"rem", "[7,-4]", "3"},
        {"rem", "[1.5,1]", "error: modulo on floating-point number"},
        {"rem", "[1,0]", "error: modulo by zero"},
        {"abs", "[-1.5]", "1.5"},
        {"round", "[-2.5]", "-3"},
        {"numbers.range", "[3,1]", "[3, 2, 1]"},
        {"numbers.range", "[1,1.5]",
         "type: operand 2 must be integer number but got floating-point number"},
        {"numbers.range_step", "[0,10,4]", "[0, 4, 8]"},
        {"numbers.range_step", "[0,10,0]", "error: step must be a positive integer"},
        {"bits.lsh", "[1,65]", "36893488147419103232"},
        {"bits.rsh", "[-1,1]", "-1"},
        {"bits.negate", "[5]", "-6"},
        {"bits.lsh", "[1,-1]",
         "type: operand 2 must be an unsigned integer number but got a negative integer"},
        {"to_number", "[\"-42.0\"]", "-42"},
        {"to_number", "[\".5\"]", "0.5"},
        {"to_number", "[\"1e3\"]", "1000"},
        {"to_number", "[\"+007\"]", "7"},
        {"to_number", "[\"-iNf\"]", "type: operand 1"},
        {"to_number", "[\"1x\"]", "error: parsing \"1x\": invalid syntax"},
        {"to_number", "[\".\"]", "error: parsing"},
        {"to_number", "[[]]", "type: operand 1 must be one of {null, boolean, number, string}"},
        {"format_int", "[15.5,16]", "\"f\""},
        {"format_int", "[-255,2]", "\"-11111111\""},
        {"format_int", "[1,3]", "type: operand 2 must be one of {2, 8, 10, 16}"},
    };
    check(examples, ARRAY_LENGTH(examples));
}

static void collections(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"array.slice", "[[1,2,3],-1,2]", "[1, 2]"},
        {"array.slice", "[[1,2,3],2,1]", "[]"},
        {"array.flatten", "[[1,[2,[3]]]]", "[1, 2, [3]]"},
        {"array.reverse", "[[1,2]]", "[2, 1]"},
        {"and", "[{\"$set\":[1,2]},{\"$set\":[2,3]}]", "{2}"},
        {"or", "[{\"$set\":[1]},{\"$set\":[]}]", "{1}"},
        {"intersection", "[{\"$set\":[]}]", "set()"},
        {"union", "[{\"$set\":[{\"$set\":[1]},{\"$set\":[2]}]}]", "{1, 2}"},
        {"internal.member_2", "[2,[1,2]]", "true"},
        {"internal.member_2", "[2,5]", "false"},
        {"internal.member_3", "[\"a\",1,{\"a\":1}]", "true"},
        {"internal.member_3", "[0,1,[2]]", "false"},
        {"object.get", "[{\"a\":[{\"b\":1}]},[\"a\",0,\"b\"],2]", "1"},
        {"object.get", "[{\"a\":1},[],2]", "{\"a\": 1}"},
        {"object.get", "[1,\"a\",2]", "type: operand 1 must be object but got number"},
        {"object.union", "[{\"a\":{\"b\":1},\"c\":[1]},{\"a\":{\"d\":2},\"c\":[2]}]",
         "{\"a\": {\"b\": 1, \"d\": 2}, \"c\": [2]}"},
        {"object.remove", "[{\"a\":1,\"b\":2},[\"a\"]]", "{\"b\": 2}"},
        {"object.filter", "[{\"a\":1,\"b\":2},{\"$set\":[\"a\",\"z\"]}]", "{\"a\": 1}"},
        {"object.subset", "[[1,2,3],[2,3]]", "true"},
        {"object.subset", "[[1,2],{\"$set\":[2]}]", "true"},
        {"object.subset", "[{\"$set\":[1]},[1]]", "error: both arguments"},
        {"json.remove", "[{\"a\":{\"b\":1,\"c\":[1,2]}},[\"a/c/0\",\"/x\"]]",
         "{\"a\": {\"b\": 1, \"c\": [2]}}"},
        {"json.filter", "[{\"a\":{\"b\":1,\"c\":2}},[[\"a\",\"b\"]]]", "{\"a\": {\"b\": 1}}"},
        {"json.patch", "[{\"a\":[1,3]},[{\"op\":\"add\",\"path\":\"a/1\",\"value\":2}]]",
         "{\"a\": [1, 2, 3]}"},
        {"json.patch", "[{\"a\":1},[{\"op\":\"move\",\"from\":\"a\",\"path\":\"b\"}]]",
         "{\"b\": 1}"},
        {"json.patch", "[{\"a\":1},[{\"op\":\"replace\",\"path\":\"b\",\"value\":1}]]",
         "error: operation 1"},
        {"json.patch", "[{\"a\":1},[{\"op\":\"test\",\"path\":\"a\",\"value\":2}]]",
         "error: operation 1"},
        {"walk", "[{\"a\":[1]}]", "[[[], {\"a\": [1]}], [[\"a\"], [1]], [[\"a\", 0], 1]]"},
        {"walk", "[5]", "[[[], 5]]"},
        {"graph.reachable", "[{\"a\":[\"b\"],\"b\":[\"a\",\"x\"]},[\"a\"]]", "{\"a\", \"b\"}"},
        {"graph.reachable_paths", "[{\"a\":[\"b\"],\"b\":[\"c\"],\"c\":[\"a\"]},[\"a\"]]",
         "{[\"a\", \"b\", \"c\"]}"},
    };
    check(examples, ARRAY_LENGTH(examples));
}

static void strings(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"contains", "[\"abc\",\"\"]", "true"},
        {"indexof", "[\"sk\\u00f6n\",\"n\"]", "3"},
        {"indexof", "[\"a\",\"\"]", "error: empty search character"},
        {"indexof_n", "[\"aXaX\",\"X\"]", "[1, 3]"},
        {"strings.count", "[\"dummy\",\"\"]", "6"},
        {"strings.count", "[\"11111\",\"11\"]", "2"},
        {"substring", "[\"\\u00e5bc\",1,-1]", "\"bc\""},
        {"substring", "[\"abc\",9,2]", "\"\""},
        {"substring", "[\"abc\",-1,2]", "error: negative offset"},
        {"concat", "[\"/\",[\"a\",\"b\"]]", "\"a/b\""},
        {"concat", "[\",\",{\"$set\":[\"b\",\"a\"]}]", "\"a,b\""},
        {"split", "[\"\",\".\"]", "[\"\"]"},
        {"split", "[\"\",\"\"]", "[]"},
        {"split", "[\"a.b.\",\".\"]", "[\"a\", \"b\", \"\"]"},
        {"split", "[\"\\u00e5b\",\"\"]", "[\"\xc3\xa5\", \"b\"]"},
        {"replace", "[\"foo...bar\",\"..\",\",,\"]", "\"foo,,.bar\""},
        {"replace", "[\"ab\",\"\",\"-\"]", "\"-a-b-\""},
        {"strings.replace_n", "[{\"<\":\"&lt;\",\">\":\"&gt;\"},\"<b>\"]", "\"&lt;b&gt;\""},
        {"strings.replace_n", "[{\"\":\"-\"},\"ab\"]", "\"-a-b-\""},
        {"strings.reverse", "[\"a\\u00e5\"]",
         "\"\xc3\xa5"
         "a\""},
        {"upper", "[\"stra\\u00dfe \\u00e5\"]",
         "\"STRA\xc3\x9f"
         "E \xc3\x85\""},
        {"lower", "[\"\\u00c5A\"]",
         "\"\xc3\xa5"
         "a\""},
        {"trim", "[\"...a.b..\",\".\"]", "\"a.b\""},
        {"trim_left", "[\"xya\",\"yx\"]", "\"a\""},
        {"trim_right", "[\"a\\u00e5\",\"\\u00e5\"]", "\"a\""},
        {"trim_space", "[\"\\u00a0 a\\n\"]", "\"a\""},
        {"trim_prefix", "[\"aab\",\"a\"]", "\"ab\""},
        {"trim_suffix", "[\"baa\",\"a\"]", "\"ba\""},
        {"strings.any_prefix_match", "[[\"ab\",\"c\"],{\"$set\":[\"x\",\"a\"]}]", "true"},
        {"strings.any_suffix_match", "[\"ab\",\"a\"]", "false"},
        {"strings.any_suffix_match", "[[1],\"a\"]", "type: operand 1 must be array of strings"},
    };
    check(examples, ARRAY_LENGTH(examples));
}

static void formatting(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"sprintf", "[\"%s %v\",[\"a\",true]]", "\"a true\""},
        {"sprintf", "[\"%v\",[[\"there\",5,3.14,{\"$set\":[]}]]]",
         "\"[\\\"there\\\", 5, 3.14, set()]\""},
        {"sprintf", "[\"%d %s\",[\"x\",5]]", "\"%!d(string=x) %!s(int=5)\""},
        {"sprintf", "[\"%d\",[]]", "\"%!d(MISSING)\""},
        {"sprintf", "[\"a\",[\"x\",1.5]]", "\"a%!(EXTRA string=x, float64=1.5)\""},
        {"sprintf", "[\"%z%\",[1]]", "\"%!z(int=1)%!(NOVERB)\""},
        {"sprintf", "[\"%02d|%-4d|%+d|% d|%4d|%05d\",[5,5,5,5,5,-5]]",
         "\"05|5   |+5| 5|   5|-0005\""},
        {"sprintf", "[\"%x %X %#x %o %b %c %q %U\",[255,255,255,8,5,97,97,97]]",
         "\"ff FF 0xff 10 101 a 'a' U+0061\""},
        {"sprintf", "[\"%.2f %5.1f %e %g %v\",[3.14159,2.25,12345.678,1e21,1234567.5]]",
         "\"3.14   2.2 1.234568e+04 1e+21 1.2345675e+06\""},
        {"sprintf", "[\"%q %x %10s|%-5s|%.1s\",[\"a\\n\",\"hi\",\"r\",\"l\",\"\\u00e5b\"]]",
         "\"\\\"a\\\\n\\\" 6869          r|l    |\xc3\xa5\""},
        {"sprintf", "[\"%[2]s %[1]s %[5]d\",[\"a\",\"b\"]]", "\"b a %!d(BADINDEX)\""},
        {"sprintf", "[\"%*d|%-*d|%.*f\",[4,1,3,2,1,2.55]]", "\"   1|2  |2.5\""},
        {"sprintf", "[\"%d %s\",[123456789123456789123,123456789123456789123]]",
         "\"123456789123456789123 123456789123456789123\""},
        {"sprintf", "[\"%v %v\",[2e308,1e400]]", "\"2e308 1e400\""},
        {"sprintf", "[\"%%|%5%|%s\",[null]]", "\"%|%|null\""},
        {"sprintf", "[\"%.0f %.3g %#g %G\",[2.5,1234.5,1.5,1e-10]]",
         "\"2 1.23e+03 1.50000 1E-10\""},
        {"internal.template_string", "[[\"a\",{\"$set\":[1]},{\"$set\":[]},[\"x\"]]]",
         "\"a1<undefined>[\\\"x\\\"]\""},
        {"json.marshal", "[{\"a\":[1,\"<\"]}]", "\"{\\\"a\\\":[1,\\\"\\\\u003c\\\"]}\""},
        {"json.marshal_with_options", "[{\"a\":[]},{\"indent\":\" \"}]",
         "\"{\\n \\\"a\\\": []\\n}\""},
        {"json.marshal_with_options", "[1,{\"zap\":1}]",
         "type: object contained unknown key \"zap\""},
        {"json.unmarshal", "[\"[1, {}]\"]", "[1, {}]"},
        {"json.unmarshal", "[\"[\"]", "error: "},
        {"yaml.unmarshal", "[\"a:\\n- 1\\n- yes\\n- 'no'\\n- 0x1f\\n- {b: ~}\\n\"]",
         "{\"a\": [1, true, \"no\", 31, {\"b\": null}]}"},
        {"yaml.unmarshal", "[\"a: &x 1\\nb: *x\"]", "error: yaml: anchors are not supported"},
        {"yaml.unmarshal", "[\"[1,2\"]", "error: yaml: line 1: did not find"},
        {"yaml.marshal", "[{\"a\":[1,{\"b\":\"yes\",\"c\":[]},[2,3]],\"d\":{\"e\":\"plain\"}}]",
         "\"a:\\n- 1\\n- b: \\\"yes\\\"\\n  c: []\\n- - 2\\n  - 3\\nd:\\n  e: plain\\n\""},
        {"json.is_valid", "[\"{}\"]", "true"},
        {"json.is_valid", "[5]", "false"},
    };
    check(examples, ARRAY_LENGTH(examples));
}

static void encodings(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"base64.encode", "[\"ab\"]", "\"YWI=\""},
        {"base64.decode", "[\"YWI=\"]", "\"ab\""},
        {"base64.decode", "[\"YWI\"]", "error: illegal base64 data"},
        {"base64.decode", "[\"YWI=x\"]", "error: illegal base64 data"},
        {"base64.is_valid", "[\"YQ==\"]", "true"},
        {"base64url.encode_no_pad", "[\"\\u00ff\"]", "\"w78\""},
        {"base64url.decode", "[\"w78\"]", "\"\xc3\xbf\""},
        {"hex.encode", "[\"az\"]", "\"617a\""},
        {"hex.decode", "[\"617A\"]", "\"az\""},
        {"hex.decode", "[\"6g\"]", "error: invalid byte: U+0067 'g'"},
        {"hex.decode", "[\"6\"]", "error: odd length"},
        {"urlquery.encode", "[\"a b&c=\\u00e5~\"]", "\"a+b%26c%3D%C3%A5~\""},
        {"urlquery.decode", "[\"a+b%26\"]", "\"a b&\""},
        {"urlquery.decode", "[\"%2\"]", "error: invalid URL escape"},
        {"urlquery.encode_object", "[{\"b\":[\"1\",\"2\"],\"a\":\"x\"}]", "\"a=x&b=1&b=2\""},
        {"urlquery.decode_object", "[\"b=1&a=x&b=2\"]", "{\"a\": [\"x\"], \"b\": [\"1\", \"2\"]}"},
        {"crypto.sha256", "[\"\"]",
         "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""},
        {"crypto.md5", "[\"a\"]", "\"0cc175b9c0f1b6a831c399e269772661\""},
        {"crypto.hmac.sha1", "[\"a\",\"k\"]", "\"40e7d441cadb17b07f050341aa23a6820ed81c8b\""},
        {"crypto.hmac.equal", "[\"a\",\"a\"]", "true"},
        {"semver.compare", "[\"1.0.0-alpha.2\",\"1.0.0-alpha.10\"]", "-1"},
        {"semver.compare", "[\"1.0.0\",\"1.0.0-rc.1\"]", "1"},
        {"semver.compare", "[\"1\",\"1.0.0\"]",
         "error: operand 1: string \"1\" is not a valid SemVer"},
        {"semver.is_valid", "[\"1.0.0+b.1\"]", "true"},
        {"semver.is_valid", "[\"1.0.01\"]", "false"},
        {"uuid.parse", "[\"{00000000-0000-4000-8000-000000000000}\"]",
         "{\"variant\": \"RFC4122\", \"version\": 4}"},
        {"uuid.parse", "[\"x\"]", "undefined"},
        {"units.parse", "[\"1.1Ki\"]", "1126.4"},
        {"units.parse", "[\"100m\"]", "0.1"},
        {"units.parse", "[\"-3.5E2m\"]", "-0.35"},
        {"units.parse", "[\"G\"]", "error: no amount provided"},
        {"units.parse_bytes", "[\"1.1KiB\"]", "1126"},
        {"units.parse_bytes", "[\"10EIB\"]", "11529215046068469760"},
        {"units.parse_bytes", "[\"0.0.0\"]", "error: could not parse byte amount to a number"},
    };
    check(examples, ARRAY_LENGTH(examples));
}

static void patterns(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"regex.match", "[\"^a.c$\",\"abc\"]", "true"},
        {"regex.match", "[\"[\",\"a\"]", "error: error parsing regexp: missing closing ]: `[`"},
        {"regex.match", "[\"(a\",\"a\"]", "error: error parsing regexp: missing closing ): `(a`"},
        {"regex.match", "[\"a{1001}\",\"a\"]", "error: error parsing regexp: invalid repeat count"},
        {"regex.is_valid", "[\"(?=x)\"]", "false"},
        {"regex.is_valid", "[1]", "false"},
        {"regex.split", "[\",\",\"a,b,\"]", "[\"a\", \"b\", \"\"]"},
        {"regex.split", "[\"\",\"ab\"]", "[\"a\", \"b\"]"},
        {"regex.split", "[\"x\",\"\"]", "[\"\"]"},
        {"regex.find_n", "[\"a*\",\"baac\",-1]", "[\"\", \"aa\", \"\"]"},
        {"regex.find_n", "[\"[oa]+\",\"foo bar\",1]", "[\"oo\"]"},
        {"regex.find_all_string_submatch_n", "[\"a(x*)b\",\"-axxb-ab-\",-1]",
         "[[\"axxb\", \"xx\"], [\"ab\", \"\"]]"},
        {"regex.replace", "[\"foo bar\",\"(?P<first>\\\\w+) (\\\\w+)\",\"$2 ${first}!$$\"]",
         "\"bar foo!$\""},
        {"regex.replace", "[\"abc\",\"^[a-z]\",\"X\"]", "\"Xbc\""},
        {"regex.replace", "[\"abc\",\"x*\",\"-\"]", "\"-a-b-c-\""},
        {"regex.template_match", "[\"urn:foo:{.*}\",\"urn:foo:bar\",\"{\",\"}\"]", "true"},
        {"regex.template_match", "[\"urn:foo:{.*\",\"urn:foo:bar\",\"{\",\"}\"]", "error: "},
        {"glob.match", "[\"*.github.com\",[],\"api.github.com\"]", "true"},
        {"glob.match", "[\"*.github.com\",[],\"a.b.github.com\"]", "false"},
        {"glob.match", "[\"**.github.com\",[],\"a.b.github.com\"]", "true"},
        {"glob.match", "[\"a*\",null,\"a.b\"]", "true"},
        {"glob.match", "[\"a:*\",[\":\"],\"a:b.c\"]", "true"},
        {"glob.match", "[\"{a,b{1,2}}?\",[],\"b2x\"]", "true"},
        {"glob.match", "[\"[!a-c]x\",[],\"dx\"]", "true"},
        {"glob.match", "[\"\\\\*\",[],\"*\"]", "true"},
        {"glob.match", "[\"[\",[],\"a\"]", "error: "},
        {"glob.quote_meta", "[\"*.a{b}\"]", "\"\\\\*.a\\\\{b\\\\}\""},
    };
    check(examples, ARRAY_LENGTH(examples));
}

static void times(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"time.clock", "[[1517832000000000000,\"America/New_York\"]]", "[7, 0, 0]"},
        {"time.clock", "[[1530000000000000000,\"Europe/Berlin\"]]", "[10, 0, 0]"},
        {"time.clock", "[[4102444800000000000,\"Europe/Berlin\"]]", "[1, 0, 0]"},
        {"time.clock", "[[4118083200000000000,\"Europe/Berlin\"]]", "[2, 0, 0]"},
        {"time.clock", "[[0,\"Mars/Base\"]]", "error: unknown time zone Mars/Base"},
        {"time.clock", "[[0,\"../../etc/passwd\"]]", "error: unknown time zone"},
        {"time.clock", "[[0,\"Local\"]]", "error: unknown time zone Local"},
        {"time.clock", "[92233720368547758070]", "error: timestamp too big"},
        {"time.date", "[-1]", "[1969, 12, 31]"},
        {"time.weekday", "[1517918400000000000]", "\"Tuesday\""},
        {"time.format", "[1670006453141828752]", "\"2022-12-02T18:40:53.141828752Z\""},
        {"time.format", "[[1670006453141828752,\"Asia/Kolkata\",\"RFC1123Z\"]]",
         "\"Sat, 03 Dec 2022 00:10:53 +0530\""},
        {"time.format", "[[1670006453141828752,\"\",\"Jan _2 3:04PM .000 MST 002\"]]",
         "\"Dec  2 6:40PM .141 UTC 336\""},
        {"time.parse_rfc3339_ns", "[\"2017-06-02T19:00:00-07:00\"]", "1496455200000000000"},
        {"time.parse_rfc3339_ns", "[\"2262-04-11T23:47:16.854775808-00:00\"]",
         "error: time outside of valid range"},
        {"time.parse_rfc3339_ns", "[\"2017-02-29T00:00:00Z\"]", "error: parsing time"},
        {"time.parse_ns", "[\"RFC1123\",\"Fri, 02 Jun 2017 19:00:00 GMT\"]", "1496430000000000000"},
        {"time.parse_ns", "[\"2006-01-02 3:04PM\",\"2020-01-01 12:30AM\"]", "1577838600000000000"},
        {"time.parse_duration_ns", "[\"1h30m.5s\"]", "5400500000000"},
        {"time.parse_duration_ns", "[\"-1.5ms\"]", "-1500000"},
        {"time.parse_duration_ns", "[\"1\"]", "error: time: invalid duration \"1\""},
        {"time.add_date", "[1585852421593912000,3,9,12]", "1705257221593912000"},
        {"time.add_date", "[0,2262,1,1]", "error: time outside of valid range"},
        {"time.diff", "[1580601600000000000,1583020800000000000]", "[0, 0, 28, 0, 0, 0]"},
    };
    check(examples, ARRAY_LENGTH(examples));
}

static void networks(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"net.cidr_contains", "[\"10.0.0.1/8\",\"10.255.0.1\"]", "true"},
        {"net.cidr_contains", "[\"10.0.0.0/8\",\"10.1.0.0/7\"]", "false"},
        {"net.cidr_contains", "[\"10.0.0.0/8\",\"::ffff:10.1.2.3\"]", "true"},
        {"net.cidr_contains", "[\"10.0.0.0/8\",\"010.0.0.1\"]",
         "error: invalid CIDR address: 010.0.0.1"},
        {"net.cidr_contains", "[\"10.0.0.0/33\",\"10.0.0.1\"]",
         "error: invalid CIDR address: 10.0.0.0/33"},
        {"net.cidr_contains", "[\"fe80::/10\",\"fe80::1%eth0\"]", "error: "},
        {"net.cidr_contains", "[\"2001:db8::/32\",\"2001:db8:1::\"]", "true"},
        {"net.cidr_intersects", "[\"10.0.0.0/8\",\"11.0.0.0/8\"]", "false"},
        {"net.cidr_is_valid", "[\"1.2.3.4\"]", "false"},
        {"net.cidr_is_valid", "[\"::/0\"]", "true"},
        {"net.cidr_is_valid", "[\"1::2::3/64\"]", "false"},
        {"net.cidr_expand", "[\"10.0.0.5/31\"]", "{\"10.0.0.4\", \"10.0.0.5\"}"},
        {"net.cidr_expand", "[\"10.0.0.0/7\"]", "error: the network is too large"},
        {"net.cidr_merge", "[[\"192.0.2.112/30\",\"192.0.2.116/31\",\"192.0.2.118/31\"]]",
         "{\"192.0.2.112/29\"}"},
        {"net.cidr_merge", "[[\"::/0\",\"10.0.0.0/8\"]]", "{\"10.0.0.0/8\", \"::/0\"}"},
        {"net.cidr_merge", "[[\"::1\"]]", "error: IPv6 invalid: needs prefix length"},
        {"net.cidr_contains_matches", "[[\"1.1.2.0/24\",\"1.1.1.0/24\"],{\"a\":[\"1.1.1.1\",9]}]",
         "{[1, \"a\"]}"},
        {"net.cidr_contains_matches", "[\"1.1.2.0/24\",[1]]",
         "error: operand 2: element must be string or non-empty array"},
    };
    check(examples, ARRAY_LENGTH(examples));
}

/* Keys and tokens of the published suite's kind; the signature is HS256 with "secret". */
#define TOKEN_HEADER "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
#define TOKEN                                                                                      \
    TOKEN_HEADER "eyJleHAiOjMwMDAuMiwiaXNzIjoieHh4In0.XUen7GtDmICV3O1ngsoO-tQrjrXtOgJI06oGW0nQSIM"

static void tokens(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"io.jwt.decode", "[\"a.b\"]", "error: encoded JWT must have 3 sections, found 2"},
        {"io.jwt.decode", "[\"abc\"]", "error: encoded JWT had no period separators"},
        {"io.jwt.decode", "[\"e30.a^.\"]",
         "error: JWT payload had invalid encoding: illegal base64 data at input byte 1"},
        {"io.jwt.decode", "[\"" TOKEN_HEADER "e30.AQI\"]",
         "[{\"alg\": \"HS256\", \"typ\": \"JWT\"}, {}, \"0102\"]"},
        {"io.jwt.verify_hs256", "[\"" TOKEN "\",\"secret\"]", "true"},
        {"io.jwt.verify_hs256", "[\"" TOKEN "\",\"other\"]", "false"},
        {"io.jwt.verify_hs512", "[\"" TOKEN "\",\"secret\"]", "false"},
        {"io.jwt.verify_rs256", "[\"" TOKEN "\",\"secret\"]", "error: failed to parse a JWK key"},
        {"io.jwt.decode_verify", "[\"" TOKEN "\",{\"secret\":\"secret\",\"time\":2000000000000}]",
         "[true, {\"alg\": \"HS256\", \"typ\": \"JWT\"}, {\"exp\": 3000.2, \"iss\": \"xxx\"}]"},
        {"io.jwt.decode_verify", "[\"" TOKEN "\",{\"secret\":\"secret\",\"time\":3000200000000}]",
         "[false, {}, {}]"},
        {"io.jwt.decode_verify", "[\"" TOKEN "\",{\"secret\":\"secret\"}]",
         "error: the token has a lifetime"},
        {"io.jwt.decode_verify",
         "[\"" TOKEN "\",{\"secret\":\"secret\",\"time\":1,\"iss\":\"yyy\"}]", "[false, {}, {}]"},
        {"io.jwt.decode_verify",
         "[\"" TOKEN "\",{\"secret\":\"secret\",\"time\":1,\"alg\":\"HS512\"}]", "[false, {}, {}]"},
        {"io.jwt.decode_verify", "[\"" TOKEN "\",{\"time\":1}]", "error: no key constraint"},
        {"io.jwt.decode_verify", "[\"" TOKEN "\",{\"secret\":\"s\",\"zap\":1}]",
         "error: unrecognized key in constraints"},
    };
    check(examples, ARRAY_LENGTH(examples));
}

static void the_table_is_sorted_and_its_signatures_fit(void **state)
{
    UNUSED(state);
    size_t count;
    const struct builtin *table = builtin_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            assert_true(strcmp(table[i - 1].name, table[i].name) < 0);
        for (unsigned k = 0; k <= table[i].arity; k++)
            assert_true(builtin_type_text(&table[i], k).len > 0);
        if (table[i].arity > 0)
            assert_int_equal(builtin_type_text(&table[i], table[i].arity + 1u).len, 0);
        bool refused = (table[i].flags & (BUILTIN_FORBIDDEN | BUILTIN_MISSING)) != 0;
        assert_int_equal(refused, !table[i].call && !table[i].open);
        assert_ptr_equal(builtin_find(text_z(table[i].name)), &table[i]);
    }
    assert_null(builtin_find(TEXT("nope")));
    const struct builtin *concat = builtin_find(TEXT("concat"));
    assert_int_equal(builtin_kinds(concat, 1), 1 << VALUE_ARRAY | 1 << VALUE_SET);
    assert_int_equal(builtin_element_kinds(concat, 1), 1 << VALUE_STRING);
    assert_int_equal(builtin_kinds(concat, 2), 1 << VALUE_STRING);
}

/* More patterns than are kept at a time: the oldest make room, and come back when asked for. */
static void many_patterns_take_turns(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(64 << 20);
    struct budget budget = {.fuel = INT64_MAX / 2, .poll_at = -1};
    struct builtin_call call = {.arena = arena, .budget = &budget};
    call.builtin = builtin_find(TEXT("regex.match"));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 200; i++) {
            struct value result, operands[2];
            operands[0] = value_string(text_format(arena, "^x%d$", i));
            operands[1] = value_string(text_format(arena, "x%d", i));
            assert_int_equal(call.builtin->call(&call, operands, &result), BUILTIN_OK);
            assert_int_equal(result.as.integer, 1);
        }
    }
    arena_free(arena);
}

static void work_is_charged_before_it_is_done(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"numbers.range", "[0,10000000]", ""},
        {"sort", "[[5,4,3,2,1,5,4,3,2,1,5,4,3,2,1,5,4,3,2,1]]", ""},
        {"net.cidr_expand", "[\"10.0.0.0/12\"]", ""},
        {"regex.match", "[\"(a+)+b\",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]", ""},
        {"bits.lsh", "[1,50000]", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct text got = run(arena, examples[i].name, examples[i].operands, 20);
        assert_true(text_equal_z(got, "stopped 1"));
        arena_free(arena);
    }
}

/* No allocation may be assumed to succeed. */
static void every_allocation_may_fail(void **state)
{
    UNUSED(state);
    static const struct example examples[] = {
        {"sprintf", "[\"%v %x %5.2f %q\",[[1,{\"a\":2}],255,2.5,\"x\"]]", ""},
        {"json.patch", "[{\"a\":[1,3]},[{\"op\":\"add\",\"path\":\"a/1\",\"value\":2}]]", ""},
        {"json.remove", "[{\"a\":{\"b\":1,\"c\":[1,2]}},[\"a/c/0\",\"/x\"]]", ""},
        {"regex.replace", "[\"foo bar\",\"(o+)\",\"<$1>\"]", ""},
        {"object.union", "[{\"a\":{\"b\":1}},{\"a\":{\"c\":1}}]", ""},
        {"units.parse", "[\"1.1Ki\"]", ""},
        {"net.cidr_merge", "[[\"10.0.0.0/9\",\"10.128.0.0/9\"]]", ""},
        {"walk", "[{\"a\":[1,2,3]}]", ""},
        {"time.format", "[[0,\"Europe/Paris\",\"RFC850\"]]", ""},
        {"div", "[1,3]", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        bool done = false;
        for (int64_t n = 0; !done; n++) {
            struct arena *arena = arena_new(8 << 20), *scratch = arena_new(8 << 20);
            struct budget budget = {.fuel = 1000000, .poll_at = -1};
            struct builtin_call call = {.arena = scratch, .budget = &budget};
            struct value operands = operands_of(arena, examples[i].operands), result;
            call.builtin = builtin_find(text_z(examples[i].name));
            arena_fail_after(scratch, n);
            enum builtin_outcome outcome = BUILTIN_STOPPED;
            if (!(call.builtin->flags & BUILTIN_RELATION))
                outcome = call.builtin->call(&call, operands.as.items, &result);
            else {
                struct builtin_iterator iterator = {0};
                outcome = call.builtin->open(&call, operands.as.items, &iterator);
                while (outcome == BUILTIN_OK)
                    outcome = call.builtin->next(&call, &iterator, &result);
                outcome = outcome == BUILTIN_UNDEFINED ? BUILTIN_OK : outcome;
            }
            done = outcome == BUILTIN_OK && !arena_failed(scratch);

            if (!done && outcome != BUILTIN_STOPPED)
                fail_msg("%s ends with %d", examples[i].name, outcome);
            arena_free(scratch);
            arena_free(arena);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aggregates),
        cmocka_unit_test(arithmetic),
        cmocka_unit_test(collections),
        cmocka_unit_test(strings),
        cmocka_unit_test(formatting),
        cmocka_unit_test(encodings),
        cmocka_unit_test(patterns),
        cmocka_unit_test(times),
        cmocka_unit_test(networks),
        cmocka_unit_test(tokens),
        cmocka_unit_test(the_table_is_sorted_and_its_signatures_fit),
        cmocka_unit_test(many_patterns_take_turns),
        cmocka_unit_test(work_is_charged_before_it_is_done),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("builtins", tests, NULL, NULL);
}
