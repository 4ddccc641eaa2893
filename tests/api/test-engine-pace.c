/* The pace of gilscope-run as a runtime: what it does between its events is to wait until it is told to go
 * on. */
#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/sibling.h"
#include "base/text.h"
#include "tests/unit/run.h"

/* Starts the engine between two pipes. Returns its pid. */
static pid_t start_between_pipes(int *ret_input, FILE **ret_output)
{
    auto_free char *program = sibling_find("engine", "gilscope-run");
    int input[2], output[2];
    pid_t pid;

    ck_assert_int_eq(pipe(input), 0);
    ck_assert_int_eq(pipe(output), 0);
    pid = fork();
    if (pid == 0) {
        dup2(input[0], STDIN_FILENO);
        dup2(output[1], STDOUT_FILENO);
        close(input[1]);
        close(output[0]);
        execl(program, program, (char *)NULL);
        _exit(127);
    }
    close(input[0]);
    close(output[1]);
    *ret_input = input[1];
    *ret_output = fdopen(output[0], "r");
    ck_assert_ptr_nonnull(*ret_output);
    setvbuf(*ret_output, NULL, _IONBF, 0);
    return pid;
}

/* Returns a new reference. */
static json_t *read_event(FILE *output)
{
    auto_free char *line = NULL;
    size_t room = 0;

    ck_assert_int_gt(getline(&line, &room, output), 0);
    return json_loads(line, 0, NULL);
}

static void expect_event(FILE *output, const char *name)
{
    json_auto_t *event = read_event(output);

    ck_assert_str_eq(json_string_value(json_object_get(event, "event")), name);
}

static void expect_silence(FILE *output, int milliseconds)
{
    struct pollfd ready = {.fd = fileno(output), .events = POLLIN};

    ck_assert_int_eq(poll(&ready, 1, milliseconds), 0);
}

/* The request is read in pieces of 1,024 bytes. Where its line ends just behind one of them, the end of the
 * line was still in the pipe and passed for the first permission to go on. */
START_TEST(a_paced_engine_waits_for_a_line_after_each_event)
{
    for (int length = 1022; length <= 1025; length++) {
        static const char request[] =
            "\"experiment\":\"countdown\",\"repeat\":2,\"warmup\":0,\"pace\":true,\"cells\":[{\"mode\":"
            "\"serial\","
            "\"lock\":\"none\",\"tasks\":1,\"cpus\":1,\"params\":{\"n\":1,\"await_every\":0}}]}";
        auto_free char *line = text_printf("{%*s%s\n", length - 1 - (int)strlen(request), "", request);
        FILE *output;
        int input, status;
        pid_t pid = start_between_pipes(&input, &output);

        ck_assert_uint_eq(strlen(line), (size_t)length + 1);
        ck_assert_int_eq(write(input, line, strlen(line)), (ssize_t)strlen(line));
        for (int i = 0; i < 3; i++) {
            expect_event(output, i == 0 ? "hello" : "sample");
            expect_silence(output, 100);
            ck_assert_int_eq(write(input, "\n", 1), 1);
        }
        expect_event(output, "done");
        fclose(output);
        close(input);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(status, 0);
    }
}
END_TEST

/* What went on before it was told to go on is not in its reading of the noise: the reading took no longer
 * than this test waited for the event. */
