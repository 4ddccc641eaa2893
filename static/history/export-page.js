// A run or a comparison as one HTML file. What it shows is what the page shows, made by the same functions, and below
// it what the page has elsewhere: who expected what, the whole request, the runs that a comparison is of.
import {changedValues, stateOf} from '../core/address.js';
import {choiceText, questionText} from '../core/asks.js';
import {baselineOf, experimentOf, loadCatalog} from '../core/catalog.js';
import {curlLine, curlTo} from '../core/curl.js';
import {el} from '../core/dom.js';
import {getRun} from '../core/follow.js';
import {sentence, text as written, when} from '../core/format.js';
import {table} from '../core/table.js';
import {showResult} from '../lab/result.js';
import {showComparison} from './compare.js';
import {savedPage} from './export-document.js';
import {askItems} from './history-row.js';

// What showResult() wants to know besides the run.
function askedOf(catalog, run) {
    const experiment = experimentOf(catalog, run.experiment);

    return {
        catalog,
        values: experiment ? changedValues(catalog, stateOf(catalog, run)) : {},
        formats: [],
        about: {...experiment?.headline, fixed_time: experiment?.fixed_time},
        totals: experiment?.totals,
        baseline: baselineOf(catalog),
    };
}

// Which answer of a question came out; nothing while that is hidden, or where there is no question.
function outcomePart(run, id, catalog) {
    const own = run.asks.filter(({question, hidden}) => question === id && !hidden);
    const outcome = own.find((ask) => ask.outcome)?.outcome;
    const why = run.question === id && run.outcome_reason ? `: ${run.outcome_reason}` : '';

    if (!id || own.length === 0) return false;
    return el(
        'p',
        {},
        el('b', {}, 'What came out: '),
        sentence(outcome ? `“${choiceText(catalog, id, outcome)}”` : `cannot be told${why}`),
    );
}

// Each question that was answered, with what each who asked for the run expected.
function expectations(run, catalog) {
    const questions = [...new Set((run.asks ?? []).map(({question}) => question))];

    return (
        run.asks?.length > 0 &&
        el(
            'section',
            {},
            el('h2', {}, 'What was expected'),
            questions.flatMap((id) => [
                el('p', {}, questionText(catalog, id) ?? 'No question was asked.'),
                outcomePart(run, id, catalog),
                el(
                    'ul',
                    {class: 'findings'},
                    askItems(catalog, {...run, asks: run.asks.filter(({question}) => question === id)}),
                ),
            ]),
        )
    );
}

// What the run was asked for, whole: also what was not given.
function requestPart({request}) {
    const given = Object.entries(request ?? {}).filter(([, value]) => value !== null && value.length !== 0);
    const columns = [
        {head: 'parameter', value: ([name]) => el('code', {}, name)},
        {head: 'value', value: ([, value]) => written(value)},
    ];

    return el('section', {}, el('h2', {}, 'The request'), table('Every parameter of the request', columns, given));
}

const titleOf = (run) => `${run.experiment}${run.label ? `, “${run.label}”` : ''}`;

export async function runPage(id) {
    const [catalog, run] = await Promise.all([loadCatalog(), getRun(id)]);
    const section = el('section', {id: 'result'});
    const shown = showResult(section, run, askedOf(catalog, run));

    try {
        return await savedPage({
            title: `gilscope: ${titleOf(run)}`,
            facts: `Run ${run.id}, asked for ${when(run.created_at)} (${run.created_at}).`,
            section,
            draw: shown.draw,
            more: [expectations(run, catalog), requestPart(run)].filter(Boolean),
            styles: ['lab/lab.css'],
        });
    } finally {
        shown.close();
    }
}

// What each of two runs says for itself.
function sidePart(role, run, catalog) {
    return el(
        'section',
        {},
        el('h2', {}, `The ${role}: ${titleOf(run)}`),
        el('p', {class: 'facts'}, `Run ${run.id}, asked for ${when(run.created_at)} (${run.created_at}).`),
        run.lesson && el('p', {class: 'lesson'}, run.lesson),
        el('pre', {}, el('code', {}, curlLine(run.experiment, askedOf(catalog, run).values))),
    );
}

export async function comparisonPage(pair) {
    const {baseline, candidate} = pair;
    const catalog = await loadCatalog();
    const section = el('section', {id: 'comparison'});
    const shown = showComparison(section, pair, catalog);
    const path = `compare?baseline=${baseline.id}&candidate=${candidate.id}&format=table`;

    section.append(el('pre', {}, el('code', {}, curlTo(path))));
    try {
        return await savedPage({
            title: `gilscope: ${titleOf(candidate)} beside ${titleOf(baseline)}`,
            facts: `Runs ${baseline.id} and ${candidate.id}.`,
            section,
            draw: shown.draw,
            more: [sidePart('baseline', baseline, catalog), sidePart('candidate', candidate, catalog)],
            styles: ['history/history.css'],
        });
    } finally {
        shown.close();
    }
}
