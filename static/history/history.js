// The runs of this server, newest first: to find one again, to open it, to hold two against each other, and to rename
// or remove one's own. Whose a run is the server knows, not the page; it says so when it refuses.
import {whenThere} from '../core/alive.js';
import {askJson, hasToken, Refused} from '../core/api.js';
import {el} from '../core/dom.js';
import {count, plural, sentence} from '../core/format.js';
import {askRole, takeToken} from '../core/leading.js';
import {isLeading} from '../core/person.js';
import {showProblem} from '../core/problem.js';
import {replace} from '../core/router.js';
import {makeFilters} from './filters.js';
import {HIDDEN_MEANS, isHidden, NOISY_MEANS, runColumns} from './history-row.js';
import {makeReader} from './reader.js';
import {askToRemoveAll} from './remove-all.js';
import {liveTable} from './rows.js';

// By how many runs are chosen.
const TO_COMPARE = ['Compare: choose two runs', 'Compare: choose one more', 'Compare the two'];

// Returns {node, update(), pause(), address()}: update() reads the address and the list, pause() stops reading it,
// address() is that of the list as it is filtered.
export function historyPart(catalog) {
    const problem = el('div');
    const compare = el('button', {type: 'button', class: 'main', disabled: true, on: {click: goToComparison}});
    const older = el('button', {type: 'button', on: {click: readOlder}}, 'Older runs');
    const removeAll = el('button', {type: 'button', hidden: true, on: {click: removeAllRuns}}, 'Remove all runs …');
    const said = el('span', {class: 'hint', role: 'status'});
    const none = el('p', {hidden: true}, 'There are no such runs, or none yet.');
    const hiddenMeans = el('span', {hidden: true}, `${HIDDEN_MEANS} `);
    const unreadable = el('p', {class: 'hint', hidden: true});
    const title = el('h2', {id: 'runs-title', tabindex: -1}, 'Runs of this server');
    const filters = makeFilters(catalog, () => {
        replace(filters.address());
        read();
    });
    const chosen = new Set(); // ids, in the order in which they were chosen
    const rows = liveTable('Runs, newest first', runColumns({catalog, chosen, choose, rename, remove}));
    const reader = makeReader({filters: filters.given, changed: draw, missed});

    const node = el(
        'section',
        {class: 'panel', 'aria-labelledby': 'runs-title'},
        title,
        filters.node,
        problem,
        el('div', {class: 'buttons comparing'}, compare, said),
        none,
        rows.node,
        unreadable,
        el('div', {class: 'buttons'}, older, removeAll),
        el(
            'p',
            {class: 'hint'},
            hiddenMeans,
            `${NOISY_MEANS} A run can be renamed and removed from the browser that asked for it, or `,
            el('button', {type: 'button', class: 'link', on: {click: otherToken}}, 'with the instructor’s token'),
            '.',
        ),
    );

    // Anything but a refusal is a fault of the page.
    function fail(error) {
        if (!(error instanceof Refused)) throw error;
        showProblem(problem, error.problem);
    }

    async function read() {
        problem.replaceChildren();
        await reader.read().catch(fail);
    }

    // The focus goes to the first run that was not there before: the button may be gone.
    async function readOlder() {
        const before = reader.runs().length;

        problem.replaceChildren();
        await reader.readOlder().catch(fail);
        if (reader.runs().length > before) focusRun(reader.runs()[before].id);
    }

    // Whoever reads the list has done nothing wrong, so it is said in its line.
    async function missed(error) {
        if (!(error instanceof Refused)) throw error;
        if (error.problem.status) return say(`This is the list as it was. ${sentence(error.message)}`);
        say('The server does not answer; this is the list as it was.');
        if ((await whenThere()) && reader.isOn()) reader.readAgain();
    }

    function say(text) {
        if (said.textContent !== text) said.textContent = text;
    }

    // A run that is listed no more is chosen no more, or the two that are compared might not be in view.
    function draw() {
        const listed = reader.runs();

        for (const id of chosen) if (!listed.some((run) => run.id === id)) chosen.delete(id);
        rows.show(listed);
        rows.node.hidden = listed.length === 0;
        none.hidden = listed.length > 0;
        older.hidden = !reader.hasMore();
        showRemoveAll();
        say(listed.length > 0 ? `${count(listed.length)} listed.` : '');
        hiddenMeans.hidden = !listed.some(isHidden);
        showDamaged(reader.damaged());
        showChosen();
    }

    function showRemoveAll() {
        removeAll.hidden = !isLeading() || reader.runs().length === 0;
    }

    // Whoever misses a run finds its id here; the others of the list are all there.
    function showDamaged(ids) {
        unreadable.hidden = ids.length === 0;
        unreadable.textContent =
            ids.length > 0
                ? `${plural(ids.length, 'run')} cannot be read, because the record on the disk is damaged: ${ids.join(', ')}. The instructor can remove what is damaged: DELETE /runs/ID.`
                : '';
    }

    function showChosen() {
        compare.disabled = chosen.size !== 2;
        compare.textContent = TO_COMPARE[chosen.size];
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
            const box = rows.row(first).querySelector('input[type=checkbox]');

            chosen.delete(first);
            box.checked = false;
        }
        showChosen();
    }

    function focusRun(id) {
        const link = id && rows.row(id)?.querySelector('a');

        (link || title).focus();
    }

    // The row is made anew, so the focus goes to its link again.
    async function rename(run, label) {
        problem.replaceChildren();
        try {
            const renamed = await askJson(`runs/${run.id}`, {method: 'PATCH', body: {label}});

            reader.change((runs) => runs.map((one) => (one.id === run.id ? {...one, label: renamed.label} : one)));
            rows.redo(run.id);
            focusRun(run.id);
        } catch (error) {
            fail(error);
        }
    }

    // The button that had the focus is gone; the next run has it then.
    async function remove(run) {
        const at = reader.runs().findIndex(({id}) => id === run.id);

        problem.replaceChildren();
        try {
            await askJson(`runs/${run.id}`, {method: 'DELETE'});
            reader.change((runs) => runs.filter(({id}) => id !== run.id));
            focusRun((reader.runs()[at] ?? reader.runs().at(-1))?.id);
        } catch (error) {
            fail(error);
        }
    }

    async function removeAllRuns() {
        problem.replaceChildren();
        try {
            const removed = await askToRemoveAll();

            if (removed === null) {
                removeAll.focus();
                return;
            }
            await read();
            title.focus();
            say(`${plural(removed, 'run')} removed.`);
        } catch (error) {
            fail(error);
        }
    }

    async function otherToken() {
        if (!(await takeToken('Change the runs of others'))) return;
        await read();
        title.focus();
    }

    showChosen();
    return {
        node,
        address: filters.address,
        update() {
            reader.start();
            filters.read(location.hash);
            if (hasToken()) askRole().then(showRemoveAll, fail);
            read();
        },
        pause: reader.stop,
    };
}
