/*
 * Comprehensions inside loops. What one gives depends on its environment and the variables it takes
 * from around it; when that is at most one, and a small value, the machine remembers the results of
 * those that are evaluated again and again.
 */
#include "rego/eval/machine.h"

enum { CLOSURE_AFTER = 2 /* evaluations before results are kept */ };

static struct closure *closure_of(struct machine *machine, uint32_t index)
{
    if (!machine->closures)
        machine->closures =
            ARENA_ARRAY(machine->arena, struct closure, machine->program->closure_count);
    return machine->closures ? &machine->closures[index] : NULL;
}

bool closure_find(struct machine *machine, uint32_t index, const struct value *key,
                  const struct value **out)
{
    *out = NULL;
    struct closure *closure = closure_of(machine, index);
    if (!closure)
        return false;
    if (closure->environment != machine->environment) {
        *closure = (struct closure){.environment = machine->environment};
        return true;
    }
    if (closure->results && !value_is_heavy(key))
        *out = collection_get(closure->results, key);
    return true;
}

bool closure_keep(struct machine *machine, uint32_t index, const struct value *key,
                  struct value result)
{
    struct closure *closure = closure_of(machine, index);
    if (!closure)
        return false;
    if (value_is_heavy(key) || closure->environment != machine->environment ||
        ++closure->evaluations < CLOSURE_AFTER)
        return true;
    if (!closure->results)
        closure->results = object_new(machine->arena, 0);
    return closure->results && object_put(closure->results, *key, result);
}
