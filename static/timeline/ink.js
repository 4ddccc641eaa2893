// Paints a cell: its lanes (lane-ink.js), what is written on them, the axis, and the span that has the focus. All lengths
// are pixels of the canvas.
import {withoutZeros} from '../core/format.js';
import {readFills, wordOf} from './kinds.js';
import {firstAbove} from './lane-index.js';
import {addLane, paintSpans} from './lane-ink.js';
import {ticks, tickText} from './scale.js';

// What depends on colours and sizes; to be read again when they change. ratio: pixels of the canvas for one of the
// page.
export function readTheme(node, pen, ratio) {
    const style = getComputedStyle(node);
    const read = (name) => style.getPropertyValue(name).trim();
    const size = parseFloat(style.fontSize) * ratio;

    return {
        ratio,
        size,
        font: `${Math.round(size * 0.82)}px ${style.fontFamily}`,
        text: read('--text'),
        muted: read('--muted'),
        line: read('--line'),
        panel: read('--panel'),
        page: read('--page'),
        accent: read('--accent'),
        wakeup: read('--span-false'),
        ...readFills(pen),
    };
}

// The widest name, with room around it: the lanes begin there.
export function gutterOf(pen, theme, lanes) {
    pen.font = theme.font;
    return Math.ceil(Math.max(0, ...lanes.map(({name}) => pen.measureText(name).width)) + theme.size);
}

// What is written on a span, as far as there is room.
function spanLabel(lane, i) {
    return lane.isLock ? `task ${lane.what[i]}` : wordOf(lane.what[i]);
}

const widths = new Map(); // of labels, by font: there are as many as kinds and tasks

function textWidth(pen, text) {
    const key = `${pen.font}|${text}`;

    if (!widths.has(key)) widths.set(key, pen.measureText(text).width);
    return widths.get(key);
}

// On a patch of the panel's colour, as no text can be read on a pattern.
function paintLabels(pen, theme, labels) {
    const pad = theme.size * 0.3;
    const high = theme.size * 1.1;

    for (const {text, left, right, middle} of labels) {
        const width = textWidth(pen, text);

        if (right - left < width + 4 * pad) continue;
        const x = left + 1.5 * pad;

        pen.fillStyle = theme.panel;
        pen.fillRect(x - pad, middle - high / 2, width + 2 * pad, high);
        pen.fillStyle = theme.text;
        pen.fillText(text, x, middle);
    }
}

// A wake-up for nothing has no length: a small triangle below the lane's edge. Of several in the same place one does.
function paintWakeups(pen, theme, lane, box, {from, to}) {
    const perPixel = (to - from) / box.width;
    const side = Math.round(theme.size * 0.35);
    let last = -side;

    pen.fillStyle = theme.wakeup;
    for (let i = firstAbove(lane.wakeups, from - 1); i < lane.wakeups.length && lane.wakeups[i] <= to;) {
        const x = box.left + (lane.wakeups[i] - from) / perPixel;

        pen.beginPath();
        pen.moveTo(x, box.y + box.height - 1.6 * side);
        pen.lineTo(x - side, box.y + box.height);
        pen.lineTo(x + side, box.y + box.height);
        pen.fill();
        last = lane.wakeups[i];
        i = firstAbove(lane.wakeups, last + side * perPixel, i + 1);
    }
}

function paintGrid(pen, theme, geometry, window) {
    const {left, width, bottom, height} = geometry;
    const {times, step} = ticks(window, width / (theme.size * 6));
    const perPixel = (window.to - window.from) / width;

    pen.textAlign = 'center';
    for (const at of times) {
        const text = withoutZeros(tickText(at, step, window));
        const x = Math.round(left + (at - window.from) / perPixel);
        const half = pen.measureText(text).width / 2;

        pen.fillStyle = theme.line;
        pen.fillRect(x, 0, Math.max(1, theme.ratio), bottom);
        pen.fillStyle = theme.muted;
        pen.fillText(text, Math.min(Math.max(x, left + half), left + width - half), (bottom + height) / 2);
    }
    pen.textAlign = 'left';
}

