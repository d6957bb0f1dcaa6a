/* Stacks for tests. */
#include "stack/stack_test_support.h"

struct stack_input test_stack_input(const char *name)
{
    return (struct stack_input){.name = text_z(name),
                                .provider = VCS_RAW_GIT,
                                .repository = TEXT("infra"),
                                .repository_url = TEXT("https://git.example/infra.git"),
                                .branch = TEXT("main"),
                                .vendor = {.kind = VENDOR_TERRAFORM}};
}

struct stack *test_add_stack(struct kernel_test *test, const struct stack_input *input)
{
    struct stack *stack = NULL;
    assert_kept(test, stack_create(ctx, input, &stack));
    return stack;
}

struct stack *test_stack(struct kernel_test *test, const char *name)
{
    struct stack_input input = test_stack_input(name);
    return test_add_stack(test, &input);
}

struct stack *test_find_stack(struct kernel_test *test, const char *id)
{
    struct stack *stack = NULL;
    assert_read(test, stack_find(ctx, text_z(id), &stack));
    return stack;
}

void test_add_many_stacks(struct kernel_test *test, int count)
{
    struct buffer rows;
    buffer_init(&rows, test->arena, SIZE_MAX);
    for (int i = 0; i < count; i++)
        buffer_add_format(&rows,
                          "%s('bulk-%d', 'Bulk %d', 'root', 'RAW_GIT', 'infra', 'main', "
                          "'TERRAFORM', 1, 'test')",
                          i ? ", " : "", i, i);
    test_sql(test,
             "INSERT INTO stack (id, name, space_id, provider, repository, branch, vendor, "
             "created_at, created_by) VALUES %.*s",
             TEXT_ARG(buffer_text(&rows)));
}

const struct text *test_bulk_ids(struct kernel_test *test, int count)
{
    struct text *ids = ARENA_ARRAY(test->arena, struct text, (size_t)count);
    assert_non_null(ids);
    for (int i = 0; i < count; i++)
        ids[i] = text_format(test->arena, "bulk-%d", i);
    return ids;
}
