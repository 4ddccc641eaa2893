/* Runs as text: what a person reads, and what a program can rely on. */
#include "results/format.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/layout.h"
#include "results/plain.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

#define EVIL "=cmd|' /C calc'!A0, \"quoted\"\r\n| \033[31m <b>*x*</b> `y`"

static char *format(const json_t *run, ResultFormat as)
{
    size_t length = 0;
    char *text = result_format(run, as, &length);

    ck_assert_uint_eq(strlen(text), length);
    ck_assert_uint_gt(length, 0);
    ck_assert_int_eq(text[length - 1], '\n');
    return text;
}

START_TEST(names_of_formats)
{
    ResultFormat as = RESULT_FORMAT_CSV;

    ck_assert_int_eq(result_format_from_name("json", &as), 0);
    ck_assert_int_eq(as, RESULT_FORMAT_JSON);
    ck_assert_int_eq(result_format_from_name("markdown", &as), 0);
    ck_assert_int_eq(as, RESULT_FORMAT_MARKDOWN);
    ck_assert_int_eq(result_format_from_name("xml", &as), -EINVAL);
    ck_assert_int_eq(result_format_from_name("", &as), -EINVAL);
    ck_assert_int_eq(as, RESULT_FORMAT_MARKDOWN);
    ck_assert_str_eq(result_format_media_type(RESULT_FORMAT_JSON), "application/json");
    ck_assert_str_eq(result_format_media_type(RESULT_FORMAT_TABLE), "text/plain; charset=utf-8");
}
END_TEST

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

START_TEST(what_answers_can_have_a_person_can_have_too)
{
    const char *const *answers = format_names(FORMAT_ANSWER), *const *by_hand = format_names(FORMAT_BY_HAND);

    for (size_t i = 0; answers[i]; i++)
        ck_assert_msg(is_among(answers[i], by_hand), "%s", answers[i]);
    for (size_t i = 0; by_hand[i]; i++) {
        ResultFormat as = format_of_name(by_hand[i]);

        ck_assert_msg(strncmp(result_format_media_type(as), result_format_bare_type(as),
                          strlen(result_format_bare_type(as))) == 0,
            "%s", by_hand[i]);
    }
    ck_assert(is_among("json", answers));
    ck_assert(is_among("trace", by_hand) && !is_among("trace", answers));
    ck_assert(is_among("events", by_hand) && !is_among("events", answers));
    ck_assert_str_eq(result_format_bare_type(RESULT_FORMAT_CSV), "text/csv");
}
END_TEST

START_TEST(json_reads_back_as_it_was)
{
    json_auto_t *run = make_good_run(), *again = NULL;
    auto_free char *text = format(run, RESULT_FORMAT_JSON);

    again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert(json_equal(run, again));
}
END_TEST

START_TEST(json_has_a_line_for_each_field)
{
    json_auto_t *run = make_good_run();
    auto_free char *text = format(run, RESULT_FORMAT_JSON);

    ck_assert_ptr_eq(strstr(text, "{\n  \"id\": \"01KAN5V2M3Z5T0W4QH8R6XJ7CE\",\n  \"experiment\""), text);
    ck_assert_ptr_nonnull(strstr(text, "\n    \"mode\": \"threads\",\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\"level\": 0.984, \"reason\": null, \"samples\": [279000000, 275000000, "));
    ck_assert_ptr_nonnull(
        strstr(text, "\n  }],\n  \"lesson\": \"2 countdowns under gil: threads took 1.02 times"));
}
END_TEST

static const char good_table[] =
    "countdown  runtime=c  lock=gil  tasks=2  cpus=2  switch_interval_us=5,000  n=1,000,000,000\n"
    "7 repetitions after 1 warm-up, 5.61 s in all; each interval holds the true median in about 98 of 100\n"
    "  such runs\n"
    "\n"
    "2 countdowns under gil: threads took 1.02 times the serial time (the same), processes 0.51 times\n"
    "(faster). The GIL lets one thread run at a time, so threads that compute only take turns; each\n"
    "process has a lock of its own. In the article two threads took 18.4 s where two calls in a row took\n"
    "17.4 s, and two processes took about 8.\n"
    "\n"
    "mode         wall                       interval  x serial  verdict  CPU time   ideal  switches\n"
    "---------  ------  ----------------  -----------  --------  -------  --------  ------  --------\n"
    "serial     273 ms  ███████████████▊  270..276 ms      1.00  same       273 ms  273 ms   273,003\n"
    "threads    278 ms  ████████████████  275..281 ms      1.02  same       278 ms  273 ms   278,003\n"
    "processes  139 ms  ████████          136..142 ms      0.51  faster     278 ms  137 ms   139,003\n"
    "\n"
    "x serial: the time over that of serial; the verdict is same if its whole interval is within 5 % of\n"
    "  1, else faster or slower if all of it is below or above 1, else cannot tell\n"
    "interval: that of the median wall time, not of a ratio\n"
    "ideal: what a machine without any cost of its own would need\n"
    "turn: one pass of the loop; turns_per_tick of them make a tick, a small step of the interpreter\n"
    "\n"
    "mode       twice_wall_ns\n"
    "---------  -------------\n"
    "serial            546 ms\n"
    "threads           556 ms\n"
    "processes         278 ms\n"
    "\n"
    "all rows:  turns_per_tick=20\n"
    "\n"
    "Host: A CPU, 2 of 2 CPUs usable, kernel 6.18.0\n";

