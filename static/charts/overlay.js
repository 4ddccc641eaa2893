// Two runs over one another: for each cell that both have a wide, outlined bar to the median of the baseline, and in it
// a narrow, filled one to that of the candidate, each with its whisker, and both numbers beside them. Width and outline
// tell the two apart, so that colour is free for the mode or the lock, as in the bars of one run.
import {distinct, groupCells, whisker} from '../core/cells.js';
import {el} from '../core/dom.js';
import {field, ratio, time} from '../core/format.js';
import {signFill, signOf} from '../core/signs.js';
import {barOptions, hasArrows, WALL_TIME} from './bars.js';
import {drawWhisker, isWide, overRows, readTheme, write} from './bars-ink.js';
import {key, makeFigure} from './figure.js';

const LONGEST_LABEL = 16; // characters that leave room for bars on a phone
const WIDE = 15; // half the height of a baseline's bar at most, in pixels
const NARROW = 0.42; // the candidate's beside it

function sideOf(stats) {
    if (typeof stats?.median !== 'number') return {value: null, text: '–'};
    const [low, high] = whisker(stats);

    return {value: stats.median, low, high, text: time(stats.median)};
}

// What the bars show: the wall time, or where that was given, what the experiment is about.
const shownOf = (about) =>
    about?.fixed_time ? {path: about.figure, title: about.head} : {path: WALL_TIME, title: 'median wall time'};

// One figure of each run, without a range.
function figureOf(value, path) {
    if (typeof value !== 'number') return {value: null, text: '–'};
    return {value, low: null, high: null, text: field(path.split('.').at(-1), value)};
}

// {group, sign} for a title, or {sign, label, baseline, candidate, ratio, verdict}: each of the two is {value, low,
// high, text}.
function overlayRows(cells, about) {
    const {path} = shownOf(about);
    const side = (cell, name) => (path === WALL_TIME ? sideOf(cell[name]) : figureOf(cell.figures[name], path));
    const groups = groupCells(cells);
    const isLong = ({title, cells: [cell]}) => `${cell.mode}, ${title}`.length > LONGEST_LABEL;
    const hasTitles = groups.length > 1 && groups.some(isLong);
    const label = (cell, title) => (groups.length > 1 && !hasTitles ? `${cell.mode}, ${title}` : cell.mode);
    const titleRow = ({title, cells: [{lock}]}) => ({
        group: title,
        sign: distinct(cells, 'lock') > 1 ? {family: 'lock', name: lock} : null,
    });
    const barRow = (cell, title) => ({
        sign: signOf(cell, cells),
        label: label(cell, title),
        baseline: side(cell, 'baseline'),
        candidate: side(cell, 'candidate'),
        ratio: typeof cell.ratio === 'number' ? `${ratio(cell.ratio)} ×` : '',
        verdict: path === WALL_TIME ? (cell.verdict ?? '') : '',
    });

    return groups.flatMap((group) => [
        ...(hasTitles ? [titleRow(group)] : []),
        ...group.cells.map((cell) => barRow(cell, group.title)),
    ]);
}

function overlayInWords(rows, title) {
    const barText = ({label, baseline, candidate, ratio: times, verdict}) =>
        `${label} baseline ${baseline.text}, candidate ${candidate.text}` +
        `${times ? `, ${times} (${verdict})` : ''};`;

    const texts = rows.map((row) => (row.group ? `${row.group}:` : barText(row)));

    return `Bar chart: ${title} of both runs. ${texts.join(' ')}`;
}

const sidesOf = (rows) => rows.flatMap(({baseline, candidate}) => [baseline, candidate].filter(Boolean));

// In a narrow window ratio and verdict are left to the table.
function candidateText({candidate, ratio: times, verdict}, hasVerdict) {
    return [candidate.text, ...(hasVerdict ? [times, verdict] : [])].filter(Boolean).join('  ');
}

