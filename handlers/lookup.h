/* What the handlers of /runs share: a request about runs that waits for the archive, or for the end of a run.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "handlers/app.h"
#include "handlers/client.h"
#include "handlers/later.h"
#include "results/format.h"

typedef struct Lookup {
    Later *later;
    char id[ULID_LENGTH + 1];
    Client client;
    ResultFormat format;
    uint64_t last_number; /* of events: the last one that the client had */
    bool instructor;      /* asks, and may change what is not its own */
    bool kept;            /* a change of it is on disk */
    json_t *values;       /* owned; of the request's parameters */
} Lookup;

/* What every handler of runs begins with: the parameters, the client, and an id that can be one. Returns NULL
 * and sets *ret_values, a new reference, and *client; or the refusal. */
Response *lookup_begin(const App *app, const Request *request, json_t **ret_values, Client *client);

/* Takes hold of the request, see later_new(); takes values over. */
Lookup *lookup_new(App *app, Request *request, const Client *client, json_t *values);

/* Answers and frees it. */
void lookup_answer(Lookup *lookup, Response *response);

/* Frees it; the handler answers at once. */
void lookup_cancel(Lookup *lookup);

/* Returns a run as lists show it to the one that asks, a new object: row is as the archive has it. */
json_t *lookup_row(const Lookup *lookup, const json_t *row);

/* The text of a parameter; NULL if there is none. */
const char *lookup_text(const json_t *values, const char *name);

/* Whether a text can be the id of a run. */
bool lookup_is_id(const char *text);

/* Whether the owner asked for a run that somebody else had begun. */
bool lookup_has_joined(const Run *run, const char *owner);

/* Watches a run that is about to end, and answers with its object when the archive has it. Takes the lookup
 * over. */
void lookup_at_end(Lookup *lookup, Run *run);
