/* From what was measured to which lessons a machine can show. Knows nothing of how it was measured. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

typedef enum ShowState {
    SHOW_OK,
    SHOW_LIMITED, /* it can be seen, but not in full, or not clearly */
    SHOW_NO,
} ShowState;

enum { PREFLIGHT_ROWS = 10 };

typedef struct ShowRow {
    const char *name;
    ShowState state;
    char *why; /* owned; a sentence without its full stop */
} ShowRow;

/* Fills in the rows. catalog is what the runtime describes; countdown and fetch are runs as results_run()
 * makes them, with modes serial, threads, processes under locks gil and none, and with modes serial, threads,
 * epoll. Anything may be missing in them: a run that failed is an object with its "reason". */
void preflight_judge(
    const json_t *catalog, const json_t *countdown, const json_t *fetch, ShowRow rows[PREFLIGHT_ROWS]);

/* Returns the last line: whether every lesson can be shown, if only in part, and what would help; the caller
 * frees it. Sets *ret_all. */
char *preflight_conclude(const ShowRow rows[PREFLIGHT_ROWS], bool *ret_all);

void preflight_free_rows(ShowRow rows[PREFLIGHT_ROWS]);

/* "ok", "limited", "no" */
const char *preflight_state_name(ShowState state);
