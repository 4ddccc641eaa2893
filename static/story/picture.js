// The one picture of a step: a chart, or for the steps about who held the lock the lanes of the timeline. Both are
// loaded when the first of them is shown.
import {Refused} from '../core/api.js';
import {el, folded} from '../core/dom.js';
import {sentence} from '../core/format.js';
import {plainCells} from './plain.js';

// Of the lanes only a part is in view at first, in which single turns can be told apart.
const IN_VIEW_NS = 60e6;

// It begins when the last task has.
function firstView(cells, total) {
    const begins = cells.flatMap(({spans, tasks}) =>
        Array.from({length: tasks}, (_, i) => Math.min(...spans.filter(([task]) => task === i).map((span) => span[2]))),
    );
    const last = Math.max(0, ...begins.filter(Number.isFinite));
    const from = Math.max(0, Math.min(last - IN_VIEW_NS / 6, total - IN_VIEW_NS));

    return {from, to: Math.min(from + IN_VIEW_NS, total)};
}

async function lanes(run, catalog) {
    const [{drawLanes}, {loadCells}, {spanTable}] = await Promise.all([
        import('../timeline/lanes.js'),
        import('../timeline/timeline-of.js'),
        import('../timeline/span-table.js'),
    ]);
    const cells = ((await loadCells(catalog, run)) ?? []).filter(({reason}) => !reason);

    if (cells.length === 0) return null;
    const total = Math.max(...cells.map(({wall_ns: wall}) => wall));
    const place = el('div');
    let drawn = null;

    return {
        node: el(
            'figure',
            {},
            place,
            el('figcaption', {}, el('a', {href: `#timeline/${run.id}`}, 'The whole timeline, to zoom and move')),
            cells.map((cell, k) =>
                folded('The same as a table', () => spanTable(cell, (task, at) => drawn?.goTo(k, task, at))),
            ),
        ),
        draw() {
            if (drawn) drawn.redraw();
            else drawn = drawLanes(place, {cells}, {small: true, window: firstView(cells, total)});
        },
        close: () => drawn?.close(),
    };
}

async function chart(run, {chart: kind, head}, catalog) {
    const {chartsFor} = await import('../charts/pick.js');
    const options = {hasChoice: false};
    const plain = {...run, cells: plainCells(run, catalog), about: {...run.about, ...(head && {head})}};

    return chartsFor(plain, kind, options)[0] ?? chartsFor(plain, null, options)[0] ?? null;
}

// What came out can be read without the picture, so a trace that is gone takes nothing else with it.
function missing(error) {
    if (!(error instanceof Refused)) throw error;
    return {node: el('p', {class: 'hint'}, `There is no picture: ${sentence(error.message)}`), draw() {}, close() {}};
}

// Returns {node, draw(), close()}, or null where the run has nothing to draw. The node is put into the page first.
export function pictureOf(run, step, catalog) {
    return step.chart === 'lanes' ? lanes(run, catalog).catch(missing) : chart(run, step, catalog);
}
