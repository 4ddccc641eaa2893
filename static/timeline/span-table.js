// The table behind a picture of lanes: every span in the order of time, some at a time, as there may be 20,000.
import {el} from '../core/dom.js';
import {count, time} from '../core/format.js';
import {number, table} from '../core/table.js';
import {kindPlace, wordOf} from './kinds.js';
import {moment} from './span-words.js';

const PAGE = 25;

// Spans and instants as rows {task, word, start, end}, end being null for an instant.
function rowsOf({spans, instants}) {
    return [
        ...spans
            .filter((span) => kindPlace(span[1]) >= 0)
            .map(([task, kind, start, end]) => ({task, word: wordOf(kindPlace(kind)), start, end})),
        ...instants.map(([task, , start]) => ({task, word: 'woken up for nothing', start, end: null})),
    ].sort((a, b) => a.start - b.start || a.task - b.task);
}

// show(task, at) gives a span the focus in the picture.
function columns(show) {
    const figure = (head, value) => ({head, value, isNumber: true});
    const showButton = ({task, word, start}) =>
        el(
            'button',
            {
                type: 'button',
                class: 'link',
                'aria-label': `Show task ${task}, ${word}, at ${moment(start)}`,
                on: {click: () => show(task, start)},
            },
            'show',
        );

    return [
        {head: 'task', value: ({task}) => String(task)},
        {head: 'state', value: ({word}) => word},
        figure('from', ({start}) => number(start, moment(start))),
        figure('to', ({end}) => number(end, end === null ? '' : moment(end))),
        figure('length', ({start, end}) =>
            end === null ? 'an instant' : number(end - start, time(end - start)),
        ),
        {head: 'in the picture', value: showButton},
    ];
}

// Returns a node that holds a page of the table, and buttons for the others.
export function spanTable(cell, show) {
    const rows = rowsOf(cell);
    const nPages = Math.max(1, Math.ceil(rows.length / PAGE));
    const place = el('div');
    const said = el('span', {role: 'status'});
    let page = 0;
    const turn = (to) => {
        page = Math.min(Math.max(0, to), nPages - 1);
        const first = page * PAGE;
        const part = rows.slice(first, first + PAGE);

        place.replaceChildren(
            table(`Spans of ${cell.title || 'this cell'}, in the order of time`, columns(show), part),
        );
        said.textContent = `${count(first + 1)} to ${count(first + part.length)} of ${count(rows.length)}`;
    };
    const button = (text, to) => el('button', {type: 'button', on: {click: () => turn(to())}}, text);

    turn(0);
    return el(
        'div',
        {class: 'span-table'},
        nPages > 1 &&
            el(
                'p',
                {class: 'buttons'},
                button('First', () => 0),
                button('Earlier', () => page - 1),
                button('Later', () => page + 1),
                button('Last', () => nPages - 1),
                said,
            ),
        place,
    );
}
