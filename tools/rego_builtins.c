/* Prints docs/rego-builtins.md: the table of the builtin functions, as the engine has them. */
#include "rego/builtins/builtin.h"

#include <stdio.h>

static const char *availability(const struct builtin *builtin)
{
    if (builtin->flags & BUILTIN_FORBIDDEN)
        return "refused: not a function of its operands";
    if (builtin->flags & BUILTIN_MISSING)
        return "refused: not available";
    if (builtin->flags & BUILTIN_DEPRECATED)
        return "v0 only";
    return "yes";
}

/* A bar ends a cell of the table. */
static void print_signature(const char *signature)
{
    for (; *signature; signature++)
        printf(*signature == '|' ? "\\%c" : "%c", *signature);
}

int main(void)
{
    size_t count, offered = 0;
    const struct builtin *table = builtin_table(&count);
    for (size_t i = 0; i < count; i++)
        offered += !(table[i].flags & (BUILTIN_FORBIDDEN | BUILTIN_MISSING));
    printf("# Builtin functions of policies\n\nPrinted from `src/rego/builtins/builtins.def` by "
           "`script/lib/generated`: %zu are offered. A refused one is a compile\nerror that names "
           "it, also where `with` mentions it.\n\n| function | operands and result | offered |\n"
           "| --- | --- | --- |\n",
           offered);
    for (size_t i = 0; i < count; i++) {
        printf("| `%s` | `", table[i].name);
        print_signature(table[i].signature);
        printf("` | %s |\n", availability(&table[i]));
    }
    return 0;
}
