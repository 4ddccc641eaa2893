// One cell of a timeline: its title, the canvas with its lanes, and which span has the focus.
//
// The canvas is never higher than a part of the window. Where there are more lanes than fit, it stays where it is
// while its frame is scrolled, and paints the lanes that are due: so ten thousand tasks need no canvas of their size.
import {el} from '../core/dom.js';
import {plural, time} from '../core/format.js';
import {KEYS_TEXT, listen} from './hand.js';
import {gutterOf, paintCell, readTheme} from './ink.js';
import {kindPlace} from './kinds.js';
import {firstAbove, makeLanes, nearestSpan} from './lane-index.js';
import {placeText, spanText} from './span-words.js';

const FEW_LANES = 12; // so many are higher than more would be
const LONG = 100; // so many spans, and some may be narrower than a pixel
const POINT = 2; // pixels to either side that a pointer may miss

// All lengths in pixels of the canvas.
function measure(canvas, theme, pen, lanes, {small, beside}) {
    const {size, ratio} = theme;
    const row = Math.round(size * (small || lanes.length > FEW_LANES ? 1.6 : 2.2));
    const axis = Math.round(size * 1.6);
    const most = Math.max(row * 4, (innerHeight * ratio * (small ? 0.4 : 0.6)) / beside);
    const bottom = Math.round(Math.min(lanes.length * row, most));
    const left = gutterOf(pen, theme, lanes);
    const right = Math.round(size * 0.5);

    return {
        left,
        width: Math.max(1, Math.round(canvas.clientWidth * ratio) - left - right),
        row,
        lane: row - Math.round(size * 0.4),
        bottom,
        height: bottom + axis,
        all: lanes.length * row + axis,
    };
}

// After which time a cell has nothing to show, and why.
function endOf({wall_ns: wall, recorded_ns: recorded}) {
    return typeof recorded === 'number'
        ? {at: recorded, text: `not recorded after ${time(recorded)}`}
        : {at: wall, text: `over after ${time(wall)}`};
}

