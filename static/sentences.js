// What may be said of a run in a sentence: never more than the verdicts of its cells bear.
import {describe, distinct, groupCells, hasTimes, isCompared} from './cells.js';
import {count, plural, ratio} from './format.js';

const DECIDED = {slower: 'slower', faster: 'faster', same: 'the same'};
const MOST_GROUPS = 8;

export const JOINED = 'Somebody asked for the same: this is one run for both.';

function times(value) {
    return `${ratio(value)}\u00a0×`;
}

// "threads took 2.01 × the serial time (slower), processes 0.52 × (faster)"
export function findings(cells) {
    return cells
        .filter((cell) => isCompared(cell) && DECIDED[cell.relative.verdict])
        .map(({mode, relative}, i) => {
            const took = times(relative.ratio);
            const words = i === 0 ? `${mode} took ${took} the serial time` : `${mode} ${took}`;

            return `${words} (${DECIDED[relative.verdict]})`;
        })
        .join(', ');
}

// On the cells of one group whose numbers do not bear a verdict, with the server's hint.
export function doubts({title, cells}) {
    const place = title ? `${title}: ` : '';

    return cells
        .filter((cell) => isCompared(cell) && !DECIDED[cell.relative.verdict])
        .map(
            ({mode, relative}) =>
                `${place}${mode} against serial: cannot tell, ${relative.hint ?? range(relative)}.`,
        );
}

function range({ratio: value, interval}) {
    return interval
        ? `it is ${ratio(interval[0])} to ${times(interval[1])}`
        : `the medians give ${times(value)}`;
}

// The heading of a run: what was asked, and where there is one group only, what came out, if it is the time
// that counts.
export function heading(run, withFindings = true) {
    const {cells, experiment} = run;

    if (cells.length === 0) return experiment;
    const shared = ['tasks', 'lock', 'cpus'].filter((axis) => distinct(cells, axis) === 1);
    const asked = [experiment, describe(cells[0], shared)].filter(Boolean).join(', ');
    const said = withFindings && groupCells(cells).length === 1 ? findings(cells) : '';

    return said ? `${asked}: ${said}` : asked;
}

// A line for each group, or where they are too many, one for each mode that counts the verdicts.
export function groupFindings(run) {
    const groups = groupCells(run.cells);
    const modes = [...new Set(run.cells.filter(isCompared).map((cell) => cell.mode))];

    if (groups.length < 2) return [];
    if (groups.length > MOST_GROUPS)
        return modes.map((mode) => `${mode} against serial: ${countVerdicts(run.cells, mode)}`);
    return groups
        .map(({title, cells}) => ({title, said: findings(cells)}))
        .filter(({said}) => said)
        .map(({title, said}) => `${title}: ${said}`);
}

function countVerdicts(cells, mode) {
    const counted = new Map();

    for (const {relative} of cells.filter((cell) => cell.mode === mode && isCompared(cell)))
        counted.set(relative.verdict, (counted.get(relative.verdict) ?? 0) + 1);
    return [...counted]
        .map(([verdict, n]) => `${DECIDED[verdict] ?? verdict} ${plural(n, 'time')}`)
        .join(', ');
}

// For who cannot see that the answer is there.
export function announcement(run) {
    const measured = run.cells.filter(hasTimes).length;
    const ended = {done: 'Done', cancelled: 'Cancelled'}[run.status] ?? `Ended as ${run.status}`;

    return `${ended}: ${count(measured)} of ${count(run.cells.length)} cells measured.`;
}
