/* The order of the rows is that of the table that people read: the countdown, what sets a lock, the convoy,
 * and work outside the lock. A row that a lock has no parameter for is not asked of it. */
#include "fidelity/quantities.h"

#include "base/array.h"

/* Places in the table of measurements, in its order. */
enum {
    OF_THREADS,
    OF_PROCESSES,
    OF_INTERVALS,
    OF_INTERVAL_LONG,
    OF_CHECKS,
    OF_CONVOY_SHORT,
    OF_CONVOY,
    OF_CONVOY_LONG,
    OF_PAUSE_SHORT,
    OF_PAUSE,
    OF_PAUSE_LONG,
    OF_CLOSED,
    OF_CLOSED_LONG,
    OF_CONVOY_CHECKS,
    OF_CONVOY_CHECKS_LONG,
    OF_CLOSED_CHECKS,
    OF_CLOSED_CHECKS_LONG,
    OF_CONVOY_FREE,
    OF_CLOSED_FREE,
    OF_CRUNCH,
    OF_FETCH,
    OF_COUNTER,
    OF_COUNTER_BETWEEN,
    OF_COUNTER_INSIDE,
    OF_IDLE,
};

/* clang-format off */

#define ONCE {"repeat", "1"}, {"warmup", "0"}, {"timeline", "off"}
/* Of these repetitions the fastest counts, and the others say whether the machine kept its speed. */
#define TWICE {"repeat", "2"}, {"warmup", "0"}, {"timeline", "off"}
#define OFTEN {"repeat", "4"}, {"warmup", "0"}, {"timeline", "off"}
#define TRACED_OFTEN {"repeat", "5"}, {"warmup", "0"}, {"detail", "full"}
#define TRACED {"repeat", "3"}, {"warmup", "0"}, {"detail", "full"}
#define CONVOY {"hogs", "1"}, {"mode", "threads"}, {"cpus", "2"}, ONCE
#define IF_SWITCH FIDELITY_WITH_PARAMETER, "switch_interval_us"
#define IF_CHECK FIDELITY_WITH_PARAMETER, "check_interval"

/* Threads and processes apart: the start of an interpreter's process keeps a CPU from the others for some ms, which would
 * weigh in a task that is long enough for threads. A convoy goes on long enough for ten answers at the least, which a
 * p90 needs, where each waits for up to two intervals. */
