/* Between fork and exec: what makes the child a confined one. All limits are set here and not in the guard,
 * which must go on working when its child has used up its own. In the same way only the child volunteers to
 * be killed when memory runs out: the guard has to be there afterwards to clean up. */
#include "guard/guard-child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/cpulist.h"
#include "base/descriptors.h"

/* What programs need to find each other and to speak, the options of sanitizers, and the two that tell which
 * container this is. Proxies, credentials and LD_PRELOAD are not among them. */
static const char *const kept_variables[] = {
    "ASAN_OPTIONS",
    "HOME",
    "KUBERNETES_SERVICE_HOST",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LSAN_OPTIONS",
    "PATH",
    "TMPDIR",
    "TSAN_OPTIONS",
    "TZ",
    "UBSAN_OPTIONS",
    "container",
};

__attribute__((format(printf, 2, 3))) static void child_fail(int status, const char *format, ...)
{
    va_list arguments;
    int error = errno;

    va_start(arguments, format);
    fputs("gilscope-guard: ", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, ": %s\n", strerror(error));
    _exit(status);
}

static bool child_keeps_variable(const char *variable)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kept_variables); i++) {
        size_t length = strlen(kept_variables[i]);

        if (strncmp(variable, kept_variables[i], length) == 0 && variable[length] == '=')
            return true;
    }
    return false;
}

/* In place: the names that stay move to the front. */
static void child_clean_environment(void)
{
    char **to = environ;

    for (char **from = environ; from && *from; from++)
        if (child_keeps_variable(*from))
            *to++ = *from;
    if (to)
        *to = NULL;
}

/* Lowers the soft limit to value and the hard one to value + grace. It never raises the hard one: that
 * takes a privilege, and a guard that has it must not give the program more than its owner has. */
static void child_tighten(
    __rlimit_resource_t resource, const char *name, const GuardOption *option, rlim_t grace)
{
    struct rlimit limit;
    rlim_t value = (rlim_t)option->value;

    if (!option->given)
        return;
    if (getrlimit(resource, &limit) < 0)
        child_fail(GUARD_STATUS_FAILED, "--%s=%ju", name, (uintmax_t)value);
    if (limit.rlim_max > value + grace)
        limit.rlim_max = value + grace;
    limit.rlim_cur = limit.rlim_max < value ? limit.rlim_max : value;
    if (setrlimit(resource, &limit) < 0)
        child_fail(GUARD_STATUS_FAILED, "--%s=%ju", name, (uintmax_t)value);
}

static void child_set_oom_score(const GuardOption *option)
{
    auto_close int fd = -1;

    if (!option->given)
        return;
    fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || dprintf(fd, "%d", (int)option->value) < 0)
        child_fail(GUARD_STATUS_FAILED, "--oom-score-adj=%d", (int)option->value);
}

static void child_set_cpus(const GuardOptions *options)
{
    if (options->option[GUARD_CPUS].given &&
        sched_setaffinity(0, sizeof(options->cpus), &options->cpus) < 0) {
        auto_free char *list = cpulist_text(&options->cpus);

        child_fail(GUARD_STATUS_FAILED, "--cpus=%s", list);
    }
}

static void child_confine(const GuardOptions *options)
{
    child_set_cpus(options);
    descriptors_raise();
    child_tighten(RLIMIT_NOFILE, "nofile", &options->option[GUARD_NOFILE], 0);
    /* One more second until SIGKILL, so that the cause of death is SIGXCPU, which says why. */
    child_tighten(RLIMIT_CPU, "cpu-seconds", &options->option[GUARD_CPU_SECONDS], 1);
    child_tighten(RLIMIT_FSIZE, "file-size", &options->option[GUARD_FILE_SIZE], 0);
    child_set_oom_score(&options->option[GUARD_OOM_SCORE_ADJ]);
    if (options->option[GUARD_CLEAN_ENV].given)
        child_clean_environment();
}

/* Does not return: it becomes the program, or ends with a status of GuardStatus. It runs in a copy of the
 * guard, so it leaves by _exit(): exit() would write out once more what the guard has in its buffers. */
__attribute__((noreturn)) static void child_run(
    const GuardOptions *options, pid_t guard, const sigset_t *mask)
{
    setpgid(0, 0);
    /* The kernel sends the signal when the parent dies from now on. A parent that died before this line
     * is not noticed, so look once afterwards whether it is still there. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != guard)
        _exit(GUARD_STATUS_STOPPED);
    child_confine(options);
    /* As late as possible: a signal that came meanwhile strikes only now, when the process is confined. */
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(options->program[0], options->program);
    child_fail(
        errno == ENOENT ? GUARD_STATUS_NOT_FOUND : GUARD_STATUS_NOT_EXECUTABLE, "%s", options->program[0]);
    _exit(GUARD_STATUS_FAILED);
}

pid_t guard_child_start(const GuardOptions *options, const GuardGroup *group, const sigset_t *mask)
{
    pid_t guard = getpid(), child = guard_group_fork(group);

    if (child < 0)
        return -errno;
    if (child == 0)
        child_run(options, guard, mask);
    /* Here too, so that the group is there whoever runs first. It fails when the child has it already. */
    setpgid(child, child);
    return child;
}
