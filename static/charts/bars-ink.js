// What is on top of the bars: titles of groups with the sign of their lock, whiskers, ideals, numbers and
// failures. Colours and type come from the style sheet, so light and dark are decided in one place.
//
// Chart.js calls overlay() when it has drawn its bars; everything here is then painted over them on the same
// canvas, at the places that the scales of the chart tell.
import {signFill} from '../core/signs.js';

// Read anew for each drawing, since the theme of the system can change at any time.
export function readTheme(node) {
    const style = getComputedStyle(node);
    const colour = (name) => style.getPropertyValue(name).trim();

    return {
        text: colour('--text'),
        muted: colour('--muted'),
        grid: colour('--line'),
        panel: colour('--panel'),
        bad: colour('--bad'),
        family: style.fontFamily,
        size: parseFloat(style.fontSize),
    };
}

export function write(pen, theme, text, {x, y, weight = 400, colour = theme.text, width = Infinity}) {
    pen.font = `${weight} ${theme.size}px ${theme.family}`;
    pen.fillStyle = colour;
    pen.fillText(cut(pen, text, width), x, y);
}

// The text cut to a width in pixels, with an ellipsis. Letters differ in width, so it is measured and not
// counted.
function cut(pen, text, width) {
    let short = text;

    while (short.length > 1 && pen.measureText(short + (short === text ? '' : '…')).width > width)
        short = short.slice(0, -1);
    return short === text ? text : short + '…';
}

// Lines in the text's colour with a rim of the panel's, so that they show on any bar.
function strokeWithRim(pen, theme, {width, rim, dash = []}) {
    pen.setLineDash([]);
    pen.strokeStyle = theme.panel;
    pen.lineWidth = rim;
    pen.stroke();
    pen.setLineDash(dash);
    pen.strokeStyle = theme.text;
    pen.lineWidth = width;
    pen.stroke();
}

function addVertical(pen, x, y, half) {
    pen.moveTo(x, y - half);
    pen.lineTo(x, y + half);
}

// Dashed and taller than the bar, so it is not taken for an end of the whisker.
function drawIdeal(pen, theme, x, y, half) {
    pen.beginPath();
    addVertical(pen, x, y, half + 4);
    strokeWithRim(pen, theme, {width: 2, rim: 4, dash: [3, 2]});
}

// From low to high. It lies over its bar and beyond it, so it has a rim in the panel's colour: without one it
// would vanish on a dark bar in one theme and on a light one in the other. A whisker that is longer than the
// axis ends in an arrow.
export function drawWhisker(pen, theme, {low, high, end}, y, half) {
    const tip = Math.min(high, end);

    pen.beginPath();
    pen.moveTo(low, y);
    pen.lineTo(tip, y);
    addVertical(pen, low, y, half / 2);
    if (high > end) {
        pen.moveTo(tip - half / 2, y - half / 2);
        pen.lineTo(tip, y);
        pen.lineTo(tip - half / 2, y + half / 2);
    } else {
        addVertical(pen, tip, y, half / 2);
    }
    strokeWithRim(pen, theme, {width: 1.5, rim: 4.5});
}

// On a phone there is room for the time alone.
export function isWide(box, theme = readTheme(box)) {
    return box.clientWidth >= 26 * theme.size;
}

function numberText(row, isWide) {
    return isWide && row.ratio ? `${row.text}  ${row.ratio}` : row.text;
}

// The title of a group, behind the sign of its lock where locks differ.
function drawTitle(pen, theme, {group, sign}, {x, y, width}) {
    const half = theme.size * 0.4;
    const indent = sign ? 4.5 * half : 0;

    if (sign) {
        pen.fillStyle = signFill(pen, sign);
        pen.fillRect(x, y - half, 3 * half, 2 * half);
    }
    write(pen, theme, group, {x: x + indent, y, weight: 600, width: width - indent});
}

// Room for the widest number on the right of the bars.
export function numberRoom(pen, theme, rows, isWide) {
    pen.font = `600 ${theme.size}px ${theme.family}`;
    return (
        Math.max(
            40,
            ...rows.filter((row) => row.text).map((row) => pen.measureText(numberText(row, isWide)).width),
        ) + 14
    );
}

// The number stands behind whatever reaches farthest, or it would be crossed by a line.
function drawMeasured(pen, theme, row, {at, end, y, half, isWide}) {
    const x = Math.min(end, at(Math.max(row.value, row.high ?? 0, row.ideal ?? 0))) + 8;

    if (row.ideal !== null) drawIdeal(pen, theme, at(row.ideal), y, half);
    if (row.high !== null) drawWhisker(pen, theme, {low: at(row.low), high: at(row.high), end}, y, half);
    write(pen, theme, row.text, {x, y, weight: 600});
    if (isWide && row.ratio)
        write(pen, theme, row.ratio, {x: x + pen.measureText(`${row.text}  `).width, y, colour: theme.muted});
}

// The plugin of one chart that draws over its bars: titles of groups by itself, any other row by draw(pen, row, {at, area,
// width, y, half}). at(value) is where a value lies; half is half the height of a bar: so much of the step from row to
// row, and no more than most. A single row has the step of its own.
export function overRows(rows, theme, {step: ownStep, part, most}, draw) {
    return {
        id: 'overlay',
        afterDatasetsDraw({ctx: pen, scales: {x: scale, y: axis}, chartArea: area, width}) {
            const step = rows.length > 1 ? axis.getPixelForTick(1) - axis.getPixelForTick(0) : ownStep;
            const half = Math.min(most, step * part);
            const at = (value) => scale.getPixelForValue(value);

            pen.save();
            pen.textBaseline = 'middle';
            pen.textAlign = 'left';
            rows.forEach((row, i) => {
                const y = axis.getPixelForTick(i);

                if ('group' in row)
                    drawTitle(pen, theme, row, {
                        x: axis.left,
                        y: y + theme.size * 0.3,
                        width: width - axis.left,
                    });
                else draw(pen, row, {at, area, width, y, half});
            });
            pen.restore();
        },
    };
}

// What stands over the bars of one run.
export function overlay(rows, theme, isWide) {
    return overRows(rows, theme, {step: 30, part: 0.36, most: 14}, (pen, row, {at, area, width, y, half}) => {
        if (row.value !== undefined) {
            drawMeasured(pen, theme, row, {at, end: area.right, y, half, isWide});
            return;
        }
        write(pen, theme, row.failed ? `✕ ${row.failed}` : row.text, {
            x: area.left + 6,
            y,
            colour: row.failed ? theme.bad : theme.muted,
            width: width - area.left - 8,
        });
    });
}
