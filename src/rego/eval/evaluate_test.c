/* The public face: entries, queries, budgets, errors, explain, threads. What the language means is
 * proved by the conformance suite. */
#include "rego/rego.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct rego_policy *policy;
    struct rego_context *context;
    struct value input;
    struct rego_result result;
};

static void compile_with(struct fixture *fixture, const char *policy,
                         const struct rego_options *options)
{
    fixture->arena = arena_new(64 << 20);
    struct rego_source source = {TEXT("test.rego"), text_z(policy), REGO_V1};
    struct rego_diagnostics found;
    fixture->policy = rego_compile(&source, 1, options, fixture->arena, &found);
    for (size_t i = 0; i < found.len; i++)
        print_error("%.*s\n", TEXT_ARG(found.items[i].message));
    assert_non_null(fixture->policy);
    fixture->context = rego_context_new(64 << 20);
    fixture->input = VALUE_NONE;
}

static void compile(struct fixture *fixture, const char *policy)
{
    compile_with(fixture, policy, NULL);
}

static void set_input(struct fixture *fixture, const char *json)
{
    struct error error = {.kind = ERR_NONE};
    assert_true(value_parse_json(fixture->arena, text_z(json), rego_interner(fixture->policy),
                                 &fixture->input, &error));
}

static void evaluate(struct fixture *fixture, const char *path, struct rego_call call)
{
    const struct rego_entry *entry = rego_entry_find(fixture->policy, text_z(path));
    assert_non_null(entry);
    if (fixture->input.kind != VALUE_UNDEFINED)
        call.input = &fixture->input;
    rego_context_reset(fixture->context);
    rego_evaluate(fixture->context, entry, &call, &fixture->result);
}

static void assert_value(struct fixture *fixture, const char *json)
{
    assert_int_equal(fixture->result.outcome, REGO_DEFINED);
    struct buffer out;
    buffer_init(&out, fixture->arena, 1 << 20);
    value_print_json(&out, &fixture->result.value);
    buffer_add_byte(&out, '\0');
    assert_string_equal(buffer_text(&out).at, json);
}

static void release(struct fixture *fixture)
{
    rego_context_free(fixture->context);
    rego_free(fixture->policy);
    arena_free(fixture->arena);
}

static void entries_are_rules_and_packages(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a.b\np := 1\nq contains x if some x in [3, 2]\nf(x) := x\n"
                      "r.s[x] := 2 if x := \"k\"\nundefined_rule if false");
    evaluate(&fixture, "data.a.b.p", (struct rego_call){0});
    assert_value(&fixture, "1");
    evaluate(&fixture, "data.a.b.q", (struct rego_call){0});
    assert_value(&fixture, "[2,3]");
    evaluate(&fixture, "data.a", (struct rego_call){0});
    assert_value(&fixture, "{\"b\":{\"p\":1,\"q\":[2,3],\"r\":{\"s\":{\"k\":2}}}}");
    evaluate(&fixture, "data.a.b.undefined_rule", (struct rego_call){0});
    assert_int_equal(fixture.result.outcome, REGO_UNDEFINED);
    assert_null(rego_entry_find(fixture.policy, TEXT("data.a.b.f")));
    assert_null(rego_entry_find(fixture.policy, TEXT("data.a.b.nothing")));
    assert_null(rego_query(fixture.policy));
    release(&fixture);
}

static void a_query_gives_its_solutions(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    struct rego_options options = {.query = TEXT("data.a.p[x] = y; y > 1")};
    compile_with(&fixture, "package a\np := {\"u\": 1, \"v\": 2, \"w\": 3}", &options);
    struct rego_call call = {0};
    rego_evaluate(fixture.context, rego_query(fixture.policy), &call, &fixture.result);
    assert_value(&fixture, "[{\"x\":\"v\",\"y\":2},{\"x\":\"w\",\"y\":3}]");
    release(&fixture);
}

