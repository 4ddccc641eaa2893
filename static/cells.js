// What a run's cells have in common and where they differ. Pure functions on the JSON of a run: the chart,
// the tables and the sentences all ask here.
import {plural, typed} from './format.js';

const AXES = ['runtime', 'lock', 'cpus', 'tasks'];

// The value of an axis or of a parameter of a cell.
export function axisValue(cell, axis) {
    return AXES.includes(axis) || axis === 'mode' ? cell[axis] : (cell.params?.[axis] ?? null);
}

export function distinct(cells, axis) {
    return new Set(cells.map((cell) => JSON.stringify(axisValue(cell, axis)))).size;
}

// The axes and parameters in which cells differ, without the mode.
export function varyingAxes(cells) {
    const params = [...new Set(cells.flatMap((cell) => Object.keys(cell.params ?? {})))];

    return [...AXES, ...params].filter((axis) => distinct(cells, axis) > 1);
}

export function axisText(axis, value) {
    switch (axis) {
        case 'tasks':
            return plural(value, 'task');
        case 'cpus':
            return plural(value, 'CPU');
        case 'lock':
            return `lock ${value}`;
        case 'runtime':
            return String(value);
        default:
            return `${axis} ${value === null ? 'default' : typed(value)}`;
    }
}

// "lock gil, 2 tasks".
export function describe(cell, axes) {
    return axes.map((axis) => axisText(axis, axisValue(cell, axis))).join(', ');
}

// Cells that differ in nothing but the mode, in the order of the run: [{title, cells}]. The title names
// what varies between groups and is empty when nothing does.
export function groupCells(cells) {
    const axes = varyingAxes(cells);
    const groups = new Map();

    for (const cell of cells) {
        const title = describe(cell, axes);

        groups.set(title, [...(groups.get(title) ?? []), cell]);
    }
    return [...groups].map(([title, members]) => ({title, cells: members}));
}

// What the bar of a cell is called next to its neighbours: its mode; where every group has one cell, what
// varies.
export function barLabel(cell, cells) {
    const axes = varyingAxes(cells);
    const mode = distinct(cells, 'mode') > 1 ? [cell.mode] : [];

    return [...mode, ...axes.map((axis) => axisText(axis, axisValue(cell, axis)))].join(', ') || cell.mode;
}

export function hasTimes(cell) {
    return typeof cell.wall_ns?.median === 'number';
}

// "done", "failed: why", or "not measured" for a cell that the end of its run found waiting.
export function statusText({status, reason}) {
    const isPending = status === 'queued' || status === 'running';

    return `${isPending ? 'not measured' : status}${reason ? ': ' + reason : ''}`;
}

// The number that a cell has at a path ("metrics.latency_p50_ns"), or null.
export function numberAt(cell, path) {
    const value = path.split('.').reduce((object, key) => object?.[key], cell);

    return typeof value === 'number' ? value : null;
}

// The paths of all that a bar can show: the two times, and every number among metrics and memory.
export function measurePaths(cells) {
    const below = (part) =>
        cells.flatMap((cell) => Object.keys(cell[part] ?? {})).map((key) => `${part}.${key}`);
    const paths = new Set(['wall_ns.median', 'cpu_ns.median', ...below('metrics'), ...below('memory')]);

    return [...paths].filter((path) => cells.some((cell) => numberAt(cell, path) !== null));
}

// The two ends of a whisker: the interval of the median, or where there is none the range of the samples.
export function whisker(stats) {
    return stats.interval ?? [stats.min, stats.max];
}

// Whether a cell stands beside a serial one.
export function isCompared(cell) {
    return cell.mode !== 'serial' && typeof cell.relative?.ratio === 'number';
}
