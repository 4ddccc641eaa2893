// How figures of the same thing spread over many runs: a lane for each cell, a dot for each run with a line through it
// for its interval, all on one axis that begins at zero. A lane is
//
//     {title, sign: {family, name}, dots: [{value, low, high, name, href}]}     low and high may be missing
//
// Dots that would cover one another stand below each other.
import {el} from '../core/dom.js';
import {withoutZeros} from '../core/format.js';
import {colourOf} from '../core/signs.js';
import {svg} from '../core/svg.js';

const MOST_BELOW = 12; // dots below each other; further ones cover those

// In pixels, by the size of the page's letters, which is large on a projector.
function sizes() {
    const letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const dot = 0.36 * letter;

    return {
        edge: 1.2 * letter, // beside the axis, for half of a number
        head: 1.3 * letter, // above all lanes, for the words at the mark
        title: 1.4 * letter, // above the dots of a lane
        axis: 1.6 * letter, // below all lanes
        dot,
        step: 2.5 * dot, // from one dot to the one below it
    };
}

// The places of a dot for each of the lane: [{dot, row}]. Each takes the first row in which its neighbours leave room,
// intervals included, so that every line can be told from the next.
function placeDots(dots, toX, radius) {
    const ends = []; // of each row, how far it is taken

    return [...dots]
        .sort((a, b) => (a.low ?? a.value) - (b.low ?? b.value))
        .map((dot) => {
            const from = Math.min(toX(dot.low ?? dot.value), toX(dot.value) - radius) - 2;
            const to = Math.max(toX(dot.high ?? dot.value), toX(dot.value) + radius) + 2;
            const free = ends.findIndex((end) => end <= from);
            const row = Math.min(free < 0 ? ends.length : free, MOST_BELOW);

            ends[row] = Math.max(to, ends[row] ?? 0);
            return {dot, row};
        });
}

// A round number of steps, one to ten of them: 0, 0.5, 1, 1.5, 2.
function ticksTo(most, atMost) {
    const rough = most / atMost;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.9999);

    return Array.from({length: Math.floor(most / step + 1.0001)}, (_, i) => Number((i * step).toPrecision(12)));
}

// Intervals of a few repetitions may be wide; the axis is made for the figures, and lines that pass it end at its edge.
function mostOf(lanes, mark) {
    const dots = lanes.flatMap((lane) => lane.dots);
    const values = Math.max(...dots.map(({value}) => value), mark ?? 0);
    const highs = Math.max(...dots.map(({value, high}) => high ?? value), mark ?? 0);

    return Math.min(highs, values * 1.6) * 1.04 || 1;
}

function dotNode({dot, row}, {toX, most, top, colour, size}) {
    const y = top + size.title + size.dot + row * size.step;
    const at = (value) => toX(Math.min(value, most));

    return svg(
        'a',
        {href: dot.href, 'aria-label': dot.name},
        svg('title', {}, dot.name),
        dot.low !== undefined &&
            svg('line', {class: 'spread-line', x1: at(dot.low), x2: at(dot.high), y1: y, y2: y, stroke: colour}),
        svg('circle', {cx: at(dot.value), cy: y, r: size.dot, fill: colour}),
    );
}

// Draws into a width. format(value) writes a number at the axis, mark is a value that all are compared with.
function draw(lanes, width, {format, mark, markTitle, label}) {
    const size = sizes();
    const {edge, head} = size;
    const most = mostOf(lanes, mark);
    const toX = (value) => edge + (Math.min(value, most) / most) * (width - 2 * edge);
    const placed = lanes.map((lane) => placeDots(lane.dots, toX, size.dot));
    const heights = placed.map((dots) => size.title + (Math.max(0, ...dots.map(({row}) => row)) + 1.5) * size.step);
    const tops = heights.map((_, i) => heights.slice(0, i).reduce((sum, height) => sum + height, head));
    const bottom = head + heights.reduce((sum, height) => sum + height, 0);
    const height = bottom + size.axis;

    return svg(
        'svg',
        {class: 'spread', width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': label},
        ticksTo(most, Math.max(2, Math.floor(width / (5 * edge)))).map((tick) => [
            svg('line', {class: 'spread-grid', x1: toX(tick), x2: toX(tick), y1: head, y2: bottom}),
            svg('text', {class: 'spread-tick', x: toX(tick), y: bottom + 0.9 * edge, 'text-anchor': 'middle'}, withoutZeros(format(tick))),
        ]),
        mark !== undefined && [
            svg('line', {class: 'spread-mark', x1: toX(mark), x2: toX(mark), y1: 0.8 * head, y2: bottom}),
            svg(
                'text',
                {class: 'spread-tick', x: toX(mark), y: 0.65 * head, 'text-anchor': toX(mark) > width / 2 ? 'end' : 'start'},
                markTitle,
            ),
        ],
        lanes.map((lane, i) => [
            svg('text', {class: 'spread-title', x: 0.5 * edge, y: tops[i] + 0.7 * size.title}, lane.title),
            placed[i].map((place) => dotNode(place, {toX, most, top: tops[i], colour: colourOf(lane.sign), size})),
        ]),
    );
}

// Returns {node, draw()}: draw() when its size or the colours have changed, and first when it is on the page.
export function spreadChart(lanes, options) {
    const node = el('div', {class: 'spread-frame'});

    return {
        node,
        draw() {
            if (node.clientWidth > 0) node.replaceChildren(draw(lanes, node.clientWidth, options));
        },
    };
}
