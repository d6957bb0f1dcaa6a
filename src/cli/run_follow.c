/* The loop of polls behind following a run. See run_follow.h. */
#include "cli/run_follow.h"

#include "cli/cli.h"
#include "cli/format.h"
#include "cli/run_decision.h"

#include <string.h>

enum {
    POLL_ARENA_CAP = 64 << 20,
    SHORTEST_WAIT = 250, /* milliseconds between polls, growing while nothing happens */
    LONGEST_WAIT = 2000,
    MOST_FAILURES = 30,   /* polls in a row without an answer: about a minute */
    STATE_MAX = 40,       /* bytes of a state's name */
    PAGE_TOKEN_MAX = 512, /* bytes of a log's page token */
};

static const char query[] =
    "query RunFollow($stack: ID!, $run: ID!, $logs: Boolean!, $state: RunState!, $version: Int, "
    "$token: String) { stack(id: $stack) { run(id: $run) { "
    "delta { addCount changeCount deleteCount } "
    "history { state stateVersion timestamp hasLogs terminal note username } "
    "logs(state: $state, stateVersion: $version, token: $token) @include(if: $logs) "
    "{ messages { message } nextToken hasMore finished } } } }";

struct follower {
    struct command_line *line;
    struct api api; /* its arena is dropped after each poll */
    const struct run_reference *reference;
    const struct follow_options *options;
    uint32_t shown; /* entries of the history that were shown, oldest first */
    /* The newest of them. */
    char state[STATE_MAX];
    int64_t version;
    bool has_logs, logs_ended, is_terminal;
    char page_token[PAGE_TOKEN_MAX]; /* where to go on in its log; empty at the start */
    bool confirmed;                  /* asked to confirm, in this state */
    bool in_line;                    /* the log did not end its last line */
    int failures;                    /* polls in a row without an answer */
    unsigned wait;                   /* milliseconds before the next poll */
};

struct follow_options follow_options_get(const struct command_line *line)
{
    return (struct follow_options){
        .confirm = command_line_has(line, "auto-confirm"),
        .until = text_z(command_line_value(line, "until")),
    };
}

static void copy_text(char *to, size_t size, struct text from)
{
    size_t len = from.len < size ? from.len : size - 1;
    memcpy(to, from.at ? from.at : "", len);
    to[len] = 0;
}

static FILE *out_of(const struct follower *follower)
{
    return follower->line->cli->out;
}

static void end_line(struct follower *follower)
{
    if (follower->in_line)
        fputc('\n', out_of(follower));
    follower->in_line = false;
}

static void show_json(struct follower *follower, const char *member, const struct json *value)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, follower->api.arena, POLL_ARENA_CAP / 2);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "state", text_z(follower->state));
    json_key_z(&writer, member);
    json_value(&writer, value);
    json_end_object(&writer);
    fprintf(out_of(follower), "%.*s\n", TEXT_ARG(buffer_text(&buffer)));
}

static void show_delta(struct follower *follower, const struct json *delta)
{
    if (!json_is(delta, JSON_OBJECT))
        return;
    fprintf(out_of(follower), "  %lld to add, %lld to change, %lld to delete\n",
            (long long)json_int64_or(json_get_z(delta, "addCount"), 0),
            (long long)json_int64_or(json_get_z(delta, "changeCount"), 0),
            (long long)json_int64_or(json_get_z(delta, "deleteCount"), 0));
}

/* "PLANNING  2026-11-22 10:04  ada: looks good" */
static void show_state_line(struct follower *follower, const struct json *entry)
{
    const struct terminal *terminal = &follower->line->cli->terminal;
    enum style style = terminal_state_style(text_z(follower->state));
    struct text note = json_get_text(entry, "note");
    struct text user = json_get_text(entry, "username");
    struct text time = format_time(follower->api.arena, json_get_z(entry, "timestamp"));
    end_line(follower);
    style = style == STYLE_PLAIN ? STYLE_BOLD : style;
    fprintf(out_of(follower), "%s%-16s%s  %.*s", terminal_start(terminal, style), follower->state,
            terminal_end(terminal, style), TEXT_ARG(time));
    if (user.len > 0 || note.len > 0)
        fputs("  ", out_of(follower));
    terminal_write(out_of(follower), user);
    fputs(user.len > 0 && note.len > 0 ? ": " : "", out_of(follower));
    terminal_write(out_of(follower), note);
    fputc('\n', out_of(follower));
}