// Room for the widest number on the right of the bars.
function room(pen, theme, rows, hasVerdict) {
    pen.font = `600 ${theme.size}px ${theme.family}`;
    const widths = rows.map((row) => (row.candidate ? pen.measureText(candidateText(row, hasVerdict)).width : 0));

    return 22 + Math.max(40, ...widths);
}

const hasRange = ({low}) => typeof low === 'number';

// The baseline's whisker lies in the upper part of its bar, which the candidate's bar does not cover.
function drawPair(pen, theme, row, {at, end, y, half, hasVerdict}) {
    const {baseline, candidate} = row;
    const reach = Math.max(...[baseline, candidate].flatMap(({value, high}) => [value ?? 0, high ?? 0]));
    const x = Math.min(end, at(reach)) + 8;
    const whiskerOf = ({low, high}) => ({low: at(low), high: at(high), end});

    if (hasRange(baseline)) drawWhisker(pen, theme, whiskerOf(baseline), y - half * 0.72, half * 0.5);
    if (hasRange(candidate)) drawWhisker(pen, theme, whiskerOf(candidate), y, half * 0.7);
    write(pen, theme, baseline.text, {x, y: y - theme.size * 0.58, colour: theme.muted});
    write(pen, theme, candidateText(row, hasVerdict), {x, y: y + theme.size * 0.58, weight: 600});
}

function ink(rows, theme, hasVerdict) {
    return overRows(rows, theme, {step: 2.4 * WIDE, part: 0.37, most: WIDE}, (pen, row, {at, area, y, half}) =>
        drawPair(pen, theme, row, {at, end: area.right, y, half, hasVerdict}),
    );
}

// Bars of both datasets have the same place: grouped is off, and the first one lies on top.
function datasets(pen, theme, rows) {
    const common = {grouped: false, categoryPercentage: 0.86, barPercentage: 0.86};

    return [
        {
            ...common,
            data: rows.map(({candidate}) => candidate?.value ?? null),
            backgroundColor: rows.map(({sign, candidate}) => (candidate ? signFill(pen, sign) : 'transparent')),
            maxBarThickness: 2 * WIDE * NARROW,
            barPercentage: 0.86 * NARROW,
        },
        {
            ...common,
            data: rows.map(({baseline}) => baseline?.value ?? null),
            backgroundColor: theme.grid,
            borderColor: theme.muted,
            borderWidth: 1.5,
            maxBarThickness: 2 * WIDE,
        },
    ];
}

// Paints the rows into the canvas, whose box this sizes. Returns the Chart.
function drawOverlay(canvas, Chart, rows, shown) {
    const box = canvas.parentElement;
    const theme = readTheme(box);
    const pen = canvas.getContext('2d');
    const hasVerdict = isWide(box, theme);

    box.style.height = `${Math.round(rows.length * theme.size * 2.9 + theme.size * 4)}px`;
    return new Chart(canvas, {
        type: 'bar',
        data: {labels: rows.map(({label}) => label ?? ''), datasets: datasets(pen, theme, rows)},
        options: barOptions(
            sidesOf(rows),
            shown,
            theme,
            room(pen, theme, rows, hasVerdict),
        ),
        plugins: [ink(rows, theme, hasVerdict)],
    });
}

// The chart of a comparison as GET /compare answers it: {node, draw, close}, as those of a run (pick.js).
export function overlayFigure({cells, about}) {
    const shown = shownOf(about);
    const rows = overlayRows(cells, about);
    const hasRanges = sidesOf(rows).some(hasRange);
    const hasInterval = cells.some(({baseline, candidate}) => baseline?.interval || candidate?.interval);

    return makeFigure({
        panels: [{words: () => overlayInWords(rows, shown.title), paint: (canvas, Chart) => drawOverlay(canvas, Chart, rows, shown)}],
        keys: () =>
            [
                key('key-wide', 'baseline (wide)'),
                key('key-bar', 'candidate (narrow)'),
                hasRanges && key('key-whisker', hasInterval ? 'interval' : 'smallest to largest'),
                hasArrows(sidesOf(rows)) && el('span', {class: 'key'}, '→ the interval goes on'),
            ].filter(Boolean),
    });
}
