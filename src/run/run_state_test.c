/*
 * The table of states and moves: sound in itself, and the picture of it in docs/run-states.md is
 * that of this table. Called with the name of that file; --print writes the page instead.
 */
#include "base/buffer.h"
#include "run/run_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *page_name;

static bool is_reachable[RUN_STATE_COUNT];

/* What can be reached from QUEUED. */
static int find_reachable(void **state)
{
    UNUSED(state);
    size_t count;
    const struct run_move *moves = run_moves(&count);
    bool grown = true;
    is_reachable[RUN_QUEUED] = true;
    while (grown) {
        grown = false;
        for (size_t i = 0; i < count; i++) {
            if (is_reachable[moves[i].from] && !is_reachable[moves[i].to])
                is_reachable[moves[i].to] = grown = true;
        }
    }
    return 0;
}

static bool has_move(enum run_state from, enum run_cause cause, bool to_terminal)
{
    size_t count;
    const struct run_move *moves = run_moves(&count);
    for (size_t i = 0; i < count; i++) {
        if (moves[i].from == from && moves[i].cause == cause &&
            (!to_terminal || run_state_is_terminal(moves[i].to)))
            return true;
    }
    return false;
}

static void every_state_has_a_name_and_a_sentence(void **state)
{
    UNUSED(state);
    enum run_state parsed;
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        assert_true(run_state_parse(text_z(run_state_name((enum run_state)i)), &parsed));
        assert_int_equal(parsed, i);
        assert_true(*run_state_sentence((enum run_state)i));
        assert_int_equal(run_state_is_terminal((enum run_state)i),
                         run_state_place((enum run_state)i) == RUN_PLACE_END);
    }
    assert_false(run_state_parse(TEXT("PENDING"), &parsed));
    assert_false(run_state_parse(TEXT("queued"), &parsed));
    assert_false(run_state_parse(TEXT(""), &parsed));
}

static void only_moves_of_the_table_are_possible(void **state)
{
    UNUSED(state);
    size_t count, possible = 0;
    const struct run_move *moves = run_moves(&count);
    for (int from = 0; from < RUN_STATE_COUNT; from++) {
        for (int to = 0; to < RUN_STATE_COUNT; to++) {
            for (int cause = 0; cause <= RUN_CAUSE_LOST; cause++)
                possible +=
                    run_can_move((enum run_state)from, (enum run_state)to, (enum run_cause)cause);
        }
    }
    assert_int_equal(possible, count);
    for (size_t i = 0; i < count; i++)
        assert_true(run_can_move(moves[i].from, moves[i].to, moves[i].cause));
}

static void ends_are_ends_and_nothing_stands_still(void **state)
{
    UNUSED(state);
    size_t count;
    const struct run_move *moves = run_moves(&count);
    for (size_t i = 0; i < count; i++) {
        assert_false(run_state_is_terminal(moves[i].from));
        assert_int_not_equal(moves[i].from, moves[i].to);
    }
}

/* A run never hangs: what waits can be ended by a person, what a worker has ends when the worker
 * reports and when it goes away. */
static void every_state_has_a_way_out(void **state)
{
    UNUSED(state);
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        enum run_state at = (enum run_state)i;
        if (!is_reachable[at] || run_state_is_terminal(at))
            continue;
        bool out = run_state_place(at) == RUN_PLACE_WORKER
                       ? has_move(at, RUN_CAUSE_RESULT, true) && has_move(at, RUN_CAUSE_LOST, true)
                       : has_move(at, RUN_CAUSE_PERSON, true);
        if (!out)
            print_error("no way out of %s\n", run_state_name(at));
        assert_true(out);
    }
}

/* Causes fit the place that a run leaves and the one it comes to. */
static void causes_fit_places(void **state)
{
    UNUSED(state);
    size_t count;
    const struct run_move *moves = run_moves(&count);
    for (size_t i = 0; i < count; i++) {
        enum run_place from = run_state_place(moves[i].from), to = run_state_place(moves[i].to);
        switch (moves[i].cause) {
        case RUN_CAUSE_SCHEDULER: assert_int_equal(to, RUN_PLACE_WAITING); break;
        case RUN_CAUSE_LEASE:
            assert_true(from == RUN_PLACE_WAITING && to == RUN_PLACE_WORKER);
            break;
        case RUN_CAUSE_WORKER:
            assert_true(from == RUN_PLACE_WORKER && to == RUN_PLACE_WORKER);
            break;
        case RUN_CAUSE_RESULT:
        case RUN_CAUSE_LOST: assert_true(from == RUN_PLACE_WORKER && to != RUN_PLACE_WORKER); break;
        case RUN_CAUSE_PERSON: assert_int_not_equal(from, RUN_PLACE_WORKER); break;
        }
    }
}