static void show_state(struct follower *follower, const struct json *run, const struct json *entry)
{
    if (cli_wants_json(follower->line)) {
        show_json(follower, "entry", entry);
        return;
    }
    show_state_line(follower, entry);
    if (strcmp(follower->state, "UNCONFIRMED") != 0)
        return;
    show_delta(follower, json_get_z(run, "delta"));
    if (!follower->options->confirm)
        cli_hint(follower->line, "Waiting for: gatehouse run confirm %.*s %.*s",
                 TEXT_ARG(follower->reference->stack), TEXT_ARG(follower->reference->run));
}

static void show_messages(struct follower *follower, const struct json *messages)
{
    for (uint32_t i = 0; json_is(messages, JSON_ARRAY) && i < messages->len; i++) {
        const struct json *message = json_get_z(&messages->items[i], "message");
        struct text text = json_text_or(message, TEXT(""));
        if (text_is_empty(text))
            continue;
        if (cli_wants_json(follower->line)) {
            show_json(follower, "log", message);
            continue;
        }
        terminal_write_log(out_of(follower), &follower->line->cli->terminal, text);
        follower->in_line = text.at[text.len - 1] != '\n';
    }
}

/* Prints a page of the current state's log. True when there may be another page at once. */
static bool take_logs(struct follower *follower, const struct json *run, bool is_left)
{
    const struct json *logs = json_get_z(run, "logs");
    if (!json_is(logs, JSON_OBJECT))
        return false;
    show_messages(follower, json_get_z(logs, "messages"));
    struct text next = json_get_text(logs, "nextToken");
    if (next.len > 0)
        copy_text(follower->page_token, sizeof follower->page_token, next);
    bool has_more = json_bool_or(json_get_z(logs, "hasMore"), false);
    /* A log that says it is not finished may still grow, unless the run has left the state. */
    follower->logs_ended = !has_more && (json_bool_or(json_get_z(logs, "finished"), false) ||
                                         is_left || follower->is_terminal);
    return has_more;
}

static void enter_state(struct follower *follower, const struct json *run, const struct json *entry)
{
    copy_text(follower->state, sizeof follower->state, format_text(json_get_z(entry, "state")));
    follower->version = json_int64_or(json_get_z(entry, "stateVersion"), 0);
    follower->is_terminal = json_bool_or(json_get_z(entry, "terminal"), false);
    follower->has_logs = json_bool_or(json_get_z(entry, "hasLogs"), false);
    follower->logs_ended = false;
    follower->page_token[0] = 0;
    follower->confirmed = false;
    follower->shown++;
    show_state(follower, run, entry);
}

static bool is_at_goal(const struct follower *follower)
{
    return follower->options->until.len > 0 &&
           text_equal_z(follower->options->until, follower->state);
}

static bool is_reading(const struct follower *follower)
{
    return follower->has_logs && !follower->logs_ended;
}

/* How many entries lie before the run was last confirmed, the newest UNCONFIRMED included. */
static uint32_t count_until_confirmation(const struct json *history)
{
    for (uint32_t i = 0; i < history->len; i++) {
        struct text state = json_get_text(&history->items[i], "state");
        if (text_equal_z(state, "UNCONFIRMED"))
            return history->len - i;
    }
    return 0;
}

/* Shows the states that come next, up to the first whose log has to be read before. The history is
 * newest first. True when there was one. */
static bool take_history(struct follower *follower, const struct json *run,
                         const struct json *history)
{
    if (follower->shown == 0 && follower->options->from_confirmation)
        follower->shown = count_until_confirmation(history);
    uint32_t before = follower->shown;
    if (follower->state[0] && follower->shown > 0 && follower->shown <= history->len) {
        /* A log may begin after its state did. */
        const struct json *current = &history->items[history->len - follower->shown];
        follower->has_logs = json_bool_or(json_get_z(current, "hasLogs"), false);
    }
    while (follower->shown < history->len && !is_reading(follower) && !is_at_goal(follower))
        enter_state(follower, run, &history->items[history->len - 1 - follower->shown]);
    return follower->shown > before;
}

