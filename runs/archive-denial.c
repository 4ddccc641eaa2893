/* A volume that was made by another user is the usual reason why nothing is kept in a container, and
 * "Permission denied" does not say which of five folders is meant, nor which number they should belong to.
 *
 * The command never works through a whole tree, and never gives away a folder above the one that was asked
 * for: a path may be a mistake, and what stands here is typed by root. */
#include "runs/archive-denial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* On a read-only file system nobody may write, and nobody's permissions are in the way. */
static bool may(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 || errno == EROFS;
}

/* "." of a name without a folder. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return text_copy(".");
    return slash == path ? text_copy("/") : text_printf("%.*s", (int)(slash - path), path);
}

/* The first folder on the way up that can be seen. */
static char *seen_folder(const char *folder, struct stat *status)
{
    char *seen = text_copy(folder);

    while (stat(seen, status) < 0 && strcmp(seen, "/") != 0 && strcmp(seen, ".") != 0) {
        auto_free char *below = seen;

        seen = folder_of(below);
    }
    return seen;
}

/* Names that a shell would take apart get no command rather than a wrong one. */
static bool is_plain(const char *path)
{
    return !path[strcspn(path, " \t\n'\"\\$`&;|<>()*?[]{}#~!")] && path[0] != '-';
}

static char *mend(const char *path, const char *folder, const char *seen, const struct stat *status)
{
    unsigned user = geteuid(), group = getegid();
    bool of_folder = strcmp(folder, seen) == 0, of_file = strcmp(path, seen) == 0;

    if (!is_plain(path))
        return text_copy("");
    if (status->st_uid == user)
        return text_printf("; as this user: chmod u+%s %s", of_file ? "rw" : "rwx", seen);
    if (of_file)
        return text_printf("; as root: chown %u:%u %s*", user, group, path);
    if (of_folder)
        return text_printf("; as root: chown %u:%u %s", user, group, folder);
    return text_printf("; as root: mkdir -p %s && chown %u:%u %s", folder, user, group, folder);
}

char *denial_explain(const char *path)
{
    struct stat status = {0};
    auto_free char *folder = folder_of(path), *seen = seen_folder(folder, &status), *command = NULL;

    if (!S_ISDIR(status.st_mode))
        return NULL;
    if (may(seen, W_OK | X_OK)) {
        if (may(path, R_OK | W_OK) || stat(path, &status) < 0)
            return NULL;
        free(take_pointer(seen));
        seen = text_copy(path);
    }
    command = mend(path, folder, seen, &status);
    return text_printf("%s belongs to user %u, group %u, and the server is user %u, group %u%s", seen,
        (unsigned)status.st_uid, (unsigned)status.st_gid, (unsigned)geteuid(), (unsigned)getegid(), command);
}
