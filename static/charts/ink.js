// What charts with axes have in common: no animation, quiet grids, the type of the page, and marks that tell series
// apart without their colours.
import {withoutZeros} from '../core/format.js';

// By the place of a series: the shape of its points, as Chart.js calls it and as a letter, and the dashes of its line.
const MARKS = [
    ['circle', '●', []],
    ['rect', '■', [7, 4]],
    ['triangle', '▲', [2, 3]],
    ['rectRot', '◆', [10, 3, 2, 3]],
    ['cross', '✚', [4, 2]],
    ['star', '✱', [12, 4]],
    ['crossRot', '✖', [1, 4]],
];

export function markOf(i) {
    const [shape, glyph, dash] = MARKS[i % MARKS.length];

    return {shape, glyph, dash};
}

const small = (theme) => ({family: theme.family, size: theme.size * 0.85});

function axisTitle(title, log, wide) {
    if (!log) return title;
    return wide ? `${title} (logarithmic)` : [title, '(logarithmic)'];
}

// An axis of a figure: title, its type, and how a value is written. An axis of lengths begins at zero; a logarithmic
// one has no zero, and its title says so, in a line of its own where there is no room (not wide).
export function numberAxis(theme, {title, write, log = false, wide = true, ...more}) {
    return {
        type: log ? 'logarithmic' : 'linear',
        beginAtZero: !log,
        grid: {color: theme.grid, drawBorder: false},
        border: {display: false},
        title: {display: true, text: axisTitle(title, log, wide), color: theme.muted, font: small(theme)},
        ticks: {
            color: theme.muted,
            font: small(theme),
            maxTicksLimit: 7,
            maxRotation: 0,
            callback: (value) => withoutZeros(write(value)),
        },
        ...more,
    };
}

// A logarithmic axis has a tick at each power of ten, and no more.
export function powersOfTen(axis) {
    const powers = [];

    for (let e = Math.floor(Math.log10(axis.min)); 10 ** e <= axis.max * 1.001; e++)
        if (10 ** e >= axis.min * 0.999) powers.push({value: 10 ** e});
    if (powers.length > 1) axis.ticks = powers;
}

// tip(item) says what a point is, for who points at it with a mouse; the table has it for everybody.
export function commonOptions(theme, {tip, scales, right = 0}) {
    return {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        layout: {padding: {right, top: 6}},
        interaction: {mode: 'nearest', intersect: false},
        plugins: {
            legend: {display: false},
            tooltip: {
                displayColors: false,
                bodyFont: small(theme),
                callbacks: {title: () => '', label: tip},
            },
        },
        scales,
    };
}