static bool ask(struct follower *follower, const struct json **run, struct error *error)
{
    const struct api_variable variables[] = {
        {.name = "stack", .text = follower->reference->stack},
        {.name = "run", .text = follower->reference->run},
        {.name = "logs", .kind = API_BOOL, .number = is_reading(follower)},
        /* Any state will do while its log is not asked for. */
        {.name = "state", .text = follower->state[0] ? text_z(follower->state) : TEXT("QUEUED")},
        {.name = "version", .kind = API_INT, .number = follower->version},
        {.name = "token", .kind = API_TEXT_OR_NULL, .text = text_z(follower->page_token)},
    };
    const struct json *data;
    if (!api_query(&follower->api, query, variables, ARRAY_LENGTH(variables), &data, error))
        return false;
    *run = json_get_z(json_get_z(data, "stack"), "run");
    if (!json_is(*run, JSON_OBJECT) || !json_is(json_get_z(*run, "history"), JSON_ARRAY))
        return error_set(error, ERR_NOT_FOUND, "run %.*s of stack %.*s not found",
                         TEXT_ARG(follower->reference->run), TEXT_ARG(follower->reference->stack));
    return true;
}

static bool confirm_if_asked(struct follower *follower, struct error *error)
{
    if (!follower->options->confirm || follower->confirmed ||
        strcmp(follower->state, "UNCONFIRMED") != 0)
        return true;
    follower->confirmed = true;
    return run_decision(follower->line, &follower->api, follower->reference, "runConfirm", error);
}

/* One question and what came of it; *moved: something was shown. */
static bool poll(struct follower *follower, bool *moved, struct error *error)
{
    const struct json *run;
    if (!ask(follower, &run, error))
        return false;
    const struct json *history = json_get_z(run, "history");
    bool has_more = take_logs(follower, run, follower->shown < history->len);
    *moved = take_history(follower, run, history) || has_more;
    fflush(out_of(follower));
    return follower->shown < history->len || confirm_if_asked(follower, error);
}

/* What a failed poll can be mended with: a new token, or patience. */
static bool recover(struct follower *follower, struct error *error)
{
    bool is_first = follower->failures++ == 0;
    if (error->kind == ERR_UNAUTHENTICATED && is_first) {
        struct arena *scratch = follower->api.arena;
        error_clear(error);
        bool done = api_open(follower->line, &follower->api, error);
        follower->api.arena = scratch;
        return done;
    }
    if (error->kind != ERR_UNAVAILABLE || follower->failures > MOST_FAILURES)
        return false;
    if (is_first)
        cli_hint(follower->line, "The server does not answer; trying again.");
    error_clear(error);
    follower->wait = LONGEST_WAIT;
    return true;
}

/* False and no error when the person interrupted. */
static bool pause(struct follower *follower, bool moved)
{
    follower->wait = moved ? SHORTEST_WAIT : follower->wait + follower->wait / 4;
    if (follower->wait > LONGEST_WAIT)
        follower->wait = LONGEST_WAIT;
    const struct cli *cli = follower->line->cli;
    return moved || cli->wait(cli->transport_data, follower->wait);
}

static bool follow(struct follower *follower, struct error *error)
{
    while (!(follower->is_terminal && !is_reading(follower)) && !is_at_goal(follower)) {
        bool moved = false;
        if (poll(follower, &moved, error))
            follower->failures = 0;
        else if (!recover(follower, error))
            return false;
        arena_reset(follower->api.arena);
        if (!pause(follower, moved))
            return error_set(error, ERR_CANCELED, "interrupted");
    }
    return true;
}

int run_follow(struct command_line *line, const struct api *api,
               const struct run_reference *reference, const struct follow_options *options)
{
    struct error error = {0};
    struct follower follower = {
        .line = line,
        .api = *api,
        .reference = reference,
        .options = options,
        .wait = SHORTEST_WAIT,
    };
    follower.api.arena = arena_new(POLL_ARENA_CAP);
    bool done = follower.api.arena ? follow(&follower, &error) : error_set_no_memory(&error);
    end_line(&follower);
    arena_free(follower.api.arena);
    if (!done) {
        if (error.kind == ERR_CANCELED)
            cli_hint(line, "The run goes on. To follow it again: gatehouse run follow %.*s %.*s",
                     TEXT_ARG(reference->stack), TEXT_ARG(reference->run));
        return cli_fail(line, &error);
    }
    return is_at_goal(&follower) || strcmp(follower.state, "FINISHED") == 0 ? EXIT_CODE_OK
                                                                            : EXIT_CODE_FAILED;
}
