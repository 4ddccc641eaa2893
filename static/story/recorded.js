// Figures of real interpreters that were measured once on another machine with two CPUs (recorded.json, which is
// tests/bench/reference/cpython.json). They stand in for those that this machine cannot show.
import {askJson} from '../core/api.js';
import {el} from '../core/dom.js';
import {count, ratio, time} from '../core/format.js';

let recorded = null;

function load() {
    recorded ??= askJson('story/recorded.json').catch((error) => {
        recorded = null; // so that the next one asks again
        throw error;
    });
    return recorded;
}

// The one record that has all of these members.
function recordOf(data, {list, ...wanted}) {
    return data[list]?.find((record) => Object.entries(wanted).every(([key, value]) => record[key] === value));
}

const SHOWN = {
    wall: (seconds) => time(seconds * 1e9),
    p50: (us) => time(us * 1000),
    lost: count,
};

// rows: [text, record, field] each. A table; the last row of two times says how many times the first it is.
export async function recordedTable(rows) {
    const data = await load();
    const found = rows
        .map(([text, wanted, field]) => ({text, field, value: recordOf(data, wanted)?.[field]}))
        .filter(({value}) => value !== undefined);

    return el(
        'table',
        {class: 'recorded'},
        el('caption', {}, 'Recorded once with real interpreters, on a machine with two CPUs'),
        el(
            'tbody',
            {},
            found.map(({text, field, value}) =>
                el(
                    'tr',
                    {},
                    el('th', {scope: 'row'}, text),
                    el('td', {class: 'number'}, SHOWN[field](value)),
                    el(
                        'td',
                        {class: 'number'},
                        field !== 'lost' && value !== found[0].value && `${ratio(value / found[0].value)} ×`,
                    ),
                ),
            ),
        ),
    );
}
