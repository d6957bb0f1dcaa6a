/* The formatter: its shape, comments that stay, and the same tree afterwards. */
#include "rego/tools/format.h"

#include "rego/language/parser.h"
#include "rego/tools/tree_equal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct module *parse(struct arena *arena, struct text text, enum dialect dialect)
{
    struct diagnostics diagnostics;
    struct source *source = ARENA_NEW(arena, struct source);
    *source = (struct source){TEXT("test.rego"), text};
    diagnostics_init(&diagnostics, arena);
    struct module *module = parse_module(arena, source, dialect, &diagnostics);
    if (!module)
        fail_msg("does not parse:\n%.*s", TEXT_ARG(text));
    return module;
}

static struct text format(struct arena *arena, const struct module *module)
{
    struct buffer out;
    buffer_init(&out, arena, 1 << 20);
    format_module(&out, module);
    assert_false(out.failed);
    return buffer_text(&out);
}

static void check(enum dialect dialect, const char *source, const char *expected)
{
    struct arena *arena = arena_new(16 << 20);
    struct module *before = parse(arena, text_z(source), dialect);
    struct text once = format(arena, before);
    assert_string_equal(text_terminated(arena, once), expected);
    struct module *after = parse(arena, once, dialect);
    assert_true(modules_equal(before, after));
    assert_true(text_equal(format(arena, after), once));
    arena_free(arena);
}

static void blanks_and_lines_become_regular(void **state)
{
    UNUSED(state);
    check(
        DIALECT_V1,
        "package   a\nimport data.x   as y\nallow if{input.x==1;input.y}\nallow if {\n input.z}\n",
        "package a\n\nimport data.x as y\n\nallow if {\n\tinput.x == 1\n\tinput.y\n}\n\n"
        "allow if {\n\tinput.z\n}\n");
    check(DIALECT_V1, "package a\nallow if { input.x }\n", "package a\n\nallow if input.x\n");
    check(DIALECT_V1, "package a\nallow if { {1} == x; x := {1} }\n",
          "package a\n\nallow if {\n\t{1} == x\n\tx := {1}\n}\n");
}

static void comments_stay(void **state)
{
    UNUSED(state);
    check(DIALECT_V1,
          "# top\npackage a # side\n\n#about\np if { # open\n  # inner\n  x := 1 # x\n\n\n"
          "  x > 0\n  # last\n}\n# end\n",
          "# top\npackage a # side\n\n#about\np if { # open\n\t# inner\n\tx := 1 # x\n\n\tx > 0\n"
          "\t# last\n}\n# end\n");
    check(DIALECT_V1, "package a\np := [1, # one\n 2 # two\n # three\n]\n",
          "package a\n\np := [\n\t1, # one\n\t2, # two\n\t# three\n]\n");
}

static void a_comment_stays_with_what_is_on_its_left(void **state)
{
    UNUSED(state);
    check(DIALECT_V1, "package a\nr=\n#one\ntrue s=1#two\n",
          "package a\n\nr = true #one\n\ns = 1 #two\n");
    check(DIALECT_V1, "package a\nr=\n#one\n#two\ntrue\ns=1\n",
          "package a\n\nr = true #one\n\n#two\n\ns = 1\n");
    check(DIALECT_V1, "package a\np if { x := 1; y := 2 # y\n}\n",
          "package a\n\np if {\n\tx := 1\n\ty := 2 # y\n}\n");
    check(DIALECT_V1, "package a\np if { every i in [1] { i > 0 }; true # after\n}\n",
          "package a\n\np if {\n\tevery i in [1] {\n\t\ti > 0\n\t}\n\ttrue # after\n}\n");
}

static void lists_keep_their_lines(void **state)
{
    UNUSED(state);
    check(DIALECT_V1, "package a\np := {\"a\":1,\"b\":[1,2]}\nq := f(1,\n2)\n",
          "package a\n\np := {\"a\": 1, \"b\": [1, 2]}\n\nq := f(\n\t1,\n\t2,\n)\n");
}

static void v0_heads_stay_v0(void **state)
{
    UNUSED(state);
    check(DIALECT_V0, "package a\np[x]{x=input[_]}{x=1}\nr[\"a\"][x]{x=1}\nq=x{x:=1}else=2{true}\n",
          "package a\n\np[x] {\n\tx = input[_]\n}\n\np[x] {\n\tx = 1\n}\n\nr[\"a\"][x] {\n\tx = "
          "1\n}\n\n"
          "q = x {\n\tx := 1\n} else = 2 {\n\ttrue\n}\n");
}

static void expressions_of_every_kind(void **state)
{
    UNUSED(state);
    check(DIALECT_V1,
          "package a\np if {\n not x.y[\"z\"]\n some a,b\n some k,v in input\n every i in v {i>1}\n"
          " (1+2)*3 in {9}\n s:=$\"a{k}\"\n t with input as 1 with data.x as 2\n"
          " c:=[z|z:=v[_];z>1]\n}\n",
          "package a\n\np if {\n\tnot x.y[\"z\"]\n\tsome a, b\n\tsome k, v in input\n"
          "\tevery i in v {\n\t\ti > 1\n\t}\n\t(1 + 2) * 3 in {9}\n\ts := $\"a{k}\"\n"
          "\tt with input as 1 with data.x as 2\n\tc := [z | z := v[_]; z > 1]\n}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_and_lines_become_regular),
        cmocka_unit_test(comments_stay),
        cmocka_unit_test(lists_keep_their_lines),
        cmocka_unit_test(v0_heads_stay_v0),
        cmocka_unit_test(expressions_of_every_kind),
        cmocka_unit_test(a_comment_stays_with_what_is_on_its_left),
    };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