// Beyond its end a cell has nothing to show: it was over, and another one on the same scale took longer; or there was no
// room for more spans.
function paintEnd(pen, theme, {left, width, bottom}, {from, to}, {at, text}) {
    const x = left + Math.round(((at - from) / (to - from)) * width);

    if (at >= to) return;
    pen.fillStyle = theme.page;
    pen.fillRect(Math.max(left, x), 0, width - Math.max(0, x - left), bottom);
    pen.fillStyle = theme.muted;
    if (x >= left) pen.fillRect(x, 0, Math.max(1, theme.ratio), bottom);
    const start = Math.max(left, x) + theme.size * 0.4;

    if (start + pen.measureText(text).width < left + width) pen.fillText(text, start, bottom / 2);
}

// The span that has the focus: a frame in the colour of the text with the panel's around it, seen on any filling. It
// is never so narrow that it could be missed.
function paintFrame(pen, theme, box, {from, to}, start, end) {
    const perPixel = (to - from) / box.width;
    const thick = Math.max(2, Math.round(1.5 * theme.ratio));
    const left = Math.max(0, (start - from) / perPixel);
    const right = Math.min(box.width, (end - from) / perPixel);

    if (end < from || start > to) return;
    const width = Math.max(3 * thick, right - left);
    const x = box.left + Math.min(left - (width - (right - left)) / 2, box.width - width);

    for (const [colour, out] of [
        [theme.panel, thick],
        [theme.text, 0],
    ]) {
        pen.strokeStyle = colour;
        pen.lineWidth = thick;
        pen.strokeRect(x - out, box.y - out, width + 2 * out, box.height + 2 * out);
    }
}

// The place of a lane: lanes that were scrolled away have a y outside the picture.
function laneBox({left, width, row, lane}, i, scrolled) {
    return {left, width, y: Math.round(i * row + (row - lane) / 2 - scrolled), height: Math.round(lane)};
}

// geometry: {left, width, row, lane, bottom, height}, all in pixels: where the lanes begin, how wide they are, the
// height of a row and of the lane in it, where the axis begins and ends. end is {at, text}: after which time there is
// nothing, and why. focus is {lane, i} or null.
export function paintCell(pen, theme, {lanes, end}, {geometry, window, scrolled, focus}) {
    const {left, width, row, bottom} = geometry;
    const first = Math.max(0, Math.floor(scrolled / row));
    const last = Math.min(lanes.length, Math.ceil((scrolled + bottom) / row));
    const labels = [];

    pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
    pen.font = theme.font;
    pen.textBaseline = 'middle';
    paintGrid(pen, theme, geometry, window);
    paintEnd(pen, theme, geometry, window, end);
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, left + width, bottom);
    pen.clip();
    for (let k = first; k < last; k++) {
        const box = laneBox(geometry, k, scrolled);
        const middle = box.y + box.height / 2;

        addLane(lanes[k], box, window, (i, from, to) => {
            if (to - from > 2 * theme.size)
                labels.push({text: spanLabel(lanes[k], i), left: from, right: to, middle});
        });
        pen.fillStyle = theme.text;
        pen.fillText(lanes[k].name, theme.size * 0.2, middle);
    }
    paintSpans(pen, theme);
    for (let k = first; k < last; k++)
        paintWakeups(pen, theme, lanes[k], laneBox(geometry, k, scrolled), window);
    paintLabels(pen, theme, labels);
    if (focus) {
        const {start, end} = lanes[focus.lane];

        paintFrame(pen, theme, laneBox(geometry, focus.lane, scrolled), window, start[focus.i], end[focus.i]);
    }
    pen.restore();
    pen.fillStyle = theme.line;
    pen.fillRect(left, bottom, width, Math.max(1, theme.ratio));
}
