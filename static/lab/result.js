// A run on the page: what the server says of it, the chart, the table behind it, and what else was measured,
// folded.
import {chartsFor} from '../charts/pick.js';
import {cellName, groupCells, sightsOf} from '../core/cells.js';
import {curlBox} from '../core/curl.js';
import {el, folded} from '../core/dom.js';
import {JOINED} from '../core/actions.js';
import {count, sentence, time, typed, when} from '../core/format.js';
import {cellTable, objectTable, taskTable} from '../core/table.js';
import {timelineLink} from '../timeline/link.js';
import {counterTable} from './counters.js';

const CANNOT_TELL = 'Whether that is so, these figures cannot tell.';
const MOST_DOUBTS = 3;
const MOST_NAMES = 4;
const CARE = 'Take it with care: '; // what the lesson has after this stands against the figures
// Of a run that an earlier version kept. Its figures speak for themselves.
const SILENT = {findings: [], doubts: []};

// Fills the section. asked: {values, formats}, what the curl line needs; about, what the experiment is about
// as far as the run does not say it itself: {figure, head, words, fixed_time}; totals, the metrics that are
// sums over all repetitions; and the baseline, the mode that others are compared with. Returns {draw, close}:
// draw() paints the charts again, for when colours or sizes change, and returns a promise; close() lets go of it before another
// result.
export function showResult(section, run, asked) {
    const curl = curlBox('This run from a shell', asked.formats);
    const about = run.about ?? asked.about ?? {};
    const charts = chartsFor(run, null, {about, totals: asked.totals, hasTable: false});
    const said = run.sentences ?? SILENT;
    const isAboutTime = !about.figure && !about.fixed_time;

    curl.show(run.experiment, asked.values);
    section.replaceChildren(
        ...[
            el('h2', {id: 'result-title', tabindex: -1}, heading(run, isAboutTime)),
            predicted(run),
            run.lesson && lesson(run.lesson),
            unsaidNoise(run),
            run.status !== 'done' && ending(run),
            list((said.left_out ?? []).map(sentence)),
            run.joined && el('p', {class: 'note'}, JOINED),
            run.kept === false && el('p', {class: 'note'}, notKept(run)),
            el(
                'p',
                {class: 'facts'},
                `${facts(run)} · `,
                el('a', {href: `#runs/${run.id}`}, `run ${run.id}`),
            ),
            ...charts.flatMap(({title, node}) => [charts.length > 1 && el('h3', {}, title), node]),
            isAboutTime && groupCells(run.cells).length > 1 && list(unsaid(run, said.findings)),
            isAboutTime && doubtList(run, unsaid(run, said.doubts)),
            list(said.models ?? []),
            sightList(run),
            ...(run.cells.length > 0 ? cellTable(run, {about, baseline: asked.baseline}) : []),
            counterTable(run.cells),
            machine(run),
            ...more(run),
            run.kept !== false && hasSpans(run) && timelineLink(run),
            curl.node,
            run.kept !== false && exportPart(run),
        ].filter(Boolean),
    );
    section.hidden = false;
    section.classList.remove('old');

    const draw = () => Promise.all(charts.map((chart) => chart.draw()));

    draw();
    return {
        id: run.id,
        draw,
        close: () => charts.forEach((chart) => chart.close()),
        markOld: (why) => markOld(section, why),
    };
}

// Says in front of a result that it is not of what was asked for last; null takes that back.
function markOld(section, why) {
    section.querySelector('.old-words')?.remove();
    section.classList.toggle('old', why !== null);
    if (why !== null) section.prepend(el('p', {class: 'note old-words', role: 'status'}, why));
}

// What was expected, what came out, and whether the one is the other; by somebody who opened this run, or by the first
// who asked for it.
function predicted({held, status, asks = [], ...run}) {
    const {prediction_text: expected, question_text: question, outcome_text: outcome} = run;

    if (!expected) return null;
    const verdicts = new Map([
        [true, 'So it came out.'],
        [false, outcome ? `It came out otherwise: “${outcome}”.` : 'It came out otherwise.'],
    ]);
    const who = asks.some(({yours}) => yours) ? 'You expected: ' : 'Expected: ';

    return el(
        'div',
        {class: 'predicted'},
        question && el('p', {class: 'hint'}, question),
        el('p', {}, el('b', {}, who), `“${expected}”.`),
        question && status === 'done' && el('p', {}, el('b', {}, verdicts.get(held) ?? CANNOT_TELL)),
    );
}

// The formats come a moment later. A page that cannot load them offers none: the server is away, and could not write
// them either.
function exportPart(run) {
    const place = el('div');

    import('../history/export.js').then(
        ({runSaver}) => place.append(runSaver(run)),
        () => {},
    );
    return place;
}

// The lesson stands above all figures. What stands against them is set apart, as it is what a reader in a
// hurry skips.
function lesson(text) {
    const at = text.indexOf(CARE);

    return el(
        'div',
        {class: 'lesson'},
        at !== 0 && el('p', {}, at < 0 ? text : text.slice(0, at)),
        at >= 0 && el('p', {class: 'note care'}, text.slice(at)),
    );
}