const FidelityMeasurement fidelity_measurements[] = {
    [OF_THREADS] = {"countdown", FIDELITY_ANY_LOCK, NULL, 16000,
        {{"tasks", "2,4"}, {"mode", "serial,threads"}, {"cpus", "1,2"}, OFTEN}},
    [OF_PROCESSES] = {"countdown", FIDELITY_ANY_LOCK, NULL, 40000,
        {{"tasks", "2,3,4"}, {"mode", "serial,processes"}, {"cpus", "1,2"}, TWICE}},
    [OF_INTERVALS] = {"countdown", IF_SWITCH, 12000,
        {{"tasks", "2"}, {"mode", "serial,threads"}, {"cpus", "2"}, {"switch_interval_us", "500,5000"}, TRACED_OFTEN}},
    /* A task of its full size: with a smaller one there would be no slice between the first and the last. */
    [OF_INTERVAL_LONG] = {"countdown", IF_SWITCH, 30000,
        {{"tasks", "2"}, {"mode", "serial,threads"}, {"cpus", "2"}, {"switch_interval_us", "50000"}, TRACED}},
    [OF_CHECKS] = {"countdown", IF_CHECK, 18000,
        {{"tasks", "2"}, {"mode", "serial,threads"}, {"cpus", "2"}, {"check_interval", "10,100,10000"}, OFTEN}},
    [OF_CONVOY_SHORT] = {"convoy", IF_SWITCH, 9000, {{"switch_interval_us", "500"}, {"duration_ms", "200"}, CONVOY}},
    [OF_CONVOY] = {"convoy", IF_SWITCH, 9000, {{"switch_interval_us", "5000"}, {"duration_ms", "300"}, CONVOY}},
    [OF_CONVOY_LONG] = {"convoy", IF_SWITCH, 9000, {{"switch_interval_us", "50000"}, {"duration_ms", "1200"}, CONVOY}},
    [OF_PAUSE_SHORT] = {"convoy", IF_SWITCH, 9000,
        {{"switch_interval_us", "500"}, {"duration_ms", "200"}, {"pause_us", "2000"}, CONVOY}},
    [OF_PAUSE] = {"convoy", IF_SWITCH, 9000,
        {{"switch_interval_us", "5000"}, {"duration_ms", "300"}, {"pause_us", "11000"}, CONVOY}},
    [OF_PAUSE_LONG] = {"convoy", IF_SWITCH, 9000,
        {{"switch_interval_us", "50000"}, {"duration_ms", "1800"}, {"pause_us", "110000"}, CONVOY}},
    [OF_CLOSED] = {"convoy", IF_SWITCH, 9000,
        {{"switch_interval_us", "500,5000"}, {"paced", "off"}, {"duration_ms", "300"}, CONVOY}},
    [OF_CLOSED_LONG] = {"convoy", IF_SWITCH, 9000,
        {{"switch_interval_us", "50000"}, {"paced", "off"}, {"duration_ms", "1200"}, CONVOY}},
    [OF_CONVOY_CHECKS] = {"convoy", IF_CHECK, 9000, {{"check_interval", "10,100"}, {"duration_ms", "300"}, CONVOY}},
    [OF_CONVOY_CHECKS_LONG] = {"convoy", IF_CHECK, 9000,
        {{"check_interval", "10000"}, {"duration_ms", "1000"}, CONVOY}},
    [OF_CLOSED_CHECKS] = {"convoy", IF_CHECK, 9000,
        {{"check_interval", "10,100"}, {"paced", "off"}, {"duration_ms", "300"}, CONVOY}},
    [OF_CLOSED_CHECKS_LONG] = {"convoy", IF_CHECK, 9000,
        {{"check_interval", "10000"}, {"paced", "off"}, {"duration_ms", "1000"}, CONVOY}},
    [OF_CONVOY_FREE] = {"convoy", FIDELITY_WITHOUT_PARAMETER, NULL, 9000, {{"duration_ms", "1200"}, CONVOY}},
    [OF_CLOSED_FREE] = {"convoy", FIDELITY_WITHOUT_PARAMETER, NULL, 9000,
        {{"paced", "off"}, {"duration_ms", "1200"}, CONVOY}},
    [OF_CRUNCH] = {"crunch", FIDELITY_ANY_LOCK, NULL, 13000,
        {{"tasks", "2"}, {"mode", "serial,threads"}, {"cpus", "2"}, OFTEN}},
    [OF_FETCH] = {"fetch", FIDELITY_ANY_LOCK, NULL, 4000,
        {{"tasks", "2"}, {"mode", "serial,threads"}, {"cpus", "2"}, {"delay_ms", "100"}, ONCE}},
    [OF_COUNTER] = {"counter", FIDELITY_BOTH_ALIKE, NULL, 12000,
        {{"tasks", "2"}, {"mode", "threads"}, {"cpus", "2"}, {"switch_inside", "off"}, ONCE}},
    [OF_COUNTER_BETWEEN] = {"counter", FIDELITY_MODEL_IS_WHOLE, NULL, 12000,
        {{"tasks", "2"}, {"mode", "threads"}, {"cpus", "2"}, {"switch_inside", "off"}, ONCE}},
    [OF_COUNTER_INSIDE] = {"counter", FIDELITY_ANY_LOCK, NULL, 12000,
        {{"tasks", "2"}, {"mode", "threads"}, {"cpus", "2"}, {"switch_inside", "on"}, ONCE}},
    [OF_IDLE] = {"idle", FIDELITY_ANY_LOCK, NULL, 6000,
        {{"tasks", "500"}, {"mode", "threads,epoll"}, {"cpus", "2"}, {"duration_ms", "100"}, ONCE}},
};
const size_t fidelity_n_measurements = ARRAY_LENGTH(fidelity_measurements);

#define WITHIN_10 {BOUND_PART, 0.10}
#define WITHIN_15 {BOUND_PART, 0.15}
#define TWOFOLD {BOUND_FACTOR, 2}
#define SWITCH_BOUND {BOUND_FACTOR, 1.5}
#define SHOWN {BOUND_NONE, 0}
#define SWITCH(us) "switch_interval_us", us, 0
#define CHECK(ticks) "check_interval", ticks, 0
#define NO_PARAMETER NULL, 0, 0
/* CPython 3.6 to 3.9 has a lock like `gil` which looks between any two bytecodes: what its x += 1 does is what the
 * model's x += f() does. */
