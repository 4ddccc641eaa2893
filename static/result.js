// A run on the page: the sentence, the chart, the table behind it, and what else was measured, folded.
import {barRows, barsInWords, barsTitle, drawBars, hasArrows, WALL_TIME} from './bars.js';
import {barLabel, groupCells, isCompared, measurePaths} from './cells.js';
import {curlBox} from './curl.js';
import {el, folded} from './dom.js';
import {count, percent, sentence, time, typed, when} from './format.js';
import {doubts, groupFindings, heading, JOINED} from './sentences.js';
import {cellTable, objectTable, tableNotes, taskTable} from './table.js';
import {traceLink} from './trace.js';

const MOST_DOUBTS = 3;

// Fills the section. asked: {values, formats}, what the curl line needs, and the headline of the experiment: the
// path of the figure that it is about, if that is not the wall time. Returns {draw, close}: draw() paints the
// chart again, for when colours or sizes change; close() lets go of it before another result.
export function showResult(section, run, asked) {
    const curl = curlBox('This run from a shell', asked.formats);
    const chart = window.Chart !== undefined && run.cells.length > 0 ? barChart(run, asked.headline) : null;
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
            run.status !== 'done' &&
                el(
                    'div',
                    {class: 'problem', role: 'alert'},
                    el(
                        'p',
                        {},
                        el('b', {}, `The run ended as ${run.status}.`),
                        run.reason ? ` ${sentence(run.reason)}` : '',
                    ),
                ),
            run.joined && el('p', {class: 'note'}, JOINED),
            run.kept === false && el('p', {class: 'note'}, notKept(run)),
            noise(run),
            run.lesson && el('p', {class: 'lesson'}, run.lesson),
            run.request?.prediction && el('p', {}, el('b', {}, 'Predicted: '), run.request.prediction),
            chart?.node,
            isAboutTime && list(groupFindings(run), 'findings'),
            isAboutTime && doubtList(run),
            window.Chart === undefined &&
                el('p', {class: 'note'}, 'The chart library is not installed; the table has the numbers.'),
            run.cells.length > 0 && cellTable(run),
            run.cells.length > 0 && el('p', {class: 'hint'}, tableNotes(run)),
            el('p', {class: 'hint'}, host(run)),
            ...more(run),
            run.kept !== false && run.request?.timeline === 'on' && traceLink(run.id),
            curl.node,
        ].filter(Boolean),
    );
    section.hidden = false;

    chart?.draw();
    return {draw: () => chart?.draw(), close: () => chart?.close()};
}

// The figure with its legend, and a choice of what its bars show.
function barChart(run, headline) {
    const paths = measurePaths(run.cells);
    const canvas = el('canvas', {role: 'img'});
    const key = el('figcaption');
    let path = paths.includes(headline) ? headline : WALL_TIME;
    let drawn = null;

    const draw = () => {
        const rows = barRows(run.cells, path);

        drawn?.destroy();
        canvas.setAttribute('aria-label', barsInWords(rows, path));
        key.replaceChildren(...legend(run, rows, path));
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

function notKept({kept_reason: reason}) {
    return sentence(`This run is not kept: ${reason ?? 'the server has no place for it'}`);
}

// Before everything else: who reads a number should know what it is worth.
function noise({host: machine}) {
    const reasons = (machine?.noise_reasons ?? []).join('; ');

    return (
        machine?.noisy &&
        el(
            'p',
            {class: 'note noise'},
            el('b', {}, 'The machine was noisy, so take the figures with care: '),
            sentence(reasons || 'other work ran meanwhile'),
        )
    );
}

function list(sentences, name) {
    return (
        sentences.length > 0 &&
        el(
            'ul',
            {class: name},
            sentences.map((text) => el('li', {}, text)),
        )
    );
}

// A noisy machine leaves many; then they wait folded.
function doubtList({cells}) {
    const all = groupCells(cells).flatMap(doubts);

    return all.length > MOST_DOUBTS
        ? folded(`Cannot tell: ${count(all.length)} of ${count(cells.length)} cells`, () =>
              list(all, 'findings'),
          )
        : list(all, 'findings');
}

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

function legend(run, rows, path) {
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
        run.cells.some(isCompared) && el('span', {class: 'key'}, '× times the serial time'),
    ].filter(Boolean);
}

function host({host: machine}) {
    if (!machine) return '';
    const share = (value, who) => typeof value === 'number' && `${who} took ${percent(value)}`;
    const noise = [
        share(machine.foreign_cpu, 'other programs'),
        share(machine.steal, 'other machines'),
    ].filter(Boolean);

    return (
        [
            machine.cpu_model,
            typeof machine.cpus_usable === 'number' &&
                `${count(machine.cpus_usable)} of ${count(machine.cpus_online)} CPUs usable`,
            typeof machine.cpu_quota === 'number' && `quota of ${count(machine.cpu_quota)} CPUs`,
            machine.container && `container ${machine.container}`,
            machine.kernel && `Linux ${machine.kernel}`,
        ]
            .filter(Boolean)
            .join(', ') + (noise.length > 0 ? `. Of the CPU time ${noise.join(', ')}.` : '.')
    );
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
                taskTable(`Tasks of ${barLabel(cell, run.cells)}; times since the start of the clock`, cell),
                cell.per_task_omitted > 0 &&
                    el('p', {class: 'hint'}, `${count(cell.per_task_omitted)} more tasks are left out.`),
            ].filter(Boolean),
        );
    };
    const choose = el(
        'select',
        {id: 'task-cell', on: {change: (event) => show(cells[event.target.value])}},
        cells.map((cell, i) => el('option', {value: i}, barLabel(cell, run.cells))),
    );

    show(cells[0]);
    return el('div', {}, el('p', {}, el('label', {for: 'task-cell'}, 'Cell '), choose), place);
}
