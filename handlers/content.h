/* What many ask for and what seldom changes, as the page's files and the document of all experiments:
 * compressed for those who can unpack it, with a tag of each form, so that a client that has it is told so
 * (304) and nothing more. All of its answers are constant ones (see response.h). */
#pragma once

#include "handlers/request.h"
#include "handlers/response.h"

typedef struct Content Content;

/* Takes over an answer that was not sent and has no headers yet, with the body as it is. */
Content *content_new(Response *full);

/* NULL is fine. Answers that are on their way to somebody arrive all the same. */
void content_free(Content *content);

/* Returns the answer that fits the headers of the request; it stays the content's. */
Response *content_answer(const Content *content, const Request *request);