#define MODEL_INSIDE NULL, 0, OF_COUNTER_INSIDE
#define P50 FIGURE_METRIC_NS, "metrics.latency_p50_ns"
#define P90 FIGURE_METRIC_NS, "metrics.latency_p90_ns"
#define RATE FIGURE_METRIC_RATE, "metrics.requests_per_s"
#define RSS FIGURE_MEMORY_BYTES, "memory.rss_per_task_bytes"
#define CPU(where) {"cpu", where, "x_once", 1}
#define INTERVAL(where) {"interval", where, "x_once", 1}
#define SLICE(where) {"slices", where, "p50", 1e3}
#define SWITCHES(where) {"slices", where, "switches_per_s", 1}
#define PACED(where, field) {"paced", where, field, 1e3}
#define CLOSED(where) {"convoy", where, "rps", 1}
#define CLOSED_TIME(where, field) {"convoy", where, field, 1e3}
#define NOT_RECORDED {NULL, NULL, NULL, 0}

const FidelityQuantity fidelity_quantities[] = {
    {"countdown, 2 threads", OF_THREADS, "threads", 2, 2, NO_PARAMETER, FIGURE_OVER_ONE, NULL, WITHIN_10, CPU("cores=2 mode=t2")},
    {"countdown, 4 threads", OF_THREADS, "threads", 4, 2, NO_PARAMETER, FIGURE_OVER_ONE, NULL, WITHIN_10, CPU("cores=2 mode=t4")},
    {"countdown, 2 processes", OF_PROCESSES, "processes", 2, 2, NO_PARAMETER, FIGURE_OVER_ONE_APART, NULL, WITHIN_10, CPU("cores=2 mode=p2")},
    {"countdown, 3 processes", OF_PROCESSES, "processes", 3, 2, NO_PARAMETER, FIGURE_OVER_ONE_APART, NULL, WITHIN_10, CPU("cores=2 mode=p3")},
    {"countdown, 4 processes", OF_PROCESSES, "processes", 4, 2, NO_PARAMETER, FIGURE_OVER_ONE_APART, NULL, WITHIN_10, CPU("cores=2 mode=p4")},
    {"countdown, 2 threads, 1 CPU", OF_THREADS, "threads", 2, 1, NO_PARAMETER, FIGURE_OVER_ONE, NULL, WITHIN_10, CPU("cores=1 mode=t2")},
    {"countdown, 4 threads, 1 CPU", OF_THREADS, "threads", 4, 1, NO_PARAMETER, FIGURE_OVER_ONE, NULL, WITHIN_10, CPU("cores=1 mode=t4")},
    {"countdown, 2 processes, 1 CPU", OF_PROCESSES, "processes", 2, 1, NO_PARAMETER, FIGURE_OVER_ONE_APART, NULL, WITHIN_10, CPU("cores=1 mode=p2")},
    {"countdown, 3 processes, 1 CPU", OF_PROCESSES, "processes", 3, 1, NO_PARAMETER, FIGURE_OVER_ONE_APART, NULL, WITHIN_10, NOT_RECORDED},
    {"countdown, 4 processes, 1 CPU", OF_PROCESSES, "processes", 4, 1, NO_PARAMETER, FIGURE_OVER_ONE_APART, NULL, WITHIN_10, CPU("cores=1 mode=p4")},

    {"2 threads, interval 0.5 ms", OF_INTERVALS, "threads", 2, 2, SWITCH(500), FIGURE_OVER_ONE, NULL, WITHIN_10, INTERVAL("cores=2 interval=0.0005 mode=t2")},
    {"2 threads, interval 5 ms", OF_INTERVALS, "threads", 2, 2, SWITCH(5000), FIGURE_OVER_ONE, NULL, WITHIN_10, INTERVAL("cores=2 interval=0.005 mode=t2")},
    {"2 threads, interval 50 ms", OF_INTERVAL_LONG, "threads", 2, 2, SWITCH(50000), FIGURE_OVER_ONE, NULL, WITHIN_10, INTERVAL("cores=2 interval=0.05 mode=t2")},
    {"slice, interval 0.5 ms", OF_INTERVALS, "threads", 2, 2, SWITCH(500), FIGURE_SLICE, NULL, WITHIN_10, SLICE("cores=2 interval=0.0005 k=2")},
    {"slice, interval 5 ms", OF_INTERVALS, "threads", 2, 2, SWITCH(5000), FIGURE_SLICE, NULL, WITHIN_10, SLICE("cores=2 interval=0.005 k=2")},
    {"slice, interval 50 ms", OF_INTERVAL_LONG, "threads", 2, 2, SWITCH(50000), FIGURE_SLICE, NULL, WITHIN_10, SLICE("cores=2 interval=0.05 k=2")},
    {"voluntary switches, 0.5 ms", OF_INTERVALS, "threads", 2, 2, SWITCH(500), FIGURE_SWITCHES, NULL, SWITCH_BOUND, NOT_RECORDED},
    {"voluntary switches, 5 ms", OF_INTERVALS, "threads", 2, 2, SWITCH(5000), FIGURE_SWITCHES, NULL, SWITCH_BOUND, NOT_RECORDED},
    {"voluntary switches, 50 ms", OF_INTERVAL_LONG, "threads", 2, 2, SWITCH(50000), FIGURE_SWITCHES, NULL, SWITCH_BOUND, NOT_RECORDED},

    {"one turn of the countdown", OF_CHECKS, "serial", 2, 2, CHECK(100), FIGURE_TURN, NULL, SHOWN, NOT_RECORDED},
    {"2 threads, check every 10", OF_CHECKS, "threads", 2, 2, CHECK(10), FIGURE_OVER_ONE, NULL, WITHIN_10, INTERVAL("cores=2 interval=10 mode=t2")},
    {"2 threads, check every 100", OF_CHECKS, "threads", 2, 2, CHECK(100), FIGURE_OVER_ONE, NULL, WITHIN_10, INTERVAL("cores=2 interval=100 mode=t2")},
    {"2 threads, check every 10,000", OF_CHECKS, "threads", 2, 2, CHECK(10000), FIGURE_OVER_ONE, NULL, WITHIN_10, INTERVAL("cores=2 interval=10000 mode=t2")},
    {"voluntary switches, every 10", OF_CHECKS, "threads", 2, 2, CHECK(10), FIGURE_SWITCHES, NULL, SWITCH_BOUND, NOT_RECORDED},
    {"voluntary switches, every 100", OF_CHECKS, "threads", 2, 2, CHECK(100), FIGURE_SWITCHES, NULL, SWITCH_BOUND, NOT_RECORDED},
    {"voluntary switches, every 10,000", OF_CHECKS, "threads", 2, 2, CHECK(10000), FIGURE_SWITCHES, NULL, SWITCH_BOUND, NOT_RECORDED},

    {"convoy p50, 0.5 ms", OF_CONVOY_SHORT, "threads", 2, 2, SWITCH(500), P50, WITHIN_15, PACED("cores=2 interval=0.0005 ncpu=1", "p50")},
    {"convoy p90, 0.5 ms", OF_CONVOY_SHORT, "threads", 2, 2, SWITCH(500), P90, SHOWN, PACED("cores=2 interval=0.0005 ncpu=1", "p90")},
    {"convoy p50, 5 ms", OF_CONVOY, "threads", 2, 2, SWITCH(5000), P50, WITHIN_15, PACED("cores=2 interval=0.005 ncpu=1", "p50")},
    {"convoy p90, 5 ms", OF_CONVOY, "threads", 2, 2, SWITCH(5000), P90, SHOWN, PACED("cores=2 interval=0.005 ncpu=1", "p90")},
    {"convoy p50, 50 ms", OF_CONVOY_LONG, "threads", 2, 2, SWITCH(50000), P50, WITHIN_15, PACED("cores=2 interval=0.05 ncpu=1", "p50")},
    {"convoy p90, 50 ms", OF_CONVOY_LONG, "threads", 2, 2, SWITCH(50000), P90, SHOWN, PACED("cores=2 interval=0.05 ncpu=1", "p90")},
    {"long pause p50, 0.5 ms", OF_PAUSE_SHORT, "threads", 2, 2, SWITCH(500), P50, WITHIN_15, NOT_RECORDED},
    {"long pause p50, 5 ms", OF_PAUSE, "threads", 2, 2, SWITCH(5000), P50, WITHIN_15, NOT_RECORDED},
    {"long pause p50, 50 ms", OF_PAUSE_LONG, "threads", 2, 2, SWITCH(50000), P50, WITHIN_15, NOT_RECORDED},
    {"long pause p90, 0.5 ms", OF_PAUSE_SHORT, "threads", 2, 2, SWITCH(500), P90, SHOWN, NOT_RECORDED},
    {"long pause p90, 5 ms", OF_PAUSE, "threads", 2, 2, SWITCH(5000), P90, SHOWN, NOT_RECORDED},
    {"long pause p90, 50 ms", OF_PAUSE_LONG, "threads", 2, 2, SWITCH(50000), P90, SHOWN, NOT_RECORDED},
    {"closed loop, 0.5 ms", OF_CLOSED, "threads", 2, 2, SWITCH(500), RATE, SHOWN, CLOSED("cores=2 interval=0.0005 ncpu=1")},
    {"closed loop p50, 0.5 ms", OF_CLOSED, "threads", 2, 2, SWITCH(500), P50, WITHIN_15, CLOSED_TIME("cores=2 interval=0.0005 ncpu=1", "p50")},
    {"closed loop p90, 0.5 ms", OF_CLOSED, "threads", 2, 2, SWITCH(500), P90, SHOWN, CLOSED_TIME("cores=2 interval=0.0005 ncpu=1", "p90")},
    {"closed loop, 5 ms", OF_CLOSED, "threads", 2, 2, SWITCH(5000), RATE, SHOWN, CLOSED("cores=2 interval=0.005 ncpu=1")},
    {"closed loop p50, 5 ms", OF_CLOSED, "threads", 2, 2, SWITCH(5000), P50, WITHIN_15, CLOSED_TIME("cores=2 interval=0.005 ncpu=1", "p50")},
    {"closed loop p90, 5 ms", OF_CLOSED, "threads", 2, 2, SWITCH(5000), P90, SHOWN, CLOSED_TIME("cores=2 interval=0.005 ncpu=1", "p90")},
    {"closed loop, 50 ms", OF_CLOSED_LONG, "threads", 2, 2, SWITCH(50000), RATE, SHOWN, CLOSED("cores=2 interval=0.05 ncpu=1")},
    {"closed loop p50, 50 ms", OF_CLOSED_LONG, "threads", 2, 2, SWITCH(50000), P50, WITHIN_15, CLOSED_TIME("cores=2 interval=0.05 ncpu=1", "p50")},
    {"closed loop p90, 50 ms", OF_CLOSED_LONG, "threads", 2, 2, SWITCH(50000), P90, SHOWN, CLOSED_TIME("cores=2 interval=0.05 ncpu=1", "p90")},

    {"convoy p50, check every 10", OF_CONVOY_CHECKS, "threads", 2, 2, CHECK(10), P50, TWOFOLD, PACED("cores=2 interval=10 ncpu=1", "p50")},
    {"convoy p90, check every 10", OF_CONVOY_CHECKS, "threads", 2, 2, CHECK(10), P90, SHOWN, PACED("cores=2 interval=10 ncpu=1", "p90")},
    {"convoy p50, check every 100", OF_CONVOY_CHECKS, "threads", 2, 2, CHECK(100), P50, TWOFOLD, PACED("cores=2 interval=100 ncpu=1", "p50")},
    {"convoy p90, check every 100", OF_CONVOY_CHECKS, "threads", 2, 2, CHECK(100), P90, SHOWN, PACED("cores=2 interval=100 ncpu=1", "p90")},
    {"convoy p50, check every 10,000", OF_CONVOY_CHECKS_LONG, "threads", 2, 2, CHECK(10000), P50, TWOFOLD, PACED("cores=2 interval=10000 ncpu=1", "p50")},
    {"convoy p90, check every 10,000", OF_CONVOY_CHECKS_LONG, "threads", 2, 2, CHECK(10000), P90, SHOWN, PACED("cores=2 interval=10000 ncpu=1", "p90")},
    {"closed loop, check every 10", OF_CLOSED_CHECKS, "threads", 2, 2, CHECK(10), RATE, SHOWN, CLOSED("cores=2 interval=10 ncpu=1")},
    {"closed loop p50, check every 10", OF_CLOSED_CHECKS, "threads", 2, 2, CHECK(10), P50, TWOFOLD, CLOSED_TIME("cores=2 interval=10 ncpu=1", "p50")},
    {"closed loop p90, check every 10", OF_CLOSED_CHECKS, "threads", 2, 2, CHECK(10), P90, SHOWN, CLOSED_TIME("cores=2 interval=10 ncpu=1", "p90")},
    {"closed loop, check every 100", OF_CLOSED_CHECKS, "threads", 2, 2, CHECK(100), RATE, SHOWN, CLOSED("cores=2 interval=100 ncpu=1")},
    {"closed loop p50, check every 100", OF_CLOSED_CHECKS, "threads", 2, 2, CHECK(100), P50, TWOFOLD, CLOSED_TIME("cores=2 interval=100 ncpu=1", "p50")},
    {"closed loop p90, check every 100", OF_CLOSED_CHECKS, "threads", 2, 2, CHECK(100), P90, SHOWN, CLOSED_TIME("cores=2 interval=100 ncpu=1", "p90")},
    {"closed loop, check every 10,000", OF_CLOSED_CHECKS_LONG, "threads", 2, 2, CHECK(10000), RATE, SHOWN, CLOSED("cores=2 interval=10000 ncpu=1")},
    {"closed loop p50, check every 10,000", OF_CLOSED_CHECKS_LONG, "threads", 2, 2, CHECK(10000), P50, TWOFOLD, CLOSED_TIME("cores=2 interval=10000 ncpu=1", "p50")},
    {"closed loop p90, check every 10,000", OF_CLOSED_CHECKS_LONG, "threads", 2, 2, CHECK(10000), P90, SHOWN, CLOSED_TIME("cores=2 interval=10000 ncpu=1", "p90")},

    {"convoy p50", OF_CONVOY_FREE, "threads", 2, 2, NO_PARAMETER, P50, SHOWN, PACED("cores=2 interval=0.005 ncpu=1", "p50")},
    {"convoy p90", OF_CONVOY_FREE, "threads", 2, 2, NO_PARAMETER, P90, SHOWN, PACED("cores=2 interval=0.005 ncpu=1", "p90")},
    {"closed loop", OF_CLOSED_FREE, "threads", 2, 2, NO_PARAMETER, RATE, SHOWN, CLOSED("cores=2 interval=0.005 ncpu=1")},

    {"crunch outside the lock, 2 threads", OF_CRUNCH, "threads", 2, 2, NO_PARAMETER, FIGURE_OVER_ONE, NULL, WITHIN_10, {"sha", "cores=2 mode=t2", "x_once", 1}},
    {"fetch, twice", OF_FETCH, "serial", 2, 2, NO_PARAMETER, FIGURE_WALL, NULL, WITHIN_10, NOT_RECORDED},
    {"fetch, 2 threads over twice", OF_FETCH, "threads", 2, 2, NO_PARAMETER, FIGURE_OVER_SERIAL, NULL, WITHIN_10, NOT_RECORDED},
    {"updates lost, x += 1", OF_COUNTER, "threads", 2, 2, NO_PARAMETER, FIGURE_PART_LOST, NULL, {BOUND_WHETHER, 0}, NOT_RECORDED},
    {"updates lost, x += 1 (model: x += f())", OF_COUNTER_BETWEEN, "threads", 2, 2, MODEL_INSIDE, FIGURE_PART_LOST, NULL, {BOUND_WHETHER, 0}, NOT_RECORDED},
    {"updates lost, x += f()", OF_COUNTER_INSIDE, "threads", 2, 2, NO_PARAMETER, FIGURE_PART_LOST, NULL, {BOUND_WHETHER, 0}, NOT_RECORDED},
    {"resident bytes of a thread", OF_IDLE, "threads", 500, 2, NO_PARAMETER, RSS, SHOWN, {"mem", "k=1000 kind=threads", "VmRSS_kb_each", 1e3}},
    {"resident bytes of a task", OF_IDLE, "epoll", 500, 2, NO_PARAMETER, RSS, SHOWN, {"mem", "k=1000 kind=tasks", "VmRSS_kb_each", 1e3}},
};
const size_t fidelity_n_quantities = ARRAY_LENGTH(fidelity_quantities);

/* clang-format on */