START_TEST(the_table_of_a_good_run)
{
    json_auto_t *run = make_good_run();
    auto_free char *text = format(run, RESULT_FORMAT_TABLE);

    ck_assert_str_eq(text, good_table);
}
END_TEST

static const char good_markdown[] =
    "**countdown** `runtime=c` `lock=gil` `tasks=2` `cpus=2` `switch_interval_us=5,000` `n=1,000,000,000`\n"
    "\n"
    "7 repetitions after 1 warm-up, 5.61 s in all; each interval holds the true median in about 98 of 100 "
    "such runs\n"
    "\n"
    "2 countdowns under gil: threads took 1.02 times the serial time (the same), processes 0.51 times "
    "(faster). "
    "The GIL lets one thread run at a time, so threads that compute only take turns; each process has a lock "
    "of "
    "its own. In the article two threads took 18.4 s where two calls in a row took 17.4 s, and two processes "
    "took "
    "about 8.\n"
    "\n"
    "| mode      |   wall |                  |    interval | x serial | verdict | CPU time |  ideal | "
    "switches |\n"
    "|-----------|-------:|------------------|------------:|---------:|---------|---------:|-------:|--------"
    "-:|\n"
    "| serial    | 273 ms | ███████████████▊ | 270..276 ms |     1.00 | same    |   273 ms | 273 ms |  "
    "273,003 |\n"
    "| threads   | 278 ms | ████████████████ | 275..281 ms |     1.02 | same    |   278 ms | 273 ms |  "
    "278,003 |\n"
    "| processes | 139 ms | ████████         | 136..142 ms |     0.51 | faster  |   278 ms | 137 ms |  "
    "139,003 |\n";

START_TEST(markdown_is_the_same_table)
{
    json_auto_t *run = make_good_run();
    auto_free char *text = format(run, RESULT_FORMAT_MARKDOWN);

    ck_assert_msg(strncmp(text, good_markdown, strlen(good_markdown)) == 0, "%s", text);
    ck_assert_msg(strstr(text, "\n\nturn: one pass of the loop; turns_per_tick of them make a tick, a small "
                               "step of the interpreter\n\n"),
        "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "\n\nideal: "));
}
END_TEST

/* One cell fails with a text made to do harm, one never ran; the label tries too. */
static json_t *make_evil_run(void)
{
    Results *results = make_results();
    json_t *run;

    add_repetitions(results, 0, 270, 7);
    for (int i = 0; i < 7; i++)
        ck_assert_int_eq(add(results, i < 2 ? make_failure(1, i, EVIL) : make_sample(1, i, 300000000, 1)), 0);
    run = make_run(results, "timeout", "- after 5 s");
    json_object_set_new(run, "label", json_string("# " EVIL));
    for (size_t i = 0; i < 3; i++)
        json_object_set_new(
            find(json_array_get(json_object_get(run, "cells"), i), "params"), "url", json_string(EVIL));
    json_object_set_new(find(run, "cells.2.params"), "url", json_string("+1"));
    return run;
}

static void assert_no_control(const char *text)
{
    for (; *text; text++)
        ck_assert_msg((unsigned char)*text >= 0x20 || *text == '\n', "control character %d", *text);
}

START_TEST(a_failed_cell_shows_its_reason_below)
{
    json_auto_t *run = make_evil_run();
    auto_free char *text = format(run, RESULT_FORMAT_TABLE);

    json_object_set_new(find(run, "cells.1"), "reason", json_string("2 of 7 repetitions failed: why"));
    free(text);
    text = format(run, RESULT_FORMAT_TABLE);
    ck_assert_ptr_nonnull(strstr(text, "\nRun status: timeout: - after 5 s\n"));
    ck_assert_ptr_nonnull(strstr(text, ": 2 of 7 repetitions failed: why\n"));
    ck_assert_ptr_nonnull(strstr(text, "  failed "));
    ck_assert_ptr_nonnull(strstr(text, "  timeout "));
    ck_assert_ptr_nonnull(strstr(text, "(300..300 ms)"));
    ck_assert_ptr_nonnull(strstr(text, "\n(In brackets: "));
}
END_TEST

START_TEST(a_table_for_a_terminal_has_nothing_that_steers_it)
{
    json_auto_t *run = make_evil_run();
    auto_free char *text = format(run, RESULT_FORMAT_TABLE);

    assert_no_control(text);
    for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        ck_assert_msg(plain_width(line) <= 100, "%s", line);
}
END_TEST

START_TEST(markdown_has_no_foreign_markup)
{
    json_auto_t *run = make_evil_run();
    auto_free char *text = format(run, RESULT_FORMAT_MARKDOWN);

    assert_no_control(text);
    ck_assert_ptr_null(strstr(text, "<b>"));
    ck_assert_ptr_null(strstr(text, " *x*"));
    ck_assert_ptr_nonnull(strstr(text, "\\| ?\\[31m &lt;b>\\*x\\*&lt;/b> \\`y\\`"));
    ck_assert_ptr_null(strstr(text, "\n#"));
    /* Every row of the table has as many unescaped pipes as its head. */
    for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        int n = 0;

        for (char *at = line; *line == '|' && *at; at++)
            n += *at == '|' && (at == line || at[-1] != '\\');
        ck_assert_msg(*line != '|' || n == 11 || n == 4, "%d pipes: %s", n, line);
    }
}
END_TEST

