/*
 * The columns of a stack, once: select lists, reader and the choice between them are made from this
 * table. Read by stack_store.c alone.
 *
 * A select list is a beginning of the table: what names a stack, what a page of stacks shows, and
 * everything. So there are three texts of a statement, whatever a caller asks for, and a column
 * that is in the list and not asked for costs the engine a step and us nothing.
 *
 * Row: column, kind of member (db/db_row.h), member of struct stack.
 */
#ifndef STACK_STACK_COLUMNS_H
#define STACK_STACK_COLUMNS_H

#define STACK_KEY_COLUMNS(FIRST, NEXT)                                                             \
    FIRST(id, TEXT, id)                                                                            \
    NEXT(name, TEXT, name)

#define STACK_PAGE_COLUMNS(NEXT)                                                                   \
    NEXT(description, OPTIONAL, description)                                                       \
    NEXT(space_id, TEXT, space)                                                                    \
    NEXT(provider, OWN, provider)                                                                  \
    NEXT(repository_url, OPTIONAL, repository_url)                                                 \
    NEXT(branch, TEXT, branch)                                                                     \
    NEXT(labels, OWN, labels)                                                                      \
    NEXT(administrative, BOOL, administrative)                                                     \
    NEXT(state, OWN, state)

#define STACK_OTHER_COLUMNS(NEXT)                                                                  \
    NEXT(namespace, OPTIONAL, namespace)                                                           \
    NEXT(repository, TEXT, repository)                                                             \
    NEXT(entity_count, INT, entity_count)                                                          \
    NEXT(created_at, INT, created_at)                                                              \
    NEXT(blocker_id, OPTIONAL, blocker_id)                                                         \
    NEXT(project_root, OPTIONAL, project_root)                                                     \
    NEXT(vendor, OWN, vendor)                                                                      \
    NEXT(vendor_config, OWN, vendor)                                                               \
    NEXT(autodeploy, BOOL, autodeploy)                                                             \
    NEXT(is_disabled, BOOL, is_disabled)                                                           \
    NEXT(state_set_at, INT, state_set_at)                                                          \
    NEXT(state_set_by, OPTIONAL, state_set_by)                                                     \
    NEXT(locked_by, OPTIONAL, locked_by)                                                           \
    NEXT(locked_at, INT, locked_at)                                                                \
    NEXT(lock_note, OPTIONAL, lock_note)                                                           \
    NEXT(hooks, OWN, hooks)                                                                        \
    NEXT(additional_project_globs, OWN, additional_project_globs)                                  \
    NEXT(git_sparse_checkout_paths, OWN, git_sparse_checkout_paths)                                \
    NEXT(runner_image, OPTIONAL, runner_image)                                                     \
    NEXT(autoretry, BOOL, autoretry)                                                               \
    NEXT(github_action_deploy, BOOL, github_action_deploy)                                         \
    NEXT(local_preview_enabled, BOOL, local_preview_enabled)                                       \
    NEXT(enable_well_known_secret_masking, BOOL, enable_well_known_secret_masking)                 \
    NEXT(enable_sensitive_output_upload, BOOL, enable_sensitive_output_upload)                     \
    NEXT(protect_from_deletion, BOOL, protect_from_deletion)                                       \
    NEXT(manages_state_file, BOOL, manages_state_file)                                             \
    NEXT(deleting, BOOL, deleting)                                                                 \
    NEXT(tracked_commit, OWN, tracked_commit)                                                      \
    NEXT(tracked_commit_pinned, BOOL, tracked_commit_pinned)                                       \
    NEXT(tracked_commit_set_by, OPTIONAL, tracked_commit_set_by)                                   \
    NEXT(last_apply_at, INT, last_apply_at)

#define STACK_COLUMNS(FIRST, NEXT)                                                                 \
    STACK_KEY_COLUMNS(FIRST, NEXT)                                                                 \
    STACK_PAGE_COLUMNS(NEXT)                                                                       \
    STACK_OTHER_COLUMNS(NEXT)

#define STACK_COLUMN_FIRST(column, kind, member) #column
#define STACK_COLUMN_NEXT(column, kind, member)  ", " #column

#define STACK_SELECT_KEY  "SELECT " STACK_KEY_COLUMNS(STACK_COLUMN_FIRST, STACK_COLUMN_NEXT)
#define STACK_SELECT_PAGE STACK_SELECT_KEY STACK_PAGE_COLUMNS(STACK_COLUMN_NEXT)
#define STACK_SELECT_ALL  STACK_SELECT_PAGE STACK_OTHER_COLUMNS(STACK_COLUMN_NEXT)

enum stack_column {
#define STACK_COLUMN_NUMBER(column, kind, member) STACK_COLUMN_##column,
    STACK_COLUMNS(STACK_COLUMN_NUMBER, STACK_COLUMN_NUMBER)
#undef STACK_COLUMN_NUMBER
        STACK_COLUMN_COUNT,
    STACK_KEY_COUNT = STACK_COLUMN_description,
    STACK_PAGE_COUNT = STACK_COLUMN_namespace,
};

#endif
