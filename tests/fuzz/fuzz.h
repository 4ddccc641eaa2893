/* What the harnesses share. A harness is a file fuzz-NAME.c with one function, which takes any bytes: what is
 * wrong with the code behind it ends the process, by an assertion or by a sanitizer.
 *
 * The same file is built twice. With -Dfuzz=true libFuzzer calls it with inputs that it makes by looking at
 * where the code has been. In every other build replay.c calls it with the files of corpus/NAME, as a test.
 *
 * Inputs are texts, so that a person can write and read them: most harnesses take the first line for the
 * question (which experiment, which kind of body) and the rest for what is asked about. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "catalog/catalog.h"
#include "plan/plan.h"

/* Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes the first line off and returns it without its newline, owned by the caller. It ends at a NUL, if
 * there is one. */
char *fuzz_line(const uint8_t **data, size_t *size);

/* Returns the rest as bytes in a place of their own size, owned by the caller, so that a sanitizer sees who
 * reads beyond. */
char *fuzz_rest(const uint8_t *data, size_t size);

/* What two runtimes offer, "c" and "second", both as the engine describes itself on this machine. They can be
 * told to go on and to stop only if they pace themselves. Read once, and kept. */
const Catalogs *fuzz_catalogs(bool paces);

/* Makes the plan of a line such as "countdown tasks=2&n=1". Returns whether it was taken; *ret is finished by
 * the caller then. */
bool fuzz_plan(const char *line, bool paces, Plan *ret);

/* Whether it is JSON: what we write must be read by others. */
bool text_is_json(const char *text);
