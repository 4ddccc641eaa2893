/* Every column is as wide as its widest cell. When the table is wider than the terminal, the bars give way
 * first, then whole columns in the order of their rank; only then are texts cut. What is left over goes to
 * the bars again.
 *
 * Texts are cleaned and measured when they are set, so from then on a width is a number of columns on the
 * screen and never of bytes. Nothing is written before all is set, because the last row may be the widest. */
#include "results/layout.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/plain.h"

/* In characters. A bar that is shorter tells too few lengths apart, a longer one takes room from figures, and
 * a shorter text is no text. */
#define BAR_LEAST 6
#define BAR_MOST 16
#define TEXT_LEAST 4

typedef struct Column {
    char *head;
    char **cells;  /* n_rows; NULL: "-" */
    double *parts; /* n_rows; only of a column of bars */
    bool align_right;
    bool dropped;
    bool left_out; /* for want of room */
    int rank;
    size_t width;
} Column;

struct Layout {
    Column *columns;
    size_t n_columns, n_rows;
    bool markdown;
};

Layout *layout_new(size_t n_rows, bool markdown)
{
    Layout *layout = calloc(1, sizeof(*layout));

    assert(layout);
    layout->n_rows = n_rows;
    layout->markdown = markdown;
    return layout;
}

void layout_free(Layout *layout)
{
    for (size_t c = 0; c < layout->n_columns; c++) {
        for (size_t row = 0; row < layout->n_rows; row++)
            free(layout->columns[c].cells[row]);
        free(layout->columns[c].head);
        free(layout->columns[c].cells);
        free(layout->columns[c].parts);
    }
    free(layout->columns);
    free(layout);
}

/* The columns may move when one more is added, so callers keep the index and never a pointer. */
size_t layout_add(Layout *layout, const char *head, bool align_right, int rank)
{
    Column *columns = reallocarray(layout->columns, layout->n_columns + 1, sizeof(*columns)), *column;

    assert(columns);
    layout->columns = columns;
    column = &columns[layout->n_columns];
    *column = (Column){.align_right = align_right, .rank = rank};
    column->head = plain_clean(head, layout->markdown);
    column->cells = calloc(layout->n_rows + 1, sizeof(*column->cells));
    assert(column->cells);
    column->width = plain_width(column->head);
    if (column->width < 1)
        column->width = 1;
    return layout->n_columns++;
}

size_t layout_add_bars(Layout *layout, int rank)
{
    size_t index = layout_add(layout, "", false, rank);
    Column *column = &layout->columns[index];

    column->parts = calloc(layout->n_rows + 1, sizeof(*column->parts));
    assert(column->parts);
    column->width = BAR_MOST;
    return index;
}

/* A column grows with its widest text, so the table is as narrow as its content. */
void layout_set(Layout *layout, size_t column, size_t row, char *text)
{
    char *clean = plain_clean(text, layout->markdown);
    Column *to = &layout->columns[column];
    size_t width = plain_width(clean);

    free(text);
    free(to->cells[row]);
    to->cells[row] = clean;
    if (width > to->width)
        to->width = width;
}

void layout_set_bar(Layout *layout, size_t column, size_t row, double part)
{
    layout->columns[column].parts[row] = part;
}

/* Two blanks stand between columns. It is asked again after each step of layout_fit(): columns are few, and a
 * running sum would have to be right after each of them. */
static size_t layout_total_width(const Layout *layout)
{
    size_t width = 0;

    for (size_t c = 0; c < layout->n_columns; c++) {
        if (!layout->columns[c].dropped)
            width += layout->columns[c].width + (width > 0 ? 2 : 0);
    }
    return width;
}

/* Returns the column that is best dropped, or NULL if all must be kept. Of columns with the same rank the
 * first goes. */
static Column *layout_pick_drop(Layout *layout)
{
    Column *best = NULL;

    for (size_t c = 0; c < layout->n_columns; c++) {
        Column *column = &layout->columns[c];

        if (!column->dropped && column->rank > (best ? best->rank : LAYOUT_KEEP))
            best = column;
    }
    return best;
}

/* Cutting the widest one, letter by letter, leaves short names whole and long URLs readable at their
 * beginning. */
static Column *layout_pick_widest(Layout *layout)
{
    Column *widest = NULL;

    for (size_t c = 0; c < layout->n_columns; c++) {
        Column *column = &layout->columns[c];

        if (!column->dropped && (!widest || column->width > widest->width))
            widest = column;
    }
    return widest;
}

/* A text that fits is left as it is. */
static void layout_cut_column(Layout *layout, Column *column)
{
    column->head = plain_cut(column->head, column->width);
    for (size_t row = 0; row < layout->n_rows; row++) {
        if (column->cells[row])
            column->cells[row] = plain_cut(column->cells[row], column->width);
    }
}

/* Gives the bars what is left of the line. */
static void layout_stretch_bars(Layout *layout, size_t width)
{
    for (size_t c = 0; c < layout->n_columns; c++) {
        Column *column = &layout->columns[c];

        while (column->parts && !column->dropped && column->width < BAR_MOST &&
               layout_total_width(layout) < width)
            column->width++;
    }
}

