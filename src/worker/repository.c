/* Git as a child. */
#include "worker/repository.h"

#include "base/encoding.h"

#include <string.h>
#include <sys/stat.h>

enum { LOG_ENTRY_MAX = 64 * 1024 };

/* --- what is refused before git sees it --- */

static bool has_odd_byte(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7F)
            return true;
    }
    return false;
}

/* user@host:path, as ssh knows it. */
static bool is_ssh_short(struct text url)
{
    size_t at = text_find_byte(url, '@', 0);
    size_t colon = text_find_byte(url, ':', 0);
    return at > 0 && at + 1 < colon && colon + 1 < url.len && url.at[at + 1] != '-' &&
           url.at[colon + 1] != ':' && text_find_byte(url, '/', 0) > colon;
}

static bool is_local(struct text url)
{
    return text_starts_with(url, TEXT("file:///")) || text_starts_with(url, TEXT("/")) ||
           text_starts_with(url, TEXT("http://"));
}

static bool check_url(const struct repository *repository, struct error *error)
{
    struct text url = repository->url;
    if (url.len == 0 || url.at[0] == '-' || has_odd_byte(url))
        return error_set(error, ERR_INVALID, "the repository URL is not valid");
    if (text_starts_with(url, TEXT("https://")) || text_starts_with(url, TEXT("ssh://")) ||
        is_ssh_short(url))
        return true;
    if (is_local(url))
        return repository->local_allowed ||
               error_set(error, ERR_DENIED,
                         "local repositories and plain http are not allowed on this server");
    return error_set(error, ERR_INVALID, "the repository URL must be https or ssh");
}

static bool check_branch(struct text branch, struct error *error)
{
    if (branch.len && (branch.at[0] == '-' || has_odd_byte(branch) ||
                       text_contains(branch, TEXT("..")) || text_contains(branch, TEXT(":"))))
        return error_set(error, ERR_INVALID, "\"%.*s\" cannot be a branch", TEXT_ARG(branch));
    return true;
}

static bool check_commit(struct text commit, struct error *error)
{
    for (size_t i = 0; i < commit.len; i++) {
        if (!memchr("0123456789abcdef", commit.at[i], 16))
            return error_set(error, ERR_INVALID, "a commit is named by its hash in lower case");
    }
    if (commit.len != 0 && commit.len != 40 && commit.len != 64)
        return error_set(error, ERR_INVALID, "a commit is named by its whole hash");
    return true;
}

/* --- git's environment --- */

/* One setting that git takes from its environment, so that it is in no file and no argument list.
 */
static bool set_credential(struct environment *environment, const struct repository *repository,
                           struct error *error)
{
    if (repository->password.len == 0)
        return true;
    struct arena *arena = environment->arena;
    struct text username = repository->username.len ? repository->username : TEXT("git");
    const struct text pair[] = {username, repository->password};
    struct text basic = base64_encode(arena, text_join(arena, TEXT(":"), pair, 2));
    struct text header = text_format(arena, "Authorization: Basic %.*s", TEXT_ARG(basic));
    /* Only for this server, wherever it may redirect. */
    size_t host = text_find(repository->url, TEXT("://"), 0) + 3;
    struct text server = text_slice(repository->url, 0, text_find_byte(repository->url, '/', host));
    struct text key = text_format(arena, "http.%.*s/.extraHeader", TEXT_ARG(server));
    if (!basic.at || !header.at || !key.at)
        return error_set_no_memory(error);
    return environment_set_z(environment, "GIT_CONFIG_COUNT", "1", error) &&
           environment_set(environment, TEXT("GIT_CONFIG_KEY_0"), key, error) &&
           environment_set(environment, TEXT("GIT_CONFIG_VALUE_0"), header, error);
}

static bool set_unless_given(struct environment *environment, const char *name, const char *value,
                             struct error *error)
{
    return environment_get(environment, name) || environment_set_z(environment, name, value, error);
}

static bool prepare_environment(const struct command_room *room,
                                const struct repository *repository, struct environment *git,
                                struct error *error)
{
    bool local = repository->local_allowed;
    return environment_copy(&room->environment, git, error) &&
           environment_set_z(git, "GIT_TERMINAL_PROMPT", "0", error) &&
           environment_set_z(git, "GIT_CONFIG_NOSYSTEM", "1", error) &&
           environment_set_z(git, "GIT_ALLOW_PROTOCOL", local ? "https:ssh:http:file" : "https:ssh",
                             error) &&
           environment_set_z(git, "GIT_ADVICE", "0", error) &&
           set_unless_given(git, "GIT_SSH_COMMAND",
                            "ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new", error) &&
           set_credential(git, repository, error);
}

/* A repository on the disk may belong to another user; git then wants to be told that this is fine,
 * and takes it from its own configuration file only. */
static bool trust_local(const struct command_room *room, const struct repository *repository,
                        struct error *error)
{
    return !repository->local_allowed ||
           workspace_write(&room->workspace, TEXT("home/.gitconfig"),
                           TEXT("[safe]\n\tdirectory = *\n"), false, error);
}

