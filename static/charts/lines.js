// Lines along what is swept: the time or the figure that the experiment is about; of tasks and CPUs also the speed-up
// with the best that the machine could do, and the efficiency. Points are joined by straight lines, as nothing is known
// between them.
import {isCompared} from '../core/cells.js';
import {el} from '../core/dom.js';
import {count, field, fieldTitle, ratio, time, withoutZeros} from '../core/format.js';
import {signColour, signOf} from '../core/signs.js';
import {number, table} from '../core/table.js';
import {readTheme} from './bars-ink.js';
import {barsTitle, WALL_TIME} from './bars.js';
import {IDEAL, INTERVAL, key, makeFigure} from './figure.js';
import {commonOptions, markOf, numberAxis} from './ink.js';
import {figurePoints, gainPoints, idealPoints, seriesOf, sweptAxis, sweptValues} from './sweep.js';

const LOG_FROM = 20; // so many times as much at the end as at the beginning
const HEIGHT_REM = 17;
const INTERVAL_ROOM = 1.5; // as of bars

export const hasLines = (run) => sweptAxis(run) !== null;
export const linesTitle = (run) => `Along ${titleOf(sweptAxis(run))}`;

const percent = (value) => `${count(Math.round(value * 100))} %`;
const forEach = (points) => points.map(({x, y, low, high}) => ({x, y: y / x, low: low / x, high: high / x}));

// Names of parameters say their unit; microseconds are times like all others.
const isMicro = (axis) => axis.endsWith('_us');
const titleOf = (axis) => fieldTitle(isMicro(axis) ? axis.slice(0, -3) : axis);
const writerOf = (axis) => (value) => (isMicro(axis) ? withoutZeros(time(value * 1000)) : field(axis, value));

function gainTitle(cells) {
    const compared = cells.find((cell) => isCompared(cell, cells));

    return compared
        ? `speed-up: times as fast as ${cells[compared.relative.to].mode}`
        : 'speed-up: tasks done in the time of one';
}

// What is drawn along the axis: [{title, write(value), pointsOf(cells), ideal}].
function curvesOf(run, axis, about) {
    const series = seriesOf(run, axis);
    const curves = [];
    const figure = (path) => {
        const name = path.endsWith('.median') ? path.split('.')[0] : path.split('.').at(-1);

        curves.push({
            title: barsTitle(path, about),
            write: (value) => field(name, value),
            pointsOf: (cells) => figurePoints(cells, axis, path),
        });
    };

    if (about.figure) figure(about.figure);
    if (!about.fixed_time) figure(WALL_TIME);
    if (!about.fixed_time && ['tasks', 'cpus'].includes(axis)) {
        const gain = (cells) => gainPoints(cells, axis, run.cells);
        const ideal = idealPoints(series, axis, run.cells);

        curves.push(
            {title: gainTitle(run.cells), write: ratio, pointsOf: gain, ideal},
            {
                title: `efficiency: the speed-up for each ${axis === 'tasks' ? 'task' : 'CPU'}`,
                write: percent,
                pointsOf: (cells) => forEach(gain(cells)),
                ideal: ideal && forEach(ideal),
            },
        );
    }
    return curves.filter(({pointsOf}) => series.some(({cells}) => pointsOf(cells).length > 1));
}

// Where the axis has to reach: over all points, and over their intervals unless one of them is so long that it would
// press all lines flat.
function highestOf(points) {
    const highest = Math.max(...points.map(({y}) => y));

    const longest = Math.max(highest, ...points.map(({high}) => (Number.isFinite(high) ? high : 0)));

    return Math.min(longest, highest * INTERVAL_ROOM);
}

// The interval of each point as a thin line through it.
const whiskers = {
    id: 'whiskers',
    afterDatasetsDraw({ctx: pen, data, scales: {x, y}}) {
        pen.save();
        pen.lineWidth = 1.5;
        for (const {data: points, borderColor} of data.datasets) {
            pen.strokeStyle = borderColor;
            for (const {x: at, low, high} of points) {
                if (!Number.isFinite(low) || !Number.isFinite(high)) continue;
                pen.beginPath();
                pen.moveTo(x.getPixelForValue(at), Math.min(y.getPixelForValue(low), y.bottom));
                pen.lineTo(x.getPixelForValue(at), Math.max(y.getPixelForValue(high), y.top));
                pen.stroke();
            }
        }
        pen.restore();
    },
};

