// What a run's cells have in common and where they differ. Pure functions on the JSON of a run, for the chart
// and the tables. What is said of it in words comes from the server.

const AXES = ['runtime', 'lock', 'cpus', 'tasks'];

// The value of an axis or of a parameter of a cell.
export function axisValue(cell, axis) {
    return AXES.includes(axis) || axis === 'mode' ? cell[axis] : (cell.params?.[axis] ?? null);
}

// How many values an axis has among the cells that have it: the parameters of a lock are there only in the
// cells of that lock.
export function distinct(cells, axis) {
    const having = cells.filter((cell) => !cell.params || axis in cell || axis in cell.params);

    return new Set(having.map((cell) => JSON.stringify(axisValue(cell, axis)))).size;
}

// The axes and parameters in which cells differ, without the mode.
export function varyingAxes(cells) {
    const params = [...new Set(cells.flatMap((cell) => Object.keys(cell.params ?? {})))];

    return [...AXES, ...params].filter((axis) => distinct(cells, axis) > 1);
}

// What the server says to tell a cell from its neighbours, beside its mode. A run that an earlier version
// kept has no titles; its bare values must do.
function titleOf(cell, cells) {
    return (
        cell.title ??
        varyingAxes(cells)
            .map((axis) => axisValue(cell, axis))
            .join(', ')
    );
}

// Cells that differ in nothing but the mode have one title: [{title, cells}], in the order of the run.
export function groupCells(cells) {
    const groups = new Map();

    for (const cell of cells) {
        const title = titleOf(cell, cells);

        groups.set(title, [...(groups.get(title) ?? []), cell]);
    }
    return [...groups].map(([title, members]) => ({title, cells: members}));
}

// A mode is called by its name, where nobody has given the cell plainer words for it (mode_text).
export const modeText = ({mode, mode_text: words}) => words ?? mode;

// What a cell is called next to its neighbours: its mode, and what varies; where all have one mode, only
// that.
export function cellName(cell, cells) {
    const names = [distinct(cells, 'mode') > 1 && modeText(cell), titleOf(cell, cells)].filter(Boolean);

    return names.join(', ') || modeText(cell);
}

// A cell that failed may have times all the same, and one that was never begun has none.
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

// Whether some parameter differs between runtimes and within none of them, as the number of turns does. Then
// their times are of different work, and only what each took of its own serial time can be compared.
function workDiffers(cells) {
    const runtimes = [...new Set(cells.map((cell) => cell.runtime))];
    const within = (axis) =>
        runtimes.every((name) => distinct(cells.filter(({runtime}) => runtime === name), axis) <= 1);

    return (
        runtimes.length > 1 && varyingAxes(cells).some((axis) => !AXES.includes(axis) && within(axis))
    );
}

// The paths of all that a bar can show: the two times, and every number among metrics and memory. A wall time
// that was given is no measure, and nobody is to compare it; of different work the ratio to serial comes first.
export function measurePaths(cells, {fixed_time: isTimeGiven} = {}) {
    const below = (part) =>
        cells.flatMap((cell) => Object.keys(cell[part] ?? {})).map((key) => `${part}.${key}`);
    const paths = new Set([
        ...(workDiffers(cells) ? ['relative.ratio'] : []),
        ...(isTimeGiven ? [] : ['wall_ns.median']),
        'cpu_ns.median',
        ...below('metrics'),
        ...below('memory'),
    ]);

    return [...paths].filter((path) => cells.some((cell) => numberAt(cell, path) !== null));
}

// Why a cell has no number at a path: of a metric the server says it beside the place where it would be. null
// if it says nothing.
export function reasonAt(cell, path) {
    const said = `${path}_reason`.split('.').reduce((object, key) => object?.[key], cell);

    return typeof said === 'string' ? said : null;
}

// What the spans show of who was inside the lock, and outside it: [{text, names}], each text with the names
// of all cells that it is true of.
export function sightsOf(cells) {
    const sights = new Map();

    for (const cell of cells)
        for (const text of [cell.inside?.text, cell.outside?.text].filter(Boolean))
            sights.set(text, [...(sights.get(text) ?? []), cellName(cell, cells)]);
    return [...sights].map(([text, names]) => ({text, names}));
}

// The two ends of a whisker: the interval of the median, or where there is none the range of the samples.
export function whisker(stats) {
    return stats.interval ?? [stats.min, stats.max];
}

// Whether a cell stands beside another that it is compared with; one that is compared with itself is what the
// others are compared with.
export function isCompared(cell, cells) {
    return typeof cell.relative?.ratio === 'number' && cells[cell.relative.to] !== cell;
}

// The same for several tasks of a mode beside its one.
export function isScaled(cell, cells) {
    return typeof cell.scaling?.speedup === 'number' && cells[cell.scaling.to] !== cell;
}

// The column in which a model stands beside what it models.
export const MODEL = 'model ÷ real';

// The name of the column of ratios to a mode.
export function ratioHead(baseline) {
    return `× ${baseline}`;
}
