/* A run, or a comparison of two, in the forms that people and programs ask for.
 *
 * The list below is the only one: what requests may say, what an Accept header may name, the media types of
 * answers and the writers all come from it. To add a format: a file that writes it, and one line here. */
#pragma once

#include <jansson.h>
#include <stddef.h>

/* clang-format off */

/* Formats of answers: identifier, name, media type, its charset, what writes a run, what writes a comparison.
 * Where an Accept header likes several equally, the first of them wins. */
#define RESULT_ANSWER_FORMATS(X)                                                                             \
    X(JSON, "json", "application/json", "", run_write_json, compare_write_json)                              \
    X(CSV, "csv", "text/csv", "; charset=utf-8", run_write_csv, compare_write_csv)                           \
    X(TABLE, "table", "text/plain", "; charset=utf-8", run_write_table, compare_write_table)                 \
    X(MARKDOWN, "markdown", "text/markdown", "; charset=utf-8", run_write_markdown, compare_write_markdown)

/* What only a person at gilscope-run can have. It needs more than the finished run, so the engine writes it
 * itself: a trace is made of spans (results/trace.h), events are written while the run goes on. */
#define RESULT_HAND_FORMATS(X)                                                                               \
    X(TRACE, "trace", "application/json", "", NULL, NULL)                                                    \
    X(EVENTS, "events", "application/x-ndjson", "", NULL, NULL)

#define RESULT_FORMAT_ENUM(id, name, type, charset, write_run, write_comparison) RESULT_FORMAT_##id,
typedef enum ResultFormat {
    RESULT_ANSWER_FORMATS(RESULT_FORMAT_ENUM)
    RESULT_HAND_FORMATS(RESULT_FORMAT_ENUM)
    N_RESULT_FORMATS
} ResultFormat;
#undef RESULT_FORMAT_ENUM

/* clang-format on */

/* How wide a table is where nobody knows the terminal: the bars and all columns of most runs fit, and so does
 * the table into a mail. */
#define RESULT_WIDTH 100

/* Where a format is asked for. */
typedef enum FormatUse {
    FORMAT_ANSWER,  /* over HTTP, for a run or a comparison */
    FORMAT_BY_HAND, /* gilscope-run in a shell: all there are */
} FormatUse;

/* The names that may be used there, NULL at the end; the same arrays where a constant is needed. */
const char *const *format_names(FormatUse use);
extern const char *const format_answer_names[], *const format_hand_names[];

/* Reads a name of any format. Returns 0 and sets *ret, or -EINVAL. */
int result_format_from_name(const char *name, ResultFormat *ret);

/* Returns the media type for Content-Type, with its charset; and without it, as an Accept header has it. */
const char *result_format_media_type(ResultFormat format);
const char *result_format_bare_type(ResultFormat format);

/* Returns a run as results_run() makes it, also one read back from an archive, as text that ends in a
 * newline; owned by the caller. The format must be one of answers. Sets *ret_length, which may be NULL.
 * Fields that are missing or of a wrong type are left out or shown as "-". */
char *result_format(const json_t *run, ResultFormat format, size_t *ret_length);

/* The same for a terminal that is so wide. What does not fit is left out of a table and counted below it. */
char *result_format_wide(const json_t *run, ResultFormat format, size_t width, size_t *ret_length);