// act is what lanes.js offers to its panes. Returns {node, isLong, has(kind), step(by), goTo(task, at), paint(window),
// readTheme()}: isLong says whether the lock changed hands so often that not every hand can be seen at once.
export function makePane(cell, act, {small, beside}) {
    const lanes = makeLanes(cell);
    const lock = lanes.find(({isLock}) => isLock);
    const canvas = el('canvas', {
        class: 'lanes-canvas',
        tabindex: 0,
        role: 'application',
        'aria-roledescription': 'timeline',
        'aria-label': `Timeline of ${cell.title || 'this cell'}: ${plural(lanes.length, 'lane')}, ${plural(cell.spans.length, 'span')}. ${KEYS_TEXT}`,
    });
    const room = el('div', {class: 'lanes-room'}, canvas);
    const scroll = el('div', {class: 'lanes-scroll', on: {scroll: act.request}}, room);
    const node = el(
        'div',
        {class: 'lanes-cell'},
        cell.title && el('p', {class: 'lanes-title'}, cell.title),
        scroll,
    );
    const pen = canvas.getContext('2d');
    const end = endOf(cell);
    let theme = null;
    let geometry = null;
    let focus = null; // {lane, i}
    let isFocused = false;

    const nsPerPixel = () => {
        const {from, to} = act.inView();

        return ((to - from) / geometry.width) * theme.ratio;
    };
    const timeAt = (x) => act.inView().from + (x - geometry.left / theme.ratio) * nsPerPixel();
    const laneAt = (y) => {
        const k = Math.floor(((y + scroll.scrollTop) * theme.ratio) / geometry.row);

        return y * theme.ratio < geometry.bottom ? k : -1;
    };
    const scrollTo = (k) => {
        const top = (k * geometry.row) / theme.ratio;
        const seen = (geometry.bottom - geometry.row) / theme.ratio;

        scroll.scrollTop = Math.min(Math.max(scroll.scrollTop, top - seen), top);
    };
    // Everything that gives the focus to a span goes through here.
    const focusOn = (lane, i) => {
        if (!lanes[lane] || i < 0 || i >= lanes[lane].n) return;
        focus = {lane, i};
        scrollTo(lane);
        act.reveal(lanes[lane].start[i], lanes[lane].end[i]);
        act.say(spanText(lanes[lane], i, lock));
        act.request();
    };
    const middle = () => (act.inView().from + act.inView().to) / 2;
    const centre = () => {
        if (!focus) return middle();
        const lane = lanes[focus.lane];

        return Math.min(
            Math.max((lane.start[focus.i] + lane.end[focus.i]) / 2, act.inView().from),
            act.inView().to,
        );
    };
    // After the view was moved elsewhere, the keys go on from what is in view, not from what was left behind.
    const isLost = () => {
        const {start, end} = lanes[focus.lane];

        return end[focus.i] < act.inView().from || start[focus.i] > act.inView().to;
    };
    const firstFocus = () => {
        const lane = focus?.lane ?? lanes.findIndex(({n}) => n > 0);

        if (lane >= 0)
            focusOn(lane, Math.min(firstAbove(lanes[lane].end, act.inView().from), lanes[lane].n - 1));
    };
    const acrossTo = (by) => {
        let k = focus.lane + by;

        while (lanes[k]?.n === 0) k += by;
        if (lanes[k]) focusOn(k, nearestSpan(lanes[k], centre()));
    };
    const step = (along, across) => {
        if (!focus || isLost()) firstFocus();
        else if (across) acrossTo(across);
        else focusOn(focus.lane, focus.i + along);
    };
    const point = (at) => {
        const lane = at && lanes[laneAt(at.y)];
        const isInside = lane && at.x * theme.ratio >= geometry.left;
        const text = isInside && placeText(lane, timeAt(at.x - POINT / 2), timeAt(at.x + POINT / 2), lock);

        act.tip(text, canvas, at ?? {});
    };

    listen(canvas, {
        takesWheel: act.takesWheel,
        zoom: (factor, x) => act.zoom(factor, x === undefined ? centre() : timeAt(x)),
        pan: (pixels) => act.pan(pixels * nsPerPixel()),
        scroll: (pixels) => scroll.scrollBy(0, pixels),
        panShare: act.panShare,
        whole: () => act.show(null),
        point,
        pick(at) {
            const k = laneAt(at.y);

            if (lanes[k]) focusOn(k, nearestSpan(lanes[k], timeAt(at.x)));
        },
        step,
        end(direction) {
            const k = focus?.lane ?? lanes.findIndex(({n}) => n > 0);

            if (k >= 0) focusOn(k, direction < 0 ? 0 : lanes[k].n - 1);
        },
        closer: () => focus && closer(),
        focused(isSo) {
            isFocused = isSo;
            if (isSo && focus) act.say(spanText(lanes[focus.lane], focus.i, lock));
            act.request();
        },
    });

    const closer = () => {
        const {start, end} = lanes[focus.lane];
        const length = end[focus.i] - start[focus.i];

        act.show({from: start[focus.i] - length, to: end[focus.i] + length});
    };

    return {
        node,
        isLong: lock?.n > LONG,
        has: (name) =>
            (kindPlace(name) < 0 ? (cell.instants ?? []) : cell.spans).some((row) => row[1] === name),
        step(by) {
            canvas.focus();
            step(by, 0);
        },
        goTo(task, at) {
            const k = lanes.findIndex((lane) => lane.task === task);

            canvas.focus();
            focusOn(k, nearestSpan(lanes[k], at));
            if (focus) closer();
        },
        readTheme() {
            const ratio = devicePixelRatio;

            theme = readTheme(node, pen, ratio);
            geometry = measure(canvas, theme, pen, lanes, {small, beside});
            canvas.width = geometry.left + geometry.width + Math.round(theme.size * 0.5);
            canvas.height = geometry.height;
            canvas.style.height = `${geometry.height / ratio}px`;
            scroll.style.maxHeight = `${geometry.height / ratio + 2}px`;
            room.style.height = `${geometry.all / ratio}px`;
        },
        paint(window) {
            if (!geometry) return;
            paintCell(
                pen,
                theme,
                {lanes, end},
                {
                    geometry,
                    window,
                    scrolled: Math.round(scroll.scrollTop * theme.ratio),
                    focus: isFocused ? focus : null,
                },
            );
        },
    };
}
