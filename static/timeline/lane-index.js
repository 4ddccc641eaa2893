// The spans of a cell, sorted into lanes: one for each task, and one for the lock where all tasks share one. A lane is
// a set of typed arrays in the order of time, so that what is in view is found by binary search, and sums up to each
// span, so that what a pixel stands for is a subtraction, however many spans lie in it.
import {kindPlace, N_KINDS, N_TINTS} from './kinds.js';

const SHOW_EMPTY = 64; // tasks of which even those that did nothing have a lane

// what holds the place of a kind, or in the lane of the lock the task that held it.
function makeLane(name, spans, what) {
    const n = spans.length;
    const lane = {
        name,
        n,
        start: Float64Array.from(spans, (span) => span[2]),
        end: Float64Array.from(spans, (span) => span[3]),
        what: Int32Array.from(spans, what),
        wakeups: new Float64Array(0),
        isLock: false,
    };

    return lane;
}

// sums[k][i]: how long the spans before the i-th were of the kind k, together.
function withSums(lane) {
    lane.sums = Array.from({length: N_KINDS}, () => new Float64Array(lane.n + 1));
    for (let i = 0; i < lane.n; i++) {
        for (const sum of lane.sums) sum[i + 1] = sum[i];
        lane.sums[lane.what[i]][i + 1] += lane.end[i] - lane.start[i];
    }
    return lane;
}

// changes[i]: the first span after the i-th whose holder is another.
function withChanges(lane) {
    lane.changes = new Int32Array(lane.n);
    for (let i = lane.n - 1; i >= 0; i--)
        lane.changes[i] = i + 1 < lane.n && lane.what[i + 1] === lane.what[i] ? lane.changes[i + 1] : i + 1;
    return lane;
}

const byTime = (a, b) => a[2] - b[2] || a[3] - b[3];

function taskLane(task, spans, wakeups) {
    const lane = makeLane(`task ${task}`, spans.sort(byTime), (span) => kindPlace(span[1]));

    lane.task = task;
    lane.wakeups = Float64Array.from(wakeups).sort();
    return withSums(lane);
}

// Whoever runs holds the lock. Two spans that follow each other may overlap by what the clocks of two CPUs are apart.
function lockLane(name, spans) {
    const lane = makeLane(name, spans.filter((span) => span[1] === 'run').sort(byTime), (span) => span[0]);

    lane.isLock = true;
    return withChanges(lane);
}

function groupByTask(rows) {
    const groups = new Map();

    for (const row of rows) {
        if (!groups.has(row[0])) groups.set(row[0], []);
        groups.get(row[0]).push(row);
    }
    return groups;
}

// The lanes of a cell, that of the lock first: [{name, n, start, end, what, wakeups, isLock, task, sums, changes}].
// A kind that this page does not know is left out.
export function makeLanes({spans, instants = [], tasks, lock}) {
    const known = spans.filter((span) => kindPlace(span[1]) >= 0);
    const ofTask = groupByTask(known);
    const wakeups = groupByTask(instants);
    const shown = Array.from({length: tasks}, (_, task) => task).filter(
        (task) => tasks <= SHOW_EMPTY || ofTask.has(task) || wakeups.has(task),
    );
    const lanes = shown.map((task) =>
        taskLane(
            task,
            ofTask.get(task) ?? [],
            (wakeups.get(task) ?? []).map((row) => row[2]),
        ),
    );

    return lock ? [lockLane(lock, known), ...lanes] : lanes;
}

// The first place from low on in a sorted array whose value is above at.
export function firstAbove(array, at, low = 0) {
    let high = array.length;

    while (low < high) {
        const middle = (low + high) >> 1;

        if (array[middle] > at) high = middle;
        else low = middle + 1;
    }
    return low;
}

// The span of a lane that is nearest to a time, or -1 if it has none.
export function nearestSpan(lane, at) {
    const i = firstAbove(lane.start, at) - 1;

    if (i < 0) return lane.n > 0 ? 0 : -1;
    if (lane.end[i] >= at || i + 1 >= lane.n) return i;
    return at - lane.end[i] <= lane.start[i + 1] - at ? i : i + 1;
}

// The tint of a holder of the lock.
export function tintOf(task) {
    return task % N_TINTS;
}