/* A small reader of RFC 4180: one record, its fields unquoted, as a JSON array; moves *at behind it. */
static json_t *read_record(const char **at)
{
    json_t *record = json_array();
    bool more = true;

    while (more) {
        char field[4096];
        size_t n = 0;
        bool quoted = **at == '"';

        for (*at += quoted; quoted ? **at != '"' || (*at)[1] == '"' : !strchr(",\r", **at); (*at)++) {
            ck_assert_msg(**at != '\0', "the text ends within a field");
            *at += quoted && **at == '"';
            field[n++] = **at;
        }
        *at += quoted;
        json_array_append_new(record, json_stringn(field, n));
        more = **at == ',';
        if (!more)
            ck_assert(strncmp(*at, "\r\n", 2) == 0);
        *at += more ? 1 : 2;
    }
    return record;
}

/* Reads all of it: an array of objects, head to field. */
static json_t *read_csv(const char *text)
{
    json_t *rows = json_array();
    json_auto_t *head = read_record(&text);

    while (*text) {
        json_auto_t *record = read_record(&text);
        json_t *row = json_object();

        ck_assert_uint_eq(json_array_size(record), json_array_size(head));
        for (size_t i = 0; i < json_array_size(head); i++) {
            const char *name = json_string_value(json_array_get(head, i));

            ck_assert_msg(!json_object_get(row, name), "%s is there twice", name);
            json_object_set(row, name, json_array_get(record, i));
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

START_TEST(csv_has_a_row_for_each_cell)
{
    json_auto_t *run = make_good_run(), *rows = NULL;
    auto_free char *text = format(run, RESULT_FORMAT_CSV);

    rows = read_csv(text);
    ck_assert_uint_eq(json_array_size(rows), 3);
    ck_assert_str_eq(find_text(rows, "1.id"), "01KAN5V2M3Z5T0W4QH8R6XJ7CE");
    ck_assert_str_eq(find_text(rows, "1.cell"), "1");
    ck_assert_str_eq(find_text(rows, "1.mode"), "threads");
    ck_assert_str_eq(find_text(rows, "1.n"), "1000000000");
    ck_assert_str_eq(find_text(rows, "1.switch_interval_us"), "5000");
    ck_assert_str_eq(find_text(rows, "1.repetitions"), "7");
    ck_assert_str_eq(find_text(rows, "1.status"), "done");
    ck_assert_str_eq(find_text(rows, "1.reason"), "");
    ck_assert_str_eq(find_text(rows, "1.wall_median_ns"), "278000000");
    ck_assert_str_eq(find_text(rows, "1.wall_low_ns"), "275000000");
    ck_assert_str_eq(find_text(rows, "1.wall_high_ns"), "281000000");
    ck_assert_str_eq(find_text(rows, "1.wall_level"), "0.984");
    ck_assert_str_eq(find_text(rows, "1.cpu_median_ns"), "278000000");
    ck_assert_str_eq(find_text(rows, "1.relative_ratio"), "1.018");
    ck_assert_str_eq(find_text(rows, "1.relative_verdict"), "same");
    ck_assert_str_eq(find_text(rows, "1.switches_voluntary"), "278000");
    ck_assert_str_eq(find_text(rows, "1.lock_acquires"), "110");
    ck_assert_str_eq(find_text(rows, "1.memory_peak_rss_bytes"), "");
    ck_assert_str_eq(find_text(rows, "1.metric_twice_wall_ns"), "556000000");
}
END_TEST

/* The head up to the metrics is as it ever was: there are scripts that count columns. */
START_TEST(csv_ends_in_what_stands_against_the_figures)
{
    static const char *const last[] = {"noisy", "foreign_cpu", "steal", "throttled_ns", "created_at",
        "precision_asked", "precision_reached", "precision_stopped_by", "model_to", "model_ratio",
        "model_low", "model_high", "model_verdict", "held", "relative_hint", "label", "left_out", "question",
        "prediction", "outcome"};
    json_auto_t *run = make_good_run(), *rows = NULL, *head = NULL;
    json_t *host = json_object_get(run, "host");
    auto_free char *text = NULL;
    const char *at;
    size_t n;

    json_object_set_new(host, "noisy", json_true());
    json_object_set_new(host, "foreign_cpu", json_real(0.41));
    json_object_set_new(host, "steal", json_real(0.02));
    json_object_set_new(host, "throttled_ns", json_integer(7));
    json_object_set_new(run, "label", json_string("before, and after"));
    json_object_set_new(run, "precision",
        json_pack("{s:f, s:n, s:s, s:i, s:s}", "asked", 5.0, "reached", "of", "ratio", "rounds", 7,
            "stopped_by", "time"));
    json_object_set_new(find(run, "cells.2.relative"), "hint", json_string("try repeat=100"));
    text = format(run, RESULT_FORMAT_CSV);
    at = text;
    rows = read_csv(text);
    head = read_record(&at);
    n = json_array_size(head);
    for (size_t i = 0; i < ARRAY_LENGTH(last); i++)
        ck_assert_str_eq(json_string_value(json_array_get(head, n - ARRAY_LENGTH(last) + i)), last[i]);
    ck_assert_ptr_nonnull(strstr(text, ",lock_held_ns,lock_waited_ns,metric_"));
    for (size_t i = 0; i < 3; i++) {
        const json_t *row = json_array_get(rows, i);

        ck_assert_str_eq(find_text(row, "noisy"), "true");
        ck_assert_str_eq(find_text(row, "foreign_cpu"), "0.41");
        ck_assert_str_eq(find_text(row, "steal"), "0.02");
        ck_assert_str_eq(find_text(row, "throttled_ns"), "7");
        ck_assert_str_eq(find_text(row, "created_at"), "2017-10-27T08:00:00.123Z");
        ck_assert_str_eq(find_text(row, "precision_asked"), "5");
        ck_assert_str_eq(find_text(row, "precision_reached"), "");
        ck_assert_str_eq(find_text(row, "precision_stopped_by"), "time");
        ck_assert_str_eq(find_text(row, "relative_hint"), i == 2 ? "try repeat=100" : "");
        ck_assert_str_eq(find_text(row, "label"), "before, and after");
    }
}
END_TEST

START_TEST(what_is_not_known_of_noise_is_empty_in_csv)
{
    json_auto_t *run = make_good_run(), *rows = NULL;
    auto_free char *text = NULL;

    json_object_set_new(run, "host", json_null());
    text = format(run, RESULT_FORMAT_CSV);
    rows = read_csv(text);
    ck_assert_str_eq(find_text(rows, "0.noisy"), "");
    ck_assert_str_eq(find_text(rows, "0.precision_asked"), "");
    ck_assert_str_eq(find_text(rows, "0.foreign_cpu"), "");
    ck_assert_str_eq(find_text(rows, "0.throttled_ns"), "");
    ck_assert_str_eq(find_text(rows, "0.inside_max"), "");
    ck_assert_str_eq(find_text(rows, "0.inside_whole"), "");
}
END_TEST

START_TEST(csv_keeps_foreign_text_together_and_harmless)
{
    json_auto_t *run = make_evil_run(), *rows = NULL;
    auto_free char *text = format(run, RESULT_FORMAT_CSV);

    rows = read_csv(text);
    ck_assert_uint_eq(json_array_size(rows), 3);
    ck_assert_str_eq(find_text(rows, "0.url"), "'" EVIL);
    ck_assert_str_eq(find_text(rows, "2.url"), "'+1");
    ck_assert_str_eq(find_text(rows, "1.reason"), "2 of 7 repetitions failed: " EVIL);
    ck_assert_str_eq(find_text(rows, "2.wall_median_ns"), "");
    ck_assert_str_eq(find_text(rows, "2.status"), "timeout");
    ck_assert_str_eq(find_text(rows, "2.repetitions"), "0");
}
END_TEST

START_TEST(csv_guards_texts_but_not_numbers)
{
    json_auto_t *run = make_good_run(), *rows = NULL;
    json_t *params = find(run, "cells.0.params");
    auto_free char *text = NULL;

    json_object_set_new(params, "a", json_string("-1"));
    json_object_set_new(params, "b", json_integer(-1));
    json_object_set_new(params, "c", json_string("@x"));
    json_object_set_new(params, "d", json_real(-0.5));
    json_object_set_new(params, "e", json_string("a=b"));
    json_object_set_new(params, "f", json_string("\tx"));
    json_object_set_new(params, "g", json_string("x;=A1;y\t@z;5"));
    json_object_set_new(params, "status", json_string("mine"));
    text = format(run, RESULT_FORMAT_CSV);
    rows = read_csv(text);
    ck_assert_str_eq(find_text(rows, "0.a"), "'-1");
    ck_assert_str_eq(find_text(rows, "0.b"), "-1");
    ck_assert_str_eq(find_text(rows, "0.c"), "'@x");
    ck_assert_str_eq(find_text(rows, "0.d"), "-0.5");
    ck_assert_str_eq(find_text(rows, "0.e"), "a=b");
    ck_assert_str_eq(find_text(rows, "0.f"), "'\tx");
    ck_assert_str_eq(find_text(rows, "0.g"), "x;'=A1;y\t'@z;5");
    ck_assert_str_eq(find_text(rows, "0.param_status"), "mine");
    ck_assert_str_eq(find_text(rows, "0.status"), "done");
}
END_TEST

/* 16 cells in which everything varies at once. */
static json_t *make_varied_run(void)
{
    static const char *const modes[] = {"serial", "threads", "processes", "epoll"};
    static const char *const locks[] = {"none", "per-interpreter", "gil", "gil-py2"};
    json_auto_t *request = make_request(), *cells = json_array();
    Results *results;

    for (int i = 0; i < 16; i++) {
        json_t *cell = make_cell(i, modes[i % 4], locks[i / 4], 1 + i % 3, i % 2 ? 1000000000 : 999);

        json_object_set_new(cell, "runtime", json_string(i % 5 ? "c" : "python3.13-freethreaded"));
        json_object_set_new(json_object_get(cell, "params"), "request_timeout_ms", json_integer(100 * i));
        json_object_set_new(json_object_get(cell, "params"), "url",
            json_string(
                i % 2 ? "http://127.0.0.1:40001/a/long/path/that/goes/on/and/on/and/on" : "http://a/"));
        json_array_append_new(cells, cell);
    }
    results = results_of(request, cells, &made_countdown);
    for (int i = 0; i < 16; i++)
        add_repetitions(results, i, 1 + i * i * i, i == 7 ? 4 : 7);
    return make_run(results, "cancelled", NULL);
}

START_TEST(a_table_is_never_wider_than_a_terminal)
{
    json_auto_t *run = make_varied_run();
    auto_free char *text = format(run, RESULT_FORMAT_TABLE);

    for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        ck_assert_msg(plain_width(line) <= 100, "%s", line);
        ck_assert_msg(line[strlen(line) - 1] != ' ', "blank at the end: %s", line);
    }
}
END_TEST

START_TEST(a_table_fits_into_the_terminal_it_is_made_for)
{
    for (size_t width = 60; width <= 120; width += 20) {
        json_auto_t *run = make_good_run();
        auto_free char *text = result_format_wide(run, RESULT_FORMAT_TABLE, width, NULL);
        bool has_all = strstr(text, "   ideal  ") != NULL;
        const char *named = strstr(text, "(no room for ideal");

        ck_assert_msg(has_all == (width >= 100), "%s", text);
        ck_assert_msg(
            (named != NULL) == !has_all && !(named && !strstr(named, ": see JSON or CSV)\n")), "%s", text);
        ck_assert_msg((strstr(text, "\nideal: ") != NULL) == has_all, "%s", text);
        for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
            ck_assert_msg(plain_width(line) <= width, "%s", line);
    }
}
END_TEST

/* As fetch gives them, where all went well. */
static const char one_fetch[] =
    "{\"experiment\": \"fetch\", \"status\": \"done\", \"cells\": [{\"runtime\": \"c\", \"mode\": "
    "\"serial\", "
    "\"lock\": \"gil\", \"tasks\": 2, \"cpus\": 2, \"params\": {}, \"status\": \"done\", \"metrics\": "
    "{\"requests\": 4, \"answers_2xx\": 4, \"answers_3xx\": 0, \"answers_4xx\": 0, \"answers_5xx\": 0, "
    "\"answers_other\": 0, \"answers_empty\": 0, \"requests_per_s\": 5, \"bytes_received\": 4096}}]}";

START_TEST(of_a_single_row_the_zeros_go_first)
{
    static const struct {
        size_t width;
        const char *columns; /* with "|" for blanks */
        const char *left_out;
    } cases[] = {
        {100, "requests|answers_2xx|answers_3xx|answers_4xx|answers_5xx|requests_per_s|bytes_received",
            "(no room for answers_other, answers_empty: see JSON or CSV)"},
        {64, "requests|answers_2xx|requests_per_s|bytes_received", "(no room for answers_3xx"},
        {40, "requests|answers_2xx", "requests_per_s"},
    };
    json_auto_t *run = json_loads(one_fetch, 0, NULL);

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        auto_free char *text = result_format_wide(run, RESULT_FORMAT_TABLE, cases[i].width, NULL);
        auto_free char *head = strdup(strstr(text, "requests "));
        auto_free char *columns = NULL;

        *strchr(head, '\n') = '\0';
        for (char *rest = NULL, *name = strtok_r(head, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
            char *more = columns ? text_printf("%s|%s", columns, name) : strdup(name);

            free(columns);
            columns = more;
        }
        ck_assert_str_eq(columns, cases[i].columns);
        ck_assert_msg(strstr(text, cases[i].left_out) != NULL, "%s", text);
    }
}
END_TEST

START_TEST(a_word_longer_than_a_line_is_broken_and_nothing_of_it_is_lost)
{
    json_auto_t *run = make_good_run();
    auto_free char *text = NULL;
    char word[251];
    size_t n_letters = 0;

    memset(word, 'Z', 250);
    word[250] = '\0';
    json_object_set_new(run, "label", json_string(word));
    text = format(run, RESULT_FORMAT_TABLE);
    for (char *at = text; *at; at++)
        n_letters += *at == 'Z';
    ck_assert_uint_eq(n_letters, 250);
    for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        ck_assert_msg(plain_width(line) <= 100, "%s", line);
}
END_TEST

/* How often a text stands in another. */
static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, part)); at++)
        n++;
    return n;
}

