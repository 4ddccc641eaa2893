// The timelines of a run, for those that draw them (lanes.js). A run that was asked for them keeps its spans in its trace,
// which is asked for once, and which Perfetto reads, too.
import {ask, refusal, unreachable} from '../core/api.js';
import {axisValue, varyingAxes} from '../core/cells.js';
import {fieldTitle, plural, sentence, text} from '../core/format.js';

// Whether a run has kept spans: runs that were not asked for them count them and keep none.
function hasTimeline({request, kept}) {
    return kept !== false && (request?.timeline === 'on' || request?.detail === 'full');
}

// The bytes of a run's trace, all its cells in one. Throws Refused.
export async function loadTrace(id, signal) {
    const answer = await ask(`runs/${encodeURIComponent(id)}/trace`, {signal}).catch((error) => {
        throw signal?.aborted ? error : unreachable(error);
    });

    if (!answer.ok) throw await refusal(answer);
    return answer.arrayBuffer();
}

const nanoseconds = (us) => Math.round(us * 1000);

// For each cell of the run {spans, instants}, with rows as docs/protocol.md has them. In a trace a cell is a process and
// a task a thread, both counted from 1 (results/trace.c).
function readTrace(buffer) {
    const cells = [];

    for (const {ph, name, pid, tid, ts, dur} of JSON.parse(new TextDecoder().decode(buffer)).traceEvents) {
        const cell = (cells[pid - 1] ??= {spans: [], instants: []});
        const start = nanoseconds(ts ?? 0);

        if (ph === 'X') cell.spans.push([tid - 1, name, start, start + nanoseconds(dur)]);
        else if (ph === 'i') cell.instants.push([tid - 1, name, start]);
    }
    return cells;
}

const factsOf = (family, name) => family.find((entry) => entry.name === name);

// What tells a cell from others, in words: "threads under the GIL, 2 tasks". all: the cells that it stands among.
export function titleOf(catalog, cell, all) {
    const {title = `lock ${cell.lock}`} = factsOf(catalog.locks, cell.lock) ?? {};
    const others = varyingAxes(all).filter((axis) => !['lock', 'tasks'].includes(axis));

    return [
        `${cell.mode} under ${title}`,
        plural(cell.tasks, 'task'),
        ...others
            .filter((axis) => axisValue(cell, axis) !== null)
            .map((axis) => `${fieldTitle(axis)} ${text(axisValue(cell, axis))}`),
    ].join(', ');
}

// Whether all tasks of a cell share one lock that lets only one of them in: by what the catalog says of lock and mode,
// as the server does it (results/crowd.c). Says why not, if so: {isShared, why}.
function lockOf(catalog, cell) {
    const lock = factsOf(catalog.locks, cell.lock);
    const mode = factsOf(catalog.modes, cell.mode);

    if (!lock || !mode) return {isShared: false, why: null};
    if (lock.whose !== 'all' || !mode.shares_memory)
        return {isShared: false, why: 'each task has a lock of its own, so no lane shows who held it'};
    return {
        isShared: lock.exclusive,
        why: lock.exclusive ? null : 'there is no lock, so no lane shows who held it',
    };
}

// What there is to say of a cell, beside what its picture shows.
function notesOf({inside, timeline}, why) {
    const dropped = timeline?.dropped ?? 0;

    return [
        inside?.text,
        why,
        dropped > 0 && `${plural(dropped, 'more span')} had no room: the first ones to end were kept`,
        dropped === 0 && inside?.whole === false && 'what was very short may be missing',
    ]
        .filter(Boolean)
        .map(sentence);
}

// A cell as drawLanes() takes it, and beside that {reason, notes}: why it has no spans, or null; and sentences on it.
function laneCell(catalog, cell, all, {spans = [], instants = []} = {}) {
    const {isShared, why} = lockOf(catalog, cell);
    const {wall_ns: wall = 0, dropped = 0, reason} = cell.timeline ?? {};
    const last = spans.reduce((most, span) => Math.max(most, span[3]), 0);

    return {
        spans,
        instants,
        title: titleOf(catalog, cell, all),
        tasks: cell.tasks,
        wall_ns: Math.max(wall, last),
        recorded_ns: dropped > 0 ? last : null,
        lock: isShared ? 'lock' : null,
        reason: reason ?? (spans.length === 0 ? 'nothing was recorded' : null),
        notes: notesOf(cell, why),
    };
}

// The cells of a run as drawLanes() takes them, all of them; null where the run keeps no spans. What a run was asked for
// with all details stands in itself, else it is in the trace; bytes(id) gets that.
export async function loadCells(catalog, run, bytes = loadTrace) {
    const isInRun = run.cells.some(({timeline}) => timeline?.spans);

    if (!isInRun && !hasTimeline(run)) return null;
    const kept = isInRun ? run.cells.map(({timeline}) => timeline) : readTrace(await bytes(run.id));

    return run.cells.map((cell, i) => laneCell(catalog, cell, run.cells, kept[i]));
}
