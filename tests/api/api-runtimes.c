#include "tests/api/api-runtimes.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runs.h"

char *api_runtimes_told(const ApiServer *server)
{
    auto_answer ApiAnswer answer = api_get(server, "/healthz");
    const json_t *runtime;
    char *text = strdup("");
    size_t i;

    ck_assert_int_eq(answer.status, 200);
    json_array_foreach (json_object_get(answer.json, "runtimes"), i, runtime) {
        const char *reason = json_string_value(json_object_get(runtime, "reason"));
        auto_free char *before = text;

        text = text_printf("%s%s%s %s%s%s%s", before, i > 0 ? ", " : "", api_text(runtime, "runtime"),
            api_text(runtime, "status"), reason ? " (" : "", reason ? reason : "", reason ? ")" : "");
    }
    return text;
}

void api_runtimes_wait(const ApiServer *server, const char *wanted)
{
    char *text = api_runtimes_told(server);

    for (int i = 0; i < API_PATIENCE_S * 50 && strcmp(text, wanted) != 0; i++) {
        free(text);
        usleep(20000);
        text = api_runtimes_told(server);
    }
    ck_assert_str_eq(text, wanted);
    free(text);
}