/* What is missing of a cell for the same want is one note, and so are cells that miss the same. */
START_TEST(figures_that_are_missing_for_one_reason_are_one_note)
{
    static const char metrics[] =
        "{\"requests\": %d, \"latency_p50_ns\": null, \"latency_p50_ns_reason\": \"%s too few for a 50th "
        "percentile, which needs 3\", \"latency_p90_ns\": null, \"latency_p90_ns_reason\": \"%s too few for "
        "a 90th percentile, which needs 10\", \"speed\": null, \"speed_reason\": \"nobody looked\"}";
    auto_free char *one = text_printf(metrics, 1, "1 request is", "1 request is");
    auto_free char *two = text_printf(metrics, 2, "2 requests are", "2 requests are");
    json_auto_t *run = json_loads(one_fetch, 0, NULL);
    json_t *cells = json_object_get(run, "cells"), *cell = json_array_get(cells, 0);
    auto_free char *text = NULL;

    json_object_set_new(cell, "metrics", json_loads(one, 0, NULL));
    json_array_append_new(cells, json_deep_copy(cell));
    json_object_set_new(json_array_get(cells, 1), "mode", json_string("epoll"));
    json_array_append_new(cells, json_deep_copy(cell));
    json_object_set_new(json_array_get(cells, 2), "mode", json_string("threads"));
    json_object_set_new(json_array_get(cells, 2), "metrics", json_loads(two, 0, NULL));
    text = result_format_wide(run, RESULT_FORMAT_TABLE, 250, NULL);
    ck_assert_msg(
        strstr(text, "\nno latency_p50_ns, latency_p90_ns, speed of serial, epoll: 1 request is too "
                     "few for a 50th percentile, which needs 3, and for a 90th percentile, which "
                     "needs 10; nobody looked\n"
                     "no latency_p50_ns, latency_p90_ns, speed of threads: 2 requests are too few"),
        "%s", text);
}
END_TEST

