// A run on the page: what the server says of it, the chart, the table behind it, and what else was measured,
// folded.
import {barRows, barsInWords, barsTitle, drawBars, hasArrows, WALL_TIME} from './bars.js';
import {cellName, groupCells, isCompared, measurePaths} from './cells.js';
import {curlBox} from './curl.js';
import {el, folded} from './dom.js';
import {JOINED} from './follow.js';
import {count, sentence, time, typed, when} from './format.js';
import {cellTable, objectTable, tableNotes, taskTable} from './table.js';
import {traceLink} from './trace.js';

const MOST_DOUBTS = 3;
// Of a run that an earlier version kept. Its figures speak for themselves.
const SILENT = {findings: [], doubts: []};

// Fills the section. asked: {values, formats}, what the curl line needs; the headline of the experiment, the
// path of the figure that it is about, if that is not the wall time; and the baseline, the mode that others are
// compared with. Returns {draw, close}: draw() paints the chart again, for when colours or sizes change;
// close() lets go of it before another result.
export function showResult(section, run, asked) {
    const curl = curlBox('This run from a shell', asked.formats);
    const chart = window.Chart !== undefined && run.cells.length > 0 ? barChart(run, asked) : null;
    const said = run.sentences ?? SILENT;
    const isAboutTime = !asked.headline;

    curl.show(run.experiment, asked.values);
    section.replaceChildren(
        ...[
            el('h2', {id: 'result-title', tabindex: -1}, heading(run, isAboutTime)),
            el(
                'p',
                {class: 'facts'},
                `${facts(run)} · `,
                el('a', {href: `#runs/${run.id}`}, `run ${run.id}`),
            ),
            run.status !== 'done' && ending(run),
            run.joined && el('p', {class: 'note'}, JOINED),
            run.kept === false && el('p', {class: 'note'}, notKept(run)),
            said.care && el('p', {class: 'note noise'}, said.care),
            run.lesson && el('p', {class: 'lesson'}, run.lesson),
            run.request?.prediction && el('p', {}, el('b', {}, 'Predicted: '), run.request.prediction),
            chart?.node,
            isAboutTime && groupCells(run.cells).length > 1 && list(said.findings),
            isAboutTime && doubtList(run, said.doubts),
            window.Chart === undefined &&
                el('p', {class: 'note'}, 'The chart library is not installed; the table has the numbers.'),
            run.cells.length > 0 && cellTable(run, asked.baseline),
            run.cells.length > 0 && el('p', {class: 'hint'}, tableNotes(run)),
            el('p', {class: 'hint'}, [said.machine, said.noise].filter(Boolean).map(sentence).join(' ')),
            ...more(run),
            run.kept !== false && run.request?.timeline === 'on' && traceLink(run.id),
            curl.node,
        ].filter(Boolean),
    );
    section.hidden = false;

    chart?.draw();
    return {draw: () => chart?.draw(), close: () => chart?.close()};
}

// What came out belongs into the heading where it is one sentence. Where the lesson begins with the same
// sentence, or holds it, the heading does without.
function heading(run, isAboutTime) {
    const {heading: asked = run.experiment, findings} = run.sentences ?? SILENT;
    const isShort = isAboutTime && findings.length > 0 && groupCells(run.cells).length === 1;

    return isShort && !run.lesson?.includes(findings[0]) ? `${asked}: ${findings[0]}` : asked;
}

function ending({status, reason, sentences}) {
    return el(
        'div',
        {class: 'problem', role: 'alert'},
        el(
            'p',
            {},
            el('b', {}, sentences?.ended ?? `Ended as ${status}.`),
            reason ? ` ${sentence(reason)}` : '',
        ),
    );
}

// The figure with its legend, and a choice of what its bars show. The chart is made anew for each choice: the
// former must be destroyed first, or Chart.js refuses the canvas.
function barChart(run, {headline, baseline}) {
    const paths = measurePaths(run.cells);
    const canvas = el('canvas', {role: 'img'});
    const key = el('figcaption');
    let path = paths.includes(headline) ? headline : WALL_TIME;
    let drawn = null;

    const draw = () => {
        const rows = barRows(run.cells, path);

        drawn?.destroy();
        canvas.setAttribute('aria-label', barsInWords(rows, path));
        key.replaceChildren(...legend(run, {rows, path, baseline}));
        drawn = drawBars(canvas, rows, path);
    };
    const choose = (event) => {
        path = event.target.value;
        draw();
    };
    const choice = el(
        'label',
        {class: 'choice'},
        'Bars show ',
        el(
            'select',
            {id: 'bars-show', on: {change: choose}},
            paths.map((one) => el('option', {value: one, selected: one === path}, barsTitle(one))),
        ),
    );

    return {
        node: el('figure', {}, paths.length > 0 && choice, el('div', {class: 'chart'}, canvas), key),
        draw,
        close: () => drawn?.destroy(),
    };
}