// The lesson may have shortened it: "threads took 0.79 times the serial time, processes 3.49 times (slower)".
function says(lesson, sentence) {
    const short = (text) => text.toLowerCase().replaceAll(/ took\b| the \w+ time\b/g, '');

    return lesson ? short(lesson).includes(short(sentence)) : false;
}

// A sentence of a group of cells has the group's name in front ("2 tasks: threads took …"), the lesson has the
// same without. It is left out if no other group has the same, or nobody could tell whose it is.
function unsaid({lesson: said}, sentences) {
    const bare = sentences.map((text) => text.slice(text.indexOf(': ') + 1).trim());
    const isSaid = (text) => says(said, text);
    const isOnlyOne = (text) => bare.filter((one) => one === text).length === 1;

    return sentences.filter((text, i) => !isSaid(text) && !(isOnlyOne(bare[i]) && isSaid(bare[i])));
}

// That a machine was noisy is said once. The lesson says it where it says something of the figures; where it
// does not, it is said here.
function unsaidNoise({host, sentences, lesson: said}) {
    const reasons = host?.noisy ? host.noise_reasons : [];
    const isSaid = said && reasons.every((reason) => said.includes(reason));

    return sentences?.care && !isSaid && el('p', {class: 'note care'}, sentences.care);
}

// Of a quiet machine the figures of its noise are worth knowing; of a noisy one they stand above.
function machine({host, runtimes = [], sentences = {}}) {
    const said = [...runtimesText(runtimes), sentences.machine, !host?.noisy && sentences.noise].filter(Boolean);

    return said.length > 0 && el('p', {class: 'hint'}, said.map(sentence).join(' '));
}

// Which ones a run of several was of.
function runtimesText(runtimes) {
    const nameOf = ({runtime, version, about}) => `${runtime} ${version ?? ''}${about ? ` (${about})` : ''}`;

    return runtimes.length > 1 ? [`runtimes: ${runtimes.map(nameOf).join(', ')}`] : [];
}

function hasSpans({request, cells}) {
    return request?.timeline === 'on' || cells.some((cell) => cell.timeline && !cell.timeline.reason);
}

// What no noise can spoil: who was inside the lock together; or why that was not recorded.
function sightList({cells}) {
    const sights = sightsOf(cells).map(({text, names}) => `${nameList(names)}: ${text}`);
    const reasons = [...new Set(cells.map((cell) => cell.timeline?.reason).filter(Boolean))];

    if (sights.length === 0 && reasons.length > 0)
        return el(
            'p',
            {class: 'hint'},
            `Who was inside the lock when is not known: ${sentence(reasons.join('; '))}`,
        );
    return (
        sights.length > 0 &&
        el(
            'div',
            {class: 'sights'},
            el('p', {}, 'Seen in one more repetition of each cell, which recorded who did what when:'),
            list(sights),
        )
    );
}

// "threads, processes and 3 more"; names with commas of their own are set apart by semicolons.
function nameList(names) {
    const more = names.length - MOST_NAMES;
    const gap = names.some((name) => name.includes(',')) ? '; ' : ', ';

    return names.slice(0, MOST_NAMES).join(gap) + (more > 0 ? ` and ${count(more)} more` : '');
}

// What came out belongs into the heading where it is one sentence. Where the lesson begins with the same
// sentence, or holds it, the heading does without.
function heading(run, isAboutTime) {
    const {heading: asked = run.experiment, findings} = run.sentences ?? SILENT;
    const isShort = isAboutTime && findings.length > 0 && groupCells(run.cells).length === 1;

    return isShort && !says(run.lesson, findings[0]) ? `${asked}: ${findings[0]}` : asked;
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
        typeof run.duration_ns === 'number' && !saysTime(run) && `took ${time(run.duration_ns)}`,
        run.queued_ns > 1e8 && `after ${time(run.queued_ns)} in the queue`,
    ]
        .filter(Boolean)
        .join(' · ');
}

// The sentence below the table has it as a rule: "7 repetitions after 1 warm-up, 968 ms in all".
function saysTime({cells, sentences, duration_ns: duration}) {
    return cells.length > 0 && sentences?.repetitions?.includes(time(duration));
}

// The server chose these by itself, so the result says what it chose.
function sizedText({cells}, name) {
    const values = [...new Set(cells.map((cell) => cell.params[name]))];

    return `${name} sized to ${values.map(typed).join(', ')}`;
}

// The folded parts: only those that have something in them.
function more(run) {
    const {cells} = run;
    const object = (title, caption, get) =>
        cells.some((cell) => Object.keys(get(cell) ?? {}).length > 0) &&
        folded(title, () => objectTable(caption, cells, get));

    return [
        object(`What ${run.experiment} measures`, 'Metrics of this experiment', (cell) => cell.metrics),
        object(
            'Starting, waiting and joining',
            'Median times: to create the tasks, until they began, what they waited for outside the lock, and to join them',
            timesOf,
        ),
        object('Memory', 'Memory of each cell', (cell) => cell.memory),
        cells.some((cell) => cell.per_task?.length > 0) && folded('Task by task', () => tasks(run)),
    ];
}

// Only those that the runtime measures.
function timesOf(cell) {
    const names = ['create_ns', 'start_ns', 'waits_ns', 'join_ns'];

    return Object.fromEntries(names.filter((name) => cell[name]).map((name) => [name, cell[name].median]));
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