START_TEST(equal_notes_are_said_once)
{
    Results *results = make_results();
    auto_free char *text = NULL;
    json_auto_t *run = NULL;

    add_repetitions(results, 0, 100, 3);
    add_repetitions(results, 1, 100, 4);
    add_repetitions(results, 2, 100, 4);
    run = make_run(results, "cancelled", NULL);
    text = format(run, RESULT_FORMAT_TABLE);
    ck_assert_ptr_nonnull(strstr(text, "\nthreads, processes: ended after 4 of 7 repetitions\n"));
}
END_TEST

START_TEST(names_with_commas_are_set_apart_by_semicolons)
{
    static const char cell[] = "{\"mode\": \"%s\", \"lock\": \"gil\", \"tasks\": 2, \"cpus\": 2, \"params\": "
                               "{\"n\": %d}, \"status\": \"failed\", \"reason\": \"it died\"}";
    auto_free char *one = text_printf(cell, "threads", 1000), *two = text_printf(cell, "threads", 2000);
    auto_free char *json = text_printf("{\"status\": \"failed\", \"cells\": [%s, %s]}", one, two);
    json_auto_t *run = json_loads(json, 0, NULL);
    auto_free char *text = format(run, RESULT_FORMAT_TABLE);

    ck_assert_msg(strstr(text, "\nthreads n=1,000; threads n=2,000: it died\n"), "%s", text);
}
END_TEST

