/* What the guard is called with: its limits, and behind "--" a program with any number of words of its own.
 */
#include "runs/child-command.h"

#include <check.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"

/* The words with blanks between them. */
static char *joined(char *const *words)
{
    char *text = strdup("");

    for (; *words; words++) {
        auto_free char *before = text;

        text = text_printf("%s%s%s", before, *before ? " " : "", *words);
    }
    return text;
}

START_TEST(a_program_alone_has_no_arguments)
{
    const ChildSpec spec = {.guard = "/g", .program = "/p"};
    auto_command char **words = child_command_new(&spec);
    auto_free char *text = joined(words);

    ck_assert_str_eq(text, "/g --hangup-fd=3 --clean-env --oom-score-adj=1000 -- /p");
}
END_TEST

START_TEST(limits_stand_before_the_program_and_arguments_behind_it)
{
    const char *const arguments[] = {"-X", "gil=0", "a b", "--cpus=0", NULL};
    const ChildSpec spec = {
        .guard = "/g",
        .program = "python3",
        .arguments = arguments,
        .limits =
            {.cpu_seconds = 1, .max_file_bytes = 2, .max_processes = 3, .memory_bytes = 4, .cpus = "0-1"},
    };
    auto_command char **words = child_command_new(&spec);
    auto_free char *text = joined(words);

    ck_assert_str_eq(text, "/g --hangup-fd=3 --clean-env --oom-score-adj=1000 --cpu-seconds=1 --file-size=2 "
                           "--pids-max=3 --memory-max=4 --cpus=0-1 -- python3 -X gil=0 a b --cpus=0");
}
END_TEST

START_TEST(there_may_be_many_arguments)
{
    enum { N = 2000 };
    const char *arguments[N + 1] = {NULL};
    const ChildSpec spec = {.guard = "/g", .program = "/p", .arguments = arguments};
    auto_command char **words = NULL;
    size_t n = 0;

    for (size_t i = 0; i < N; i++)
        arguments[i] = "x";
    words = child_command_new(&spec);
    while (words[n])
        n++;
    ck_assert_uint_eq(n, 6 + N);
    ck_assert_str_eq(words[n - 1], "x");
}
END_TEST

RUN_TESTS("child-command", 60, a_program_alone_has_no_arguments,
    limits_stand_before_the_program_and_arguments_behind_it, there_may_be_many_arguments)
