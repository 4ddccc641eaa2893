/* One line an event, whatever the values hold. */
#include "base/log.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

#define STAMP_LENGTH (sizeof("time=2026-01-31T12:00:00.123Z ") - 1)

/* Standard error goes into a file that the test reads; Check runs each test in a process of its own. */
static int log_fd = -1;

static void catch_standard_error(void)
{
    FILE *file = tmpfile();

    ck_assert_ptr_nonnull(file);
    log_fd = fileno(file);
    ck_assert_int_eq(dup2(log_fd, STDERR_FILENO), STDERR_FILENO);
}

/* Returns all that was written so far; the caller frees it. */
static char *caught(void)
{
    char *text = NULL;
    size_t length;

    ck_assert_int_eq(lseek(log_fd, 0, SEEK_SET), 0);
    ck_assert_int_eq(text_read_fd(log_fd, 10000000, &text, &length), 0);
    ck_assert_uint_eq(strlen(text), length);
    return text;
}

START_TEST(an_event_is_a_line_with_time_level_and_fields)
{
    auto_free char *text = NULL;
    regex_t stamp;

    log_info("listening", log_text("address", "127.0.0.1"), log_number("port", 8080));
    text = caught();
    ck_assert_int_eq(
        regcomp(&stamp, "^time=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z ",
            REG_EXTENDED | REG_NOSUB),
        0);
    ck_assert_int_eq(regexec(&stamp, text, 0, NULL, 0), 0);
    regfree(&stamp);
    ck_assert_str_eq(text + STAMP_LENGTH, "level=info event=listening address=127.0.0.1 port=8080\n");
}
END_TEST

START_TEST(an_event_needs_no_fields)
{
    auto_free char *text = NULL;

    log_warning("stopping");
    text = caught();
    ck_assert_str_eq(text + STAMP_LENGTH, "level=warning event=stopping\n");
}
END_TEST

static const struct {
    const char *value, *written;
} values[] = {
    {"plain", "plain"},
    {"[::1]:80/a?b", "[::1]:80/a?b"},
    {"", "\"\""},
    {NULL, "\"\""},
    {"two words", "\"two words\""},
    {"a=b", "\"a=b\""},
    {"say \"no\"", "\"say \\\"no\\\"\""},
    {"back\\slash", "\"back\\\\slash\""},
    {"x\nlevel=error event=forged", "\"x\\nlevel=error event=forged\""},
    {"\r\t\x1b[2J\x7f", "\"\\u000d\\t\\u001b[2J\\u007f\""},
    {"\xc2\x9b\xe2\x80\xa8", "\"\\u009b\\u2028\""},
    {"gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\""},
    {"\xff\xc3", "\"\\ufffd\\ufffd\""},
};

START_TEST(a_value_cannot_leave_its_field)
{
    auto_free char *text = NULL, *expected = NULL;

    log_error("seen", log_text("value", values[_i].value), log_number("n", -1));
    text = caught();
    expected = text_printf("level=error event=seen value=%s n=-1\n", values[_i].written);
    ck_assert_str_eq(text + STAMP_LENGTH, expected);
}
END_TEST

/* Many lengths, with a value that is escaped, quoted, of several bytes a character, or none of it. */
START_TEST(a_long_line_is_cut_where_it_still_can_be_read)
{
    static const char *const fillers[] = {"x", "\n", " ", "\xe2\x82\xac"};
    const char *filler = fillers[_i];

    for (int n = 1; n <= LOG_LINE_MAX; n += 7) {
        auto_free char *value = calloc((size_t)n, strlen(filler) + 1), *text = NULL;
        const char *end;

        for (int i = 0; i < n; i++)
            memcpy(value + (size_t)i * strlen(filler), filler, strlen(filler));
        log_info("long", log_text("value", value), log_text("next", value), log_number("last", 1));
        text = caught();
        end = text + strlen(text) - 1;
        ck_assert_uint_le(strlen(text), LOG_LINE_MAX);
        ck_assert_ptr_eq(strchr(text, '\n'), end);
        ck_assert(strcmp(end - 7, " last=1\n") == 0 || strcmp(end - 9, " cut=true\n") == 0);
        if (strcmp(end - 9, " cut=true\n") == 0 && *filler != 'x')
            ck_assert_int_eq(end[-10], '"');
        ck_assert_int_eq(ftruncate(log_fd, 0), 0);
        ck_assert_int_eq(lseek(log_fd, 0, SEEK_SET), 0);
    }
}
END_TEST