static void base_documents_lie_under_the_rules(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\np := data.base.x\nq := data.a.given");
    struct value data;
    struct error error = {.kind = ERR_NONE};
    assert_true(value_parse_json(fixture.arena, TEXT("{\"base\":{\"x\":5},\"a\":{\"given\":true}}"),
                                 NULL, &data, &error));
    evaluate(&fixture, "data", (struct rego_call){.data = &data});
    assert_value(&fixture, "{\"a\":{\"given\":true,\"p\":5,\"q\":true},\"base\":{\"x\":5}}");
    release(&fixture);
}

static void conflicts_name_their_place(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\np := x if some x in [1, 2]\n");
    evaluate(&fixture, "data.a.p", (struct rego_call){0});
    assert_int_equal(fixture.result.outcome, REGO_ERROR);
    assert_true(text_equal_z(fixture.result.error.code, "eval_conflict_error"));
    assert_true(text_equal_z(fixture.result.error.file, "test.rego"));
    assert_int_equal(fixture.result.error.line, 2);
    release(&fixture);
}

static void errors_of_builtins_are_swallowed_kept_or_fatal(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\np := 1 / input.x\nq if not 1 / input.x > 0\n");
    set_input(&fixture, "{\"x\":0}");
    evaluate(&fixture, "data.a.p", (struct rego_call){0});
    assert_int_equal(fixture.result.outcome, REGO_UNDEFINED);
    assert_int_equal(fixture.result.swallowed_count, 0);
    evaluate(&fixture, "data.a.q", (struct rego_call){.keep_errors = true});
    assert_value(&fixture, "true");
    assert_int_equal(fixture.result.swallowed_count, 1);
    assert_true(text_equal_z(fixture.result.swallowed[0].code, "eval_builtin_error"));
    assert_true(text_equal_z(fixture.result.swallowed[0].message, "div: divide by zero"));
    assert_int_equal(fixture.result.swallowed[0].line, 3);
    evaluate(&fixture, "data.a.q", (struct rego_call){.strict_errors = true});
    assert_int_equal(fixture.result.outcome, REGO_ERROR);
    assert_true(text_equal_z(fixture.result.error.message, "div: divide by zero"));
    release(&fixture);
}

static void print_is_captured(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\np if { print(\"x is\", input.x, input.nothing, {1}); true }\n");
    set_input(&fixture, "{\"x\":[true]}");
    evaluate(&fixture, "data.a.p", (struct rego_call){0});
    assert_value(&fixture, "true");
    assert_int_equal(fixture.result.printed_count, 1);
    assert_true(text_equal_z(fixture.result.printed[0], "x is [true] <undefined> {1}"));
    release(&fixture);
}

/* The index of a filtered loop must not show, but for the time it saves. */
static void filtered_loops_give_what_plain_loops_give(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(
        &fixture,
        "package a\nxs := [{\"k\": {\"id\": x % 7}, \"v\": x} | some x in numbers.range(0, 99)]\n"
        "set := {x | some x in array.concat(xs, [{\"v\": 200}, 7, {\"k\": {\"id\": 3.0}, \"v\": "
        "300}])}\n"
        "object := {sprintf(\"%d\", [i]): x | some i, x in xs}\n"
        "plain(c) := [[k, [[i, x.v] | some i, x in c; [x.k.id] == [k]]] | some k in "
        "numbers.range(0, 9)]\n"
        "joined(c) := [[k, [[i, x.v] | some i, x in c; x.k.id == k]] | some k in numbers.range(0, "
        "9)]\n"
        "scanned(c) := [[k, [[i, x.v] | x := c[i]; k == x.k.id]] | some k in numbers.range(0, 9)]\n"
        "p := {f | some f in {\"xs\", \"set\", \"object\"}; c := [xs, set, object][{\"xs\": 0, "
        "\"set\": 1, "
        "\"object\": 2}[f]]; plain(c) == joined(c); plain(c) == scanned(c); count(plain(c)) == "
        "10}\n");
    evaluate(&fixture, "data.a.p", (struct rego_call){0});
    assert_value(&fixture, "[\"object\",\"set\",\"xs\"]");
    release(&fixture);
}

static void filtered_loops_are_linear(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture,
            "package a\nxs := [{\"id\": x % 1000, \"v\": x} | some x in numbers.range(0, 2999)]\n"
            "p := count({x.id: {y.v | some y in xs; y.id == x.id} | some x in xs})\n"
            "q := count({id: {y.v | some y in xs; y.id == id} | some x in xs; id := x.id})\n");
    evaluate(&fixture, "data.a.q", (struct rego_call){0});
    assert_value(&fixture, "1000");
    assert_true(fixture.result.fuel < 300000);
    release(&fixture);
}

