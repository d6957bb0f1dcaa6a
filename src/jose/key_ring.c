/* The key file: read, made, added to. See key_ring.h for its format. */
#include "jose/key_ring.h"

#include "base/buffer.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/random.h"
#include "jose/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_MAX = 16384,
    PATH_BYTES = 4096,
    LINE_BYTES = 2 * KEY_RING_ID_BYTES + 1 + 43 + 1, /* id, blank, key, line end */
};

static const char file_comment[] =
    "# Master keys, oldest first. Whoever has this file and the database has every secret in it.\n"
    "# Without this file the secrets in the database are lost: keep a copy in a safe place.\n";

/* Derives what is used from a master key, one label a purpose. */
static bool derive(struct text master, const char *label, size_t len, uint8_t *out)
{
    struct digest mac;
    bool done = digest_hmac_sha256(master, text_z(label), &mac);
    if (done)
        memcpy(out, mac.bytes, len);
    crypto_wipe(&mac, sizeof mac);
    return done;
}

static bool derive_entry(struct text master, struct key_ring_entry *out, struct error *error)
{
    bool done = derive(master, "key ring: id", sizeof out->id, out->id) &&
                derive(master, "key ring: seal", sizeof out->seal_key, out->seal_key) &&
                derive(master, "key ring: hash", sizeof out->hash_key, out->hash_key);
    return done || error_set_no_memory(error);
}

static bool refuse_line(struct error *error, int line)
{
    return error_set_at(error, ERR_INVALID, line, 1, "line %d of the key file is damaged", line);
}

/* "id key": the id must be the one that the key has. */
static bool parse_line(struct arena *arena, struct text line, int number, struct key_ring *ring,
                       struct error *error)
{
    struct text id, id_bytes, master;
    struct error cause = {0};
    if (ring->len == KEY_RING_MAX)
        return error_set(error, ERR_INVALID, "the key file has more than %d keys", KEY_RING_MAX);
    if (!text_next_part(&line, ' ', &id) || !hex_decode(arena, id, &id_bytes, &cause) ||
        id_bytes.len != KEY_RING_ID_BYTES || !base64url_decode(arena, line, &master, &cause))
        return refuse_line(error, number);
    struct key_ring_entry *entry = &ring->entries[ring->len++];
    bool done = master.len == KEY_RING_KEY_BYTES ? derive_entry(master, entry, error)
                                                 : refuse_line(error, number);
    if (!crypto_wipe_later(arena, master))
        return error_set_no_memory(error);
    if (done && memcmp(entry->id, id_bytes.at, KEY_RING_ID_BYTES) != 0)
        return refuse_line(error, number);
    return done;
}

static bool parse_ring(struct arena *arena, struct text source, struct key_ring *ring,
                       struct error *error)
{
    struct text line;
    for (int number = 1; text_next_part(&source, '\n', &line); number++) {
        line = text_trim(line);
        if (text_is_empty(line) || line.at[0] == '#')
            continue;
        if (!parse_line(arena, line, number, ring, error))
            return false;
    }
    return ring->len > 0 || error_set(error, ERR_INVALID, "the key file has no key");
}

static bool refuse_file(struct error *error, const char *what)
{
    return error_set(error, ERR_UNAVAILABLE, "the key file cannot be %s: %s", what,
                     strerror(errno));
}

/* Only the owner may read what everything else rests on. */
static bool check_file(const struct stat *status, struct error *error)
{
    if (!S_ISREG(status->st_mode))
        return error_set(error, ERR_INVALID, "the key file is not a regular file");
    if (status->st_mode & (S_IRWXG | S_IRWXO))
        return error_set(error, ERR_INVALID,
                         "the key file must be readable by its owner alone (chmod 600)");
    if (status->st_size > FILE_MAX)
        return error_set(error, ERR_INVALID, "the key file is larger than %d bytes", FILE_MAX);
    return true;
}

/* Everything in the file, wiped with the arena. */
static bool read_all(struct arena *arena, int file, struct text *out, struct error *error)
{
    char *bytes = crypto_alloc_wiped(arena, FILE_MAX);
    size_t len = 0;
    if (!bytes)
        return error_set_no_memory(error);
    while (len < FILE_MAX) {
        ssize_t got = read(file, bytes + len, FILE_MAX - len);
        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            return refuse_file(error, "read");
        len += got > 0 ? (size_t)got : 0;
    }
    *out = (struct text){bytes, len};
    return true;
}

/* Sets *absent instead of failing when there is no such file. */
static bool read_file(struct arena *arena, const char *path, struct text *out, bool *absent,
                      struct error *error)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    *absent = file < 0 && errno == ENOENT;
    if (*absent)
        return true;
    if (file < 0)
        return refuse_file(error, "opened");
    bool done = fstat(file, &status) == 0 ? check_file(&status, error) : refuse_file(error, "read");
    done = done && read_all(arena, file, out, error);
    close(file);
    return done;
}

static bool write_all(int file, struct text text)
{
    while (text.len > 0) {
        ssize_t put = write(file, text.at, text.len);
        if (put < 0 && errno != EINTR)
            return false;
        text = text_slice(text, put > 0 ? (size_t)put : 0, text.len);
    }
    return fsync(file) == 0;
}

/* The name in a directory is durable once the directory is. */
static void sync_directory(const char *path)
{
    char directory[PATH_BYTES];
    const char *slash = strrchr(path, '/');
    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - path) : 1,
             slash ? path : ".");
    int file = open(slash == path ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return;
    fsync(file);
    close(file);
}

