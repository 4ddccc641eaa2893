/* The header of a request, as all of those read it who believe something that stands in it: proxies, the
 * gate, owners, formats, and a stream that goes on where it was broken. The first line is "GET /path", each
 * further one a header.
 *
 * Nobody passes the gate without the token, and what is not forwarded by a trusted proxy is the peer's. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "handlers/accept.h"
#include "handlers/content.h"
#include "handlers/follow.h"
#include "handlers/forwarded.h"
#include "handlers/gate.h"
#include "handlers/lookup.h"
#include "results/format.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/fake-request.h"

#define TOKEN "room-token"
#define INSTRUCTOR "teachers-token"

static const GateSettings settings = {
    .hosts = "lab.example.org *.school.example",
    .cors_origins = "https://lab.example.org",
    .token = TOKEN,
    .instructor_token = INSTRUCTOR,
};

/* Cuts the text into its header lines; those that a fake request could not take are left out. */
static void take_headers(char *text, const char *headers[static MAX_HEADERS + 1])
{
    size_t n = 0;
    char *line;

    while (n < MAX_HEADERS && (line = strsep(&text, "\n")))
        if (strstr(line, ": "))
            headers[n++] = line;
    headers[n] = NULL;
}

static bool says(const Request *request, const char *token)
{
    const char *value = request->header(request, "Authorization");

    return value && strstr(value, token);
}

static void try_gate(const Request *request)
{
    GateHeader headers[GATE_CORS_HEADERS];
    GateRole role = GATE_NOBODY;

    for (unsigned needs = 0; needs < 2 * NEEDS_INSTRUCTOR; needs++) {
        Response *refusal = gate_check(&settings, request, needs, &role);
        bool passes = !refusal, needs_any = needs & (NEEDS_TOKEN | NEEDS_INSTRUCTOR);

        assert(passes || (refusal->status >= 400 && refusal->status < 500));
        response_free(refusal);
        if (passes && needs_any)
            assert(role != GATE_NOBODY);
        if (passes && (needs & NEEDS_INSTRUCTOR))
            assert(role == GATE_INSTRUCTOR);
        if (passes && role == GATE_INSTRUCTOR && !says(request, INSTRUCTOR))
            assert(!"the instructor's token was not needed");
        if (passes && role == GATE_USER && !says(request, TOKEN))
            assert(!"no token was needed");
    }
    gate_cors_headers(&settings, request, headers);
    response_free(gate_cors_preflight(&settings, request, response_new_empty(204), "GET"));
}

static void try_forwarded(Request *request)
{
    for (size_t i = 0; i < 2; i++) {
        auto_free char *base = NULL;

        request->peer = i == 0 ? "192.0.2.1" : "10.0.0.7";
        forwarded_read(request, "10.0.0.0/8 fd00::/8");
        base = forwarded_base(request);
        assert(base && request->forwarded.client[0]);
        if (i == 0)
            assert(strcmp(request->forwarded.client, "192.0.2.1") == 0 && !request->forwarded.said);
    }
}

/* A number that is taken leads to a place in the text of a stream, whatever it is. */
static void try_resume(const Request *request)
{
    static const char events[] = "id: 1\nevent: queued\ndata: {}\n\nid: 4\nevent: done\ndata: {}\n\n";
    auto_problem Problem problem = {0};
    uint64_t number = 0;
    int r = follow_last_number(request, &number, &problem);
    const char *behind = event_text_after(events, number);

    assert((r == 0) == (problem.status == 0));
    assert((*behind == '\0') == (number >= 4));
}

static void try_formats(const Request *request)
{
    static const char *const types[] = {"application/json", "text/csv", "text/plain"};
    const char *accept = request->header(request, "Accept");
    static Content *content;
    const Response *answer;
    int chosen = accept_choose(accept, types, ARRAY_LENGTH(types));

    /* Made once: compressing would take most of the time. */
    if (!content)
        content = content_new(response_new_static(200, "text/plain", "body\n", 5));
    answer = content_answer(content, request);

    assert(chosen >= -1 && chosen < (int)ARRAY_LENGTH(types));
    assert(answer->status == 200 || answer->status == 304);
    accept_is_embedded(accept);
}

static void try_client(Request *request)
{
    auto_problem Problem problem = {0};
    Client client = {0};

    if (client_identify(request, NULL, &client, &problem) == 0)
        client_make_owner(&client);
    client_tell_owner(request, &client);
    client_greet_browser(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free char *line = fuzz_line(&data, &size), *rest = fuzz_rest(data, size);
    auto_free char *text = strndup(rest, size);
    const char *headers[MAX_HEADERS + 1], *method;
    char *target = line;
    FakeRequest fake;

    method = strsep(&target, " ");
    take_headers(text, headers);
    fake = fake_request(method_from_name(method), headers);
    fake.request.target = target;
    if (!target || request_split_target(&fake.request) < 0)
        return 0;
    try_forwarded(&fake.request);
    try_gate(&fake.request);
    try_resume(&fake.request);
    try_formats(&fake.request);
    try_client(&fake.request);
    lookup_is_id(fake.request.path + 1);
    return 0;
}
