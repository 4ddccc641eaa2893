/* Included before every file of a build that counts lines (scripts/coverage.sh). A child that was forked leaves by
 * _exit(), which passes over everything that is done at an exit, the writing of what was counted among it. */
#pragma once

#include <unistd.h>

void __gcov_dump(void);

#define _exit(status) (__gcov_dump(), _exit(status))
