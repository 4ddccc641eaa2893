// The tables of a comparison: the cells that both runs have, and models beside what they model.
import {MODEL} from '../core/cells.js';
import {el} from '../core/dom.js';
import {field, ratio, time, timeRange} from '../core/format.js';
import {signNode} from '../core/signs.js';
import {number, table} from '../core/table.js';
import {asCards} from './cards.js';

function cards(...args) {
    const node = table(...args);

    asCards(node);
    return node;
}

// Its mode, and what the server says to tell it from its neighbours.
export function cellTitle({mode, title}) {
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

// What both are about beside their time, a column for each run. It is one figure, so nothing is said of chance.
function figureColumns({figure, head}) {
    const name = figure.split('.').at(-1);
    const column = (side) => ({
        head: `${side}: ${head}`,
        isNumber: true,
        value: ({figures}) => number(figures[side], field(name, figures[side])),
    });

    return ['baseline', 'candidate'].map(column);
}

const TIMES = [
    {head: 'baseline', isNumber: true, value: (cell) => median(cell.baseline)},
    {head: 'candidate', isNumber: true, value: (cell) => median(cell.candidate)},
    {head: 'candidate ÷ baseline', isNumber: true, value: ratioNode},
    {head: 'verdict', value: ({finding}) => finding},
];

// A row for each pair. The ratio is candidate over baseline: below 1 the candidate took less time. A time that was given
// is no measure, and is left out.
export function cellsTable({cells, about}) {
    const columns = [
        {head: 'cell', value: (cell) => [signNode('mode', cell.mode), ' ', cellTitle(cell)]},
        ...(about?.fixed_time ? [] : TIMES),
        ...(about ? figureColumns(about) : []),
    ];
    const what = about?.fixed_time ? 'The figures' : 'Median wall times';

    return cards(`${what} of the cells that both have`, columns, cells);
}

// Where one run is of a model and the other of what it models. Their times are of different work, so what
// stands there is how many times its own serial time each took.
export function modelsTable({models}) {
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

    return cards('A model beside what it models', columns, models);
}
