// Two runs held against each other: which cells both have, and whether the later one was faster in them. Everything in
// words comes from the server, which also says what makes a comparison doubtful: another machine, a noisy one, another
// size. Here it is laid out.
import {askJson, late, Refused} from '../core/api.js';
import {predictionText, questionText} from '../core/asks.js';
import {overlayFigure} from '../charts/overlay.js';
import {el} from '../core/dom.js';
import {focusHeading} from '../core/focus.js';
import {getRun, isOver} from '../core/follow.js';
import {sentence, when} from '../core/format.js';
import {showProblem} from '../core/problem.js';
import {cellsTable, cellTitle, modelsTable} from './compare-tables.js';
import {askItems} from './history-row.js';

const ROLES = ['baseline', 'candidate'];

// {baseline, candidate}: the runs whole, and found: how they compare. Throws Refused.
async function readPair([baseline, candidate]) {
    const [found, ...runs] = await Promise.all([
        askJson(`compare?${new URLSearchParams({baseline, candidate})}`),
        getRun(baseline),
        getRun(candidate),
    ]);

    return {found, baseline: runs[0], candidate: runs[1]};
}

function runName({label, created_at: created}) {
    return label ? `“${label}”` : when(created);
}

// What was expected of a run; of several who asked for it, by each of them.
function expected(run, catalog) {
    const asks = run.asks ?? [];
    const question = questionText(catalog, run.question);

    if (asks.length > 1) return el('ul', {class: 'findings'}, askItems(catalog, run));
    const said = predictionText(catalog, asks[0] ?? run.request ?? {}, isOver(run));

    return said && el('div', {class: 'hint'}, question && `${question} `, `Predicted: ${said}.`);
}

function runItem(role, run, catalog) {
    return el(
        'li',
        {},
        el('b', {}, sentence(role).slice(0, -1)),
        ': ',
        el('a', {href: `#runs/${run.id}`}, runName(run)),
        [run.experiment, run.label && when(run.created_at), run.status !== 'done' && run.status]
            .filter(Boolean)
            .map((text) => `, ${text}`),
        run.sentences?.machine && el('div', {class: 'hint'}, `${run.sentences.machine}.`),
        expected(run, catalog),
    );
}

// The cells that only one of the runs has; nothing if there are none.
function lonely(who, cells) {
    return (
        cells.length > 0 &&
        el(
            'div',
            {},
            el('p', {}, el('b', {}, `Only the ${who} has`)),
            el(
                'ul',
                {class: 'findings'},
                cells.map((cell) => el('li', {}, cellTitle(cell))),
            ),
        )
    );
}

function doubts(warnings) {
    return (
        warnings.length > 0 &&
        el(
            'div',
            {class: 'note'},
            el('b', {}, 'Take it with care:'),
            el(
                'ul',
                {class: 'findings'},
                warnings.map((warning) => el('li', {}, sentence(warning))),
            ),
        )
    );
}

const title = () => el('h2', {id: 'comparison-title', tabindex: -1}, 'Two runs compared');

// Fills the section with a pair as readPair() returns it. Returns {draw, close} of its chart.
export function showComparison(section, pair, catalog) {
    const {found} = pair;
    const chart = found.cells.length > 0 ? overlayFigure(found) : null;

    section.replaceChildren(
        ...[
            title(),
            el(
                'ul',
                {class: 'findings'},
                ROLES.map((role) => runItem(role, pair[role], catalog)),
            ),
            el('p', {class: 'lesson'}, found.summary),
            doubts(found.warnings),
            chart?.node,
            found.cells.length > 0 && cellsTable(found),
            found.models?.length > 0 && modelsTable(found),
            found.common && el('p', {class: 'hint'}, `All cells: ${found.common}.`),
            lonely('baseline', found.only_baseline),
            lonely('candidate', found.only_candidate),
        ].filter(Boolean),
    );
    return {draw: async () => chart?.draw(), close: () => chart?.close()};
}

// The comparison of two ids, [baseline, candidate], as a part of the view: back is the address of the list. Returns
// {node, redraw, close}; what it says comes when the server has answered.
export function openComparison([baseline, candidate], {catalog, back}) {
    const problem = el('div');
    const section = el('section', {'aria-labelledby': 'comparison-title'}, title());
    const exporting = el('div');
    let shown = null;
    let isClosed = false;

    async function fill() {
        const pair = await readPair([baseline, candidate]);

        if (isClosed) return;
        const hadFocus = section.contains(document.activeElement);

        shown = showComparison(section, pair, catalog);
        shown.draw();
        if (hadFocus) focusHeading(section);
        const {comparisonSaver} = await late(() => import('./export.js'));

        exporting.replaceChildren(comparisonSaver(pair));
    }

    fill().catch((error) => {
        if (!(error instanceof Refused)) throw error;
        showProblem(problem, error.problem);
    });
    return {
        node: el(
            'div',
            {id: 'comparison'},
            problem,
            section,
            exporting,
            el(
                'p',
                {class: 'buttons'},
                el('a', {href: `#compare/${candidate}/${baseline}`}, 'The other way round'),
                el('a', {href: back}, 'Back to the list'),
            ),
        ),
        redraw: () => shown?.draw(),
        close() {
            isClosed = true;
            shown?.close();
        },
    };
}
