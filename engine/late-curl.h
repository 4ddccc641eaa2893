/* libcurl, loaded when a run fetches something and not before. Whoever uses it includes curl/curl.h and calls
 * its functions as if the program were linked with it. */
#pragma once

/* Loads it for this process and those that it forks, unless it is there already. Returns why it cannot be
 * loaded, valid until the next call of dlopen(); NULL: it is there. Call it before there are threads. */
const char *late_curl_load(void);
