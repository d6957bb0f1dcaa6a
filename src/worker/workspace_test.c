/* Workspaces: files stay inside whatever the repository holds. */
#include "worker/workspace.h"

#include "worker/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct testing testing;

static int set_up(void **state)
{
    UNUSED(state);
    testing_open(&testing, SANDBOX_PLAIN);
    return 0;
}

static int tear_down(void **state)
{
    UNUSED(state);
    testing_close(&testing);
    return 0;
}

static bool write_file(const char *path, bool is_private)
{
    error_clear(&testing.error);
    return workspace_write(&testing.room.workspace, text_z(path), TEXT("content"), is_private,
                           &testing.error);
}

static void files_are_written_and_read(void **state)
{
    UNUSED(state);
    const struct workspace *workspace = &testing.room.workspace;
    struct stat status;
    struct text content;
    assert_true(write_file("source/a/b/file.tf", false));
    assert_true(write_file("key", true));
    assert_true(write_file("key", true));
    const char *path = workspace_path(testing.arena, workspace->root, TEXT("key"));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(workspace_read(testing.arena, path, 7, &content, &testing.error));
    assert_true(text_equal(content, TEXT("content")));
    assert_false(workspace_read(testing.arena, path, 6, &content, &testing.error));
    assert_int_equal(testing.error.kind, ERR_TOO_LARGE);
    error_clear(&testing.error);
    assert_false(workspace_read(testing.arena, workspace->root, 100, &content, &testing.error));
    assert_int_equal(testing.error.kind, ERR_NOT_FOUND);
}

static void other_paths_are_refused(void **state)
{
    UNUSED(state);
    static const char *const bad[] = {"",     "/etc/x", "../x", "a/../../x", "a/./x",
                                      "a//x", "a/",     ".",    "..",        "source"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        if (write_file(bad[i], false))
            fail_msg("%s was written", bad[i]);
        assert_int_equal(testing.error.kind, ERR_INVALID);
    }
}

static void links_are_not_followed(void **state)
{
    UNUSED(state);
    testing_shell(&testing, testing.room.workspace.source,
                  "mkdir ../../../outside && ln -s ../../../outside out && "
                  "echo kept > ../../../outside/file && ln -s ../../../outside/file link");
    assert_false(write_file("source/out/file", false));
    assert_int_equal(testing.error.kind, ERR_INVALID);
    /* A link in the file's own place is replaced, not followed. */
    assert_true(write_file("source/link", false));
    testing_shell(&testing, testing.folder, "grep -q kept outside/file");
}

static void the_project_root_is_in_the_repository(void **state)
{
    UNUSED(state);
    const struct workspace *workspace = &testing.room.workspace;
    const char *project;
    testing_shell(&testing, workspace->source,
                  "mkdir -p a/b && ln -s a c && ln -s /usr out && touch file && mkdir ../sourcex");
    static const char *const good[] = {"", "a", "a/b/", "c/b", "./a"};
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        assert_true(
            workspace_project(workspace, testing.arena, text_z(good[i]), &project, &testing.error));
    static const char *const bad[] = {"missing", "file", "..", "out", "../sourcex", "a/../../home"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        error_clear(&testing.error);
        if (workspace_project(workspace, testing.arena, text_z(bad[i]), &project, &testing.error))
            fail_msg("%s was taken", bad[i]);
        assert_int_equal(testing.error.kind, ERR_INVALID);
    }
}

static void nothing_is_left(void **state)
{
    UNUSED(state);
    const struct workspace *workspace = &testing.room.workspace;
    testing_shell(
        &testing, workspace->source,
        "mkdir -p a/b && touch a/b/file && ln -s /usr link && chmod 0 a/b && chmod 500 a");
    workspace_close(workspace);
    assert_int_equal(access(workspace->root, F_OK), -1);
    assert_int_equal(access("/usr/bin", F_OK), 0);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(files_are_written_and_read),
        CASE(other_paths_are_refused),
        CASE(links_are_not_followed),
        CASE(the_project_root_is_in_the_repository),
        CASE(nothing_is_left),
    };
    return cmocka_run_group_tests_name("workspace", tests, NULL, NULL);
}
