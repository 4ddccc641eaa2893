// The chart of a run: a bar from zero to the median wall time of each cell, a whisker over it, a tick at the
// ideal, and the number beside it; or a bar to any other figure of each cell, which has neither. Data in,
// picture out: barRows() makes plain rows, drawBars() paints them.
//
// Bars lie, so that names and numbers stay readable on a phone and 64 of them on a projector. A bar has the
// sign of its mode, or where all have one mode, of its lock (signs.js), and its name beside it. Chart.js
// draws axis, grid and bars; bars-ink.js what is on top of them.
import {isWide, numberRoom, overlay, readTheme} from './bars-ink.js';
import {
    cellName,
    distinct,
    groupCells,
    hasTimes,
    isCompared,
    isScaled,
    modeText,
    numberAt,
    reasonAt,
    statusText,
    whisker,
} from '../core/cells.js';
import {field, fieldTitle, ratio, tick, time, withoutZeros} from '../core/format.js';
import {signFill, signOf} from '../core/signs.js';

// One repetition out of seven that another program disturbed can take ten times as long. A whisker may make
// the axis so much longer than the longest bar; beyond that it ends in an arrow, or one disturbed repetition
// would make all bars too short to compare.
const WHISKER_ROOM = 1.5;
const LONGEST_LABEL = 16; // characters that leave room for bars on a phone

export const WALL_TIME = 'wall_ns.median';
export const RATIO = 'relative.ratio';

// What the bars of a path are called: "median wall time", "latency p50"; and the figure that the experiment
// is about by the head of its column: "half within".
export function barsTitle(path, about = {}) {
    const [part, key] = path.split('.');

    if (about.head && path === about.figure) return about.head;
    if (path === RATIO) return 'times the serial time of the same runtime';

    return key === 'median' ? `median ${part === 'cpu_ns' ? 'CPU' : fieldTitle(part)} time` : fieldTitle(key);
}

// A figure at a path, for people: its name says its unit.
function textAt(path, value) {
    const [part, key] = path.split('.');

    if (path === RATIO) return ratio(value);
    return field(key === 'median' ? part : key, value);
}

// The same at the axis, which ends at most.
function tickAt(path, value, most) {
    const [part, key] = path.split('.');

    if (path === RATIO) return withoutZeros(ratio(value));
    return tick(key === 'median' ? part : key, value, most);
}

// {group, sign} for the title of a group, or {sign, label, value, low, high, ideal, text, ratio, failed}.
export function barRows(cells, path = WALL_TIME) {
    // Under the title of its group a bar needs only the name of its mode. There are titles if there are
    // several groups, and one of them has several bars or some name is too long to stand beside its bar.
    const groups = groupCells(cells);
    const names = cells.map((cell) => cellName(cell, cells));
    const isLong = names.some((name) => name.length > LONGEST_LABEL);
    const hasTitles = groups.length > 1 && (isLong || groups.some((group) => group.cells.length > 1));
    const titleRow = ({title, cells: [{lock}]}) => ({
        group: title,
        sign: distinct(cells, 'lock') > 1 ? {family: 'lock', name: lock} : null,
    });
    const barRow = (cell) => ({
        sign: signOf(cell, cells),
        label: hasTitles ? modeText(cell) : names[cells.indexOf(cell)],
        ...(path === WALL_TIME ? wallRow(cell, cells) : otherRow(cell, path)),
    });

    return groups.flatMap((group) => [...(hasTitles ? [titleRow(group)] : []), ...group.cells.map(barRow)]);
}

// A reason stands in place of a bar that is not there: an empty row would look like a time of zero.
//
// Why a cell has no figure there. That it is done is no reason.
function whyNot(cell, path) {
    return reasonAt(cell, path) ?? (cell.status === 'done' ? 'has no such figure' : statusText(cell));
}

// Any other figure is one of the repetition in the middle, so it has no range, no ideal and no verdict; but the
// ratio has its interval.
function otherRow(cell, path) {
    const value = numberAt(cell, path);

    if (value === null) return {failed: whyNot(cell, path)};
    const [low, high] = (path === RATIO && cell.relative.interval) || [null, null];

    return {
        value,
        low,
        high,
        ideal: null,
        text: textAt(path, value),
        ratio: '',
        failed: null,
    };
}

// "2.01 ×", or "speed-up 1.93" where tasks are held against one task.
function ratioText(cell, cells) {
    if (isCompared(cell, cells)) return `${ratio(cell.relative.ratio)} ×`;
    return isScaled(cell, cells) ? `speed-up ${ratio(cell.scaling.speedup)}` : '';
}

// A cell that failed may have times of its good repetitions; the bar is drawn, and the reason is kept with
// it.
function wallRow(cell, cells) {
    if (!hasTimes(cell)) return {failed: whyNot(cell, WALL_TIME)};
    const [low, high] = whisker(cell.wall_ns);

    return {
        value: cell.wall_ns.median,
        low,
        high,
        ideal: cell.ideal_ns ?? null,
        text: time(cell.wall_ns.median),
        ratio: ratioText(cell, cells),
        failed: cell.status === 'failed' ? `failed: ${cell.reason ?? ''}` : null,
    };
}

