// What the lock itself counted, as a small table: a column for each counter, by the word that the glossary explains.
import {el, folded} from '../core/dom.js';
import {fieldTitle} from '../core/format.js';
import {objectTable} from '../core/table.js';

const TITLE = 'What the lock counted';
const MOST_OPEN = 9; // cells

// What the names of the server are called here. A counter that another runtime adds has its own name.
const HEADS = new Map([
    ['acquires', 'taken'],
    ['contended', 'had to wait'],
    ['handoffs', 'hand-overs'],
    ['false_wakeups', 'false wake-ups'],
    ['drop_requests', 'asked to let go'],
    ['forced_switches', 'forced switches'],
    ['held_ns', 'held'],
    ['waited_ns', 'waited'],
]);
// The table's keys are its heads, except that a time keeps the end of its name, by which it is written as one.
const headOf = (name) => {
    const head = HEADS.get(name) ?? fieldTitle(name);

    return name.endsWith('_ns') ? `${head}_ns` : head;
};

function countersOf({lock_stats: stats, inside, outside}) {
    return {
        ...Object.fromEntries(Object.entries(stats ?? {}).map(([name, value]) => [headOf(name), value])),
        ...(inside && {'most inside at once': inside.max, 'inside on average': inside.mean}),
        ...(outside && {'most outside at once': outside.max, 'outside on average': outside.mean}),
    };
}

const openTable = (counted) =>
    objectTable('Counters of the lock, of one repetition that stands for all', counted, countersOf);

// null where no cell has a counter. Of many cells it is folded.
export function counterTable(cells) {
    const counted = cells.filter((cell) => cell.lock_stats || cell.inside);

    if (counted.length === 0) return null;
    return counted.length > MOST_OPEN
        ? folded(TITLE, () => openTable(counted))
        : el('div', {class: 'counters'}, el('h3', {}, TITLE), openTable(counted));
}
