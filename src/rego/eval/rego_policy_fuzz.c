/*
 * Whole policies. Half of the inputs are taken as text; of the others the bytes are choices in a
 * grammar, so that most of what comes out compiles and runs. Whatever compiles must stay within its
 * budget on its input, and give the same answer for the same fuel when it is asked again.
 */
#include "rego/rego.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUEL = 20000, MEMORY = 16 << 20, TEXT_MAX = 1 << 16, DEPTH = 4 };

/* ---- A policy out of bytes. ---- */

struct writer {
    const uint8_t *data;
    size_t size;
    struct buffer out;
    int depth;
};

static unsigned choose(struct writer *writer, unsigned count)
{
    if (writer->size == 0)
        return 0;
    writer->size--;
    return *writer->data++ % count;
}

static void put(struct writer *writer, const char *text)
{
    buffer_add(&writer->out, text_z(text));
}

static void write_one(struct writer *writer, const char *const *words, unsigned count)
{
    put(writer, words[choose(writer, count)]);
}

#define ONE_OF(writer, ...)                                                                        \
    write_one(writer, (const char *const[]){__VA_ARGS__},                                          \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void write_body(struct writer *writer);

static void write_leaf(struct writer *writer)
{
    ONE_OF(writer, "x", "y", "z", "1", "0", "2.5", "\"a\"", "\"\"", "true", "null", "input",
           "input.a", "input.b", "data.t.p", "data.t.q", "data.t.o", "p", "q", "o", "input[_]",
           "input[x]", "data.t[x]", "o[x]", "q[y]", "1e400", "{}", "set()", "[]");
}

static void write_term(struct writer *writer)
{
    if (writer->depth >= DEPTH) {
        write_leaf(writer);
        return;
    }
    writer->depth++;
    switch (choose(writer, 14)) {
    case 0:
        put(writer, "[");
        write_term(writer);
        put(writer, ", ");
        write_term(writer);
        put(writer, "]");
        break;
    case 1:
        put(writer, "{");
        write_term(writer);
        put(writer, ": ");
        write_term(writer);
        put(writer, "}");
        break;
    case 2:
        put(writer, "{");
        write_term(writer);
        put(writer, ", ");
        write_term(writer);
        put(writer, "}");
        break;
    case 3:
        ONE_OF(writer, "[", "{");
        bool array = writer->out.len > 0 && writer->out.at[writer->out.len - 1] == '[';
        write_term(writer);
        put(writer, " | ");
        write_body(writer);
        put(writer, array ? "]" : "}");
        break;
    case 4:
        put(writer, "(");
        write_term(writer);
        ONE_OF(writer, " + ", " - ", " * ", " / ", " % ", " & ", " | ", " == ", " < ", " in ");
        write_term(writer);
        put(writer, ")");
        break;
    case 5:
        ONE_OF(writer, "count(", "sum(", "f(", "sort(", "json.marshal(", "upper(", "to_number(",
               "walk(", "units.parse(", "time.clock(");
        write_term(writer);
        put(writer, ")");
        break;
    case 6:
        ONE_OF(writer, "sprintf(\"%v %d %s\", [", "concat(\",\", [", "object.union_n([");
        write_term(writer);
        put(writer, "])");
        break;
    case 7:
        put(writer, "$\"a{");
        write_term(writer);
        put(writer, "}b\"");
        break;
    default: write_leaf(writer); break;
    }
    writer->depth--;
}

static void write_with(struct writer *writer)
{
    ONE_OF(writer, "", "", "", " with input as ", " with input.a as ", " with data.t.q as ",
           " with data.d as ", " with count as ", " with f as ");
    if (writer->out.at[writer->out.len - 1] != ' ' || writer->out.len < 4 ||
        memcmp(writer->out.at + writer->out.len - 4, " as ", 4) != 0)
        return;
    ONE_OF(writer, "f", "1", "\"a\"", "[1, 2]", "{\"a\": 1}", "upper", "x");
}

static void write_expression(struct writer *writer)
{
    switch (choose(writer, 8)) {
    case 0: ONE_OF(writer, "x := ", "y := ", "z := ", "[x, y] := "); break;
    case 1: ONE_OF(writer, "x = ", "[x, 1] = ", "{\"a\": y} = ", "z = "); break;
    case 2: put(writer, "not "); break;
    case 3: ONE_OF(writer, "some x in ", "some x, y in ", "some [x, z] in "); break;
    case 4:
        put(writer, "every v in ");
        write_term(writer);
        put(writer, " { v == ");
        write_term(writer);
        put(writer, " }");
        return;
    default: break;
    }
    write_term(writer);
    ONE_OF(writer, "", "", " == 1", " != \"a\"", " > x");
    write_with(writer);
}

static void write_body(struct writer *writer)
{
    if (writer->depth >= DEPTH) {
        put(writer, "true");
        return;
    }
    writer->depth++;
    for (unsigned count = 1 + choose(writer, 3); count > 0; count--) {
        write_expression(writer);
        if (count > 1)
            put(writer, "; ");
    }
    writer->depth--;
}

static void write_rule(struct writer *writer)
{
    ONE_OF(writer, "p := ", "p := x", "q contains x", "q contains ", "o[x] := y",
           "o.a[y] := ", "f(x) := ", "f([x, y]) := y",
           "default p := 1\np := ", "o[x].b contains y");
    char last = writer->out.at[writer->out.len - 1];
    if (last == ' ')
        write_term(writer);
    put(writer, " if { ");
    write_body(writer);
    put(writer, " }");
    if (choose(writer, 4) == 0 && last == ' ')
        put(writer, "\n");
    put(writer, "\n");
}

static struct text write_policy(struct arena *arena, const uint8_t *data, size_t size)
{
    struct writer writer = {.data = data, .size = size};
    buffer_init(&writer.out, arena, TEXT_MAX);
    put(&writer, "package t\n");
    while (writer.size > 0 && !writer.out.failed)
        write_rule(&writer);
    return buffer_text(&writer.out);
}

/* ---- Running it. ---- */

/* INPUTS: the same value read twice, as an evaluation leaves orders in its own. */
static void run(const struct rego_policy *policy, const struct value inputs[2])
{
    const struct rego_entry *entry = rego_entry_find(policy, TEXT("data"));
    struct rego_call call = {.input = &inputs[0], .limits = {.fuel = FUEL}, .keep_errors = true};
    struct rego_result first, second;
    struct rego_context *context = rego_context_new(MEMORY);
    if (!context || !entry)
        return;
    rego_evaluate(context, entry, &call, &first);
    rego_context_reset(context);
    call.input = &inputs[1];
    rego_evaluate(context, entry, &call, &second);
    if (first.fuel > FUEL + 1 || first.fuel != second.fuel || first.outcome != second.outcome)
        __builtin_trap();
    struct value account;
    rego_context_reset(context);
    rego_explain(context, entry, &call, &second, &account);
    if (account.kind != VALUE_UNDEFINED) {
        struct buffer out;
        buffer_init(&out, rego_context_arena(context), 1 << 20);
        rego_explain_print(&account, &out);
    }
    rego_context_free(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const inputs[] = {"{\"a\":1,\"b\":[1,2,\"a\"]}", "[3,1,2]", "\"a\"",
                                         "{\"a\":{\"b\":{\"a\":[]}}}", "null"};
    if (size < 2)
        return 0;
    struct arena *arena = arena_new(256 << 20);
    if (!arena)
        return 0;
    struct text text = data[0] & 1 ? (struct text){(const char *)data + 2, size - 2}
                                   : write_policy(arena, data + 2, size - 2);
    struct rego_source source = {TEXT("fuzz.rego"), text, REGO_DETECT};
    struct rego_diagnostics found;
    struct rego_policy *policy = rego_compile(&source, 1, NULL, arena, &found);
    if (!policy && found.len == 0 && !arena_failed(arena))
        __builtin_trap();
    struct value read[2];
    struct error error = {.kind = ERR_NONE};
    struct text json = text_z(inputs[data[1] % ARRAY_LENGTH(inputs)]);
    if (policy && value_parse_json(arena, json, rego_interner(policy), &read[0], &error) &&
        value_parse_json(arena, json, rego_interner(policy), &read[1], &error))
        run(policy, read);
    rego_free(policy);
    arena_free(arena);
    return 0;
}
