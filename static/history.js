// The runs of this server, newest first: to find one again, to open it, to hold two against each other, and
// to rename or remove one's own. Whose a run is the server knows, not the page; it says so when it refuses.
import {askJson, Refused, setToken} from './api.js';
import {el, openable} from './dom.js';
import {count} from './format.js';
import {headCell, NOISY_MEANS, statusNode} from './history-row.js';
import {showProblem} from './problem.js';
import {table} from './table.js';
import {askForToken} from './token.js';

const PAGE = 20;
const STATUSES = ['queued', 'running', 'done', 'failed', 'cancelled', 'timeout'];

function choice(label, name, values, changed) {
    return el(
        'label',
        {},
        label,
        el(
            'select',
            {name, on: {change: changed}},
            el('option', {value: ''}, 'all'),
            values.map((value) => el('option', {value}, value)),
        ),
    );
}

function filters(catalog, changed) {
    const form = el(
        'form',
        {class: 'filters', 'aria-label': 'Which runs', autocomplete: 'off'},
        choice(
            'Experiment',
            'experiment',
            catalog.experiments.map(({name}) => name),
            changed,
        ),
        choice('Status', 'status', STATUSES, changed),
        el('label', {}, 'Label', el('input', {type: 'text', name: 'label', on: {change: changed}})),
        el('button', {type: 'submit'}, 'Read again'),
    );

    form.addEventListener('submit', (event) => {
        event.preventDefault();
        changed();
    });
    return form;
}

// Fields that are empty are left out: label= would ask for runs with an empty label.
function firstPage(form) {
    const given = [...new FormData(form)].filter(([, value]) => value !== '');

    return `runs?${new URLSearchParams([['limit', PAGE], ...given])}`;
}

// Returns {node, changed}; changed() reads the newest again, if they are in view and nobody is at work there.
// The list is read when it is opened and not before, so a page that never shows it never asks for it.
export function historyPart(catalog) {
    const problem = el('div');
    const place = el('div');
    const compare = el('button', {type: 'button', disabled: true, on: {click: goToComparison}}, 'Compare');
    const older = el('button', {type: 'button', on: {click: () => read(next)}}, 'Older runs');
    const said = el('span', {class: 'hint', role: 'status'});
    const chosen = new Set(); // ids, in the order in which they were chosen
    let listed = [];
    let next = null;
    let asked = 0;

    const form = filters(catalog, () => read());
    const {node, isOpen} = openable('Runs of this server', () => read(), [
        form,
        problem,
        el('div', {class: 'buttons'}, compare, said),
        place,
        older,
        el(
            'p',
            {class: 'hint'},
            `${NOISY_MEANS} A run can be renamed and removed from the browser that asked for it, or `,
            el('button', {type: 'button', class: 'link', on: {click: otherToken}}, 'with a token'),
            '.',
        ),
    ]);

    // Anything but a refusal is a fault of the page.
    function fail(error) {
        if (!(error instanceof Refused)) throw error;
        showProblem(problem, error.problem, {hasField: () => false, goTo: () => {}});
    }

    // Filters change faster than a busy server answers, and answers may overtake one another. Only the one to
    // the latest question is listed; an older one that comes late would show the wrong runs under the filter.
    async function read(path) {
        const mine = ++asked;

        problem.replaceChildren();
        try {
            const page = await askJson(path ?? firstPage(form));

            if (mine !== asked) return;
            listed = path ? [...listed, ...page.runs] : page.runs;
            next = page.next;
            draw();
        } catch (error) {
            fail(error);
        }
    }

    // A run that is listed no more is chosen no more, or the two that are compared might not be in view.
    function draw() {
        for (const id of chosen) if (!listed.some((run) => run.id === id)) chosen.delete(id);
        place.replaceChildren(
            listed.length > 0
                ? table('Runs, newest first', columns, listed)
                : el('p', {}, 'There are no such runs, or none yet.'),
        );
        older.hidden = !next;
        said.textContent = listed.length > 0 ? `${count(listed.length)} listed.` : '';
        showChosen();
    }

    function showChosen() {
        compare.disabled = chosen.size !== 2;
        compare.textContent = chosen.size === 2 ? 'Compare the two' : 'Compare: choose two runs';
    }

    // The earlier one is what the later is compared with; ids are in the order of time.
    function goToComparison() {
        location.hash = `#compare/${[...chosen].sort().join('/')}`;
    }

    // A third one takes the place of the first.
    function choose(id, isChosen) {
        chosen.delete(id);
        if (isChosen) chosen.add(id);
        for (const first of [...chosen].slice(0, -2)) {
            chosen.delete(first);
            place.querySelector(`input[value="${first}"]`).checked = false;
        }
        showChosen();
    }

    // The row is drawn anew, so the focus goes to its link again.
    async function rename(run, label) {
        problem.replaceChildren();
        try {
            Object.assign(run, await askJson(`runs/${run.id}`, {method: 'PATCH', body: {label}}));
            draw();
            place.querySelector(`a[href="#runs/${run.id}"]`)?.focus();
        } catch (error) {
            fail(error);
        }
    }

    // The button that had the focus is gone; the title of the list has it then.
    async function remove(run) {
        problem.replaceChildren();
        try {
            await askJson(`runs/${run.id}`, {method: 'DELETE'});
            listed = listed.filter(({id}) => id !== run.id);
            draw();
            node.querySelector('summary').focus();
        } catch (error) {
            fail(error);
        }
    }

    async function otherToken() {
        const given = await askForToken({
            title: 'A token for this server',
            detail: 'the instructor’s may rename, cancel and remove the runs of all',
        });

        if (given) setToken(given);
    }

    // What came out is in view on a phone as well.
    const columns = [
        {head: 'run', value: (run) => headCell(run, {rename, remove})},
        {head: 'what came out', value: (run) => run.headline?.text ?? '–'},
        {
            head: 'compare',
            value: (run) =>
                el('input', {
                    type: 'checkbox',
                    value: run.id,
                    checked: chosen.has(run.id),
                    'aria-label': `Compare run ${run.id}`,
                    on: {change: (event) => choose(run.id, event.target.checked)},
                }),
        },
        {head: 'experiment', value: (run) => run.experiment},
        {head: 'status', value: statusNode},
    ];

    // Nothing is read again under somebody's hands: the row that has the focus would vanish.
    return {node, changed: () => isOpen() && !place.contains(document.activeElement) && read()};
}
