// Two runs held against each other: which cells both have, and whether the later one was faster in them.
import {askJson} from './api.js';
import {el} from './dom.js';
import {ratio, sentence, time, timeRange, when} from './format.js';
import {signNode} from './signs.js';
import {number, table} from './table.js';
import {MODEL} from './terms.js';

function runName({label, created_at: created}) {
    return label ? `“${label}”` : when(created);
}

function runLine(role, run) {
    return el(
        'li',
        {},
        el('b', {}, role),
        ': ',
        el('a', {href: `#runs/${run.id}`}, runName(run)),
        `, ${run.experiment}${run.label ? `, ${when(run.created_at)}` : ''}`,
    );
}

// Its mode, and what the server says to tell it from its neighbours.
function cellTitle({mode, title}) {
    return [mode, title].filter(Boolean).join(', ');
}

// The figure, and below it its interval where there is one.
function median(stats) {
    const {median: value, interval} = stats ?? {};

    return [
        number(value, time(value)),
        interval && el('small', {class: 'under'}, ` ${timeRange(interval[0], interval[1])}`),
    ].filter(Boolean);
}

function ratioNode({ratio: value, interval}) {
    return [
        number(value, `${ratio(value)} ×`),
        interval && el('small', {class: 'under'}, ` ${ratio(interval[0])} to ${ratio(interval[1])}`),
    ].filter(Boolean);
}

// A row for each pair. The ratio is candidate over baseline: below 1 the candidate took less time.
function cellsTable({cells}) {
    const columns = [
        {head: 'cell', value: (cell) => [signNode('mode', cell.mode), ' ', cellTitle(cell)]},
        {head: 'baseline', isNumber: true, value: (cell) => median(cell.baseline)},
        {head: 'candidate', isNumber: true, value: (cell) => median(cell.candidate)},
        {head: 'candidate ÷ baseline', isNumber: true, value: ratioNode},
        {head: 'verdict', value: ({finding}) => finding},
    ];

    return table('Median wall times of the cells that both have', columns, cells);
}

// Where one run is of a model and the other of what it models. Their times are of different work, so what
// stands there is how many times its own serial time each took.
function modelsTable({models}) {
    const side = (name) => ({
        head: name,
        isNumber: true,
        value: (cell) => {
            const {runtime, lock, relative} = cell[name];

            return [
                number(relative, `${ratio(relative)} × serial`),
                el('small', {class: 'under'}, ` ${runtime}, ${lock}`),
            ];
        },
    });
    const columns = [
        {head: 'cell', value: (cell) => [signNode('mode', cell.mode), ' ', cellTitle(cell)]},
        side('baseline'),
        side('candidate'),
        {head: MODEL, isNumber: true, value: ({model}) => (model ? ratioNode(model) : '–')},
        {head: 'verdict', value: ({model}) => model?.text ?? 'what the others are held against'},
    ];

    return table('A model beside what it models', columns, models);
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

// Everything in words comes from the server, which also says what makes a comparison doubtful: another machine,
// a noisy one, another size. Here it is laid out.
//
// Fills the section for two ids, [baseline, candidate]; closed() is called when it is closed. Throws Refused.
export async function showComparison(section, [baseline, candidate], closed) {
    const query = new URLSearchParams({baseline, candidate});
    const found = await askJson(`compare?${query}`);
    // closed() puts the form's address back, or a reload would open the comparison again.
    const close = () => {
        section.hidden = true;
        closed();
    };
    const title = el('h2', {id: 'comparison-title', tabindex: -1}, 'Two runs compared');

    section.replaceChildren(
        ...[
            title,
            el(
                'ul',
                {class: 'findings'},
                runLine('Baseline', found.baseline),
                runLine('Candidate', found.candidate),
            ),
            el('p', {class: 'lesson'}, found.summary),
            found.warnings.length > 0 &&
                el(
                    'div',
                    {class: 'note'},
                    el('b', {}, 'Take it with care:'),
                    el(
                        'ul',
                        {class: 'findings'},
                        found.warnings.map((warning) => el('li', {}, sentence(warning))),
                    ),
                ),
            found.cells.length > 0 && cellsTable(found),
            found.models?.length > 0 && modelsTable(found),
            found.common && el('p', {class: 'hint'}, `All cells: ${found.common}.`),
            lonely('baseline', found.only_baseline),
            lonely('candidate', found.only_candidate),
            el(
                'div',
                {class: 'buttons'},
                el('a', {href: `#compare/${candidate}/${baseline}`}, 'The other way round'),
                el('button', {type: 'button', on: {click: close}}, 'Close'),
            ),
        ].filter(Boolean),
    );
    section.hidden = false;
    title.focus();
    section.scrollIntoView();
}
