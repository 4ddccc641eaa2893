// How long answers took: for each cell the time within which half of them came, nine of ten, 99 of 100, and the
// longest. They differ by powers of ten, so the axis is logarithmic, and there are points on it and no bars: a length
// would mean nothing where there is no zero.
import {cellName, numberAt, reasonAt} from '../core/cells.js';
import {time} from '../core/format.js';
import {objectTable} from '../core/table.js';
import {isWide, readTheme} from './bars-ink.js';
import {makeFigure} from './figure.js';
import {commonOptions, markOf, numberAxis, powersOfTen} from './ink.js';
import {el} from '../core/dom.js';

const QUANTILES = [
    ['latency_p50_ns', 'half within'],
    ['latency_p90_ns', '9 of 10 within'],
    ['latency_p99_ns', '99 of 100 within'],
    ['latency_max_ns', 'the longest'],
];
const ROOM_REM = 4.5;
const ROW_REM = 2.6;
const TITLE_REM = 1.2; // a second line of it, on a phone

const at = (cell, name) => numberAt(cell, `metrics.${name}`);
const latencies = ({metrics}) =>
    Object.fromEntries(Object.entries(metrics ?? {}).filter(([name]) => name.startsWith('latency_')));

export const hasLatencies = ({cells}) => cells.some((cell) => at(cell, QUANTILES[0][0]) !== null);

// From the first to the last point of a cell, a thin line.
const spans = (theme) => ({
    id: 'spans',
    beforeDatasetsDraw({ctx: pen, data, scales: {x, y}}) {
        pen.save();
        pen.strokeStyle = theme.muted;
        data.labels.forEach((_, i) => {
            const places = data.datasets.map(({data: all}) => all[i]).filter((value) => value !== null);

            if (places.length < 2) return;
            pen.beginPath();
            pen.moveTo(x.getPixelForValue(Math.min(...places)), y.getPixelForTick(i));
            pen.lineTo(x.getPixelForValue(Math.max(...places)), y.getPixelForTick(i));
            pen.stroke();
        });
        pen.restore();
    },
});

function paint(canvas, Chart, cells) {
    const box = canvas.parentElement;
    const theme = readTheme(box);

    const wide = isWide(box, theme);

    box.style.height = `${ROOM_REM + (wide ? 0 : TITLE_REM) + cells.length * ROW_REM}rem`;
    return new Chart(canvas, {
        type: 'line',
        data: {
            labels: cells.map((cell) => cellName(cell, cells)),
            datasets: QUANTILES.map(([name, title], i) => ({
                label: title,
                data: cells.map((cell) => at(cell, name)),
                showLine: false,
                pointStyle: markOf(i).shape,
                pointRadius: 7,
                pointBorderWidth: 2,
                borderColor: theme.text,
                backgroundColor: i === 0 ? theme.text : theme.panel,
            })),
        },
        options: {
            ...commonOptions(theme, {
                right: 16,
                tip: ({dataset, parsed: {x}}) => `${dataset.label} ${time(x)}`,
                scales: {
                    x: numberAxis(theme, {
                        title: 'until the answer came',
                        wide,
                        write: time,
                        log: true,
                        afterBuildTicks: powersOfTen,
                    }),
                    y: {
                        type: 'category',
                        offset: true,
                        grid: {display: false, drawBorder: false},
                        ticks: {
                            color: theme.text,
                            autoSkip: false,
                            crossAlign: 'far',
                            font: {family: theme.family, size: theme.size},
                        },
                    },
                },
            }),
            indexAxis: 'y',
        },
        plugins: [spans(theme)],
    });
}

function inWords(cells) {
    const figureOrWhy = (cell, name) =>
        at(cell, name) === null ? (reasonAt(cell, `metrics.${name}`) ?? '–') : time(at(cell, name));
    const said = (cell) => QUANTILES.map(([name, title]) => `${title} ${figureOrWhy(cell, name)}`).join(', ');
    const all = cells.map((cell) => `${cellName(cell, cells)}: ${said(cell)};`);

    return `Chart of how long answers took. ${all.join(' ')}`;
}

// As they are drawn: the first is full, the others are hollow.
const GLYPHS = ['●', '□', '△', '◇'];

const markKey = (i, title) => el('span', {class: 'key'}, el('b', {'aria-hidden': 'true'}, GLYPHS[i]), title);

export function latencyFigure({cells}) {
    return makeFigure({
        panels: [{words: () => inWords(cells), paint: (canvas, Chart) => paint(canvas, Chart, cells)}],
        keys: () =>
            QUANTILES.map(([name, title], i) => cells.some((cell) => at(cell, name) !== null) && markKey(i, title)).filter(
                Boolean,
            ),
        table: () => objectTable('How long answers took', cells, latencies),
    });
}
