/*
 * Recursion: a document or function that needs itself, directly or through others. The generator
 * has written down which procedure calls which; a depth-first walk with its own stack finds cycles.
 */
#include "rego/compile/generate.h"

enum { UNSEEN, ON_STACK, DONE };

struct visit {
    uint32_t procedure;
    uint32_t next; /* edge to follow */
};

struct walk {
    struct unit *unit;
    uint32_t *first;  /* of each procedure, into `sorted`; one more at the end */
    uint32_t *sorted; /* edge indexes by `from` */
    uint8_t *state;
    struct visit *stack;
    uint32_t depth;
};

static const struct edge *edge_at(const struct walk *walk, uint32_t index)
{
    return &LIST_ITEMS(&walk->unit->edges, struct edge)[walk->sorted[index]];
}

/* Counting sort of the edges by where they start. */
static bool sort_edges(struct walk *walk)
{
    struct unit *unit = walk->unit;
    uint32_t count = unit->program->procedure_count;
    size_t edges = unit->edges.len;
    const struct edge *items = unit->edges.items;
    walk->first = ARENA_ARRAY(unit->scratch, uint32_t, count + 2);
    walk->sorted = ARENA_ARRAY(unit->scratch, uint32_t, edges);
    walk->state = ARENA_ARRAY(unit->scratch, uint8_t, count);
    walk->stack = ARENA_ARRAY(unit->scratch, struct visit, count);
    if (!walk->first || !walk->sorted || !walk->state || !walk->stack)
        return false;
    for (size_t i = 0; i < edges; i++)
        walk->first[items[i].from + 2]++;
    for (uint32_t i = 2; i < count + 2; i++)
        walk->first[i] += walk->first[i - 1];
    for (size_t i = 0; i < edges; i++)
        walk->sorted[walk->first[items[i].from + 1]++] = (uint32_t)i;
    return true;
}

/* "data.a.p -> data.a.q -> data.a.p" */
static void report_cycle(struct walk *walk, uint32_t to, const struct edge *edge)
{
    const struct procedure *procedures = walk->unit->program->procedures;
    struct buffer out;
    buffer_init(&out, walk->unit->scratch, 2000);
    uint32_t from = 0;
    while (walk->stack[from].procedure != to)
        from++;
    for (uint32_t i = from; i < walk->depth; i++)
        buffer_add_format(&out, "%.*s -> ", TEXT_ARG(procedures[walk->stack[i].procedure].path));
    buffer_add(&out, procedures[to].path);
    const struct procedure *rule = &procedures[to];
    struct text cycle = buffer_text(&out);
    const struct source *source = rule->source ? rule->source : edge->source;
    diagnostic_add(&walk->unit->diagnostics, REGO_RECURSION_ERROR, source,
                   rule->source ? rule->at : edge->at, "rule %.*s is recursive: %.*s",
                   TEXT_ARG(rule->path), TEXT_ARG(cycle));
}

static bool walk_from(struct walk *walk, uint32_t start)
{
    bool ok = true;
    walk->depth = 0;
    walk->stack[walk->depth++] = (struct visit){start, walk->first[start]};
    walk->state[start] = ON_STACK;
    while (walk->depth > 0) {
        struct visit *top = &walk->stack[walk->depth - 1];
        if (top->next == walk->first[top->procedure + 1]) {
            walk->state[top->procedure] = DONE;
            walk->depth--;
            continue;
        }
        const struct edge *edge = edge_at(walk, top->next++);
        if (walk->state[edge->to] == ON_STACK) {
            report_cycle(walk, edge->to, edge);
            ok = false;
        } else if (walk->state[edge->to] == UNSEEN) {
            walk->state[edge->to] = ON_STACK;
            walk->stack[walk->depth++] = (struct visit){edge->to, walk->first[edge->to]};
        }
    }
    return ok;
}

bool unit_check_recursion(struct unit *unit)
{
    struct walk walk = {.unit = unit};
    if (!sort_edges(&walk))
        return unit_no_memory(unit);
    bool ok = true;
    for (uint32_t i = 0; i < unit->program->procedure_count; i++)
        if (walk.state[i] == UNSEEN)
            ok = walk_from(&walk, i) && ok;
    return ok;
}