START_TEST(lines_of_several_processes_do_not_mix)
{
    auto_free char *filler = calloc(1, 3001), *text = NULL;
    int pipe_fds[2];
    size_t length;

    memset(filler, 'x', 3000);
    ck_assert_int_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
    for (int child = 0; child < 4; child++) {
        if (fork() == 0) {
            dup2(pipe_fds[1], STDERR_FILENO);
            for (int i = 0; i < 100; i++)
                log_info("line", log_text("filler", filler));
            _exit(0);
        }
    }
    close(pipe_fds[1]);
    ck_assert_int_eq(text_read_fd(pipe_fds[0], 10000000, &text, &length), 0);
    while (wait(NULL) > 0)
        continue;
    for (const char *at = text; *at;) {
        const char *end = strchr(at, '\n');

        ck_assert_ptr_nonnull(end);
        ck_assert_int_eq(strncmp(at, "time=", 5), 0);
        ck_assert_int_eq(end - at, (long)(STAMP_LENGTH + strlen("level=info event=line filler=") + 3000));
        at = end + 1;
    }
}
END_TEST

START_TEST(entries_below_the_least_level_are_left_out)
{
    auto_free char *text = NULL;

    log_set_least(LOG_LEVEL_WARNING);
    log_info("listening");
    log_warning("origin_slow");
    text = caught();
    ck_assert_str_eq(text + STAMP_LENGTH, "level=warning event=origin_slow\n");
}
END_TEST

START_TEST(errno_stays)
{
    close(STDERR_FILENO);
    errno = ENOENT;
    log_info("nobody reads this");
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* The object in the line at *text, which is stepped over. */
static json_t *next_object(const char **text)
{
    size_t length = strcspn(*text, "\n");
    json_error_t error;
    json_t *object = json_loadb(*text, length, JSON_REJECT_DUPLICATES, &error);

    ck_assert_uint_lt(length, LOG_LINE_MAX);
    ck_assert_msg(object, "%s in %.*s", error.text, (int)length, *text);
    ck_assert_str_eq(json_string_value(json_object_get(object, "level")), "info");
    *text += length + 1;
    return object;
}

START_TEST(as_json_every_line_is_an_object_even_one_that_was_cut)
{
    auto_free char *text = NULL, *long_text = malloc(3 * LOG_LINE_MAX);
    const char *at;

    log_set_json(true);
    memset(long_text, '"', 3 * LOG_LINE_MAX - 1);
    long_text[3 * LOG_LINE_MAX - 1] = '\0';
    log_info("something", log_text("text", "a \"b\"\n"), log_number("number", -7));
    log_info("nothing");
    log_info("much", log_text("text", long_text), log_number("number", 7));
    log_info("cut_at_the_key", log_text("text", "x"), log_text(long_text, "y"));
    at = text = caught();
    for (int i = 0; i < 4; i++) {
        json_auto_t *object = next_object(&at);

        ck_assert_int_eq(json_is_true(json_object_get(object, "cut")), i >= 2);
        if (i > 0)
            continue;
        ck_assert_str_eq(json_string_value(json_object_get(object, "text")), "a \"b\"\n");
        ck_assert_int_eq(json_integer_value(json_object_get(object, "number")), -7);
    }
    ck_assert_str_eq(at, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *tests = tcase_create("log");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, catch_standard_error, NULL);
    tcase_add_test(tests, an_event_is_a_line_with_time_level_and_fields);
    tcase_add_test(tests, an_event_needs_no_fields);
    tcase_add_loop_test(tests, a_value_cannot_leave_its_field, 0, ARRAY_LENGTH(values));
    tcase_add_loop_test(tests, a_long_line_is_cut_where_it_still_can_be_read, 0, 4);
    tcase_add_test(tests, lines_of_several_processes_do_not_mix);
    tcase_add_test(tests, entries_below_the_least_level_are_left_out);
    tcase_add_test(tests, errno_stays);
    tcase_add_test(tests, as_json_every_line_is_an_object_even_one_that_was_cut);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
