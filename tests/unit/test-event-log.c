/* The log of a run's events: numbers, what gives way, and where a reader goes on. */
#include "runs/event-log.h"

#include <string.h>

#include "base/cleanup.h"
#include "tests/unit/run.h"

static void add(EventLog *log, const char *name, int value, bool replaceable)
{
    json_auto_t *data = json_pack("{s:i}", "value", value);

    event_log_add(log, name, data, replaceable);
}

START_TEST(an_event_is_three_lines_and_an_empty_one)
{
    EventLog log = {0};
    auto_free char *text = NULL;

    add(&log, "started", 7, false);
    text = event_log_text(&log);
    ck_assert_str_eq(text, "id: 1\nevent: started\ndata: {\"value\":7}\n\n");
    event_log_finish(&log);
}
END_TEST

START_TEST(a_place_in_the_line_gives_way_to_the_next)
{
    EventLog log = {0};
    auto_free char *text = NULL;

    add(&log, "queued", 3, true);
    add(&log, "queued", 2, true);
    add(&log, "started", 1, false);
    add(&log, "queued", 0, true);
    text = event_log_text(&log);
    ck_assert_str_eq(text, "id: 2\nevent: queued\ndata: {\"value\":2}\n\n"
                           "id: 3\nevent: started\ndata: {\"value\":1}\n\n"
                           "id: 4\nevent: queued\ndata: {\"value\":0}\n\n");
    event_log_finish(&log);
}
END_TEST

START_TEST(a_reader_goes_on_behind_the_last_event_it_had)
{
    EventLog log = {0};
    auto_free char *text = NULL;

    for (int i = 0; i < 20; i++)
        add(&log, "sample", i, false);
    ck_assert_uint_eq(event_log_after(&log, 0), 0);
    ck_assert_uint_eq(event_log_after(&log, 19), 19);
    ck_assert_uint_eq(event_log_after(&log, 20), 20);
    ck_assert_uint_eq(event_log_after(&log, 500), 20);
    text = event_log_text(&log);
    ck_assert_ptr_eq(event_text_after(text, 0), text);
    ck_assert_str_eq(event_text_after(text, 19), "id: 20\nevent: sample\ndata: {\"value\":19}\n\n");
    ck_assert_str_eq(event_text_after(text, 20), "");
    ck_assert_str_eq(event_text_after("", 0), "");
    ck_assert_str_eq(event_text_after("id: 1", 1), "");
    event_log_finish(&log);
}
END_TEST

RUN_TESTS("event-log", 10, an_event_is_three_lines_and_an_empty_one,
    a_place_in_the_line_gives_way_to_the_next, a_reader_goes_on_behind_the_last_event_it_had)