/* Writes a file of its own beside the key file: `temporary` is its name. */
static bool write_temporary(const char *path, struct text content, char temporary[PATH_BYTES],
                            struct error *error)
{
    int len =
        snprintf(temporary, PATH_BYTES, "%s.%016llx", path, (unsigned long long)random_uint64());
    if (len < 0 || len >= PATH_BYTES)
        return error_set(error, ERR_INVALID, "the path of the key file is too long");
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return refuse_file(error, "created");
    bool done = write_all(file, content) || refuse_file(error, "written");
    close(file);
    if (!done)
        unlink(temporary);
    return done;
}

/* Appends one new key as a line. */
static bool add_new_line(struct buffer *buffer, struct error *error)
{
    uint8_t bytes[KEY_RING_KEY_BYTES];
    struct key_ring_entry entry;
    struct text master = {(const char *)bytes, sizeof bytes};
    random_bytes(bytes, sizeof bytes);
    bool done = derive_entry(master, &entry, error);
    struct text encoded = base64url_encode(buffer->arena, master);
    done = done && encoded.at && crypto_wipe_later(buffer->arena, encoded);
    buffer_add(buffer, hex_encode(buffer->arena, (struct text){(char *)entry.id, sizeof entry.id}));
    buffer_add_byte(buffer, ' ');
    buffer_add(buffer, encoded);
    buffer_add_byte(buffer, '\n');
    crypto_wipe(bytes, sizeof bytes);
    crypto_wipe(&entry, sizeof entry);
    return done || error_set_no_memory(error);
}

/* `before` and a new key; wiped with the arena. */
static bool make_content(struct arena *arena, struct text before, struct text *out,
                         struct error *error)
{
    struct buffer buffer;
    size_t size = before.len + LINE_BYTES;
    char *bytes = crypto_alloc_wiped(arena, size);
    if (!bytes)
        return error_set_no_memory(error);
    /* The buffer never grows past these bytes, so that no copy of them stays behind. */
    buffer_init(&buffer, arena, size);
    buffer.at = bytes;
    buffer.size = size;
    buffer_add(&buffer, before);
    if (!add_new_line(&buffer, error))
        return false;
    *out = buffer_text(&buffer);
    return buffer.failed ? error_set_no_memory(error) : true;
}

/* A link, unlike a rename, does not replace what another process has put there meanwhile. */
static bool create_file(struct arena *arena, const char *path, struct error *error)
{
    char temporary[PATH_BYTES];
    struct text content;
    if (!make_content(arena, text_z(file_comment), &content, error) ||
        !write_temporary(path, content, temporary, error))
        return false;
    bool done = link(temporary, path) == 0 || errno == EEXIST || refuse_file(error, "created");
    unlink(temporary);
    sync_directory(path);
    return done;
}

static bool open_ring(struct arena *scratch, const char *path, struct key_ring *ring,
                      struct error *error)
{
    struct text content;
    bool absent;
    if (!read_file(scratch, path, &content, &absent, error))
        return false;
    if (absent &&
        (!create_file(scratch, path, error) || !read_file(scratch, path, &content, &absent, error)))
        return false;
    if (absent)
        return error_set(error, ERR_UNAVAILABLE, "the key file disappeared");
    return parse_ring(scratch, content, ring, error);
}

bool key_ring_open(struct arena *arena, struct text path, const struct key_ring **out,
                   struct error *error)
{
    struct key_ring *ring = crypto_alloc_wiped(arena, sizeof *ring);
    struct arena *scratch = arena_new(16 * FILE_MAX);
    const char *terminated = scratch ? text_terminated(scratch, path) : NULL;
    bool done = ring && terminated ? open_ring(scratch, terminated, ring, error)
                                   : error_set_no_memory(error);
    arena_free(scratch);
    if (done)
        *out = ring;
    return done;
}

static bool rotate(struct arena *scratch, const char *path, struct error *error)
{
    char temporary[PATH_BYTES];
    struct key_ring *ring = crypto_alloc_wiped(scratch, sizeof *ring);
    struct text before, content;
    bool absent;
    if (!ring)
        return error_set_no_memory(error);
    if (!read_file(scratch, path, &before, &absent, error))
        return false;
    if (absent)
        return error_set(error, ERR_NOT_FOUND, "there is no key file to add a key to");
    if (!parse_ring(scratch, before, ring, error))
        return false;
    if (ring->len == KEY_RING_MAX)
        return error_set(error, ERR_LIMIT, "the key file has %d keys already", KEY_RING_MAX);
    if (!make_content(scratch, before, &content, error) ||
        !write_temporary(path, content, temporary, error))
        return false;
    bool done = rename(temporary, path) == 0 || refuse_file(error, "replaced");
    sync_directory(path);
    return done;
}

bool key_ring_rotate(struct text path, struct error *error)
{
    struct arena *scratch = arena_new(16 * FILE_MAX);
    const char *terminated = scratch ? text_terminated(scratch, path) : NULL;
    bool done = terminated ? rotate(scratch, terminated, error) : error_set_no_memory(error);
    arena_free(scratch);
    return done;
}

const struct key_ring_entry *key_ring_newest(const struct key_ring *ring)
{
    return &ring->entries[ring->len - 1];
}

const struct key_ring_entry *key_ring_find(const struct key_ring *ring, const uint8_t *id)
{
    for (size_t i = 0; i < ring->len; i++) {
        if (memcmp(ring->entries[i].id, id, KEY_RING_ID_BYTES) == 0)
            return &ring->entries[i];
    }
    return NULL;
}