static void comprehensions_are_remembered_by_what_they_take(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(
        &fixture,
        "package a\n"
        "xs := [{\"t\": sprintf(\"t%d\", [x % 4]), \"v\": x} | some x in numbers.range(0, 1999)]\n"
        "by[t] := vs if { some x in xs; t := x.t; vs := {y.v | some y in xs; y.t == t} }\n"
        "p := {t: count(vs) | some t, vs in by}\n"
        "f(n) := [m | some m in numbers.range(1, n)]\n"
        "q := [f(n) | some n in [1, 2, 1, 2, 3, 3, 1]]\n"
        "r := [c | some i in [1, 2, 3, 3]; c := [input.x * i | true] with input.x as i]\n"
        "s := [[c, d] | some i in [1, 2, 1, 2]; some j in [5, 6]; c := [i | true]; d := [i + j | "
        "true]]\n");
    evaluate(&fixture, "data.a.p", (struct rego_call){0});
    assert_value(&fixture, "{\"t0\":500,\"t1\":500,\"t2\":500,\"t3\":500}");
    assert_true(fixture.result.fuel < 1500000);
    evaluate(&fixture, "data.a.q", (struct rego_call){0});
    assert_value(&fixture, "[[1],[1,2],[1],[1,2],[1,2,3],[1,2,3],[1]]");
    evaluate(&fixture, "data.a.r", (struct rego_call){0});
    assert_value(&fixture, "[[1],[4],[9],[9]]");
    evaluate(&fixture, "data.a.s", (struct rego_call){0});
    assert_value(&fixture, "[[[1],[6]],[[1],[7]],[[2],[7]],[[2],[8]],[[1],[6]],[[1],[7]],[[2],[7]],"
                           "[[2],[8]]]");
    release(&fixture);
}

/* ---- Functions of the host. ---- */

static enum builtin_outcome shout(struct builtin_call *call, const struct value *operands,
                                  struct value *result)
{
    if (operands[0].kind != VALUE_STRING) {
        call->message = TEXT("operand 1 must be string");
        return BUILTIN_TYPE_ERROR;
    }
    *result = value_string(text_format(call->arena, "%.*s!", TEXT_ARG(value_text(&operands[0]))));
    return BUILTIN_OK;
}

static void the_host_brings_functions(void **state)
{
    UNUSED(state);
    static const struct builtin functions[] = {
        {.name = "host.shout", .signature = "string -> string", .call = shout, .arity = 1}};
    struct rego_options options = {.functions = functions, .function_count = 1};
    struct fixture fixture;
    compile_with(&fixture, "package a\np := host.shout(input)\nq if { host.shout(\"x\", \"x!\") }",
                 &options);
    set_input(&fixture, "\"hey\"");
    evaluate(&fixture, "data.a", (struct rego_call){0});
    assert_value(&fixture, "{\"p\":\"hey!\",\"q\":true}");
    release(&fixture);
}

/* ---- Budgets: a hostile policy ends, at the same point each time. ---- */

