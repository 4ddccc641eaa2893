/* The descendants of this process: reaping those that died, killing those that live.
 *
 * Two processes use this, each with a GuardFamily of its own: the keeper, whose direct child is the
 * watchman, and the watchman, whose direct child is the program (see main.c). One thread, one family a
 * process, because wait() knows no other limits. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

typedef struct GuardFamily {
    pid_t self, session; /* of the guard */
    int proc_fd;         /* owned; /proc, opened early so that a full table of files cannot keep it away */
    pid_t child;         /* the direct child; 0 before the start */
    bool child_ended;    /* by itself: it may still be a zombie */
    int child_status;    /* as from waitpid(), once reaped */
} GuardFamily;

/* Makes this process the one that inherits orphans (child subreaper). SIGCHLD must be blocked, and not
 * ignored. Returns 0 or a negative errno. */
int guard_family_init(GuardFamily *family);

/* Says who is the direct child, and asks for a higher priority. Called after the fork, so that the child
 * keeps its scheduling. */
void guard_family_watch(GuardFamily *family, pid_t child);

/* Reaps some of the orphans that ended; true if there may be more. The direct child is left a zombie, so
 * that its number stays its own: the first call after its end sets child_ended. */
bool guard_family_reap(GuardFamily *family);

/* Kills every descendant and reaps them all, the direct child too, whose child_status is set by then.
 * Returns when none is left. */
void guard_family_kill(GuardFamily *family);
