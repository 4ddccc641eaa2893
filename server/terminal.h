/* Whether the terminal that the server was started from is still there: a closed one and somebody who wants the
 * runtimes to be asked again send the same signal, SIGHUP. */
#pragma once

#include <stdbool.h>

/* Whether this process has a controlling terminal now. */
bool terminal_is_there(void);
