/* Tables for people and for pipes. */
#include "cli/table.h"

enum {
    GAP = 2,       /* columns between two cells */
    NARROWEST = 8, /* a cut column keeps at least this much */
};

void table_init(struct table *table, struct arena *arena, const char *const *headers)
{
    *table = (struct table){.headers = headers};
    while (headers[table->columns])
        table->columns++;
    assert(table->columns <= TABLE_COLUMNS_MAX);
    list_init(&table->cells, arena, sizeof(struct table_cell));
}

void table_add(struct table *table, struct text text, enum style style)
{
    struct table_cell *cell = list_push(&table->cells);
    if (cell)
        *cell = (struct table_cell){text, style};
}

/* Columns a text takes on a terminal: its characters, each counted as one. */
static size_t width_of(struct text text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++)
        width += ((unsigned char)text.at[i] & 0xc0) != 0x80; /* not a continuation byte */
    return width;
}

static const struct table_cell *cell_at(const struct table *table, size_t index)
{
    return &LIST_ITEMS(&table->cells, const struct table_cell)[index];
}

static bool may_be_cut(const struct table *table, size_t column)
{
    return table->headers[column][0] == TABLE_FREE_TEXT[0];
}

static struct text header_of(const struct table *table, size_t column)
{
    return text_z(table->headers[column] + (may_be_cut(table, column) ? 1 : 0));
}

static void measure(const struct table *table, size_t *widths)
{
    for (size_t column = 0; column < table->columns; column++)
        widths[column] = header_of(table, column).len;
    for (size_t i = 0; i < table->cells.len; i++) {
        size_t width = width_of(cell_at(table, i)->text);
        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
}

/* The widest column of free text; NULL when there is none. */
static size_t *widest_of(const struct table *table, size_t *widths)
{
    size_t *widest = NULL;
    for (size_t i = 0; i < table->columns; i++) {
        if (may_be_cut(table, i) && (!widest || widths[i] > *widest))
            widest = &widths[i];
    }
    return widest;
}

/* Takes from the widest column until the line fits, or nothing more can be taken. */
static void fit(const struct table *table, size_t *widths, size_t available)
{
    size_t total = GAP * (table->columns - 1);
    for (size_t i = 0; i < table->columns; i++)
        total += widths[i];
    while (total > available) {
        size_t *widest = widest_of(table, widths);
        if (!widest || *widest <= NARROWEST)
            return;
        --*widest;
        total--;
    }
}

/* Bytes of the first `width` characters. */
static size_t bytes_of(struct text text, size_t width)
{
    size_t i = 0;
    while (i < text.len && (width > 0 || ((unsigned char)text.at[i] & 0xc0) == 0x80)) {
        width -= ((unsigned char)text.at[i] & 0xc0) != 0x80;
        i++;
    }
    return i;
}

static void print_cell(const struct table_cell *cell, size_t width, bool is_last, FILE *out,
                       const struct terminal *terminal)
{
    size_t needed = width_of(cell->text);
    fputs(terminal_start(terminal, cell->style), out);
    if (needed > width) {
        terminal_write(out, text_slice(cell->text, 0, bytes_of(cell->text, width - 1)));
        fputs("\u2026", out);
    } else {
        terminal_write(out, cell->text);
    }
    fputs(terminal_end(terminal, cell->style), out);
    for (size_t i = needed; !is_last && i < width + GAP; i++)
        fputc(' ', out);
    if (!is_last && needed > width)
        fprintf(out, "%*s", GAP, "");
}

static void print_aligned(const struct table *table, FILE *out, const struct terminal *terminal)
{
    size_t widths[TABLE_COLUMNS_MAX];
    measure(table, widths);
    fit(table, widths, (size_t)terminal->width);
    for (size_t i = 0; i < table->columns; i++) {
        struct table_cell header = {header_of(table, i), STYLE_BOLD};
        print_cell(&header, widths[i], i + 1 == table->columns, out, terminal);
    }
    fputc('\n', out);
    for (size_t i = 0; i < table->cells.len; i++) {
        size_t column = i % table->columns;
        bool is_last = column + 1 == table->columns;
        print_cell(cell_at(table, i), widths[column], is_last, out, terminal);
        if (is_last)
            fputc('\n', out);
    }
}

static void print_tabs(const struct table *table, FILE *out)
{
    for (size_t i = 0; i < table->cells.len; i++) {
        terminal_write(out, cell_at(table, i)->text);
        fputc((i + 1) % table->columns == 0 ? '\n' : '\t', out);
    }
}

void table_print(const struct table *table, FILE *out, const struct terminal *terminal)
{
    if (terminal->is_tty)
        print_aligned(table, out, terminal);
    else
        print_tabs(table, out);
}
