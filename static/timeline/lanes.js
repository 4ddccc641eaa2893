// Lanes: who did what when, a lane for each task and one for the lock. One cell of a run, or several one above the other
// on the same scale of time, which move together.
import {el} from '../core/dom.js';
import {loadStyle} from '../core/style.js';
import {makeLegend} from './kinds.js';
import {makePane} from './pane.js';
import {isWhole, panned, revealing, wholeOf, within, zoomed} from './scale.js';
import {moment} from './span-words.js';

const HINT = 'Point at a span, or give the picture the focus and press an arrow key, to read what it is.';

// Buttons for hands without a wheel or a keyboard.
function makeTools(act) {
    const range = el('span', {class: 'lanes-range'});
    const button = (text, name, click) =>
        el('button', {type: 'button', 'aria-label': name, title: name, on: {click}}, text);

    return {
        range,
        node: el(
            'div',
            {class: 'lanes-tools', role: 'group', 'aria-label': 'What is in view'},
            button('+', 'Zoom in', () => act.zoom(2)),
            button('−', 'Zoom out', () => act.zoom(0.5)),
            button('◀', 'Earlier', () => act.panShare(-0.25)),
            button('▶', 'Later', () => act.panShare(0.25)),
            button('All', 'All of the time', () => act.show(null)),
            range,
        ),
    };
}

// The pointer's text, beside it and within the lanes.
function makeTip(frame) {
    const node = el('div', {class: 'lanes-tip', 'aria-hidden': 'true', hidden: true});

    return {
        node,
        show(text, pane, {x, y}) {
            node.hidden = !text;
            if (!text) return;
            node.textContent = text;
            const outer = frame.getBoundingClientRect();
            const inner = pane.getBoundingClientRect();
            const left = inner.left - outer.left + x + 14;

            node.style.left = `${Math.max(0, Math.min(left, outer.width - node.offsetWidth))}px`;
            node.style.top = `${inner.top - outer.top + y + 18}px`;
        },
    };
}

// Draws into place, which it fills. cells: [{title, spans, instants, tasks, wall_ns, recorded_ns, lock}], which loadCells()
// in timeline-of.js makes from a run: spans and instants as a timeline has them (docs/protocol.md), recorded_ns the time
// after which none was kept, or null, lock the name of the lock's lane, or null where tasks share no lock.
//
// options: {small, window, changed}: small leaves out the buttons, and a wheel zooms only what has the focus; window is
// {from, to} in nanoseconds, what is in view at first; changed(window or null) hears of every other, null being all of
// the time.
//
// Returns {redraw(), close(), show(window or null), step(by), goTo(place of a cell, task, time)}. redraw() is for when
// colours have changed; step() gives the focus to another span of the lane that has it, goTo() to that of a task.
export function drawLanes(place, {cells}, options = {}) {
    const total = Math.max(1, ...cells.map(({wall_ns: wall}) => wall));
    const frame = el('div', {class: options.small ? 'lanes lanes-small' : 'lanes'});
    const said = el('p', {class: 'lanes-said', role: 'status'}, HINT);
    const tip = makeTip(frame);
    let inView = options.window ? within(options.window, total) : wholeOf(total);
    let wanted = 0; // the frame that was asked for
    let isClosed = false;

    const paint = () => {
        if (isClosed) return;
        cancelAnimationFrame(wanted);
        wanted = 0;
        for (const pane of panes) pane.paint(inView);
        tools.range.textContent = `${isWhole(inView, total) ? 'all: ' : ''}${moment(inView.from)} to ${moment(inView.to)}`;
    };
    const request = () => {
        wanted ||= requestAnimationFrame(paint);
    };
    const move = (next) => {
        if (next.from === inView.from && next.to === inView.to) return false;
        inView = next;
        options.changed?.(isWhole(inView, total) ? null : inView);
        request();
        return true;
    };
    const act = {
        inView: () => inView,
        total,
        request,
        zoom: (factor, at = (inView.from + inView.to) / 2) => move(zoomed(inView, factor, at, total)),
        pan: (ns) => move(panned(inView, ns, total)),
        panShare: (share) => move(panned(inView, share * (inView.to - inView.from), total)),
        reveal: (start, end) => move(revealing(inView, start, end, total)),
        show: (window) => move(window ? within(window, total) : wholeOf(total)),
        say: (text) => {
            said.textContent = text;
        },
        tip: tip.show,
        takesWheel: (event) => !options.small || event.ctrlKey || frame.contains(document.activeElement),
    };
    const tools = makeTools(act);
    const panes = cells.map((cell) => makePane(cell, act, {small: options.small, beside: cells.length}));
    const legend = makeLegend((name) => panes.some((pane) => pane.has(name)), {
        hasLock: cells.some(({lock}) => lock),
        isLong: panes.some(({isLong}) => isLong),
    });
    const redraw = () => {
        for (const pane of panes) pane.readTheme();
        legend.paint();
        paint(); // at once, as a canvas whose size was set is empty
    };
    const sizes = new ResizeObserver(redraw);

    frame.append(
        ...[!options.small && tools.node, ...panes.map(({node}) => node), said, legend.node, tip.node].filter(
            Boolean,
        ),
    );
    place.replaceChildren(frame);
    sizes.observe(frame);
    loadStyle('timeline/lanes.css').then(redraw);
    return {
        redraw,
        show: act.show,
        step: (by) => panes[0].step(by),
        goTo: (k, task, at) => panes[k].goTo(task, at),
        close: () => {
            sizes.disconnect();
            cancelAnimationFrame(wanted);
            isClosed = true;
        },
    };
}
