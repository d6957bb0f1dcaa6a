/* The linter: for each rule a policy that it must warn about, and one that it must not. */
#include "rego/tools/lint.h"

#include "rego/language/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct text findings_of(struct arena *arena, enum dialect dialect, const char *rules)
{
    struct diagnostics diagnostics;
    struct list findings;
    struct buffer out;
    struct source source = {TEXT("test.rego"), text_format(arena, "package test\n%s\n", rules)};
    diagnostics_init(&diagnostics, arena);
    list_init(&findings, arena, sizeof(struct lint_finding));
    buffer_init(&out, arena, 1 << 16);
    struct module *module = parse_module(arena, &source, dialect, &diagnostics);
    if (!module)
        fail_msg("does not parse: %s", rules);
    assert_true(lint_module(arena, module, &findings));
    for (size_t i = 0; i < findings.len; i++) {
        const struct lint_finding *finding = list_at(&findings, i);
        buffer_add_format(&out, "%s%s:%u", i > 0 ? " " : "", finding->rule, finding->at.line);
    }
    return buffer_text(&out);
}

static void check(enum dialect dialect, const char *rules, const char *expected)
{
    struct arena *arena = arena_new(16 << 20);
    struct text found = findings_of(arena, dialect, rules);
    if (!text_equal_z(found, expected))
        fail_msg("%s\ngives \"%.*s\", not \"%s\"", rules, TEXT_ARG(found), expected);
    arena_free(arena);
}

static void ways_to_fail_open(void **state)
{
    UNUSED(state);
    check(DIALECT_V1, "allow if not count(input.x) > 3", "not-over-undefined:2");
    check(DIALECT_V1, "allow if not input.blocked", "");
    check(DIALECT_V1, "allow if not input.user in data.blocked", "");
    check(DIALECT_V1, "default allow := true", "default-allow:2");
    check(DIALECT_V1, "default allow := false", "");
    check(DIALECT_V1, "allow if 1 == 1", "unconditional-allow:2 constant-condition:2");
    check(DIALECT_V1, "allow := true", "unconditional-allow:2");
    check(DIALECT_V1, "allow := false", "");
    check(DIALECT_V1, "allow if input.session.member", "");
    check(DIALECT_V1, "deny if to_number(input.age) < 18", "deny-on-fallible:2");
    check(DIALECT_V1, "allow if to_number(input.age) >= 18", "");
    check(DIALECT_V1, "allow if input.groups[_] != \"guest\"", "not-equal-in-loop:2");
    check(DIALECT_V1, "allow if input.group != \"guest\"", "");
    check(DIALECT_V0, "open { clock := time.clock([input.now, \"UTC\"]); clock[0] <= 4 }",
          "clock-window:2");
    check(DIALECT_V0, "open { clock := time.clock([input.now, \"UTC\"]); clock[0] < 4 }", "");
}

static void mistakes(void **state)
{
    UNUSED(state);
    check(DIALECT_V1, "p if {\n\tinput.x\n\tfalse\n}", "constant-condition:4");
    check(DIALECT_V1, "m := sprintf(\"%s %d\", [input.x])", "format-mismatch:2");
    check(DIALECT_V1, "m := sprintf(\"%5.2f%% %[1]s\", [input.x])", "");
    check(DIALECT_V1, "p if regex.match(\"[\", input.x)", "invalid-pattern:2");
    check(DIALECT_V1, "p if glob.match(\"{a\", [], input.x)", "");
    check(DIALECT_V1, "count := 5", "shadowed-builtin:2");
    check(DIALECT_V0, "p { any([input.x]) }", "deprecated-builtin:2");
    check(DIALECT_V1, "p if {\n\tx := input.y\n\tinput.z\n}", "unused-variable:3");
    check(DIALECT_V1, "p if {\n\tx := input.y\n\t[z | z := x]\n}", "");
    check(DIALECT_V1, "import data.a.b\np := 1", "unused-import:2");
    check(DIALECT_V1, "import data.a.b\np := b.c", "");
    check(DIALECT_V1, "import rego.v1\np := 1", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_to_fail_open),
        cmocka_unit_test(mistakes),
    };
    return cmocka_run_group_tests_name("lint", tests, NULL, NULL);
}
