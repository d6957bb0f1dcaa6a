/* Columns first borrowed, then copied together: one allocation for all the texts of a row. */
#include "db/db_row.h"

#include <string.h>

/* The lowest column of the set, taken out of it. */
static int next_column(uint64_t *columns)
{
    int column = __builtin_ctzll(*columns);
    *columns &= *columns - 1;
    return column;
}

static size_t borrow_text(const struct db_rows *rows, int column, bool optional, struct text *out)
{
    *out = db_column_peek_or_null(rows, column);
    /* What is not copied must not point into the row. */
    if (out->len == 0 && (out->at || !optional))
        out->at = "";
    return out->len;
}

/* The bytes of the texts, whose columns are added to *texts. */
static size_t read_members(const struct db_rows *rows, const struct db_member *members,
                           uint64_t columns, uint64_t *texts, char *out)
{
    size_t bytes = 0;
    while (columns) {
        int column = next_column(&columns);
        const struct db_member *member = &members[column];
        void *at = out + member->offset;
        switch (member->kind) {
        case DB_MEMBER_TEXT:
        case DB_MEMBER_OPTIONAL:
            bytes += borrow_text(rows, column, member->kind == DB_MEMBER_OPTIONAL, at);
            *texts |= DB_COLUMN(column);
            break;
        case DB_MEMBER_INT: *(int64_t *)at = db_column_int64(rows, column); break;
        case DB_MEMBER_BOOL: *(bool *)at = db_column_bool(rows, column); break;
        case DB_MEMBER_OWN: break;
        }
    }
    return bytes;
}

static void keep_texts(const struct db_member *members, uint64_t texts, char *room, char *out)
{
    while (texts) {
        struct text *text = (void *)(out + members[next_column(&texts)].offset);
        if (text->len == 0)
            continue;
        if (!room) {
            *text = (struct text){NULL, 0};
            continue;
        }
        memcpy(room, text->at, text->len);
        text->at = room;
        room += text->len;
    }
}

void db_read_row(const struct db_rows *rows, const struct db_member *members, uint64_t columns,
                 struct arena *arena, void *out)
{
    uint64_t texts = 0;
    size_t bytes = read_members(rows, members, columns, &texts, out);
    keep_texts(members, texts, arena_alloc_raw(arena, bytes), out);
}

uint64_t db_columns_at(const struct db_member *members, size_t count, size_t offset)
{
    uint64_t columns = 0;
    for (size_t i = 0; i < count; i++) {
        if (offset - members[i].offset < members[i].size)
            columns |= DB_COLUMN(i);
    }
    return columns;
}
