// The class board: what everybody on this server begins, and what came of it. It is read only while it is in
// view: a browser has few connections to one host.
import {Refused} from './api.js';
import {el, openable} from './dom.js';
import {readEvents} from './event-stream.js';
import {NOISY_MEANS, statusNode} from './history-row.js';
import {showProblem} from './problem.js';
import {table} from './table.js';

const MOST_ROWS = 100;
const COLUMNS = [
    {head: 'run', value: (run) => el('a', {href: `#runs/${run.id}`}, names(run))},
    {head: 'what came out', value: (run) => run.headline?.text ?? '–'},
    {head: 'experiment', value: (run) => run.experiment},
    {head: 'predicted', value: (run) => run.prediction ?? '–'},
    {head: 'status', value: statusNode},
];

// A run that several people asked for has the labels of all.
function names({labels = [], label}) {
    const all = labels.length > 0 ? labels : [label];

    return all.filter(Boolean).join(', ') || 'without a label';
}

// Returns the node.
export function boardPart() {
    const problem = el('div');
    const place = el('div', {}, el('p', {}, 'No run has begun or ended since the server was started.'));
    const said = el('p', {class: 'hint', role: 'status'});
    let abort = null;

    // An end takes the place of its beginning. Other rows stay as they are: somebody may be reading them. The
    // focus moves with the row, or a keyboard would lose its place each time a run ends.
    function add(data) {
        const made = table('Begun or ended, newest first', COLUMNS, [data]);
        const row = made.querySelector('tbody tr');
        const body = place.querySelector('tbody');
        const former = body?.querySelector(`[data-run="${data.id}"]`);
        const hadFocus = former?.contains(document.activeElement);

        row.dataset.run = data.id;
        former?.remove();
        if (body) body.prepend(row);
        else place.replaceChildren(made);
        if (hadFocus) row.querySelector('a').focus();
        if (body?.rows.length > MOST_ROWS) body.lastElementChild.remove();
    }

    // A stream that was given up by the page itself (aborted) is no news; one that the server refuses is.
    async function read() {
        const {signal} = (abort = new AbortController());
        const connected = (isSo) => {
            said.textContent = isSo ? 'Connected.' : 'The connection was lost; trying again.';
        };

        problem.replaceChildren();
        try {
            for await (const {data} of readEvents('events', {signal, connected})) add(data);
        } catch (error) {
            if (signal.aborted) return;
            if (!(error instanceof Refused)) throw error;
            said.textContent = 'Not connected.';
            showProblem(problem, error.problem, {hasField: () => false, goTo: () => {}});
        }
    }

    // A stream that stays open counts against the few connections that a browser makes to one host, and thirty
    // pages in the background against those that the server has. The server tells the last events again, so
    // nothing has to be remembered meanwhile.
    function update() {
        const isWanted = isOpen() && !document.hidden;

        if (isWanted === (abort !== null)) return;
        if (isWanted) {
            read();
        } else {
            abort.abort();
            abort = null;
        }
    }

    const {node, isOpen} = openable(
        'Class board: what everybody runs',
        update,
        [said, problem, place, el('p', {class: 'hint'}, NOISY_MEANS)],
        update,
    );

    document.addEventListener('visibilitychange', update);
    return node;
}