static const char *const hostile[] = {
    "r := count([1 | some a in numbers.range(1, 10000); some b in numbers.range(1, 10000); a + b < "
    "0])",
    "r := count(numbers.range(1, 1000000000))",
    "f(x) := concat(\"\", [x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x])\n"
    "r := count(f(f(f(f(f(f(f(f(\"xxxxxxxxxxxxxxxx\")))))))))",
    "f(x) := [x, x, x, x, x, x, x, x, x, x, x, x]\n"
    "r := sprintf(\"%v\", [f(f(f(f(f(f(f(f(f(1)))))))))])",
    "g(x) := [x, x, x, x, x, x, x, x, x, x, x, x]\n"
    "r if g(g(g(g(g(g(g(g(g(1))))))))) == g(g(g(g(g(g(g(g(g(2)))))))))",
    "s := concat(\"\", [\"a\" | some _ in numbers.range(1, 30000)])\n"
    "r := count([1 | some i in numbers.range(1, 30000); regex.match(`(a|aa)+$`, s); i < 0])",
    "r := count({[a, b] | some a in numbers.range(1, 5000); some b in numbers.range(1, 5000)})",
    "r := count([1 | some a in numbers.range(1, 100000); x := {v + a | some v in "
    "numbers.range(1, 1000)}; count(x) == a + 2000])",
    "r := count([1 | some a in numbers.range(1, 1000); walk([[[[[a]]]]], [p, v]); some c in "
    "numbers.range(1, 1000); c > 2000])",
    "f(x) := g(x)\ng(x) := x\nr if f(1) == 2 with g as h\nh(x) := count([1 | some y in "
    "numbers.range(1, 10000); some z in numbers.range(1, 10000); y + z < 0])",
    "d := {sprintf(\"%d\", [i]): i | some i in numbers.range(1, 2000)}\n"
    "r := count([1 | some i in numbers.range(1, 100000); x := data.a.n with input.x as d; x == "
    "i])\n"
    "n := count(input.x) + 100001",
};

static void hostile_policies_end_by_budget(void **state)
{
    UNUSED(state);
    for (size_t i = 0; i < ARRAY_LENGTH(hostile); i++) {
        struct fixture fixture;
        struct arena *arena = arena_new(1 << 20);
        struct text policy = text_format(arena, "package a\n%s", hostile[i]);
        compile(&fixture, text_terminated(arena, policy));
        struct rego_call call = {.limits = {.fuel = 1000000}};
        evaluate(&fixture, "data.a.r", call);
        if (fixture.result.outcome != REGO_STOPPED)
            print_error("%s\n", hostile[i]);
        assert_int_equal(fixture.result.outcome, REGO_STOPPED);
        assert_true(text_equal_z(fixture.result.error.code, "eval_budget_error"));
        int64_t fuel = fixture.result.fuel;
        uint32_t line = fixture.result.error.line, column = fixture.result.error.column;
        evaluate(&fixture, "data.a.r", call);
        assert_int_equal(fixture.result.fuel, fuel);
        assert_int_equal(fixture.result.error.line, line);
        assert_int_equal(fixture.result.error.column, column);
        release(&fixture);
        arena_free(arena);
    }
}

static void fuel_counts_the_same_each_time(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\np := sum([x | some x in numbers.range(1, 100)])");
    evaluate(&fixture, "data.a.p", (struct rego_call){0});
    assert_value(&fixture, "5050");
    int64_t fuel = fixture.result.fuel;
    assert_true(fuel > 100 && fuel < 5000);
    evaluate(&fixture, "data.a.p", (struct rego_call){.limits = {.fuel = fuel}});
    assert_value(&fixture, "5050");
    evaluate(&fixture, "data.a.p", (struct rego_call){.limits = {.fuel = fuel - 1}});
    assert_int_equal(fixture.result.outcome, REGO_STOPPED);
    release(&fixture);
}

static void pause_here(int signal)
{
    const struct timespec pause = {.tv_nsec = 400 * 1000 * 1000};
    UNUSED(signal);
    nanosleep(&pause, NULL);
}