START_TEST(what_all_notes_end_with_is_said_once)
{
    static const char cell[] = "{\"mode\": \"%s\", \"lock\": \"gil\", \"tasks\": 2, \"cpus\": 2, \"params\": "
                               "{}, \"status\": \"failed\", \"reason\": \"%s\"}";
    auto_free char *one = text_printf(cell, "threads", "it broke; be patient");
    auto_free char *two = text_printf(cell, "processes", "it burnt; be patient");
    auto_free char *json = text_printf("{\"status\": \"failed\", \"cells\": [%s, %s]}", one, two);
    json_auto_t *run = json_loads(json, 0, NULL);
    auto_free char *text = format(run, RESULT_FORMAT_TABLE);

    ck_assert_msg(
        strstr(text, "\nthreads: it broke\nprocesses: it burnt\nall of these: be patient\n"), "%s", text);
}
END_TEST

/* Of the run, of each of its cells and of the lesson it is one fault. */
START_TEST(one_fault_of_all_cells_is_said_once)
{
    Results *results = make_results();
    auto_free char *text = NULL;
    json_auto_t *run = NULL;

    for (int cell = 0; cell < 3; cell++)
        ck_assert_int_eq(add(results, make_failure(cell, 0, "no page")), 0);
    run = make_run(results, "failed", NULL);
    json_object_set_new(run, "reason", json_string("no page"));
    text = format(run, RESULT_FORMAT_TABLE);
    ck_assert_msg(count_of(text, "no page") == 1, "%s", text);
    ck_assert_msg(strstr(text, "\nRun status: failed\n"), "%s", text);
}
END_TEST

START_TEST(noise_is_said_once)
{
    json_auto_t *run = make_good_run();
    json_t *host = json_object_get(run, "host");
    auto_free char *in_lesson = NULL, *alone = NULL, *quiet = NULL;

    json_object_set_new(host, "foreign_cpu", json_real(0.012));
    json_object_set_new(host, "steal", json_real(0));
    quiet = format(run, RESULT_FORMAT_TABLE);
    ck_assert_msg(strstr(quiet, "\nNoise: other programs took 1.2 % of the CPU time, "), "%s", quiet);
    json_object_set_new(host, "foreign_cpu", json_real(0.41));
    json_object_set_new(host, "noisy", json_true());
    json_object_set_new(
        host, "noise_reasons", json_pack("[s]", "other programs took 41.0 % of the CPU time"));
    json_object_set_new(run, "lesson",
        json_string("So it was. Take it with care: the machine was noisy: other programs took 41.0 % of the "
                    "CPU time."));
    in_lesson = format(run, RESULT_FORMAT_TABLE);
    ck_assert_msg(count_of(in_lesson, "other programs took") == 1, "%s", in_lesson);
    ck_assert_msg(count_of(in_lesson, "noisy") == 1, "%s", in_lesson);
    json_object_set_new(run, "lesson", json_null());
    alone = format(run, RESULT_FORMAT_TABLE);
    ck_assert_msg(count_of(alone, "other programs took") == 1, "%s", alone);
    ck_assert_msg(strstr(alone, "\nThe machine was noisy, so take the figures with care:\n"), "%s", alone);
}
END_TEST

/* Where a run goes on for a given time, bars of it would show what was asked for as if it had come out. */
START_TEST(bars_are_of_what_the_experiment_is_about)
{
    static const CatalogExperiment given = {.name = "idle", .fixed_time = true};
    static const CatalogExperiment about = {
        .name = "idle", .fixed_time = true, .headline = {"metrics.twice_wall_ns", "twice", "twice is {}"}};
    json_auto_t *request = make_request(), *cells = make_cells(), *run = NULL, *bare = NULL;
    Results *results = results_of(request, cells, &about), *others = results_of(request, cells, &given);
    auto_free char *text = NULL, *plain = NULL;

    for (int cell = 0; cell < 3; cell++) {
        add_repetitions(results, cell, 100 * (cell + 1), 7);
        add_repetitions(others, cell, 100 * (cell + 1), 7);
    }
    run = make_run(results, "done", NULL);
    bare = make_run(others, "done", NULL);
    text = format(run, RESULT_FORMAT_TABLE);
    plain = format(bare, RESULT_FORMAT_TABLE);
    ck_assert_msg(
        strstr(text, "\nmode        twice                      wall  CPU time  switches\n"), "%s", text);
    ck_assert_msg(strstr(text, "\nprocesses  606 ms  ████████████████  303 ms "), "%s", text);
    ck_assert_msg(!strstr(text, "twice_wall_ns"), "%s", text);
    ck_assert_msg(!strstr(plain, "█"), "%s", plain);
    ck_assert_msg(!strstr(text, " interval") && !strstr(plain, " interval"), "%s", text);
}
END_TEST

