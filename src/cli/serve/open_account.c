/* Opening and closing the account. */
#include "cli/serve/open_account.h"

#include "access/space_tree.h"
#include "audit/denial.h"
#include "audit/webhook_delivery.h"
#include "base/clock.h"
#include "base/log.h"
#include "identity/api_key.h"
#include "identity/attempt_limit.h"
#include "identity/issuer.h"
#include "identity/signing_keys.h"
#include "identity/token.h"
#include "jose/key_ring.h"
#include "jose/token_cache.h"
#include "kernel/password_work.h"
#include "kernel/waiters.h"
#include "migrations/migrations.h"
#include "net/http_client.h"
#include "policy/policy_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CACHED_ACTORS = 1 << 16, UNIT_BYTES = 16 << 20, SECRET_FILE_MAX_BYTES = 4096 };

static bool make_folder(const char *path, struct error *error)
{
    struct stat status;
    if (mkdir(path, 0700) == 0)
        return true;
    if (errno == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return true;
    return error_set(error, ERR_UNAVAILABLE, "cannot use the data folder %s: %s", path,
                     strerror(errno));
}

static struct text path_in(struct arena *arena, const struct settings *settings, const char *name)
{
    return text_format(arena, "%.*s/%s", TEXT_ARG(settings->data), name);
}

static const char *database_url(struct arena *arena, const struct settings *settings)
{
    struct text url =
        settings->database.len ? settings->database : path_in(arena, settings, "gatehouse.db");
    return text_terminated(arena, url);
}

static bool open_database(struct arena *arena, struct account *account, struct error *error)
{
    const struct settings *settings = account->settings;
    struct db_options options = {.readers = (int)settings->database_connections,
                                 .timeout_us = settings->answer_timeout};
    const char *url = database_url(arena, settings);
    int applied = 0;
    if (!url)
        return error_set_no_memory(error);
    if (!db_open(url, &options, &account->db, error) ||
        !migrate(account->db, &embedded_migrations, clock_wall(), &applied, error))
        return false;
    if (applied)
        log_info("migrated the database", LOG_INT("applied", applied));
    return true;
}

/* A unit of the server's own. */
struct own_unit {
    struct account *account;
    struct arena *arena;
    bool (*work)(struct ctx *ctx, struct own_unit *unit);
    struct api_key *key;
};

static bool run_own(struct db_session *session, void *data, struct error *error)
{
    struct own_unit *unit = data;
    struct ctx ctx = {.arena = unit->arena,
                      .account = unit->account,
                      .session = session,
                      .actor = &actor_system,
                      .error = error,
                      .now = clock_wall()};
    return unit->work(&ctx, unit);
}

/* Made anew, the key file would leave every secret in the database unreadable for ever. */
static bool check_key_file(struct ctx *ctx, struct own_unit *unit)
{
    bool exists;
    struct text path = path_in(unit->arena, unit->account->settings, "keys");
    const char *terminated = text_terminated(unit->arena, path);
    if (!terminated)
        return fail_no_memory(ctx);
    if (access(terminated, F_OK) == 0)
        return true;
    if (!api_key_any_exists(ctx, &exists))
        return false;
    return !exists || fail(ctx, ERR_UNAVAILABLE,
                           "the key file %s is not there, and the secrets in the database were "
                           "encrypted with it; put it back from a backup or the first server",
                           terminated);
}

static bool prepare_keys(struct ctx *ctx, struct own_unit *unit)
{
    bool exists;
    if (!signing_keys_refresh(ctx) || !api_key_any_exists(ctx, &exists))
        return false;
    unit->key = NULL;
    return exists || api_key_bootstrap(ctx, &unit->key);
}

/* Written in full or not at all, readable by nobody else, and never over a file that is there. */
static bool write_key_file(const char *path, struct text content, struct error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = file >= 0 && write(file, content.at, content.len) == (ssize_t)content.len &&
                   fsync(file) == 0;
    int cause = errno;
    if (file >= 0 && close(file) != 0)
        written = false;
    if (written)
        return true;
    if (file >= 0)
        unlink(path);
    return error_set(error, ERR_UNAVAILABLE, "cannot write the key file %s: %s", path,
                     strerror(cause));
}

/* The file comes before the commit: a key that nobody could read would lock everybody out. */
static bool bootstrap(struct ctx *ctx, struct own_unit *unit)
{
    if (!prepare_keys(ctx, unit) || !unit->key)
        return unit->key == NULL && !error_is_set(ctx->error);
    struct text path = path_in(unit->arena, unit->account->settings, "admin.apikey");
    const char *terminated = text_terminated(unit->arena, path);
    if (!terminated)
        return fail_no_memory(ctx);
    unlink(terminated);
    return write_key_file(terminated, api_key_file(ctx, unit->key), ctx->error);
}

/* What asks other servers; it reaches public addresses, and those that the settings name. */
static bool make_client(struct arena *arena, struct account *account, struct error *error)
{
    struct address_ranges ranges;
    struct error cause = {0};
    if (!address_ranges_parse(arena, account->settings->outbound_allow, &ranges, &cause))
        return error_set(error, cause.kind, "outbound-allow: %s", cause.message);
    struct http_client_options options = {.allowed = ranges.items, .allowed_count = ranges.count};
    account->http = http_client_new(&options, error);
    return account->http != NULL;
}

/* The file may end with a line end, which is no part of the secret. */
static bool read_login_secret(struct arena *arena, struct account *account, struct error *error)
{
    const char *path = text_terminated(arena, account->settings->login_client_secret);
    char *content = arena_alloc(arena, SECRET_FILE_MAX_BYTES);
    if (!path || !content)
        return error_set_no_memory(error);
    if (!path[0])
        return true;
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(content, 1, SECRET_FILE_MAX_BYTES, file) : 0;
    int cause = errno;
    if (file)
        fclose(file);
    account->login_client_secret = text_trim((struct text){content, length});
    return account->login_client_secret.len > 0 ||
           error_set(error, ERR_INVALID, "login-client-secret: cannot read a secret from %s: %s",
                     path, file ? "it is empty" : strerror(cause));
}

static bool check_login(const struct settings *settings, struct error *error)
{
    return settings->login_issuer.len == 0 || settings->login_client_id.len > 0 ||
           error_set(error, ERR_INVALID, "login-issuer and login-client-id go together");
}

static bool make_parts(struct arena *arena, struct account *account, struct error *error)
{
    struct text ring = path_in(arena, account->settings, "keys");
    if (!key_ring_open(arena, ring, &account->ring, error) ||
        !check_login(account->settings, error) || !read_login_secret(arena, account, error))
        return false;
    account->signing_keys = signing_keys_new();
    account->actors = token_cache_new(CACHED_ACTORS, token_actor_free);
    account->spaces = space_cache_new();
    account->policies = policy_cache_new();
    account->denials = denials_new();
    account->issuers = issuer_cache_new();
    account->attempts = attempt_limit_new(account->settings->attempts_per_address,
                                          account->settings->attempts_per_key);
    account->webhook_figures = ARENA_NEW(arena, struct webhook_figures);
    account->run_waiters = waiters_new();
    account->stream_waiters = waiters_new();
    account->passwords = password_pool_new();
    bool made = account->signing_keys && account->actors && account->spaces && account->policies &&
                account->denials && account->webhook_figures && account->issuers &&
                account->attempts && account->run_waiters && account->stream_waiters &&
                account->passwords;
    return made ? make_client(arena, account, error) : error_set_no_memory(error);
}

bool account_open(struct arena *arena, const struct settings *settings, struct text url,
                  bool local_repositories, struct account *account, const char **key_file,
                  struct text *key, struct error *error)
{
    const char *data = text_terminated(arena, settings->data);
    *account = (struct account){.name = settings->account,
                                .url = url,
                                .settings = settings,
                                .local_repositories = local_repositories};
    atomic_init(&account->access_version, 1);
    *key_file = NULL;
    struct own_unit check = {.account = account, .arena = arena, .work = check_key_file};
    struct own_unit unit = {.account = account, .arena = arena, .work = bootstrap};
    if (!data || !make_folder(data, error) || !open_database(arena, account, error) ||
        !db_run(account->db, DB_READ, run_own, &check, error) ||
        !make_parts(arena, account, error) || !db_run(account->db, DB_WRITE, run_own, &unit, error))
        return false;
    if (unit.key) {
        *key_file = text_terminated(arena, path_in(arena, settings, "admin.apikey"));
        *key = text_format(arena, "%.*s\n%.*s", TEXT_ARG(unit.key->id), TEXT_ARG(unit.key->secret));
    }
    return true;
}

void account_close(struct account *account)
{
    http_client_close(account->http);
    password_pool_close(account->passwords);
    db_close(account->db);
    http_client_free(account->http);
    password_pool_free(account->passwords);
    token_cache_free(account->actors);
    space_cache_free(account->spaces);
    policy_cache_free(account->policies);
    denials_free(account->denials);
    issuer_cache_free(account->issuers);
    attempt_limit_free(account->attempts);
    signing_keys_free(account->signing_keys);
    waiters_free(account->run_waiters);
    waiters_free(account->stream_waiters);
}