START_TEST(noise_is_read_anew_at_each_go)
{
    static const char request[] =
        "{\"experiment\":\"countdown\",\"repeat\":3,\"warmup\":0,\"pace\":true,\"cells\":[{\"mode\":"
        "\"serial\","
        "\"lock\":\"none\",\"tasks\":1,\"cpus\":1,\"params\":{\"n\":1,\"await_every\":0}}]}\n";
    FILE *output;
    int input, status;
    pid_t pid = start_between_pipes(&input, &output);

    ck_assert_int_eq(write(input, request, strlen(request)), (ssize_t)strlen(request));
    expect_event(output, "hello");
    for (int i = 0; i < 3; i++) {
        json_auto_t *event = NULL;
        nsec_t since;

        expect_silence(output, 200);
        since = nsec_now();
        ck_assert_int_eq(write(input, "\n", 1), 1);
        event = read_event(output);
        ck_assert_uint_le(
            (nsec_t)json_integer_value(json_object_get(json_object_get(event, "noise"), "span_ns")),
            nsec_now() - since);
    }
    close(input);
    expect_event(output, "done");
    fclose(output);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* Others may have their turn meanwhile, for as long as they like; where the input has ended nobody is left to
 * wait for. It reports its own cells by their numbers in the whole run, and "stop" behind hello is heard,
 * too. */
START_TEST(a_paced_engine_goes_on_only_when_it_is_told)
{
    static const char request[] = "{\"experiment\":\"countdown\",\"repeat\":2,\"warmup\":0,\"pace\":true,"
                                  "\"timeline\":\"on\",\"cells\":["
                                  "{\"cell\":3,\"runtime\":\"c\",\"mode\":\"serial\",\"lock\":\"none\","
                                  "\"tasks\":1,\"cpus\":1,\"params\":{\"n\":1,"
                                  "\"await_every\":0}},{\"cell\":8,\"runtime\":\"c\",\"mode\":\"threads\","
                                  "\"lock\":\"none\",\"tasks\":1,\"cpus\":1,"
                                  "\"params\":{\"n\":1,\"await_every\":0}}]}\n";
    static const struct {
        const char *answers; /* one for each event: g goes on, s says stop, e ends the input */
        const char *events;  /* cells of the samples, T and the cell's for a timeline */
    } plays[] = {{"gggggg", "3838Tt"}, {"ggge", "3838Tt"}, {"e", "3838Tt"}, {"s", "Tt"}, {"gs", "3Tt"}};

    for (size_t i = 0; i < ARRAY_LENGTH(plays); i++) {
        FILE *output;
        int input, status;
        pid_t pid = start_between_pipes(&input, &output);

        ck_assert_int_eq(write(input, request, strlen(request)), (ssize_t)strlen(request));
        for (size_t k = 0; k <= strlen(plays[i].events); k++) {
            char what = k == 0 ? 'h' : plays[i].events[k - 1];
            char answer = k < strlen(plays[i].answers) ? plays[i].answers[k] : input >= 0 ? 'g' : 'e';
            json_auto_t *event = read_event(output);

            ck_assert_str_eq(json_string_value(json_object_get(event, "event")), what == 'h' ? "hello"
                                                                                 : strchr("Tt", what)
                                                                                     ? "timeline"
                                                                                     : "sample");
            if (what != 'h')
                ck_assert_int_eq(
                    json_integer_value(json_object_get(event, "cell")), strchr("3T", what) ? 3 : 8);
            if (i == 0)
                expect_silence(output, k == 0 ? 1300 : 50);
            if (answer != 'e')
                ck_assert_int_gt(write(input, answer == 's' ? "stop\n" : "\n", answer == 's' ? 5 : 1), 0);
            else if (input >= 0)
                close(input);
            input = answer == 'e' ? -1 : input;
        }
        expect_event(output, "done");
        fclose(output);
        if (input >= 0)
            close(input);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(status, 0);
    }
}
END_TEST

/* What a process has in its memory; owned by the caller. */
static char *maps_of(pid_t pid)
{
    auto_free char *path = text_printf("/proc/%d/maps", (int)pid);
    char *text;
    size_t length;

    ck_assert_int_eq(text_read_file(path, 4 << 20, &text, &length), 0);
    return text;
}

/* libcurl comes with thirty libraries, and loading them took ten times as long as the smallest run. Where it
 * is wanted it is there before the first repetition, which would have to load it again each time. */
START_TEST(libcurl_is_loaded_by_who_fetches_and_by_nobody_else)
{
    static const struct {
        const char *experiment, *params;
        bool loads;
    } rows[] = {
        {"countdown", "\"n\":1,\"await_every\":0", false},
        {"fetch",
            "\"requests\":1,\"delay_ms\":0,\"jitter_ms\":0,\"bytes\":1,\"request_timeout_ms\":1000,"
            "\"client\":\"async\",\"expect\":\"2xx\"",
            true},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *maps = NULL;
        auto_free char *request =
            text_printf("{\"experiment\":\"%s\",\"repeat\":1,\"warmup\":0,\"pace\":true,\"cells\":[{\"mode\":"
                        "\"serial\",\"lock\":\"none\",\"tasks\":1,\"cpus\":1,\"params\":{%s}}]}\n",
                rows[i].experiment, rows[i].params);
        FILE *output;
        int input, status;
        pid_t pid = start_between_pipes(&input, &output);

        ck_assert_int_eq(write(input, request, strlen(request)), (ssize_t)strlen(request));
        expect_event(output, "hello");
        maps = maps_of(pid);
        ck_assert_int_eq(strstr(maps, "/libcurl") != NULL, rows[i].loads);
        close(input);
        expect_event(output, "sample");
        fclose(output);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    }
}
END_TEST

RUN_TESTS("engine-pace", 60, a_paced_engine_waits_for_a_line_after_each_event,
    a_paced_engine_goes_on_only_when_it_is_told, noise_is_read_anew_at_each_go,
    libcurl_is_loaded_by_who_fetches_and_by_nobody_else)