/* The machine stands still in the middle, for longer than the evaluation may work. */
static void a_pause_of_the_machine_is_no_work(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    const struct sigaction action = {.sa_handler = pause_here};
    struct sigaction before;
    const struct itimerval soon = {.it_value = {.tv_usec = 1000}};
    compile(&fixture, "package a\nr := count([1 | some a in numbers.range(1, 200); some b in "
                      "numbers.range(1, 300); a + b > 0])");
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &soon, NULL);
    evaluate(&fixture, "data.a.r",
             (struct rego_call){.limits = {.fuel = INT64_MAX / 2, .microseconds = 300000}});
    assert_int_equal(fixture.result.outcome, REGO_DEFINED);
    sigaction(SIGALRM, &before, NULL);
    release(&fixture);
}

static void a_deadline_and_a_cancel_flag_stop(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\nr := count([1 | some a in numbers.range(1, 100000); some b in "
                      "numbers.range(1, 100000); a + b < 0])");
    evaluate(&fixture, "data.a.r",
             (struct rego_call){.limits = {.fuel = INT64_MAX / 2, .microseconds = 5000}});
    assert_int_equal(fixture.result.outcome, REGO_STOPPED);
    assert_true(text_contains(fixture.result.error.message, TEXT("deadline")));
    atomic_bool cancel = true;
    evaluate(&fixture, "data.a.r",
             (struct rego_call){.limits = {.fuel = INT64_MAX / 2, .cancel = &cancel}});
    assert_int_equal(fixture.result.outcome, REGO_STOPPED);
    assert_true(text_equal_z(fixture.result.error.code, "eval_cancel_error"));
    release(&fixture);
}

static void memory_is_capped(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\nr := [x | some x in numbers.range(1, 1000000)]");
    struct rego_context *small = rego_context_new(100000);
    struct rego_call call = {0};
    struct rego_result result;
    rego_evaluate(small, rego_entry_find(fixture.policy, TEXT("data.a.r")), &call, &result);
    assert_int_equal(result.outcome, REGO_STOPPED);
    assert_true(text_equal_z(result.error.code, "eval_budget_error"));
    rego_context_free(small);
    release(&fixture);
}

static void each_refused_allocation_is_survived(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\np := {x: [y | some y in input; y != x] | some x in input}\n"
                      "q[x] contains y if { some x, y in p }\n"
                      "r := sprintf(\"%v\", [q]) if { q with input as [1] }");
    set_input(&fixture, "[3,1,2]");
    for (int64_t n = 0; n < 400; n++) {
        rego_context_reset(fixture.context);
        arena_fail_after(rego_context_arena(fixture.context), n);
        struct rego_call call = {.input = &fixture.input};
        rego_evaluate(fixture.context, rego_entry_find(fixture.policy, TEXT("data.a")), &call,
                      &fixture.result);
        if (fixture.result.outcome == REGO_DEFINED)
            break;
        assert_int_equal(fixture.result.outcome, REGO_STOPPED);
    }
    assert_int_equal(fixture.result.outcome, REGO_DEFINED);
    release(&fixture);
}

static void functions_that_mock_themselves_end(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\nf(x) := x + 1\ng(x) := f(x) * 10\np := y if { y := f(1) with f "
                      "as g }");
    evaluate(&fixture, "data.a.p", (struct rego_call){0});
    assert_value(&fixture, "20");
    release(&fixture);
}

/* ---- Explain. ---- */

static void explain_tells_what_was_tried(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\n"
                      "allow if {\n  input.user == \"alice\"\n  input.admin\n}\n"
                      "allow if {\n  some team in input.teams\n  team == \"ops\"\n}\n"
                      "allow if window\n"
                      "window if input.hour >= 9\n");
    set_input(&fixture,
              "{\"user\":\"alice\",\"admin\":false,\"teams\":[\"dev\",\"web\"],\"hour\":10}");
    struct rego_call call = {.input = &fixture.input};
    struct value account;
    rego_explain(fixture.context, rego_entry_find(fixture.policy, TEXT("data.a.allow")), &call,
                 &fixture.result, &account);
    assert_int_equal(fixture.result.outcome, REGO_DEFINED);
    struct buffer out;
    buffer_init(&out, fixture.arena, 65536);
    rego_explain_print(&account, &out);
    buffer_add_byte(&out, '\0');
    assert_string_equal(buffer_text(&out).at,
                        "- data.a.allow (line 2)  line 4: input.admin   # false\n"
                        "- data.a.allow (line 6)  line 8: team == \"ops\"   # \"dev\", \"ops\"\n"
                        "+ data.a.allow (line 10) = true\n"
                        "    + data.a.window (line 11) = true\n");
    release(&fixture);
}

