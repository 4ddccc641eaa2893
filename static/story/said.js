// What the steps' explanations are made of: a cell of the run by what it is, and sentences on its figures. A sentence
// says no more than the run's own verdicts and intervals do; where they cannot tell, it says that, too.
import {axisValue, hasTimes} from '../core/cells.js';
import {ratio, time} from '../core/format.js';

// The cell that is all of that ({mode, lock, tasks, cpus}), if it has times.
export function cellOf(run, wanted) {
    return run.cells.find(
        (cell) =>
            hasTimes(cell) && Object.entries(wanted).every(([axis, value]) => axisValue(cell, axis) === value),
    );
}

export function wall({wall_ns: {median}}) {
    return time(median);
}

export function percent(share) {
    const value = share * 100;

    return `${value >= 10 ? Math.round(value) : value.toFixed(value >= 1 ? 1 : 2)} %`;
}

// How much of its time a cell kept a CPU busy.
export function busyShare({cpu_ns: cpu, wall_ns: {median}}) {
    return percent(cpu.median / median);
}

// A verdict is about 5 %, and what was expected about a quarter.
const SLIGHT = {faster: 0.8, slower: 1.25};
const TOLD = {faster: 'that is faster', slower: 'that is slower', same: 'the same, within 5 %'};
const UNTOLD = 'the repetitions differ so much that this run cannot tell faster from slower';

function told(verdict, times) {
    const isSlight = verdict === 'slower' ? times < SLIGHT.slower : verdict === 'faster' && times > SLIGHT.faster;

    return (TOLD[verdict] ?? UNTOLD) + (isSlight ? ', but not by much' : '');
}

// "Two threads took 143 ms, two calls in a row 144 ms: 1.00 times as long (very likely 0.98 to 1.02); the same, within
// 5 %." who and base name the two.
export function compared(run, cell, who, base) {
    const against = run.cells[cell.relative.to];
    const {ratio: times, interval, verdict} = cell.relative;
    const [least, most] = interval?.map((value) => ratio(value)) ?? [];
    const range = least === most ? '' : ` (very likely ${least} to ${most})`;

    return (
        `${who} took ${wall(cell)}, ${base} ${wall(against)}: ` +
        `${ratio(times)} times as long${range}; ${told(verdict, times)}.`
    );
}

// The same of two cells that the server does not compare with each other. Whether that is more or less says the
// question's answer, which stands above.
export function beside(cell, other, who, base) {
    const times = cell.wall_ns.median / other.wall_ns.median;

    return `${who} took ${wall(cell)}, ${base} ${wall(other)}: ${ratio(times)} times as long.`;
}

// How many tasks were inside the lock at once, as the spans of one more repetition show: that holds even where times
// cannot tell.
export function insideText(cell) {
    return cell.inside?.text ? `One more repetition was watched moment by moment: ${cell.inside.text}.` : null;
}