function datasetOf({name, colour, data, mark}) {
    return {
        label: name,
        data,
        borderColor: colour,
        backgroundColor: colour,
        borderDash: mark.dash,
        pointStyle: mark.shape,
        pointRadius: mark.shape === 'circle' ? 4 : 5,
        pointBorderWidth: 2,
        borderWidth: 2,
        tension: 0,
        clip: false,
    };
}

const idealSet = (theme, points) => ({
    label: 'ideal',
    data: points,
    borderColor: theme.text,
    borderDash: [3, 3],
    borderWidth: 1.5,
    pointRadius: 0,
    tension: 0,
});

function drawCurve(canvas, Chart, {curve, series, axis, values, writeX}) {
    const box = canvas.parentElement;
    const theme = readTheme(box);
    const isLog = values.at(-1) / Math.max(values[0], 1e-9) > LOG_FROM && values[0] > 0;

    box.style.height = `${HEIGHT_REM}rem`;
    return new Chart(canvas, {
        type: 'line',
        data: {
            datasets: [
                ...series.map(({name, cells, colour}, i) =>
                    datasetOf({name, colour: colour(), data: curve.pointsOf(cells), mark: markOf(i)}),
                ),
                ...(curve.ideal ? [idealSet(theme, curve.ideal)] : []),
            ],
        },
        options: commonOptions(theme, {
            right: 12,
            tip: ({dataset, parsed: {x, y}}) => `${dataset.label}: ${curve.write(y)} at ${writeX(x)} ${titleOf(axis)}`,
            scales: {
                x: numberAxis(theme, {
                    title: titleOf(axis),
                    write: writeX,
                    log: isLog,
                    beginAtZero: false,
                    afterBuildTicks: (scale) => {
                        scale.ticks = values.map((value) => ({value}));
                    },
                }),
                y: numberAxis(theme, {
                    title: curve.title.split(':')[0],
                    write: curve.write,
                    suggestedMax: highestOf(series.flatMap(({cells}) => curve.pointsOf(cells))),
                }),
            },
        }),
        plugins: [whiskers],
    });
}

// A row for each value that is swept, a column for each series.
function curveTable({curve, series, values, axis, writeX}) {
    const figureAt = ({cells}) => (x) => {
        const point = curve.pointsOf(cells).find((one) => one.x === x);

        return point ? number(point.y, curve.write(point.y)) : '–';
    };

    return table(`${curve.title}, along ${titleOf(axis)}`, [
        {head: titleOf(axis), isNumber: true, value: (x) => number(x, writeX(x))},
        ...series.map((one) => ({head: one.name, isNumber: true, value: figureAt(one)})),
    ], values);
}

const inWords = ({curve, series, axis, writeX}) =>
    `Line chart: ${curve.title}, along ${titleOf(axis)}. ` +
    series
        .map(({name, cells}) => {
            const points = curve.pointsOf(cells).map(({x, y}) => `${writeX(x)}: ${curve.write(y)}`);

            return `${name}: ${points.join(', ')};`;
        })
        .join(' ');

function lineKey({name, colour}, i) {
    const node = el('span', {class: 'key'}, el('b', {'aria-hidden': 'true'}, markOf(i).glyph), name);

    node.firstChild.style.color = colour();
    return node;
}

export function linesFigure(run, {about}) {
    const axis = sweptAxis(run);
    const values = sweptValues(run, axis);
    const writeX = writerOf(axis);
    const series = seriesOf(run, axis).map((one) => ({
        ...one,
        colour: () => signColour(signOf(one.cells[0], run.cells)),
    }));
    const all = curvesOf(run, axis, about).map((curve) => ({curve, series, axis, values, writeX}));
    const hasInterval = ({curve}) =>
        series.some(({cells}) => curve.pointsOf(cells).some(({low}) => Number.isFinite(low)));

    return makeFigure({
        panels: all.map((one) => ({
            title: one.curve.title,
            words: () => inWords(one),
            paint: (canvas, Chart) => drawCurve(canvas, Chart, one),
        })),
        keys: () =>
            [
                ...series.map(lineKey),
                all.some(({curve}) => curve.ideal) && key('key-ideal-line', IDEAL),
                all.some(hasInterval) && key('key-interval', INTERVAL),
            ].filter(Boolean),
        table: () => el('div', {class: 'tables'}, all.map(curveTable)),
    });
}
