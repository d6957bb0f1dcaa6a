/* The key file: made once, read back, rotated, refused when others could read it. */
#include "jose/key_ring.h"
#include "jose/test_support.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    struct arena *arena;
    char directory[32];
    struct text path;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    memcpy(fixture->directory, "/tmp/key_ring_XXXXXX", 21);
    fixture->arena = arena_new(1 << 20);
    *state = fixture;
    if (!mkdtemp(fixture->directory))
        return -1;
    fixture->path = text_format(fixture->arena, "%s/master.key", fixture->directory);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    unlink(text_terminated(fixture->arena, fixture->path));
    int left = rmdir(fixture->directory); /* fails when a temporary file was left behind */
    arena_free(fixture->arena);
    free(fixture);
    return left;
}

static const struct key_ring *open_ring(struct fixture *fixture)
{
    struct error error = {0};
    const struct key_ring *ring;
    if (!key_ring_open(fixture->arena, fixture->path, &ring, &error))
        fail_msg("%s", error.message);
    return ring;
}

static void write_file(struct fixture *fixture, const char *content, mode_t mode)
{
    const char *path = text_terminated(fixture->arena, fixture->path);
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, content, strlen(content)), (ssize_t)strlen(content));
    assert_int_equal(fchmod(file, mode), 0);
    close(file);
}

static void assert_refused(struct fixture *fixture, enum error_kind kind, const char *part)
{
    struct error error = {0};
    const struct key_ring *ring;
    assert_false(key_ring_open(fixture->arena, fixture->path, &ring, &error));
    assert_error(&error, kind, part);
}

static void made_once(void **state)
{
    struct fixture *fixture = *state;
    const struct key_ring *first = open_ring(fixture), *second = open_ring(fixture);
    struct stat status;
    assert_int_equal(stat(text_terminated(fixture->arena, fixture->path), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(first->len, 1);
    assert_memory_equal(first, second, sizeof *first);
    assert_memory_not_equal(first->entries[0].seal_key, first->entries[0].hash_key, 32);
    assert_ptr_equal(key_ring_find(first, first->entries[0].id), key_ring_newest(first));
}

static void rotated(void **state)
{
    struct fixture *fixture = *state;
    struct error error = {0};
    assert_false(key_ring_rotate(fixture->path, &error));
    assert_error(&error, ERR_NOT_FOUND, "no key file");
    const struct key_ring *before = open_ring(fixture);
    error_clear(&error);
    assert_true(key_ring_rotate(fixture->path, &error));
    const struct key_ring *after = open_ring(fixture);
    assert_int_equal(after->len, 2);
    assert_memory_equal(&after->entries[0], &before->entries[0], sizeof before->entries[0]);
    assert_memory_not_equal(key_ring_newest(after)->id, before->entries[0].id, KEY_RING_ID_BYTES);
    for (int i = 2; i < KEY_RING_MAX; i++)
        assert_true(key_ring_rotate(fixture->path, &error));
    assert_false(key_ring_rotate(fixture->path, &error));
    assert_error(&error, ERR_LIMIT, "16 keys");
    assert_int_equal(open_ring(fixture)->len, KEY_RING_MAX);
}

static void refused_files(void **state)
{
    struct fixture *fixture = *state;
    write_file(fixture, "# nothing\n", 0640);
    assert_refused(fixture, ERR_INVALID, "chmod 600");
    write_file(fixture, "# nothing\n", 0600);
    assert_refused(fixture, ERR_INVALID, "no key");
    write_file(fixture, "#\n0011223344556677 AAAA\n", 0600);
    assert_refused(fixture, ERR_INVALID, "line 2");
    /* 32 zeros are a key, but not the one of this id. */
    write_file(fixture, "0011223344556677 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 0600);
    assert_refused(fixture, ERR_INVALID, "line 1");
    write_file(fixture, "garbage", 0600);
    assert_refused(fixture, ERR_INVALID, "line 1");
    char large[20000];
    memset(large, '#', sizeof large);
    large[sizeof large - 1] = 0;
    write_file(fixture, large, 0600);
    assert_refused(fixture, ERR_INVALID, "larger");
}

static void refused_places(void **state)
{
    struct fixture *fixture = *state;
    struct text path = fixture->path;
    const char *terminated = text_terminated(fixture->arena, path);
    assert_int_equal(symlink("/dev/zero", terminated), 0);
    assert_refused(fixture, ERR_UNAVAILABLE, "opened");
    unlink(terminated);
    fixture->path = text_z(fixture->directory);
    assert_refused(fixture, ERR_INVALID, "regular file");
    fixture->path = text_format(fixture->arena, "%s/no/such/folder", fixture->directory);
    assert_refused(fixture, ERR_UNAVAILABLE, "created");
    fixture->path = path;
}

struct opener {
    pthread_t thread;
    struct arena *arena;
    struct text path;
    const struct key_ring *ring;
};

static void *open_at_once(void *data)
{
    struct opener *opener = data;
    struct error error = {0};
    if (!key_ring_open(opener->arena, opener->path, &opener->ring, &error))
        opener->ring = NULL;
    return NULL;
}

/* Many first users at the same moment end with one key. */
static void made_by_many(void **state)
{
    struct fixture *fixture = *state;
    struct opener openers[8];
    for (size_t i = 0; i < ARRAY_LENGTH(openers); i++) {
        openers[i] = (struct opener){.arena = arena_new(1 << 20), .path = fixture->path};
        assert_int_equal(pthread_create(&openers[i].thread, NULL, open_at_once, &openers[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(openers); i++)
        pthread_join(openers[i].thread, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(openers); i++) {
        assert_non_null(openers[i].ring);
        assert_memory_equal(openers[i].ring, openers[0].ring, sizeof *openers[0].ring);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(openers); i++)
        arena_free(openers[i].arena);
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(made_once),      WITH_FILE(rotated),      WITH_FILE(refused_files),
        WITH_FILE(refused_places), WITH_FILE(made_by_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