/* A column that may be dropped and says nothing is not worth its place. */
static void layout_drop_empty(Layout *layout)
{
    for (size_t c = 0; c < layout->n_columns; c++) {
        Column *column = &layout->columns[c];
        bool any = column->rank == LAYOUT_KEEP || column->parts;

        for (size_t row = 0; row < layout->n_rows; row++)
            any |= column->cells[row] != NULL;
        column->dropped = !any;
    }
}

/* Each step makes just enough room, so the next is taken only where the one before was not enough. Bars begin
 * at their least width, as they are the only column that can give way without losing anything, and get back
 * in the end what is left over. */
void layout_fit(Layout *layout, size_t width)
{
    Column *column;

    layout_drop_empty(layout);
    if (layout->markdown)
        return;
    for (size_t c = 0; c < layout->n_columns; c++) {
        if (layout->columns[c].parts)
            layout->columns[c].width = BAR_LEAST;
    }
    while (layout_total_width(layout) > width && (column = layout_pick_drop(layout))) {
        column->dropped = true;
        column->left_out = !column->parts;
    }
    while (layout_total_width(layout) > width && (column = layout_pick_widest(layout)) &&
           column->width > TEXT_LEAST)
        column->width--;
    for (size_t c = 0; c < layout->n_columns; c++)
        layout_cut_column(layout, &layout->columns[c]);
    layout_stretch_bars(layout, width);
}

char *layout_left_out(const Layout *layout)
{
    char *heads = NULL;

    for (size_t c = 0; c < layout->n_columns; c++) {
        char *before = heads;

        if (!layout->columns[c].left_out)
            continue;
        heads = text_printf("%s%s%s", before ? before : "", before ? ", " : "", layout->columns[c].head);
        free(before);
    }
    return heads;
}

/* Eighths of a block make a short bar precise: with whole blocks 16 columns would tell 16 lengths apart, and
 * times that differ by 5 % would look the same. What is not nothing is seen as something, so the smallest bar
 * is an eighth. */
static char *layout_bar_text(double part, size_t width)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    long n = lround(fmin(fmax(part, 0), 1) * 8 * (double)width);
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    if (n == 0 && part > 0)
        n = 1;
    for (long i = 0; i < n / 8; i++)
        fputs("█", file);
    fputs(eighths[n % 8], file);
    fclose(file);
    return text;
}

/* printf counts bytes, and a bar has three to a column, so the padding is made by hand. */
static void layout_write_padded(FILE *file, const char *text, size_t width, bool align_right, bool is_last)
{
    size_t used = plain_width(text);
    int padding = used < width ? (int)(width - used) : 0;

    fprintf(file, "%*s%s%*s", align_right ? padding : 0, "", text, align_right || is_last ? 0 : padding, "");
}

/* Row -1 is the head. A line of a terminal table has no spaces at its end. */
static void layout_write_row(const Layout *layout, long row, size_t n_shown, FILE *file)
{
    for (size_t c = 0, shown = 0; c < layout->n_columns; c++) {
        const Column *column = &layout->columns[c];
        auto_free char *bar =
            row >= 0 && column->parts ? layout_bar_text(column->parts[row], column->width) : NULL;
        const char *text = row < 0 ? column->head : bar ? bar : column->cells[row] ? column->cells[row] : "-";

        if (column->dropped)
            continue;
        shown++;
        if (layout->markdown)
            fputs(shown == 1 ? "| " : " | ", file);
        else if (shown > 1)
            fputs("  ", file);
        layout_write_padded(
            file, text, column->width, column->align_right, shown == n_shown && !layout->markdown);
    }
    fputs(layout->markdown ? " |\n" : "\n", file);
}

/* In Markdown the rule says on which side a column is aligned; numbers stand to the right, so that their
 * digits can be compared. */
static void layout_write_rule(const Layout *layout, FILE *file)
{
    bool first = true;

    for (size_t c = 0; c < layout->n_columns; c++) {
        const Column *column = &layout->columns[c];

        if (column->dropped)
            continue;
        if (layout->markdown)
            fputs("|", file);
        else if (!first)
            fputs("  ", file);
        first = false;
        for (size_t i = 0; i < column->width + (layout->markdown ? 1 : 0); i++)
            fputc('-', file);
        if (layout->markdown)
            fputc(column->align_right ? ':' : '-', file);
    }
    fputs(layout->markdown ? "|\n" : "\n", file);
}

/* Which column is the last that is shown must be known first: padding behind it would be blanks at the end of
 * a line. */
void layout_write(const Layout *layout, FILE *file)
{
    size_t n_shown = 0;

    for (size_t c = 0; c < layout->n_columns; c++)
        n_shown += !layout->columns[c].dropped;
    layout_write_row(layout, -1, n_shown, file);
    layout_write_rule(layout, file);
    for (size_t row = 0; row < layout->n_rows; row++)
        layout_write_row(layout, (long)row, n_shown, file);
}
