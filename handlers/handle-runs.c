/* GET /runs: the history, a page at a time. The archive has it; the place of a run that is not over comes
 * from the queue. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/lookup.h"

/* Any text could be compared with ids, but one that is none is a mistake: the client would get an odd
 * page without a word. */
static int check_before(const json_t *values, Problem *problem)
{
    const char *before = lookup_text(values, "before");

    if (!before || lookup_is_id(before))
        return 0;
    problem_add(problem, "before", json_string(before), NULL, "must be the id of a run");
    return -EINVAL;
}

/* Writes the list with one run a line, for people: a terminal shows it as a table of sorts, and grep
 * finds runs in it. Runs that cannot be read are named apart, if there are any. Returns the text, owned by
 * the caller. */
static char *layout(const json_t *runs, const json_t *unreadable, const char *next)
{
    char *text = NULL;
    size_t length = 0, i;
    FILE *file = open_memstream(&text, &length);
    json_auto_t *link = next ? json_string(next) : json_null();
    json_t *run;

    assert(file);
    fputs("{\n  \"runs\": [", file);
    json_array_foreach (runs, i, run) {
        fputs(i > 0 ? ",\n    " : "\n    ", file);
        json_dumpf(run, file, JSON_COMPACT | JSON_REAL_PRECISION(15));
    }
    fputs(i > 0 ? "\n  ],\n" : "],\n", file);
    if (json_array_size(unreadable) > 0) {
        fputs("  \"unreadable\": ", file);
        json_dumpf(unreadable, file, JSON_COMPACT);
        fputs(",\n", file);
    }
    fputs("  \"next\": ", file);
    json_dumpf(link, file, JSON_ENCODE_ANY);
    fputs("\n}\n", file);
    fclose(file);
    return text;
}

/* The link goes through a header and perhaps a shell: nothing but what a URL may have anywhere stands as it
 * is. */
static void append_escaped(FILE *file, const char *name, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";

    if (!value)
        return;
    fprintf(file, "&%s=", name);
    for (; *value; value++)
        fprintf(file, strchr(plain, *value) ? "%c" : "%%%02X", (unsigned char)*value);
}

/* Where the older runs are, seen from /runs itself, so that it holds below a prefix of a proxy, too. By the
 * id of the last one shown, not by a page number: runs that come meanwhile move no page, and nothing is shown
 * twice or left out. */
static char *next_page(const json_t *values, const char *last_id)
{
    static const char *const kept[] = {"experiment", "label", "status"};
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    fprintf(file, "runs?before=%s&limit=%lld", last_id,
        (long long)json_integer_value(json_object_get(values, "limit")));
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
        append_escaped(file, kept[i], lookup_text(values, kept[i]));
    fclose(file);
    return text;
}

/* What the archive does not know of a run that is not over: its place in the queue, what is left of it,
 * and its status at this moment, which may be newer than the archive's. */
static void add_live(const App *app, json_t *run)
{
    const Run *live = queue_find(app->queue, lookup_text(run, "id"));

    if (!live)
        return;
    json_object_set_new(run, "status", json_string(run_status_name(live)));
    if (live->state == RUN_QUEUED)
        json_object_set_new(run, "position", json_integer((json_int_t)queue_position(live)));
    if (live->state == RUN_RUNNING || live->state == RUN_LEAVING)
        json_object_set_new(run, "remaining_ns", json_integer((json_int_t)run_remaining(live)));
}

/* The archive's objects are borrowed and may be shared, so what is added goes to copies. */
static void on_listed(void *data, const json_t *runs, const json_t *unreadable, bool more)
{
    Lookup *lookup = data;
    const json_t *last = json_array_get(runs, json_array_size(runs) - 1);
    auto_free char *next = more ? next_page(lookup->values, lookup_text(last, "id")) : NULL;
    json_auto_t *copies = json_array();
    char *text;
    Response *response;
    size_t i;
    json_t *run;

    json_array_foreach (runs, i, run) {
        json_array_append_new(copies, lookup_row(lookup, run));
        /* A client that left may have left with the server, and then there is no queue any more. */
        if (!later_is_gone(lookup->later))
            add_live(later_app(lookup->later), json_array_get(copies, i));
    }
    text = layout(copies, unreadable, next);
    response = response_new(200, "application/json", text, strlen(text));
    response_add_header(response, "Cache-Control", "no-store");
    if (next)
        response_add_header(response, "Link", "<%s>; rel=\"next\"", next);
    lookup_answer(lookup, response);
}

Response *handle_runs(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = lookup_begin(app, request, &values, &client);
    Lookup *lookup;

    if (refusal)
        return refusal;
    if (check_before(values, &problem) < 0)
        return answer_problem(&problem);
    lookup = lookup_new(app, request, &client, json_incref(values));
    archive_list(app->archive,
        &(ArchiveFilter){
            .experiment = lookup_text(values, "experiment"),
            .status = lookup_text(values, "status"),
            .label = lookup_text(values, "label"),
            .before = lookup_text(values, "before"),
            .owner = lookup->client.owner,
            .limit = json_integer_value(json_object_get(values, "limit")),
        },
        on_listed, lookup);
    return NULL;
}
