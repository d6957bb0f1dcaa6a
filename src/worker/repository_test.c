/* Git as a child: branches, commits, submodules, and what is refused. */
#include "worker/repository.h"

#include "worker/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct testing testing;
static struct repository_commit commit;

static int set_up(void **state)
{
    UNUSED(state);
    testing_open(&testing, sandbox_probe());
    return 0;
}

static int tear_down(void **state)
{
    UNUSED(state);
    testing_close(&testing);
    return 0;
}

static bool fetch(const char *url, const char *branch, const char *hash)
{
    struct repository repository = {.url = text_z(url),
                                    .branch = text_z(branch),
                                    .commit = text_z(hash),
                                    .local_allowed = true};
    error_clear(&testing.error);
    return repository_fetch(&testing.room, &repository, &commit, &testing.error);
}

static bool has_file(const char *name)
{
    const char *path = workspace_path(testing.arena, testing.room.workspace.source, text_z(name));
    return access(path, F_OK) == 0;
}

static void the_head_of_a_branch(void **state)
{
    UNUSED(state);
    const char *url = testing_repository(&testing, "repository", "deep/main.tf", "# empty");
    if (!fetch(url, "main", ""))
        fail_msg("%s\n%.*s", testing.error.message, TEXT_ARG(buffer_text(&testing.log)));
    assert_true(has_file("deep/main.tf"));
    assert_int_equal(commit.hash.len, 40);
    assert_true(text_equal(commit.author, TEXT("Ada")));
    assert_true(text_equal(commit.message, TEXT("First commit")));
    assert_true(commit.timestamp > 1700000000);
    assert_true(testing_log_has(&testing, "$ git fetch"));
}

static void an_older_commit(void **state)
{
    UNUSED(state);
    const char *url = testing_repository(&testing, "repository", "old.tf", "# old");
    assert_true(fetch(url, "", ""));
    struct text old = text_copy(testing.arena, commit.hash);
    testing_shell(&testing, url,
                  "git mv old.tf new.tf && git -c user.name=B -c user.email=b@example.com "
                  "commit -qm 'Second'");
    workspace_close(&testing.room.workspace);
    assert_true(workspace_open(&testing.room.workspace, testing.arena,
                               testing_path(&testing, "workspaces"), &testing.error));
    testing.room.sandbox.writable = testing.room.workspace.root;
    assert_true(fetch(text_terminated(testing.arena, text_format(testing.arena, "file://%s", url)),
                      "main", text_terminated(testing.arena, old)));
    assert_true(has_file("old.tf"));
    assert_false(has_file("new.tf"));
    assert_true(text_equal(commit.hash, old));
}

static void a_missing_branch_is_told_by_git(void **state)
{
    UNUSED(state);
    const char *url = testing_repository(&testing, "repository", "main.tf", "# empty");
    assert_false(fetch(url, "absent", ""));
    assert_int_equal(testing.error.kind, ERR_INVALID);
    assert_string_equal(testing.error.message, "git failed with exit status 128");
    assert_true(testing_log_has(&testing, "couldn't find remote ref refs/heads/absent"));
}

static void odd_addresses_are_refused(void **state)
{
    UNUSED(state);
    static const char *const bad[] = {
        "",
        "-u",
        "--upload-pack=touch x",
        "ext::sh -c id",
        "git://host/x",
        "relative/path",
        "host:path",
        "fd::1",
        "@host:path",
        "user@-oProxyCommand=x:path",
        "user@host::path",
        "https://host/a b",
        "file://host/x",
        "ftp://host/x",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        if (fetch(bad[i], "main", ""))
            fail_msg("%s was fetched", bad[i]);
        assert_int_equal(testing.error.kind, ERR_INVALID);
    }
    assert_false(fetch("/nowhere", "--upload-pack=x", ""));
    assert_int_equal(testing.error.kind, ERR_INVALID);
    assert_false(fetch("/nowhere", "a:b", ""));
    assert_false(fetch("/nowhere", "main", "--help"));
    assert_false(fetch("/nowhere", "main", "abc123"));
    /* Git was not started for any of them. */
    assert_int_equal(testing.log.len, 0);
}

static void local_repositories_need_to_be_allowed(void **state)
{
    UNUSED(state);
    const char *url = testing_repository(&testing, "repository", "main.tf", "# empty");
    struct repository repository = {.url = text_z(url), .branch = TEXT("main")};
    assert_false(repository_fetch(&testing.room, &repository, &commit, &testing.error));
    assert_int_equal(testing.error.kind, ERR_DENIED);
    error_clear(&testing.error);
    repository.url = TEXT("http://localhost:1/x");
    assert_false(repository_fetch(&testing.room, &repository, &commit, &testing.error));
    assert_int_equal(testing.error.kind, ERR_DENIED);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_head_of_a_branch),
        CASE(an_older_commit),
        CASE(a_missing_branch_is_told_by_git),
        CASE(odd_addresses_are_refused),
        CASE(local_repositories_need_to_be_allowed),
    };
    return cmocka_run_group_tests_name("repository", tests, NULL, NULL);
}
