#include "base/which.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* A folder may be executed, too, and is no program. */
static bool which_is_program(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, X_OK) == 0;
}

/* An empty part of PATH is the folder that we are in. Without PATH the C library looks where the system has
 * its own programs. */
bool which_exists(const char *program)
{
    const char *path = getenv("PATH"), *at = path ? path : "/bin:/usr/bin";

    if (strchr(program, '/'))
        return which_is_program(program);
    if (*program == '\0')
        return false;
    for (;; at++) {
        size_t length = strcspn(at, ":");
        auto_free char *file =
            text_printf("%.*s/%s", length > 0 ? (int)length : 1, length > 0 ? at : ".", program);

        if (which_is_program(file))
            return true;
        at += length;
        if (*at == '\0')
            return false;
    }
}
