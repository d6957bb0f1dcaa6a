/* gatehouse serve */
#include "base/list.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/serve/audit_delivery.h"
#include "cli/serve/front.h"
#include "cli/serve/maintenance.h"
#include "cli/serve/open_account.h"
#include "cli/serve/own_worker.h"
#include "db/db.h"
#include "kernel/waiters.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CONFIG_MAX_BYTES = 1 << 20, WORKER_STOP_SECONDS = 15 };

/* A server while it runs. */
struct server {
    struct arena *arena;
    struct settings settings;
    struct account account;
    struct front front;
    struct own_worker *worker;
    struct maintenance *maintenance;
    struct audit_delivery *delivery;
    const char *key_file; /* NULL unless the bootstrap key was made just now */
    struct text key;
};

static bool read_config(struct arena *arena, const char *path, struct text *out,
                        struct error *error)
{
    *out = TEXT("");
    if (!path)
        return true;
    FILE *file = fopen(path, "re");
    char *content = arena_alloc(arena, CONFIG_MAX_BYTES);
    if (!file || !content) {
        if (file)
            fclose(file);
        return error_set(error, ERR_INVALID, "cannot read the configuration file %s: %s", path,
                         strerror(errno));
    }
    size_t length = fread(content, 1, CONFIG_MAX_BYTES, file);
    bool whole = feof(file) && !ferror(file);
    fclose(file);
    *out = (struct text){content, length};
    return whole || error_set(error, ERR_INVALID, "the configuration file %s is too large", path);
}

static const char *environment(const char *name)
{
    return getenv(name);
}

static bool read_settings(struct command_line *line, struct settings *out, struct error *error)
{
    struct list flags;
    struct text config;
    size_t count;
    const struct setting *table = settings_table(&count);
    list_init(&flags, line->arena, sizeof(struct setting_value));
    for (size_t i = 0; i < count; i++) {
        const char *value = command_line_value(line, table[i].name);
        struct setting_value *flag = value ? list_push(&flags) : NULL;
        if (flag)
            *flag = (struct setting_value){text_z(table[i].name), text_z(value)};
    }
    return read_config(line->arena, command_line_value(line, "config"), &config, error) &&
           settings_read(line->arena, flags.items, flags.len, config, environment, out, error);
}

static bool configure_log(const struct settings *settings, struct error *error)
{
    struct log_options options = {.fd = STDERR_FILENO};
    if (!log_level_parse(settings->log_level, &options.level))
        return error_set(error, ERR_INVALID, "log-level: expected debug, info, warning or error");
    if (text_equal(settings->log_format, TEXT("json")))
        options.format = LOG_FORMAT_JSON;
    else if (!text_equal(settings->log_format, TEXT("logfmt")))
        return error_set(error, ERR_INVALID, "log-format: expected logfmt or json");
    log_configure(&options);
    return true;
}

/* Whether every address that is listened on is a loopback address. */
static bool listens_on_loopback(struct text listen, bool *out, struct error *error)
{
    struct text part;
    *out = true;
    while (text_next_part(&listen, ',', &part)) {
        struct host_port address;
        struct address ip;
        if (!host_port_parse(text_trim(part), &address, error))
            return false;
        if (!text_equal(address.host, TEXT("localhost")) &&
            !(address_parse(address.host, &ip) && address_is_loopback(&ip)))
            *out = false;
    }
    return true;
}

static bool choose_local_repositories(const struct settings *settings, bool *out,
                                      struct error *error)
{
    struct text choice = settings->local_repositories;
    bool loopback;
    if (!listens_on_loopback(settings->listen, &loopback, error))
        return false;
    bool automatic = text_equal(choice, TEXT("auto"));
    *out = text_equal(choice, TEXT("yes")) || (automatic && loopback);
    return *out || automatic || text_equal(choice, TEXT("no")) ||
           error_set(error, ERR_INVALID, "local-repositories: expected auto, yes or no");
}

/* How clients reach the server, unless the settings say it: the first address that is listened on.
 */
static struct text default_url(struct server *server)
{
    struct text listen = server->settings.listen;
    struct text first = text_trim(text_slice(listen, 0, text_find_byte(listen, ',', 0)));
    const char *scheme = server->settings.tls_certificate.len ? "https" : "http";
    return text_format(server->arena, "%s://%.*s", scheme, TEXT_ARG(first));
}

static struct text without_slash(struct text url)
{
    while (text_ends_with(url, TEXT("/")))
        url = text_slice(url, 0, url.len - 1);
    return url;
}

static void on_message(void *data, struct text channel, struct text payload)
{
    struct account *account = data;
    UNUSED(payload);
    /* An empty channel: messages may have been missed. */
    if (channel.len == 0 || text_equal(channel, access_channel))
        account_access_changed(account);
    if (channel.len == 0 || text_equal(channel, run_channel))
        waiters_wake(account->run_waiters);
}

