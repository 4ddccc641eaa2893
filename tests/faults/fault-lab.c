/* A shell in between reads the words and becomes the program: the library is loaded there, too, and finds
 * that it is not meant. All that is written goes to memory, so that nobody has to read meanwhile. */
#include "tests/faults/fault-lab.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { MAX_OUTPUT = 16 << 20 };

static int fault_memory(const char *name)
{
    int fd = memfd_create(name, 0);

    ck_assert_int_ge(fd, 0);
    return fd;
}

static char *fault_read(int fd)
{
    char *text;
    size_t length;

    ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
    ck_assert_int_eq(text_read_fd(fd, MAX_OUTPUT, &text, &length), 0);
    close(fd);
    return text;
}

static void fault_prepare(const FaultRun *run, int book_fd)
{
    const struct rlimit limit = {run->nofile, run->nofile};
    auto_free char *book = text_printf("/proc/self/fd/%d", book_fd), *at = text_printf("%u", run->at);

    if (run->nofile > 0) {
        close_range(STDERR_FILENO + 1, ~0U, 0);
        setrlimit(RLIMIT_NOFILE, &limit);
        return;
    }
    setenv("FAULT_PROGRAM", strrchr(run->program, '/') + 1, 1);
    setenv("FAULT_BOOK", book, 1);
    setenv("FAULT_AT", at, 1);
    if (run->call >= 0)
        setenv("FAULT_CALL", fault_names[run->call], 1);
    setenv("LD_PRELOAD", getenv("FAULT_LIBRARY"), 1);
}

/* Does not return. */
static void fault_exec(const FaultRun *run, int output, int errors, int book)
{
    auto_free char *command = text_printf("exec '%s' %s", run->program, run->words);

    close(STDIN_FILENO);
    if (open("/dev/null", O_RDONLY) != STDIN_FILENO || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(errors, STDERR_FILENO) < 0)
        _exit(126);
    close(output);
    close(errors);
    fault_prepare(run, book);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

FaultEnd fault_run(const FaultRun *run)
{
    int output = fault_memory("output"), errors = fault_memory("errors"), book = fault_memory("book");
    FaultEnd end = {0};
    pid_t pid;

    ck_assert_ptr_nonnull(getenv("FAULT_LIBRARY"));
    ck_assert_int_eq(ftruncate(book, sizeof(FaultBook)), 0);
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        fault_exec(run, output, errors, book);
    ck_assert_int_eq(waitpid(pid, &end.status, 0), pid);
    while (waitpid(-1, NULL, __WALL) > 0)
        ;
    ck_assert_int_eq(pread(book, &end.book, sizeof(end.book), 0), sizeof(end.book));
    close(book);
    end.output = fault_read(output);
    end.errors = fault_read(errors);
    return end;
}

void fault_end_finish(FaultEnd *end)
{
    free(end->output);
    free(end->errors);
}
