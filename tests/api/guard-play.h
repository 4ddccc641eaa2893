/* The programs that the tests give to gilscope-guard: one bad habit each. */
#pragma once

/* As many processes does the role "breed" start if nothing stops it. */
#define GUARD_PLAY_BREED 50

/* Plays the role and does not return. Returns if there is no such role. A role writes "ready" and a line
 * feed to standard output when all is set. No process of it lives longer than a minute. */
void guard_play(const char *role);