static bool open_server(struct server *server, struct error *error)
{
    struct settings *settings = &server->settings;
    bool local;
    if (!choose_local_repositories(settings, &local, error))
        return false;
    struct text url = settings->url.len ? without_slash(settings->url) : default_url(server);
    if ((settings->tls_certificate.len > 0) != (settings->tls_key.len > 0))
        return error_set(error, ERR_INVALID, "tls-certificate and tls-key go together");
    return account_open(server->arena, settings, url, local, &server->account, &server->key_file,
                        &server->key, error) &&
           db_listen(server->account.db, on_message, &server->account, error) &&
           front_start(&server->front, server->arena, &server->account, error);
}

static bool start_own_parts(struct server *server, struct error *error)
{
    char *program = arena_alloc(server->arena, 4096);
    if (!program || readlink("/proc/self/exe", program, 4095) < 0)
        return error_set(error, ERR_UNAVAILABLE, "cannot find this program's own file");
    struct text url = text_format(server->arena, "%s://127.0.0.1:%u",
                                  server->settings.tls_certificate.len ? "https" : "http",
                                  http_server_port(server->front.server, 0));
    char *url_z = text_terminated(server->arena, url);
    if (!url_z)
        return error_set_no_memory(error);
    if (server->settings.local_workers > 0) {
        server->worker = own_worker_start(&server->account, program, url_z, error);
        if (!server->worker)
            return false;
    }
    server->maintenance = maintenance_start(&server->account, server->worker, error);
    if (!server->maintenance)
        return false;
    server->delivery = audit_delivery_start(&server->account, error);
    return server->delivery != NULL;
}

static void greet(const struct command_line *line, const struct server *server)
{
    FILE *out = line->cli->out;
    fprintf(out, "Gatehouse %s serves %.*s\n", GATEHOUSE_VERSION, TEXT_ARG(server->account.url));
    fprintf(out, "Data: %.*s (%s)\n", TEXT_ARG(server->settings.data),
            db_driver_name(server->account.db));
    fflush(out);
}

/* Also when the start fails afterwards: the next one will not say it again. */
static void show_first_key(const struct command_line *line, const struct server *server)
{
    struct text rest = server->key;
    struct text id = {NULL, 0};
    struct text secret = {NULL, 0};
    if (!server->key_file || !text_next_part(&rest, '\n', &id) ||
        !text_next_part(&rest, '\n', &secret))
        return;
    fprintf(line->cli->out,
            "\nThe first API key, an administrator. It is shown this once and kept in %s:\n"
            "  api_key_id     = %.*s\n"
            "  api_key_secret = %.*s\n\n",
            server->key_file, TEXT_ARG(id), TEXT_ARG(secret));
    fflush(line->cli->out);
}

/* Here a value that makes no sense came from the command line or the configuration. */
static int fail_start(const struct command_line *line, const struct error *error)
{
    int code = cli_fail(line, error);
    return error->kind == ERR_INVALID ? EXIT_CODE_USAGE : code;
}

static void close_server(struct server *server)
{
    audit_delivery_stop(server->delivery);
    maintenance_stop(server->maintenance);
    own_worker_stop(server->worker, WORKER_STOP_SECONDS);
    if (server->front.spacelift.engine)
        front_stop(&server->front);
    account_close(&server->account);
}

/* A connection is a file, and a client that goes away is no reason to die. */
static void prepare_process(void)
{
    struct rlimit files;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static int run(struct command_line *line)
{
    struct error error = {0};
    struct server server = {.arena = line->arena};
    sigset_t signals;
    int signal_number;
    if (!read_settings(line, &server.settings, &error) || !configure_log(&server.settings, &error))
        return fail_start(line, &error);
    /* Blocked before the first thread starts, so that only sigwait sees them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    prepare_process();
    if (!open_server(&server, &error)) {
        show_first_key(line, &server);
        close_server(&server);
        return fail_start(line, &error);
    }
    greet(line, &server);
    show_first_key(line, &server);
    if (!start_own_parts(&server, &error)) {
        close_server(&server);
        return cli_fail(line, &error);
    }
    sigwait(&signals, &signal_number);
    log_info("stopping", LOG_Z("signal", strsignal(signal_number)));
    close_server(&server);
    return EXIT_CODE_OK;
}

static const struct option options[] = {
    {"config", 'c', "FILE", "file with settings, one \"name = value\" a line", NULL},
#define SETTING(kind, name, flag, fallback, argument, sentence) {flag, 0, argument, sentence, NULL},
#include "tables/settings.def"
#undef SETTING
};

const struct command serve_command = {
    .name = "serve",
    .summary = "start the server",
    .usage = "",
    .description =
        "Settings come from the command line, then from variables such as GATEHOUSE_LISTEN, then "
        "from "
        "the configuration file. The first start makes the data folder, its keys and the bootstrap "
        "key, prints that key once and keeps it in DIR/admin.apikey.\n\n"
        "SIGTERM and Ctrl-C end the server after the requests in flight.",
    .options = options,
    .option_count = ARRAY_LENGTH(options),
    .max_operands = 0,
    .run = run,
};