/* A local repository is the one thing outside of the workspace that git must read. */
static struct sandbox sandbox_for(const struct command_room *room, const char *url,
                                  const char *paths[2])
{
    struct sandbox sandbox = room->sandbox;
    paths[0] = strncmp(url, "file://", 7) == 0 ? url + 7 : url;
    paths[1] = NULL;
    if (paths[0][0] == '/')
        sandbox.readable = paths;
    return sandbox;
}

/* --- the commands --- */

struct git {
    struct command_room *room;
    struct environment environment;
    struct error *error;
};

static bool git(struct git *git, const char *const *arguments)
{
    struct command command = {.arguments = arguments, .environment = &git->environment};
    return command_succeeds(git->room, &command, git->error);
}

static bool fetch_shallow(struct git *tool, const char *url, const char *ref)
{
    const char *arguments[] = {
        "git", "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules",
        "--",  url,     ref,       NULL};
    return git(tool, arguments);
}

static bool fetch_branch(struct git *tool, const char *url, const char *ref)
{
    const char *arguments[] = {"git", "fetch", "--quiet", "--no-tags", "--no-recurse-submodules",
                               "--",  url,     ref,       NULL};
    return git(tool, arguments);
}

static bool check_out(struct git *tool, const char *commit)
{
    const char *arguments[] = {"git", "checkout", "--quiet", "--detach", commit, "--", NULL};
    return git(tool, arguments);
}

/* Some servers give a commit only by way of its branch. */
static bool fetch_commit(struct git *tool, const char *url, const char *commit, const char *branch)
{
    if (fetch_shallow(tool, url, commit))
        return true;
    if (tool->error->kind != ERR_INVALID)
        return false;
    error_clear(tool->error);
    command_note(tool->room, "The commit cannot be fetched alone; fetching its branch.");
    return fetch_branch(tool, url, branch);
}

static bool fetch_all(struct git *tool, const struct repository *repository)
{
    static const char *const init[] = {"git", "init", "--quiet", ".", NULL};
    struct arena *arena = tool->room->arena;
    const char *url = text_terminated(arena, repository->url);
    const char *commit = text_terminated(arena, repository->commit);
    const char *branch = repository->branch.len
                             ? text_terminated(arena, text_format(arena, "refs/heads/%.*s",
                                                                  TEXT_ARG(repository->branch)))
                             : "HEAD";
    if (!url || !commit || !branch)
        return error_set_no_memory(tool->error);
    if (!git(tool, init))
        return false;
    if (commit[0])
        return fetch_commit(tool, url, commit, branch) && check_out(tool, commit);
    return fetch_shallow(tool, url, branch) && check_out(tool, "FETCH_HEAD");
}

static bool has_submodules(const struct command_room *room)
{
    struct stat status;
    const char *path = workspace_path(room->arena, room->workspace.source, TEXT(".gitmodules"));
    return path && lstat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool update_submodules(struct git *tool)
{
    static const char *const update[] = {"git",    "submodule",   "--quiet",   "update",
                                         "--init", "--recursive", "--depth=1", NULL};
    return !has_submodules(tool->room) || git(tool, update);
}

static bool describe(struct git *tool, struct repository_commit *out)
{
    static const char *const show[] = {
        "git", "log", "-1", "--no-show-signature", "--format=%H%n%an%n%ct%n%s", NULL};
    struct buffer entry;
    struct text parts[4];
    buffer_init(&entry, tool->room->arena, LOG_ENTRY_MAX);
    struct command command = {
        .arguments = show, .environment = &tool->environment, .capture = &entry, .quiet = true};
    if (!command_succeeds(tool->room, &command, tool->error))
        return false;
    struct text rest = buffer_text(&entry);
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        if (!text_next_part(&rest, '\n', &parts[i]))
            parts[i] = TEXT("");
    }
    *out = (struct repository_commit){.hash = parts[0], .author = parts[1], .message = parts[3]};
    return text_to_int64(parts[2], &out->timestamp) ||
           error_set(tool->error, ERR_INTERNAL, "git did not describe the commit");
}

bool repository_fetch(struct command_room *room, const struct repository *repository,
                      struct repository_commit *out, struct error *error)
{
    if (!check_url(repository, error) || !check_branch(repository->branch, error) ||
        !check_commit(repository->commit, error))
        return false;
    struct git tool = {.room = room, .error = error};
    const char *paths[2];
    const char *url = text_terminated(room->arena, repository->url);
    if (!url)
        return error_set_no_memory(error);
    if (!prepare_environment(room, repository, &tool.environment, error) ||
        !trust_local(room, repository, error))
        return false;
    struct sandbox usual = room->sandbox;
    room->sandbox = sandbox_for(room, url, paths);
    bool fetched = fetch_all(&tool, repository) && update_submodules(&tool) && describe(&tool, out);
    room->sandbox = usual;
    return fetched;
}
