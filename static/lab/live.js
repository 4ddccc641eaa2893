// A run while it goes on: a bar for each cell, of the repetitions that are there, drawn anew as more come: its wall time,
// or where that was given, the figure that the experiment is about. Nothing
// moves between two pictures, and there are at most two of them a second, so that the page takes no CPU time from
// what is measured.
import {barRows, barsInWords, drawBars, WALL_TIME} from '../charts/bars.js';
import {key, makeFigure} from '../charts/figure.js';
import {hasTimes, numberAt} from '../core/cells.js';
import {el} from '../core/dom.js';
import {plural} from '../core/format.js';

const DRAW_MS = 500;

const middle = (sorted) => (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;

// The times so far as the server writes those of a whole cell; intervals need all repetitions and are the server's.
function timesOf(samples) {
    const sorted = [...samples].sort((a, b) => a - b);

    return {median: middle(sorted), min: sorted[0], max: sorted.at(-1), interval: null, samples};
}

// The figures so far, where those of a whole cell stand: the one in the middle.
function figuresOf(cell, path, figure) {
    const [part, key] = path.split('.');
    const figures = [...(cell.figures ?? []), figure].sort((a, b) => a - b);

    return {figures, [part]: {...cell[part], [key]: middle(figures)}};
}

// A cell with one sample more. A warm-up (a negative repetition) is not timed, and one that failed has no time.
function withSample(cell, {repetition, status, wall_ns: time, figure}, path) {
    if (!cell || repetition < 0 || status !== 'done' || typeof time !== 'number') return cell;
    return {
        ...cell,
        wall_ns: timesOf([...(cell.wall_ns?.samples ?? []), time]),
        ...(path !== WALL_TIME && typeof figure === 'number' && figuresOf(cell, path, figure)),
    };
}

// What tells a cell from the others of its run: the event of its result does not say its number.
const identity = ({title, runtime, mode, lock, tasks, cpus, params}) =>
    JSON.stringify([title, runtime, mode, lock, tasks, cpus, params]);

// A cell of which nothing has come yet waits; that is no failure.
const rowsOf = (cells, path) =>
    barRows(cells, path).map((row) =>
        row.failed && !row.value ? {...row, failed: null, text: path === WALL_TIME ? 'no time yet' : 'nothing yet'} : row,
    );

function makePicture(cells, path, about) {
    return makeFigure({
        panels: [
            {
                words: () => barsInWords(rowsOf(cells(), path), path, about),
                paint: (canvas) => drawBars(canvas, rowsOf(cells(), path), path, about),
            },
        ],
        keys: () =>
            [
                key('key-bar', 'median so far'),
                path === WALL_TIME && key('key-whisker', 'smallest to largest so far'),
            ].filter(Boolean),
    });
}

// place is an empty section. Returns {begin(run), hear(name, data), redraw(), end()}.
export function makeLive(place) {
    const said = el('p', {class: 'hint'});
    let cells = [];
    let path = WALL_TIME;
    let figure = null; // where the time was given and there is no other figure there is none: that time is no measure
    let timer = null;

    function sayCount() {
        const timed = cells.reduce((sum, cell) => sum + (cell.wall_ns?.samples.length ?? 0), 0);

        said.textContent =
            `${plural(timed, 'timed repetition')} of ${plural(cells.length, 'cell')} so far.` +
            (figure ? '' : ' What is measured follows with the result.');
    }

    function paint() {
        const isThere = path === WALL_TIME ? hasTimes : (cell) => numberAt(cell, path) !== null;

        timer = null;
        sayCount();
        place.hidden = false;
        if (cells.some(isThere)) figure?.draw(); // an axis of nothing would have a length of nothing
    }

    function change(i, cell) {
        if (!cells[i]) return;
        cells[i] = cell;
        timer ??= setTimeout(paint, DRAW_MS);
    }

    function end() {
        clearTimeout(timer);
        timer = null;
        figure?.close();
        figure = null;
        cells = [];
        place.hidden = true;
        place.replaceChildren();
    }

    return {
        begin(run) {
            end();
            const about = run.about ?? {};

            cells = run.cells?.map((cell) => ({...cell, wall_ns: null, metrics: null, memory: null})) ?? [];
            path = about.fixed_time ? about.figure : WALL_TIME;
            if (path) figure = makePicture(() => cells, path, about);
            const title = el('h2', {}, `So far: ${run.sentences?.heading ?? run.experiment}`);

            place.replaceChildren(...[title, figure?.node, said].filter(Boolean));
        },
        hear(name, data) {
            if (name === 'sample') change(data.cell, withSample(cells[data.cell], data, path));
            if (name === 'result') change(cells.findIndex((cell) => identity(cell) === identity(data)), data);
        },
        redraw: () => !place.hidden && paint(),
        end,
    };
}