// The figure of a cell for a table: the bar's value and, where it has one, its range; or why there is none.
export function valueAndRange(cell, path) {
    const name = path.split('.').at(-1);
    const shown = name === 'median' ? path.split('.')[0] : name;
    const value = numberAt(cell, path);

    if (value === null) return {[shown]: null, [`${shown}_reason`]: whyNot(cell, path)};
    if (path !== WALL_TIME) return {[shown]: value};
    const [low, high] = whisker(cell.wall_ns);

    return {[shown]: value, low_ns: low, high_ns: high, ideal_ns: cell.ideal_ns ?? null};
}

// The same in words, for those who cannot see the picture; the table below has everything.
export function barsInWords(rows, path = WALL_TIME, about = {}) {
    const title = barsTitle(path, about);
    const bars = rows.filter((row) => !('group' in row));

    if (bars.length > 12)
        return `Bar chart: ${title}, of ${bars.length} cells. The table below has the numbers.`;
    return (
        `Bar chart: ${title}. ` +
        rows.map((row) => (row.group ? `${row.group}:` : `${row.label} ${row.text ?? row.failed};`)).join(' ')
    );
}

// 0 without whiskers.
function longestWhisker(rows) {
    return Math.max(0, ...rows.map((row) => row.high ?? 0));
}

// Where the axis ends: at the longest bar, ideal or whisker; but no whisker stretches it beyond its room.
function axisEnd(rows) {
    const longest = Math.max(1, ...rows.flatMap((row) => [row.value ?? 0, row.ideal ?? 0]));

    return Math.min(Math.max(longest, longestWhisker(rows)), longest * WHISKER_ROOM);
}

// Whether some whisker ends in an arrow.
export function hasArrows(rows) {
    return longestWhisker(rows) > axisEnd(rows);
}

const isWhole = (rows) => rows.every(({value}) => value === undefined || Number.isInteger(value));

// No animation and no tooltips: a picture that moves takes CPU time from the run that is measured next, and
// everything is written beside the bars already. The axis begins at zero, as lengths could not be compared
// otherwise; below it only if a figure is negative.
export function barOptions(rows, {path, title}, theme, room) {
    return {
        indexAxis: 'y',
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        layout: {padding: {right: room, top: 4}},
        plugins: {legend: {display: false}, tooltip: {enabled: false}},
        scales: {
            x: {
                min: Math.min(0, ...rows.map((row) => row.value ?? 0)),
                max: axisEnd(rows),
                grid: {color: theme.grid, drawBorder: false},
                border: {display: false},
                ticks: {
                    color: theme.muted,
                    font: {family: theme.family, size: theme.size * 0.85},
                    maxTicksLimit: 6,
                    maxRotation: 0,
                    includeBounds: false,
                    precision: isWhole(rows) ? 0 : undefined, // there is no half of a lost update
                    callback: (value) => tickAt(path, value, axisEnd(rows)),
                },
                title: {
                    display: true,
                    text: title,
                    color: theme.muted,
                    font: {family: theme.family, size: theme.size * 0.85},
                },
            },
            y: {
                grid: {display: false, drawBorder: false},
                border: {display: false},
                ticks: {
                    color: theme.text,
                    autoSkip: false,
                    crossAlign: 'far',
                    font: {family: theme.family, size: theme.size},
                },
            },
        },
    };
}

// Draws the rows of a path into the canvas, whose box this sizes: many rows are lower, so that 64 of them fit
// a projector. Returns the Chart, which the caller destroys before it draws into the canvas again.
export function drawBars(canvas, rows, path = WALL_TIME, about = {}) {
    const box = canvas.parentElement;
    const theme = readTheme(box);
    const wide = isWide(box, theme);
    const pen = canvas.getContext('2d');
    const each = theme.size * (rows.length > 24 ? 1.75 : 2.4);

    box.style.height = `${Math.round(rows.length * each + theme.size * 4)}px`;
    return new window.Chart(canvas, {
        type: 'bar',
        data: {
            labels: rows.map((row) => row.label ?? ''),
            datasets: [
                {
                    data: rows.map((row) => row.value ?? null),
                    backgroundColor: rows.map((row) =>
                        'group' in row ? 'transparent' : signFill(pen, row.sign),
                    ),
                    maxBarThickness: 30,
                    categoryPercentage: 0.86,
                    barPercentage: 0.86,
                },
            ],
        },
        options: barOptions(
            rows,
            {path, title: barsTitle(path, about)},
            theme,
            numberRoom(pen, theme, rows, wide),
        ),
        plugins: [overlay(rows, theme, wide)],
    });
}