// A run that the archive did not take can be seen now, but not found again.
function notKept({kept_reason: reason}) {
    return sentence(`This run is not kept: ${reason ?? 'the server has no place for it'}`);
}

function list(sentences) {
    return (
        sentences.length > 0 &&
        el(
            'ul',
            {class: 'findings'},
            sentences.map((text) => el('li', {}, text)),
        )
    );
}

// A noisy machine leaves many; then they wait folded.
function doubtList({cells}, doubts) {
    return doubts.length > MOST_DOUBTS
        ? folded(`Cannot tell: ${count(doubts.length)} of ${count(cells.length)} cells`, () => list(doubts))
        : list(doubts);
}

// The label, the time, the sizes that were chosen, and how long it took. A wait in the queue of less than a
// tenth of a second is none.
function facts(run) {
    return [
        run.label && `“${run.label}”`,
        when(run.created_at),
        ...(run.request?.sized ?? []).map((name) => sizedText(run, name)),
        typeof run.duration_ns === 'number' && `took ${time(run.duration_ns)}`,
        run.queued_ns > 1e8 && `after ${time(run.queued_ns)} in the queue`,
    ]
        .filter(Boolean)
        .join(' · ');
}

// The server chose these by itself, so the result says what it chose.
function sizedText({cells}, name) {
    const values = [...new Set(cells.map((cell) => cell.params[name]))];

    return `${name} sized to ${values.map(typed).join(', ')}`;
}

// Only what is to be seen in this picture. A figure that is no median is one of the repetition in the middle,
// and says so.
function legend(run, {rows, path, baseline}) {
    const hasInterval = run.cells.some((cell) => cell.wall_ns?.interval);
    const key = (name, text) => el('span', {class: 'key'}, el('i', {class: name}), text);

    if (path !== WALL_TIME)
        return [key('key-bar', `${barsTitle(path)}${path.endsWith('.median') ? '' : ', of one repetition'}`)];
    return [
        key('key-bar', 'median'),
        key('key-whisker', hasInterval ? 'interval of the median' : 'smallest to largest'),
        run.cells.some((cell) => typeof cell.ideal_ns === 'number') &&
            key('key-ideal', 'ideal: what a machine without any cost would need'),
        hasArrows(rows) && el('span', {class: 'key'}, '→ goes on to the right'),
        run.cells.some((cell) => isCompared(cell, run.cells)) &&
            el('span', {class: 'key'}, `× times the ${baseline} time`),
    ].filter(Boolean);
}

// The folded parts: only those that have something in them.
function more(run) {
    const {cells} = run;
    const object = (title, caption, get) =>
        cells.some((cell) => Object.keys(get(cell) ?? {}).length > 0) &&
        folded(title, () => objectTable(caption, cells, get));

    return [
        object(`What ${run.experiment} measures`, 'Metrics of this experiment', (cell) => cell.metrics),
        object('The lock', 'Counters of the lock', (cell) => cell.lock_stats),
        object(
            'Starting and joining',
            'Median time to create and to join the tasks',
            (cell) => cell.create_ns && {create_ns: cell.create_ns.median, join_ns: cell.join_ns?.median},
        ),
        object('Memory', 'Memory of each cell', (cell) => cell.memory),
        cells.some((cell) => cell.per_task?.length > 0) && folded('Task by task', () => tasks(run)),
    ];
}

// One cell's tasks at a time: 64 cells of 256 rows would be too many.
function tasks(run) {
    const cells = run.cells.filter((cell) => cell.per_task?.length > 0);
    const place = el('div');
    const show = (cell) => {
        const order = cell.completion_order ?? [];
        const listed = order.slice(0, 64).join(', ') + (order.length > 64 ? ', …' : '');

        place.replaceChildren(
            ...[
                order.length > 1 && el('p', {}, `Order of completion: ${listed}.`),
                taskTable(`Tasks of ${cellName(cell, run.cells)}; times since the start of the clock`, cell),
                cell.per_task_omitted > 0 &&
                    el('p', {class: 'hint'}, `${count(cell.per_task_omitted)} more tasks are left out.`),
            ].filter(Boolean),
        );
    };
    const choose = el(
        'select',
        {id: 'task-cell', on: {change: (event) => show(cells[event.target.value])}},
        cells.map((cell, i) => el('option', {value: i}, cellName(cell, run.cells))),
    );

    show(cells[0]);
    return el('div', {}, el('p', {}, el('label', {for: 'task-cell'}, 'Cell '), choose), place);
}
