/* What the documents promise, taken from their own text: an example that is only read grows false. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-runtimes.h"
#include "tests/unit/run.h"

/* Returns what stands in the first block of this language in a document, owned by the caller. */
static char *read_block(const char *document, const char *language)
{
    auto_free char *path = text_printf("%s/docs/%s", API_SOURCE_ROOT, document);
    auto_free char *fence = text_printf("```%s\n", language);
    auto_free char *line = NULL;
    char *block = NULL;
    size_t room = 0, length = 0;
    FILE *in = fopen(path, "re"), *out = open_memstream(&block, &length);
    bool inside = false;

    ck_assert_msg(in && out, "%s cannot be read", path);
    while (getline(&line, &room, in) >= 0) {
        if (inside && strcmp(line, "```\n") == 0)
            break;
        if (inside)
            fputs(line, out);
        inside = inside || strcmp(line, fence) == 0;
    }
    fclose(in);
    fclose(out);
    ck_assert_msg(inside && length > 0, "%s has no block of %s", path, language);
    return block;
}

/* Makes the program a file of its own and returns its path, owned by the caller, who removes it. */
static char *write_program(const char *text)
{
    char *path = text_printf("%s/gilscope-docs-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fchmod(fd, 0700), 0);
    close(fd);
    return path;
}

START_TEST(the_runtime_of_the_protocol_page_runs)
{
    auto_free char *text = read_block("protocol.md", "python"), *path = write_program(text);
    auto_free char *setting = text_printf("runtimes.tiny=%s", path);
    json_t *cell;
    ApiServer server;
    size_t i;

    api_server_start(&server, setting, NULL);
    api_runtimes_wait(&server, "c ready, tiny ready");
    {
        auto_answer ApiAnswer answer = api_get(&server,
            "/run/countdown?runtime=tiny&lock=own&n=1000&repeat=6&warmup=1&mode=serial,threads&tasks=2");
        const json_t *cells = json_object_get(answer.json, "cells");

        api_assert_status(&answer, 200);
        ck_assert_uint_eq(json_array_size(cells), 2);
        json_array_foreach (cells, i, cell) {
            ck_assert_str_eq(api_text(cell, "status"), "done");
            ck_assert_str_eq(api_text(cell, "runtime"), "tiny");
            ck_assert(json_is_integer(json_object_get(cell, "ideal_ns")));
        }
    }
    {
        auto_answer ApiAnswer answer = api_get(&server,
            "/run/"
            "countdown?runtime=tiny&lock=own&n=1000&repeat=6&mode=serial,threads&precision=50&max_repeat=12");
        const json_t *precision = json_object_get(answer.json, "precision");

        api_assert_status(&answer, 200);
        ck_assert_int_ge(json_integer_value(json_object_get(precision, "rounds")), 10);
        ck_assert_str_ne(api_text(precision, "stopped_by"), "runtime");
    }
    {
        auto_answer ApiAnswer refused = api_get(&server, "/run/countdown?runtime=tiny&lock=own&n=0");

        api_assert_status(&refused, 400);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    unlink(path);
}
END_TEST

/* Its own words for that, in an empty folder with nothing but the runtime. Behind the catalog come hello, two
 * samples and done. */
START_TEST(the_runtime_of_the_protocol_page_runs_by_hand)
{
    auto_free char *folder =
        text_printf("%s/gilscope-docs-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    auto_free char *text = read_block("protocol.md", "python"), *words = read_block("protocol.md", "sh");
    auto_free char *path = NULL, *command = NULL, *output = NULL;
    size_t length = 0, n_samples = 0;
    FILE *in, *out;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    path = text_printf("%s/tiny.py", folder);
    out = fopen(path, "we");
    ck_assert(out && fputs(text, out) >= 0 && fclose(out) == 0);
    command = text_printf("cd '%s' && { %s\n}", folder, words);
    in = popen(command, "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_int_eq(text_read_fd(fileno(in), 1 << 20, &output, &length), 0);
    ck_assert_int_eq(pclose(in), 0);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
    for (const char *at = output; (at = strstr(at, "\"event\": \"sample\", \"cell\": 4")); at++)
        n_samples++;
    ck_assert_uint_eq(n_samples, 2);
    ck_assert_ptr_nonnull(strstr(output, "\"protocol\": 1, \"runtime\": \"tiny\""));
    ck_assert_ptr_nonnull(strstr(output, "{\"event\": \"hello\""));
    ck_assert_str_eq(output + length - strlen("{\"event\": \"done\"}\n"), "{\"event\": \"done\"}\n");
}
END_TEST

RUN_TESTS(
    "api-docs", 60, the_runtime_of_the_protocol_page_runs, the_runtime_of_the_protocol_page_runs_by_hand)