/* "ticket" is no tick. */
START_TEST(terms_that_are_used_are_explained_and_no_others)
{
    static const struct {
        const char *lesson, *term;
        bool is_used;
    } rows[] = {
        {"The switch interval is long.", "\nswitch interval: how long ", true},
        {"The ticket lock is fair.", "\ntick: ", false},
        {"It lets go every 100 ticks.", "\ntick: ", true},
        {"2 of 3 cells have no result.", "\ncell: ", true},
        {"2 of 3 cells (combinations of mode, lock and settings) have no result.", "\ncell: ", false},
        {"Beside 1 hog.", "\nhog: ", true},
        {"Beside 1 hog (a task that only computes).", "\nhog: ", false},
        {"Nothing of it.", "\nhog: ", false},
        {"Nothing of it.", "\ncell: ", false},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_auto_t *run = json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "status", "done", "lesson", rows[i].lesson,
            "cells", "mode", "threads", "status", "done");
        auto_free char *text = format(run, RESULT_FORMAT_TABLE);

        ck_assert_msg((strstr(text, rows[i].term) != NULL) == rows[i].is_used, "%s: %s", rows[i].term, text);
    }
}
END_TEST

START_TEST(columns_without_a_value_are_not_there)
{
    json_auto_t *request = make_request(), *cells = json_pack("[o]", make_cell(0, "threads", "gil", 2, 10));
    json_auto_t *run = NULL;
    auto_free char *text = NULL;
    Results *results = results_of(request, cells, &made_countdown);

    ck_assert_int_eq(add(results, make_sample(0, 0, 100000000, 90000000)), 0);
    run = make_run(results, "running", NULL);
    text = format(run, RESULT_FORMAT_TABLE);
    ck_assert_ptr_null(strstr(text, "x serial"));
    ck_assert_ptr_null(strstr(text, "ideal"));
    ck_assert_ptr_null(strstr(text, "min..max"));
    ck_assert_ptr_nonnull(strstr(text, "  status "));
    ck_assert_ptr_nonnull(strstr(text, "\nthreads  "));
}
END_TEST

/* What an archive or another version may hold. */
static const char *const strange_runs[] = {
    "{}",
    "{\"cells\": null}",
    "{\"cells\": {}}",
    "{\"cells\": []}",
    "{\"cells\": [null]}",
    "{\"cells\": [1, [], \"x\"]}",
    "{\"cells\": [{}]}",
    "{\"cells\": [{}, {}]}",
    "{\"cells\": [{\"params\": 1, \"metrics\": [], \"relative\": 7}]}",
    "{\"cells\": [{\"wall_ns\": {\"median\": \"x\", \"interval\": [null, 1], \"samples\": {}}}]}",
    "{\"cells\": [{\"wall_ns\": {\"median\": -5, \"interval\": [], \"samples\": [1, 2]}, \"mode\": null}]}",
    "{\"cells\": [{\"wall_ns\": {\"median\": 1e300, \"min\": -9223372036854775808, \"samples\": [1, 2]}}]}",
    "{\"id\": 1, \"status\": [], \"experiment\": {}, \"label\": 1, \"request\": 3, \"host\": [], \"lesson\": "
    "1}",
    "{\"host\": {}, \"lesson\": \"\", \"status\": \"\", \"experiment\": \"\", \"label\": \"\"}",
    "{\"host\": {\"noisy\": true, \"noise_reasons\": [1, null, \"x\"], \"cpu_model\": 1}}",
    "{\"cells\": [{\"params\": {\"\": \"\", \"a\": [1, {\"b\": 2}]}, \"metrics\": {\"\": 1, \"_ns\": 2, "
    "\"x\": 1e-300}}]}",
    "{\"cells\": [{\"params\": {\"n\": 1}}, {\"params\": {\"m\": null}}, {\"metrics\": {\"k\": 5}}]}",
    "[]",
    "null",
    "1",
};

START_TEST(strange_runs_are_formatted_all_the_same)
{
    for (size_t i = 0; i < ARRAY_LENGTH(strange_runs); i++) {
        json_auto_t *run = json_loads(strange_runs[i], JSON_DECODE_ANY, NULL);

        ck_assert_msg(run != NULL, "%s", strange_runs[i]);
        for (const char *const *name = format_names(FORMAT_ANSWER); *name; name++)
            free(format(run, format_of_name(*name)));
    }
}
END_TEST

START_TEST(text_is_cleaned_and_cut_by_characters)
{
    auto_free char *clean = plain_clean("a\tb\033\x7f\xc2\x85\xe2\x80\xae\xff\xc3\xa4", false);
    auto_free char *kept = plain_cut(strdup("\xc3\xa4\xc3\xb6\xc3\xbc"), 3);
    auto_free char *cut = plain_cut(strdup("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"), 3);

    ck_assert_str_eq(clean, "a b?????\xc3\xa4");
    ck_assert_uint_eq(plain_width("\xc3\xa4\xe2\x96\x88x"), 3);
    ck_assert_str_eq(kept, "\xc3\xa4\xc3\xb6\xc3\xbc");
    ck_assert_str_eq(cut, "\xc3\xa4..");
}
END_TEST

