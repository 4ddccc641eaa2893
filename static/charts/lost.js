// How many updates of something shared were lost: a bar for each cell, none where nothing was lost, and the number in
// words beside it.
import {numberAt} from '../core/cells.js';
import {count} from '../core/format.js';
import {objectTable} from '../core/table.js';
import {barRows, barsInWords, drawBars} from './bars.js';
import {key, makeFigure} from './figure.js';

const LOST = 'metrics.lost_updates';
const TITLE = {figure: LOST, head: 'lost updates'};

const expectedOf = (cell) => numberAt(cell, 'metrics.expected');
// A cell without a good repetition has no metrics.
function tally({metrics}) {
    const {expected, actual, lost_updates} = metrics ?? {};

    return {expected, actual, lost_updates};
}

export const hasLost = ({cells}) => cells.some((cell) => numberAt(cell, LOST) !== null);

const lostText = (lost) => (lost === 0 ? 'none lost' : `${count(lost)} lost`);

// "3 % of 400,000"; where more was lost than is left in the end there is no share.
function shareText(lost, expected) {
    if (lost === 0 || !(expected > lost)) return null;
    const share = Number(((100 * lost) / expected).toPrecision(2));

    return `${count(share)} % of ${count(expected)}`;
}

function rowsOf(cells) {
    const rows = barRows(cells, LOST);
    const left = [...cells]; // rows of titles have no cell

    return rows.map((row) => {
        if ('group' in row) return row;
        const cell = left.shift();

        return row.value === undefined
            ? row
            : {...row, text: lostText(row.value), ratio: shareText(row.value, expectedOf(cell))};
    });
}

// Where there is room for the number alone, the share stands in words at least.
const inWords = (rows) => rows.map((row) => (row.ratio ? {...row, text: `${row.text} (${row.ratio})`} : row));

export function lostFigure({cells}) {
    return makeFigure({
        panels: [
            {
                words: () => barsInWords(inWords(rowsOf(cells)), LOST, TITLE),
                paint: (canvas) => drawBars(canvas, rowsOf(cells), LOST, TITLE),
            },
        ],
        keys: () => [key('key-bar', 'one repetition; others may differ')],
        table: () => objectTable('What was counted', cells, tally),
    });
}
