// A span in words, for whoever points at it or has it in the focus.
import {count, plural, time} from '../core/format.js';
import {firstAbove} from './lane-index.js';
import {KINDS, wordOf} from './kinds.js';
import {tickText} from './scale.js';

const MOST_HOLDERS = 3;
const MICROSECOND = 1000;

// A moment of the run, to the microsecond.
export function moment(at) {
    return at < MICROSECOND ? '0' : tickText(at, MICROSECOND, {to: at});
}

function list(names) {
    return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

// Who held the lock while a task waited for it: "; task 1 held it".
function holdersText(lock, start, end, waiter) {
    if (!lock) return '';
    const first = firstAbove(lock.end, start);
    const last = firstAbove(lock.start, end - 1, first);
    const names = [...new Set(lock.what.subarray(first, last))]
        .filter((task) => task !== waiter)
        .map((task) => `task ${task}`);

    if (names.length === 0) return '';
    return names.length > MOST_HOLDERS
        ? `; ${count(names.length)} other tasks held it in turn`
        : `; ${list(names)} held it${names.length > 1 ? ' in turn' : ''}`;
}

// "task 0: waiting for the lock, 4.93 ms, from 18.456 ms on; task 1 held it"
export function spanText(lane, i, lock) {
    const start = lane.start[i];
    const end = lane.end[i];
    const lasted = `${time(end - start)}, from ${moment(start)} on`;

    if (lane.isLock) return `${lane.name}: held by task ${lane.what[i]}, ${lasted}`;
    const isWaiting = KINDS[lane.what[i]].name === 'wait-lock';

    return `${lane.name}: ${wordOf(lane.what[i])}, ${lasted}${isWaiting ? holdersText(lock, start, end, lane.task) : ''}`;
}

// What a place stands for in which there are several spans: "task 0: 12 spans in 1.2 ms: running 61 %, …".
function severalText(lane, i, j) {
    const head = `${lane.name}: ${plural(j - i, 'span')} from ${moment(lane.start[i])} on`;

    if (lane.isLock) {
        const holders = new Set(lane.what.subarray(i, j)).size;

        return `${head}, held by ${plural(holders, 'task')} in turn; zoom in to see each`;
    }
    const each = lane.sums.map((sum) => sum[j] - sum[i]);
    const all = each.reduce((sum, one) => sum + one, 0);
    const shares = each
        .map((one, kind) => one > 0 && `${wordOf(kind)} ${Math.round((100 * one) / all)} %`)
        .filter(Boolean);

    return `${head}: ${shares.join(', ')}; zoom in to see each`;
}

// Of what lies between two times, which a pointer cannot tell apart.
export function placeText(lane, from, to, lock) {
    const i = firstAbove(lane.end, from);
    const j = firstAbove(lane.start, to, i);
    const wakeup = firstAbove(lane.wakeups, from - 1);
    const woken =
        lane.wakeups[wakeup] <= to ? `; woken up for nothing at ${moment(lane.wakeups[wakeup])}` : '';

    if (i >= j)
        return `${lane.name}: ${lane.isLock ? 'nobody holds it' : 'nothing was recorded here'}${woken}`;
    return (j - i === 1 || from === to ? spanText(lane, i, lock) : severalText(lane, i, j)) + woken;
}
