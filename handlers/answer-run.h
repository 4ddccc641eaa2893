/* A run as an answer: in the form that was asked for, with the status that a script can rely on. */
#pragma once

#include "handlers/app.h"
#include "results/format.h"
#include "runs/run-view.h"

/* Where a run is, seen from where it was asked for, /run/{experiment}; the format of a Location header. A
 * proxy may have the server below a prefix that nobody here knows, so links start from the request's own
 * place (RFC 3986, 5.2). */
#define LINK_TO_RUN "../runs/%s"

/* Decides how a run is written: by format= (its name, already checked, or NULL), else by the Accept
 * header. Returns 0 and sets *ret, or -1 with the problem set (406). */
int answer_choose_format(const Request *request, const char *name, ResultFormat *ret, Problem *problem);

/* Whether the Accept header wants an event stream above all else. */
bool answer_wants_stream(const Request *request);

/* Returns the HTTP status that a run which is over answers with: 200 only if it is done; 504 for a
 * timeout, 502 for a failure, or what the runtime asked for, 503 for a cancelled one. */
int answer_status(const Run *run);

/* Returns the seconds for Retry-After: when everything that is in the queue now should be over; from 1 to
 * 3600. */
unsigned answer_retry_after_s(const App *app);

/* How a client sees what others predicted; owner is borrowed. */
AskReader answer_reader(const App *app, const char *owner, bool instructor);

/* Returns the view of one that asked: its owner's words, or those of the first ask if the owner has none,
 * and whether the run was kept, if that is known already. Texts are borrowed from the reader and the
 * archive: use the view before the loop runs again, and finish it. */
RunView answer_view(const App *app, const Run *run, AskReader reader, bool joined);

/* The same of one that watches: the words of its own request, if it made one. */
RunView answer_view_for(const App *app, const Run *run, const Watcher *watcher);

/* Returns the answer with a run as a text in this format, which is held. It is not cached by anybody, as a
 * run changes until it is over, and its label even afterwards. */
Response *answer_text(int status, Shared *text, ResultFormat format);

/* Returns problem details as an answer, not cached either: a 404 of today may be a run of tomorrow. */
Response *answer_problem(const Problem *problem);

/* 404 for a run that is not there. */
Response *answer_no_run(const char *id);

/* What there is to say instead of a run, as the archive found it: 404, or 500 for one whose record cannot be
 * read; NULL if there is the run. */
Response *answer_unless_found(const char *id, const ArchiveFound *found);