static void explain_shows_rules_that_the_index_skips(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\n"
                      "deny contains 1 if input.x == \"a\"\ndeny contains 2 if input.x == \"b\"\n"
                      "deny contains 3 if input.x == \"c\"\ndeny contains 4 if input.x == \"d\"\n");
    set_input(&fixture, "{\"x\":\"c\"}");
    struct rego_call call = {.input = &fixture.input};
    struct value account;
    rego_explain(fixture.context, rego_entry_find(fixture.policy, TEXT("data.a.deny")), &call,
                 &fixture.result, &account);
    assert_value(&fixture, "[3]");
    assert_int_equal(value_count(&account), 4);
    release(&fixture);
}

/* ---- Threads. ---- */

struct reader {
    struct fixture *fixture;
    bool ok;
};

static void *read_policy(void *data)
{
    struct reader *reader = data;
    struct rego_context *context = rego_context_new(1 << 20);
    const struct rego_entry *entry = rego_entry_find(reader->fixture->policy, TEXT("data.a.p"));
    struct rego_call call = {.input = &reader->fixture->input};
    reader->ok = true;
    for (int i = 0; i < 2000; i++) {
        struct rego_result result;
        rego_context_reset(context);
        rego_evaluate(context, entry, &call, &result);
        reader->ok =
            reader->ok && result.outcome == REGO_DEFINED && value_count(&result.value) == 2;
    }
    rego_context_free(context);
    return NULL;
}

static void threads_share_a_policy_and_an_input(void **state)
{
    UNUSED(state);
    struct fixture fixture;
    compile(&fixture, "package a\np := {k | some k, v in input; regex.match(`^a+$`, v); v in "
                      "{\"aa\", \"a\", \"c\"}}");
    set_input(&fixture, "{\"x\":\"aa\",\"y\":\"b\",\"z\":\"a\"}");
    assert_true(value_freeze(&fixture.input));
    struct reader readers[3];
    pthread_t threads[3];
    for (size_t i = 0; i < ARRAY_LENGTH(readers); i++) {
        readers[i] = (struct reader){&fixture, false};
        assert_int_equal(pthread_create(&threads[i], NULL, read_policy, &readers[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(readers); i++) {
        pthread_join(threads[i], NULL);
        assert_true(readers[i].ok);
    }
    release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_rules_and_packages),
        cmocka_unit_test(a_query_gives_its_solutions),
        cmocka_unit_test(base_documents_lie_under_the_rules),
        cmocka_unit_test(conflicts_name_their_place),
        cmocka_unit_test(errors_of_builtins_are_swallowed_kept_or_fatal),
        cmocka_unit_test(print_is_captured),
        cmocka_unit_test(filtered_loops_give_what_plain_loops_give),
        cmocka_unit_test(filtered_loops_are_linear),
        cmocka_unit_test(comprehensions_are_remembered_by_what_they_take),
        cmocka_unit_test(the_host_brings_functions),
        cmocka_unit_test(hostile_policies_end_by_budget),
        cmocka_unit_test(fuel_counts_the_same_each_time),
        cmocka_unit_test(a_pause_of_the_machine_is_no_work),
        cmocka_unit_test(a_deadline_and_a_cancel_flag_stop),
        cmocka_unit_test(memory_is_capped),
        cmocka_unit_test(each_refused_allocation_is_survived),
        cmocka_unit_test(functions_that_mock_themselves_end),
        cmocka_unit_test(explain_tells_what_was_tried),
        cmocka_unit_test(explain_shows_rules_that_the_index_skips),
        cmocka_unit_test(threads_share_a_policy_and_an_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
