/* A problem for a terminal: whoever asks for a table, CSV or Markdown is a person in a shell or a script that
 * reads lines, and gets the problem in plain lines instead of JSON. The status is the same. */
#pragma once

#include "handlers/request.h"
#include "handlers/response.h"

/* Gives the response the body that the request would rather have, if it is a problem. To be called for every
 * answer just before it is sent: a request can be refused before its parameters were read, and that is told in
 * the same form. The request's header and body must be complete as far as they came. */
void plain_words_choose(const Request *request, Response *response);
