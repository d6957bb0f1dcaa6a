/*
 * Loops with a filter: `some x in xs; x.a.b == y`. Run again and again inside other loops or by
 * many rules, such a loop costs the product of both sides. After a few scans of the same xs the
 * machine makes an index of its members by the value at the path, and the loop visits those alone
 * that the filter would let through.
 */
#include "rego/eval/machine.h"

enum {
    JOIN_AFTER = 4,  /* scans before an index pays */
    JOIN_LEAST = 16, /* members before an index pays */
    JOINS_MAX = 128, /* remembered in one evaluation */
};

/* Values do not change and their memory is not used again during an evaluation, so a pointer and a
 * length tell one domain from another. */
static bool is_of(const struct join *join, const struct value *domain, uint32_t path)
{
    return join->domain == domain->as.bytes && join->len == value_count(domain) &&
           join->path == path;
}

const struct value *domain_member(const struct value *domain, uint32_t rank)
{
    return domain->kind == VALUE_ARRAY ? &domain->as.items[rank]
                                       : collection_item(domain->as.collection, rank);
}

static const struct value *at_path(const struct value *value, const struct join_path *path)
{
    for (uint32_t i = 0; value && i < path->count; i++)
        value = value_get(value, &path->keys[i]);
    return value;
}

/* Members with the same value form a chain in their order: from the index to the first, from each
 * to the next. */
static bool build(struct machine *machine, struct join *join, const struct value *domain)
{
    const struct join_path *path = &machine->program->paths[join->path];
    if (!budget_charge(&machine->budget, (uint64_t)join->len * (path->count + 2)))
        return false;
    join->next = ARENA_ARRAY(machine->arena, int32_t, join->len);
    join->first = object_new(machine->arena, 0);
    if (!join->next || !join->first)
        return false;
    for (uint32_t rank = join->len; rank > 0; rank--) {
        const struct value *key = at_path(domain_member(domain, rank - 1), path);
        if (!key)
            continue;
        if (value_is_heavy(key) && !budget_charge(&machine->budget, value_weight(key)))
            return false;
        const struct value *following = collection_get(join->first, key);
        join->next[rank - 1] = following ? (int32_t)following->as.integer : -1;
        if (!object_put(join->first, *key, VALUE_INT(rank - 1)))
            return false;
    }
    return true;
}

bool machine_join(struct machine *machine, const struct value *domain, uint32_t path,
                  const struct join **out)
{
    *out = NULL;
    if (value_count(domain) < JOIN_LEAST || value_count(domain) > INT32_MAX)
        return true;
    struct join *join = machine->joins;
    while (join && !is_of(join, domain, path))
        join = join->older;
    if (!join) {
        if (machine->join_count >= JOINS_MAX)
            return true;
        join = ARENA_NEW(machine->arena, struct join);
        if (!join)
            return false;
        *join = (struct join){.domain = domain->as.bytes,
                              .len = (uint32_t)value_count(domain),
                              .path = path,
                              .older = machine->joins};
        machine->joins = join;
        machine->join_count++;
    }
    if (++join->scans < JOIN_AFTER)
        return true;
    if (!join->first && !build(machine, join, domain))
        return false;
    *out = join;
    return true;
}

int32_t join_first(const struct join *join, const struct value *wanted)
{
    const struct value *first = collection_get(join->first, wanted);
    return first ? (int32_t)first->as.integer : -1;
}
