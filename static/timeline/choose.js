// Which cell is drawn, and which one below it: of the same run, or of another one.
import {askJson} from '../core/api.js';
import {el, folded} from '../core/dom.js';
import {count, when} from '../core/format.js';
import {titleOf} from './timeline-of.js';

const NOTHING = '';

function cellOptions(catalog, {run}, chosen) {
    return run.cells.map((cell, i) => {
        const value = `${run.id}:${i}`;

        return el('option', {value, selected: value === chosen}, titleOf(catalog, cell, run.cells));
    });
}

function select(id, label, options, change) {
    return el(
        'div',
        {class: 'field'},
        el('label', {for: id}, label),
        el('select', {id, on: {change: (event) => change(event.target.value)}}, options),
    );
}

function readPick(value) {
    const [run, cell] = value.split(':');

    return {run, cell: Number(cell)};
}

// Runs of the same experiment, newest first; a click on one takes the cell that stands at the same place.
function otherRuns({run, pick, choose}) {
    const place = el('div', {}, 'Asking for them …');
    const entry = ({id, label, created_at: created, headline, n_cells: nCells}) =>
        el(
            'li',
            {},
            el(
                'button',
                {
                    type: 'button',
                    class: 'link',
                    on: {click: () => choose({run: id, cell: Math.min(pick.cell, nCells - 1)})},
                },
                [when(created), label && `“${label}”`].filter(Boolean).join(', '),
            ),
            headline && `: ${headline.text}`,
        );

    askJson(`runs?experiment=${encodeURIComponent(run.experiment)}&status=done&limit=20`).then(
        ({runs}) => {
            const others = runs.filter(({id}) => id !== run.id);

            place.replaceChildren(
                others.length > 0
                    ? el('ul', {class: 'timeline-list'}, others.map(entry))
                    : `There is no other run of ${run.experiment}.`,
            );
        },
        (error) => place.replaceChildren(error.message),
    );
    return place;
}

// loaded: the one or two {run} in view, picks: which of their cells. changed(picks) hears of a choice.
export function makeChoice(catalog, {loaded, picks, changed}) {
    const [first, second] = loaded;
    const [pick, beside] = picks;
    const key = ({run, cell}) => `${run}:${cell}`;
    const setBeside = (other) => changed(other ? [pick, other] : [pick]);
    const other = second && second.run.id !== first.run.id ? second : null;
    const all = [
        el('option', {value: NOTHING}, 'nothing'),
        el('optgroup', {label: 'This run'}, cellOptions(catalog, first, beside && key(beside))),
        other &&
            el(
                'optgroup',
                {label: `Run of ${when(other.run.created_at)}`},
                cellOptions(catalog, other, key(beside)),
            ),
    ].filter(Boolean);

    return el(
        'div',
        {class: 'timeline-choice'},
        first.run.cells.length > 1 &&
            select(
                'timeline-cell',
                `Which of the ${count(first.run.cells.length)} cells`,
                cellOptions(catalog, first, key(pick)),
                (value) => changed([readPick(value), ...(beside ? [beside] : [])]),
            ),
        select('timeline-beside', 'Below it, on the same scale', all, (value) =>
            setBeside(value === NOTHING ? null : readPick(value)),
        ),
        folded('Below it, a cell of another run', () => otherRuns({run: first.run, pick, choose: setBeside})),
    );
}
