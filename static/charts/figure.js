// A figure: one or more canvases with a legend below them, and the numbers behind them in a table that is folded.
// What is drawn comes from outside; here is what all charts have in common: the library that may still be on its way,
// a former picture that must go before the next, words for those who cannot see it, and what stands there where the
// library is missing.
import {el, folded} from '../core/dom.js';
import {loadChart} from './chart.js';

// before is a node above the canvases, or none; panels are [{title, words(), paint(canvas, Chart)}], of which paint()
// returns a Chart; keys(box) returns the nodes of the legend to the picture in that box; table() the node of the table,
// or none. Returns {node, draw, close}: draw() paints anew, for when colours or sizes have changed; close() lets go of
// the picture.
export function makeFigure({before, panels, keys, table}) {
    const caption = el('figcaption');
    const canvases = panels.map(() => el('canvas', {role: 'img'}));
    const boxes = panels.map(({title}, i) =>
        el('div', {}, title && el('p', {class: 'panel-title'}, title), el('div', {class: 'chart'}, canvases[i])),
    );
    let drawn = [];
    let wanted = 0;
    const destroy = () => {
        for (const chart of drawn) chart.destroy();
        drawn = [];
    };

    // The last of several pictures that were asked for while the library was on its way is drawn.
    async function draw() {
        const mine = ++wanted;

        panels.forEach(({words}, i) => canvases[i].setAttribute('aria-label', words()));
        caption.replaceChildren(...keys(canvases[0].parentElement));
        const Chart = await loadChart();

        if (mine !== wanted) return;
        destroy();
        if (Chart) drawn = panels.map(({paint}, i) => paint(canvases[i], Chart));
        else caption.replaceChildren('The chart library is not installed; the table has the numbers.');
    }

    return {
        node: el(
            'figure',
            {},
            before,
            el('div', {class: panels.length > 1 ? 'panels' : ''}, boxes),
            caption,
            table && folded('The numbers of this chart', table),
        ),
        draw,
        close() {
            wanted++;
            destroy();
        },
    };
}

// What those entries of a legend are called that several charts have.
export const INTERVAL = 'interval: where the true value very likely lies';
export const IDEAL = 'ideal: the best that the lock and the CPUs allow';

// One entry of a legend: what it looks like, by the class of its sign, and what it is.
export function key(name, text) {
    return el('span', {class: 'key'}, el('i', {class: name}), text);
}