/* Writes the layout to a string, which the caller frees; frees the layout. */
static char *layout_text(Layout *layout)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    layout_write(layout, file);
    fclose(file);
    layout_free(layout);
    return text;
}

START_TEST(bars_give_way_first_then_columns_then_text)
{
    for (size_t width = 60; width >= 14; width--) {
        Layout *layout = layout_new(1, false);
        auto_free char *text = NULL;
        size_t name = layout_add(layout, "name", false, LAYOUT_KEEP), bars = layout_add_bars(layout, 1);
        auto_free char *left_out = NULL;

        layout_set(layout, layout_add(layout, "first to go", true, 2), 0, strdup("7"));
        layout_set(layout, name, 0, strdup("a rather long name"));
        layout_set_bar(layout, bars, 0, 1);
        layout_fit(layout, width);
        left_out = layout_left_out(layout);
        text = layout_text(layout);
        if (width >= 39)
            ck_assert_ptr_null(left_out);
        else
            ck_assert_str_eq(left_out, "first to go");
        ck_assert_int_eq(strstr(text, "█") != NULL, width >= 26);
        ck_assert_int_eq(strstr(text, "rather long name") != NULL, width >= 18);
        for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
            ck_assert_uint_le(plain_width(line), width);
    }
}
END_TEST

/* The runtime tiny reports no metrics; of the cell that failed nothing is known. */
static const char some_metrics[] =
    "{\"experiment\": \"countdown\", \"status\": \"done\", \"cells\": ["
    "{\"runtime\": \"c\", \"mode\": \"serial\", \"lock\": \"gil\", \"tasks\": 2, \"cpus\": 2, \"params\": "
    "{}, "
    "\"status\": \"done\", \"wall_ns\": {\"median\": 5}, \"metrics\": {\"turns_per_tick\": 28}}, "
    "{\"runtime\": \"%s\", \"mode\": \"serial\", \"lock\": \"gil\", \"tasks\": 2, \"cpus\": 2, \"params\": "
    "{}, "
    "\"status\": \"%s\", \"wall_ns\": %s, \"metrics\": null}]}";

START_TEST(all_rows_are_all_that_were_measured)
{
    auto_free char *lacking = text_printf(some_metrics, "tiny", "done", "{\"median\": 5}");
    auto_free char *failing = text_printf(some_metrics, "tiny", "failed", "null");
    json_auto_t *lacks = json_loads(lacking, 0, NULL), *fails = json_loads(failing, 0, NULL);
    auto_free char *of_one = format(lacks, RESULT_FORMAT_TABLE), *of_all = format(fails, RESULT_FORMAT_TABLE);

    ck_assert_msg(!strstr(of_one, "all rows"), "%s", of_one);
    ck_assert_msg(strstr(of_one, "turns_per_tick\n") != NULL, "%s", of_one);
    ck_assert_msg(strstr(of_all, "all rows:  turns_per_tick=28") != NULL, "%s", of_all);
}
END_TEST

START_TEST(a_short_bar_is_seen)
{
    Layout *layout = layout_new(4, false);
    size_t bars = layout_add_bars(layout, LAYOUT_KEEP);
    auto_free char *text = NULL;

    layout_add(layout, "x", false, LAYOUT_KEEP);
    layout_set_bar(layout, bars, 0, 1);
    layout_set_bar(layout, bars, 1, 0.5);
    layout_set_bar(layout, bars, 2, 0.00001);
    layout_set_bar(layout, bars, 3, 0);
    text = layout_text(layout);
    ck_assert_str_eq(text, "                  x\n"
                           "----------------  -\n"
                           "████████████████  -\n"
                           "████████          -\n"
                           "▏                 -\n"
                           "                  -\n");
}
END_TEST

RUN_TESTS("results-format", 20, names_of_formats, what_answers_can_have_a_person_can_have_too,
    json_reads_back_as_it_was, json_has_a_line_for_each_field, the_table_of_a_good_run,
    markdown_is_the_same_table, a_failed_cell_shows_its_reason_below,
    a_table_for_a_terminal_has_nothing_that_steers_it, markdown_has_no_foreign_markup,
    csv_has_a_row_for_each_cell, csv_ends_in_what_stands_against_the_figures,
    what_is_not_known_of_noise_is_empty_in_csv, csv_keeps_foreign_text_together_and_harmless,
    csv_guards_texts_but_not_numbers, a_table_is_never_wider_than_a_terminal,
    a_table_fits_into_the_terminal_it_is_made_for, of_a_single_row_the_zeros_go_first,
    a_word_longer_than_a_line_is_broken_and_nothing_of_it_is_lost,
    figures_that_are_missing_for_one_reason_are_one_note, equal_notes_are_said_once,
    names_with_commas_are_set_apart_by_semicolons, one_fault_of_all_cells_is_said_once, noise_is_said_once,
    bars_are_of_what_the_experiment_is_about, terms_that_are_used_are_explained_and_no_others,
    columns_without_a_value_are_not_there, strange_runs_are_formatted_all_the_same,
    text_is_cleaned_and_cut_by_characters, bars_give_way_first_then_columns_then_text, a_short_bar_is_seen,
    all_rows_are_all_that_were_measured, what_all_notes_end_with_is_said_once)
