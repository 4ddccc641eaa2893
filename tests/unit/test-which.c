/* Whether there is a program of a name. */
#include "base/which.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"

/* Makes an executable file of this mode, or a folder for mode 0. */
static void make(const char *folder, const char *name, mode_t mode)
{
    auto_free char *path = text_printf("%s/%s", folder, name);
    int fd;

    if (mode == 0) {
        ck_assert_int_eq(mkdir(path, 0700), 0);
        return;
    }
    fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, mode);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

START_TEST(a_name_is_looked_up_on_path)
{
    char folder[] = "/tmp/gilscope-which-XXXXXX";
    auto_free char *path = NULL, *program = NULL;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    make(folder, "program", 0700);
    make(folder, "text", 0600);
    make(folder, "folder", 0);
    path = text_printf("/no/such/folder:%s", folder);
    setenv("PATH", path, 1);
    ck_assert(which_exists("program"));
    ck_assert(!which_exists("text"));
    ck_assert(!which_exists("folder"));
    ck_assert(!which_exists("nothing"));
    ck_assert(!which_exists(""));
    program = text_printf("%s/program", folder);
    ck_assert(which_exists(program));
    setenv("PATH", "/no/such/folder:", 1);
    ck_assert(!which_exists("program"));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert(which_exists("program"));
    ck_assert(which_exists("./program"));
    setenv("PATH", "/no/such/folder", 1);
    ck_assert(!which_exists("program"));
    unsetenv("PATH");
    ck_assert(which_exists("sh"));
    unlink("program");
    unlink("text");
    rmdir("folder");
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

RUN_TESTS("which", 60, a_name_is_looked_up_on_path)