static void states_that_nothing_leads_to_are_those_the_table_names(void **state)
{
    UNUSED(state);
    static const enum run_state later[] = {RUN_PENDING_REVIEW, RUN_REPLAN_REQUESTED,
                                           RUN_PREPARING_REPLAN, RUN_SKIPPED};
    for (size_t i = 0; i < ARRAY_LENGTH(later); i++) {
        assert_false(is_reachable[later[i]]);
        is_reachable[later[i]] = true;
    }
    for (int i = 0; i < RUN_STATE_COUNT; i++)
        assert_true(is_reachable[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(later); i++)
        is_reachable[later[i]] = false;
}

static const char *place_name(enum run_place place)
{
    switch (place) {
    case RUN_PLACE_WAITING: return "the server";
    case RUN_PLACE_WORKER: return "a worker";
    case RUN_PLACE_PERSON: return "a person";
    case RUN_PLACE_END: return "nobody: it has ended";
    }
    return "";
}

static void draw_moves(struct buffer *page)
{
    size_t count;
    const struct run_move *moves = run_moves(&count);
    buffer_add(page, TEXT("```mermaid\nstateDiagram-v2\n    [*] --> QUEUED\n"));
    for (size_t i = 0; i < count; i++)
        buffer_add_format(page, "    %s --> %s: %s\n", run_state_name(moves[i].from),
                          run_state_name(moves[i].to), run_cause_name(moves[i].cause));
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        if (is_reachable[i] && run_state_is_terminal((enum run_state)i))
            buffer_add_format(page, "    %s --> [*]\n", run_state_name((enum run_state)i));
    }
    buffer_add(page, TEXT("```\n"));
}

static void list_states(struct buffer *page)
{
    buffer_add(page, TEXT("| state | what is true in it | waits for |\n|---|---|---|\n"));
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        enum run_state at = (enum run_state)i;
        if (is_reachable[i])
            buffer_add_format(page, "| %s | %s | %s |\n", run_state_name(at),
                              run_state_sentence(at), place_name(run_state_place(at)));
    }
}

static struct text draw_page(struct arena *arena)
{
    struct buffer page;
    buffer_init(&page, arena, SIZE_MAX);
    buffer_add(&page, TEXT("# The life of a run\n"
                           "\n"
                           "Printed from `tables/run_states.def` and `tables/run_moves.def` by "
                           "`script/lib/generated`; a move that is not\n"
                           "here does not happen. Each arrow carries its cause: the *scheduler* "
                           "moved the queue of the stack on, a worker took\n"
                           "a *lease*, the *worker* reported progress or the *result* of a phase, "
                           "a *person* asked for it, or the worker was\n"
                           "*lost*.\n"
                           "\n"));
    draw_moves(&page);
    buffer_add_byte(&page, '\n');
    list_states(&page);
    return buffer_text(&page);
}

static void the_picture_is_that_of_the_table(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 20);
    static char content[65536];
    struct text page = draw_page(arena);
    FILE *file = fopen(page_name, "rb");
    assert_non_null(file);
    size_t length = fread(content, 1, sizeof(content), file);
    (void)fclose(file);
    bool same = text_equal(page, (struct text){content, length});
    arena_free(arena);
    if (!same)
        print_error("%s is stale: run script/lib/generated\n", page_name);
    assert_true(same);
}

static int print_page(void)
{
    struct arena *arena = arena_new(1 << 20);
    struct text page = draw_page(arena);
    bool written = fwrite(page.at, 1, page.len, stdout) == page.len;
    arena_free(arena);
    return written ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_has_a_name_and_a_sentence),
        cmocka_unit_test(only_moves_of_the_table_are_possible),
        cmocka_unit_test(ends_are_ends_and_nothing_stands_still),
        cmocka_unit_test(every_state_has_a_way_out),
        cmocka_unit_test(causes_fit_places),
        cmocka_unit_test(states_that_nothing_leads_to_are_those_the_table_names),
        cmocka_unit_test(the_picture_is_that_of_the_table),
    };
    (void)find_reachable(NULL);
    if (argc != 2)
        return 2;
    page_name = argv[1];
    if (strcmp(page_name, "--print") == 0)
        return print_page();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
