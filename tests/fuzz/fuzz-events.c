/* What a runtime writes. The first line is the run it is for ("countdown tasks=2&n=1&timeline=on"), the rest
 * is its output, which arrives in pieces. Whatever it says, the run can be shown in every format. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "results/format.h"
#include "results/trace.h"
#include "runs/lines.h"
#include "runs/run-events.h"
#include "runs/run-view.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_LINE = 1 << 16, MOST_CELLS = 8 };

static void on_line(void *part, char *line, size_t length)
{
    void *made = run_events_reader.read(line, length);

    run_events_reader.heard(part, made);
    run_events_reader.drop(made);
}

/* Pieces of a length that depends on the input, so that lines are cut at any place. */
static void feed(Run *run, const uint8_t *data, size_t size)
{
    size_t most = 1 + size % 61;
    Lines lines;

    lines_init(&lines, MAX_LINE, false);
    while (size > 0) {
        size_t piece = size < most ? size : most;

        if (lines_feed(&lines, (const char *)data, piece, on_line, &run->parts.list[0]) < 0)
            break;
        data += piece;
        size -= piece;
    }
    lines_end(&lines, on_line, &run->parts.list[0]);
    lines_finish(&lines);
}

static void check_shown(const Run *run)
{
    json_auto_t *object = run_json(run);
    auto_free char *trace = trace_format(run->results, &(size_t){0});
    bool is_json = text_is_json(trace);

    assert(is_json);
    for (size_t i = 0; format_answer_names[i]; i++) {
        ResultFormat format;
        int r = result_format_from_name(format_answer_names[i], &format);
        auto_free char *text = result_format(object, format, NULL);

        assert(r == 0 && text);
        is_json = format != RESULT_FORMAT_JSON || text_is_json(text);
        assert(is_json);
    }
}

/* The last event that was told can be found again. */
static void check_told(const Run *run)
{
    auto_free char *text = event_log_text(&run->log);
    uint64_t number;
    const char *last = event_text_last(text, &number), *behind = event_text_after(text, number);

    assert(number == run->log.last_number);
    assert((*last == '\0') == (run->log.n_events == 0));
    assert(*behind == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free char *line = fuzz_line(&data, &size);
    static const RunSettings settings;
    uv_loop_t loop;
    Plan plan = {0};
    Run *run;

    log_set_least(LOG_LEVEL_ERROR);
    if (!fuzz_plan(line, false, &plan))
        return 0;
    if (plan.n_runtimes > 1 || plan.n_specs > MOST_CELLS) {
        plan_finish(&plan);
        return 0;
    }
    uv_loop_init(&loop);
    run = run_new(&loop, &settings, &plan);
    run_become(run, RUN_RUNNING);
    feed(run, data, size);
    check_shown(run);
    check_told(run);
    run_free(run);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return 0;
}
