// In which order the tasks ended, a row for each mode, beside the order of the article.
import {el} from '../core/dom.js';
import {modeInWords} from './plain.js';

const MOST = 9;
const ARTICLE = ['in the article: event loop', [2, 3, 1, 0, 4]];

// Tasks are counted from 1, as the article does.
export function orderTable({cells}, catalog) {
    const rows = cells
        .filter(({completion_order: order}) => order?.length > 0 && order.length <= MOST)
        .map(({mode, completion_order: order}) => [`here: ${modeInWords(catalog, mode)}`, order]);

    if (rows.length === 0) return null;
    return el(
        'table',
        {class: 'orders'},
        el('caption', {}, 'Begun as 1, 2, 3, 4, 5; ended in this order'),
        el(
            'tbody',
            {},
            [...rows, ARTICLE].map(([text, order]) =>
                el(
                    'tr',
                    {},
                    el('th', {scope: 'row'}, text),
                    order.map((task) => el('td', {class: 'number'}, String(task + 1))),
                ),
            ),
        ),
    );
}
