// What the history shows of a run: its name, what came of it, what was expected, and how it stands.
import {predictionText} from '../core/asks.js';
import {el} from '../core/dom.js';
import {getRun, isOver} from '../core/follow.js';
import {count, sentence, when} from '../core/format.js';
import {about, ordinal} from '../core/progress.js';
import {headCell} from './row-actions.js';

// "done", "queued, 3rd", "running, about 4 s left", "failed: why"; and whether the machine was noisy.
function statusText({status, reason, position, remaining_ns: remaining}) {
    if (position) return `queued, ${ordinal(position)}`;
    if (typeof remaining === 'number') return `running, ${about(remaining)} left`;
    return reason ? `${status}: ${reason}` : status;
}

// What the mark means, for below a list: a title at the mark itself would be for the mouse alone.
export const NOISY_MEANS = 'Noisy: other programs disturbed the run, so take its figures with care.';

// Whether it went well is said by the word first and by the colour after it.
function statusNode(run) {
    const isBad = ['failed', 'timeout'].includes(run.status);

    return [
        el('span', {class: isBad && 'bad'}, statusText(run)),
        run.noisy && ' ',
        run.noisy && el('span', {class: 'mark'}, 'noisy'),
    ];
}

// Who else asked for the same run, and what each of them expected: read when somebody wants to know.
function othersNode(run, catalog) {
    const list = el('ul', {class: 'findings'});
    const details = el('details', {}, el('summary', {}, `all ${count(run.asks)} who asked`), list);

    details.addEventListener('toggle', async () => {
        if (!details.open || list.hasChildNodes()) return;
        try {
            list.replaceChildren(...askItems(catalog, await getRun(run.id)));
        } catch (error) {
            list.replaceChildren(el('li', {class: 'bad'}, sentence(error.message)));
        }
    });
    return details;
}

// Each who asked for a run as an item: the label, and the prediction.
export function askItems(catalog, run) {
    return run.asks.map((ask) =>
        el(
            'li',
            {},
            el('b', {}, ask.label ?? 'without a label'),
            ask.yours ? ' (you)' : '',
            `: ${predictionText(catalog, ask, isOver(run)) ?? 'no prediction'}`,
        ),
    );
}

// What others predicted, and what came out of it, as long as the instructor has not shown it.
export const HIDDEN_MEANS = 'Hidden: until the instructor shows the predictions.';
export const isHidden = ({hidden}) => hidden === true;

function predictionCell(run, catalog) {
    const own = isHidden(run) ? 'hidden' : (predictionText(catalog, run, isOver(run)) ?? '–');

    return run.asks > 1 ? [own, othersNode(run, catalog)] : own;
}

// What the list shows of a run. chosen holds the ids that are to be compared; choose(id, isChosen), rename(run, label)
// and remove(run) do what was asked for.
export function runColumns({catalog, chosen, choose, rename, remove}) {
    const box = (run) =>
        el('input', {
            type: 'checkbox',
            value: run.id,
            checked: chosen.has(run.id),
            'aria-label': `Compare ${run.label ? `“${run.label}”` : 'the run'} of ${when(run.created_at)}`,
            on: {change: (event) => choose(run.id, event.target.checked)},
        });

    return [
        {head: 'run', value: (run) => headCell(run, {rename, remove})},
        {head: 'compare', value: box},
        {head: 'experiment', value: (run) => run.experiment},
        {head: 'what came out', value: (run) => run.headline?.text ?? (isHidden(run) && isOver(run) ? 'hidden' : '–')},
        {head: 'predicted', value: (run) => predictionCell(run, catalog)},
        {head: 'status', value: statusNode},
    ];
}
