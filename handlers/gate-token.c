/* What a client may do, by the token that comes with the request (RFC 6750). How long it takes to compare
 * tells nothing about the tokens: each is compared to the end with both. */
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "handlers/gate-check.h"

/* Returns what stands behind "Bearer ", or NULL if the header is of another scheme or absent. */
static const char *token_given(const Request *request)
{
    const char *value = request->header(request, "Authorization");
    size_t length = strlen("Bearer");

    if (!value || strncasecmp(value, "Bearer", length) != 0 ||
        (value[length] != ' ' && value[length] != '\0'))
        return NULL;
    return value + length + strspn(value + length, " ");
}

static GateRole token_role(const GateSettings *settings, const char *given)
{
    size_t length = strcspn(given, " \t");
    /* Both are compared in any case, so that the time does not tell which one was nearly right. */
    bool is_user = secret_equals(settings->token, given, length);
    bool is_instructor = secret_equals(settings->instructor_token, given, length);

    if (given[length + strspn(given + length, " \t")] != '\0')
        return GATE_NOBODY;
    return is_instructor ? GATE_INSTRUCTOR : is_user ? GATE_USER : GATE_NOBODY;
}

static Response *token_refusal(bool is_given)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 401, is_given ? "Wrong token" : "Token needed",
        "%s; send the one that the operator has set, as in curl -H 'Authorization: Bearer TOKEN'",
        is_given ? "the token in the Authorization header is not one of this server's"
                 : "this needs a token");
    return response_add_header(response_new_problem(&problem), "WWW-Authenticate",
        "Bearer realm=\"gilscope\"%s", is_given ? ", error=\"invalid_token\"" : "");
}

Response *gate_check_token(
    const GateSettings *settings, const Request *request, bool needed, GateRole *ret_role)
{
    bool is_open = *settings->token == '\0';
    const char *given = is_open && *settings->instructor_token == '\0' ? NULL : token_given(request);
    GateRole role = given ? token_role(settings, given) : GATE_NOBODY;

    /* A client that sends a wrong token is told so, even where none would do: it believes to have a right. */
    if (role == GATE_NOBODY && needed && (given || !is_open))
        return token_refusal(given != NULL);
    *ret_role = role == GATE_NOBODY && is_open ? GATE_USER : role;
    return NULL;
}

Response *gate_refuse_all_but_instructor(const GateSettings *settings)
{
    auto_problem Problem problem = {0};

    if (*settings->instructor_token) {
        problem_set(&problem, 403, "For the instructor",
            "only the instructor may do this: send the instructor's token, as in curl -H 'Authorization: "
            "Bearer TOKEN'");
    } else {
        problem_set(&problem, 403, "For the instructor",
            "only the instructor may do this, and this server has none: start it with --set "
            "server.instructor_token=SECRET");
        problem_extend(&problem, "setting", json_string("server.instructor_token"));
    }
    return response_new_problem(&problem);
}
