// The chart of a run: a bar from zero to the median wall time of each cell, a whisker over it, a tick at the
// ideal, and the number beside it. Data in, picture out: barRows() makes plain rows, drawBars() paints them.
//
// Bars lie, so that names and numbers stay readable on a phone and 64 of them on a projector. A mode has a
// colour and a pattern, and its name is next to its bar. Chart.js draws axis, grid and bars; bars-ink.js what
// is on top of them.
import {modeFill, numberRoom, overlay, readTheme} from './bars-ink.js';
import {barLabel, groupCells, hasTimes, isCompared, statusText, whisker} from './cells.js';
import {ratio, shortTime, time} from './format.js';

// A whisker may make the axis so much longer than the longest bar; beyond that it ends in an arrow, or one
// disturbed repetition would make all bars too short to compare.
const WHISKER_ROOM = 1.5;
const LONGEST_LABEL = 16; // characters that leave room for bars on a phone

// [{group}] for the title of a group, or {mode, label, median, low, high, ideal, text, ratio, failed}.
export function barRows(cells) {
    const groups = groupCells(cells);
    const isLong = cells.some((cell) => barLabel(cell, cells).length > LONGEST_LABEL);
    const hasTitles = groups.length > 1 && (isLong || groups.some((group) => group.cells.length > 1));

    return groups.flatMap((group) => [
        ...(hasTitles ? [{group: group.title}] : []),
        ...group.cells.map((cell) => barRow(cell, hasTitles ? cell.mode : barLabel(cell, cells))),
    ]);
}

function barRow(cell, label) {
    if (!hasTimes(cell)) return {mode: cell.mode, label, failed: statusText(cell)};
    const [low, high] = whisker(cell.wall_ns);

    return {
        mode: cell.mode,
        label,
        median: cell.wall_ns.median,
        low,
        high,
        ideal: cell.ideal_ns ?? null,
        text: time(cell.wall_ns.median),
        ratio: isCompared(cell) ? `${ratio(cell.relative.ratio)} ×` : '',
        failed: cell.status === 'failed' ? `failed: ${cell.reason ?? ''}` : null,
    };
}

// The same in words, for who cannot see the picture; the table below has everything.
export function barsInWords(rows) {
    const bars = rows.filter((row) => !('group' in row));

    if (bars.length > 12)
        return `Bar chart of the median wall time of ${bars.length} cells. The table below has the numbers.`;
    return (
        'Bar chart of the median wall time. ' +
        rows.map((row) => (row.group ? `${row.group}:` : `${row.label} ${row.text ?? row.failed};`)).join(' ')
    );
}

function longestWhisker(rows) {
    return Math.max(0, ...rows.map((row) => row.high ?? 0));
}

function axisEnd(rows) {
    const longest = Math.max(1, ...rows.flatMap((row) => [row.median ?? 0, row.ideal ?? 0]));

    return Math.min(Math.max(longest, longestWhisker(rows)), longest * WHISKER_ROOM);
}

// Whether some whisker ends in an arrow.
export function hasArrows(rows) {
    return longestWhisker(rows) > axisEnd(rows);
}

function options(rows, theme, room) {
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
                min: 0,
                max: axisEnd(rows),
                grid: {color: theme.grid, drawBorder: false},
                border: {display: false},
                ticks: {
                    color: theme.muted,
                    font: {family: theme.family, size: theme.size * 0.85},
                    maxTicksLimit: 6,
                    maxRotation: 0,
                    includeBounds: false,
                    callback: (value) => shortTime(value),
                },
                title: {
                    display: true,
                    text: 'median wall time',
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

// Draws the rows into the canvas, whose box this sizes; returns the Chart, which the caller destroys.
export function drawBars(canvas, rows) {
    const box = canvas.parentElement;
    const theme = readTheme(box);
    const isWide = box.clientWidth >= 26 * theme.size;
    const pen = canvas.getContext('2d');
    const each = theme.size * (rows.length > 24 ? 1.75 : 2.4);

    box.style.height = `${Math.round(rows.length * each + theme.size * 4)}px`;
    return new window.Chart(canvas, {
        type: 'bar',
        data: {
            labels: rows.map((row) => row.label ?? ''),
            datasets: [
                {
                    data: rows.map((row) => row.median ?? null),
                    backgroundColor: rows.map((row) =>
                        row.mode ? modeFill(pen, theme, row.mode) : 'transparent',
                    ),
                    maxBarThickness: 30,
                    categoryPercentage: 0.86,
                    barPercentage: 0.86,
                },
            ],
        },
        options: options(rows, theme, numberRoom(pen, theme, rows, isWide)),
        plugins: [overlay(rows, theme, isWide)],
    });
}
