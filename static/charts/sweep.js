// What is swept in a run: a number of which some runtime has three values or more, and the series that lie along it.
// Pure functions on the JSON of a run, for the lines.
import {axisValue, distinct, isCompared, numberAt, varyingAxes} from '../core/cells.js';

const FEWEST = 3; // between two values everything is a straight line

const valuesOf = (cells, axis) => [...new Set(cells.map((cell) => axisValue(cell, axis)))].filter(Number.isFinite);

// Work that differs between runtimes, such as a size each chose for itself, is no sweep: one runtime alone has to
// have the values.
function mostValues(cells, axis) {
    const runtimes = [...new Set(cells.map(({runtime}) => runtime))];

    return Math.max(0, ...runtimes.map((name) => valuesOf(cells.filter(({runtime}) => runtime === name), axis).length));
}

// The name of the axis with the most values, or null.
export function sweptAxis({cells}) {
    const [best] = varyingAxes(cells)
        .map((axis) => ({axis, n: mostValues(cells, axis)}))
        .filter(({n}) => n >= FEWEST)
        .sort((a, b) => b.n - a.n);

    return best?.axis ?? null;
}

export function sweptValues({cells}, axis) {
    return valuesOf(cells, axis).sort((a, b) => a - b);
}

// The series along an axis: [{name, cells}], cells in its order. Cells without a value of it are in none: the interval
// of one lock says nothing of another.
export function seriesOf({cells}, axis) {
    const having = cells.filter((cell) => Number.isFinite(axisValue(cell, axis)));
    const others = varyingAxes(having).filter((one) => one !== axis);
    const nameOf = (cell) =>
        [
            distinct(having, 'mode') > 1 && cell.mode,
            ...others.map((one) => (['lock', 'runtime'].includes(one) ? cell[one] : `${one} ${axisValue(cell, one)}`)),
        ]
            .filter(Boolean)
            .join(', ') || cell.mode;
    const series = new Map();

    for (const cell of having) series.set(nameOf(cell), [...(series.get(nameOf(cell)) ?? []), cell]);
    return [...series].map(([name, members]) => ({
        name,
        cells: members.sort((a, b) => axisValue(a, axis) - axisValue(b, axis)),
    }));
}

// Points along an axis: [{x, y, low, high}]; what has no figure there has no point.
function points(cells, axis, get) {
    return cells
        .map((cell) => ({x: axisValue(cell, axis), ...get(cell)}))
        .filter(({y}) => typeof y === 'number');
}

export function figurePoints(cells, axis, path) {
    return points(cells, axis, (cell) => {
        const [low, high] = (path === 'wall_ns.median' && (cell.wall_ns?.interval ?? [])) || [];

        return {y: numberAt(cell, path), low, high};
    });
}

// How many times as fast a cell was as what it is held against, and how fast it could be at best: beside the same work
// one after the other, or, where nobody asked for that, beside one task of the same mode. null for what is held
// against nothing.
function gainOf(cell, cells) {
    const {relative, scaling, ideal_ns: ideal, tasks} = cell;

    if (isCompared(cell, cells)) {
        const [low, high] = relative.interval ?? [];

        return {y: 1 / relative.ratio, low: 1 / high, high: 1 / low, ideal: cells[relative.to].ideal_ns / ideal};
    }
    if (typeof scaling?.speedup !== 'number') return null;
    const [low, high] = scaling.interval ?? [];

    return {y: scaling.speedup, low, high, ideal: (tasks * cells[scaling.to].ideal_ns) / ideal};
}

export function gainPoints(members, axis, cells) {
    return points(members, axis, (cell) => gainOf(cell, cells) ?? {});
}

// The best of all series at each value of the axis; null where the cells have no ideal.
export function idealPoints(series, axis, cells) {
    const best = new Map();

    for (const {x, ideal} of series.flatMap((one) => gainPoints(one.cells, axis, cells)))
        if (Number.isFinite(ideal)) best.set(x, Math.max(best.get(x) ?? 0, ideal));
    return best.size > 1 ? [...best].sort(([a], [b]) => a - b).map(([x, y]) => ({x, y})) : null;
}
