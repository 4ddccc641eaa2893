/* A run as an answer: in the form that was asked for, with the status that a script can rely on. */
#pragma once

#include "handlers/app.h"
#include "results/format.h"
#include "runs/run-view.h"

/* format= (a name, or NULL) decides, else the Accept header. Returns 0, or -1 with the problem set (406). */
int answer_choose_format(const Request *request, const char *name, ResultFormat *ret, Problem *problem);

/* Whether the Accept header wants an event stream above all else. */
bool answer_wants_stream(const Request *request);

/* What a run that is over answers: 200 only if it is done. */
int answer_status(const Run *run);

/* For Retry-After: when everything that is in the queue now should be over. */
unsigned answer_retry_after_s(const App *app);

/* Returns the view of one that asked: the owner's words, and whether the run that is over was kept. */
RunView answer_view(const App *app, const Run *run, const char *owner, bool joined);

/* The same of one that watches: the words of its own request, if it made one. */
RunView answer_view_for(const App *app, const Run *run, const Watcher *watcher);

/* Returns the answer with a run's object, not cached by anybody. */
Response *answer_run(int status, const json_t *object, ResultFormat format);

/* Problem details, not cached either. */
Response *answer_problem(const Problem *problem);

/* 404 for a run that is not there. */
Response *answer_no_run(const char *id);
