// The timeline of a run: a cell, or two on one scale of time, such as the lock of an old Python above that of a new one.
//
// All state is in the address (address.js): a link opens the same cells at the same place.
import {Refused} from '../core/api.js';
import {byId, el, folded} from '../core/dom.js';
import {when} from '../core/format.js';
import {showNotes, showProblem} from '../core/problem.js';
import {push, replace} from '../core/router.js';
import {firstCell, keysHelp, notes, titled} from './about-cells.js';
import {placeHash, readPlace} from './address.js';
import {offerAgain, waiting} from './again.js';
import {makeChoice} from './choose.js';
import {drawLanes} from './lanes.js';
import {traceExits} from './perfetto.js';
import {spanTable} from './span-table.js';
import {makeStore} from './store.js';

const SETTLED_MS = 250; // after which what is in view goes into the address

const WITHOUT = 'This run keeps no timeline, as nobody asked for one';

function refuse(error) {
    if (!(error instanceof Refused)) throw error;
    showProblem(byId('problem'), error.problem);
}

export async function open(place, {catalog}) {
    const life = new AbortController(); // of the view
    const store = makeStore(catalog, life.signal);
    const panel = el('section', {class: 'panel', 'aria-labelledby': 'timeline-title'});
    const title = el('h2', {id: 'timeline-title', tabindex: -1}, 'Timeline');
    const body = el('div', {class: 'timeline-body'});
    let drawn = null; // what drawLanes() returned
    let shown = null; // {picks, window}
    let abort = new AbortController(); // of what the address asks for
    let settling;
    let refocus = null; // the id of what has the focus when the cells are there

    // What is in view changes with each turn of a wheel; the address follows when that ends.
    function windowChanged(window) {
        shown = {...shown, window};
        clearTimeout(settling);
        settling = setTimeout(() => replace(placeHash(shown)), SETTLED_MS);
    }

    // What was chosen from is made anew with the rest, and the keyboard goes on there.
    function choose(picks) {
        refocus = body.contains(document.activeElement) ? document.activeElement.id : null;
        push(placeHash({picks, window: null}));
        update();
    }

    function clear() {
        clearTimeout(settling);
        drawn?.close();
        drawn = null;
        body.replaceChildren();
    }

    // The run that was made in place of one without a timeline has the same cells.
    function offer({run}, pick, why = WITHOUT) {
        return offerAgain(catalog, run, {
            why,
            signal: abort.signal,
            done: ({id}) => choose(shown.picks.map((other) => (other === pick ? {...pick, run: id} : other))),
            fail: refuse,
        });
    }

    function heading({run}) {
        return el(
            'p',
            {class: 'facts'},
            `${run.sentences?.heading ?? run.experiment} · ${when(run.created_at)} · `,
            el('a', {href: `#runs/${run.id}`}, `run ${run.id}`),
        );
    }

    // Cells with spans are drawn, even where those of the other run are not there.
    function draw(loaded, window) {
        const {picks} = shown;
        const lanes = el('div');
        const isThere = loaded.map(({cells}) => cells);
        const cells = titled(
            loaded.filter((_, i) => isThere[i]),
            picks.filter((_, i) => isThere[i]),
        );
        const full = cells.filter(({reason}) => !reason);
        const runs = [...new Set(loaded)];

        body.replaceChildren(
            ...[
                ...runs.map(heading),
                makeChoice(catalog, {loaded, picks, changed: choose}),
                ...loaded.map((one, i) => !one.cells && offer(one, picks[i])),
                lanes,
                notes(cells),
                full.length > 0 && folded('Keys and hands', keysHelp),
                ...full.map((cell, k) =>
                    folded(`Table: ${cell.title}`, () =>
                        spanTable(cell, (task, at) => drawn.goTo(k, task, at)),
                    ),
                ),
                ...runs
                    .filter((one) => one.cells)
                    .map(({run}) =>
                        traceExits({
                            id: run.id,
                            title: `gilscope: ${run.experiment}`,
                            of: runs.length > 1 && (run.label ? `“${run.label}”` : `the run of ${when(run.created_at)}`),
                            load: () => store.bytes(run.id),
                        }),
                    ),
            ].filter(Boolean),
        );
        if (full.length > 0) drawn = drawLanes(lanes, {cells: full}, {window, changed: windowChanged});
        if (refocus && document.activeElement === document.body) byId(refocus)?.focus();
        refocus = null;
    }

    // Where the address names no cell, or one that the run does not have, another is drawn; the latter is said.
    function settle(loaded, picks) {
        const missing = picks.filter(({cell}, i) => cell !== null && !loaded[i].run.cells[cell]);

        showNotes(
            byId('problem'),
            missing.map(({run, cell}) => `The run ${run} has no cell ${cell}; another one is shown.`),
        );
        return picks.map((pick, i) => {
            const {run, cells} = loaded[i];

            return run.cells[pick.cell] ? pick : {...pick, cell: cells ? firstCell({cells}) : 0};
        });
    }

    async function load({picks, window}) {
        const {signal} = abort;
        const wait = (run) => {
            const {node, tell} = waiting(run);

            body.append(node);
            return tell;
        };
        const loaded = await Promise.all(picks.map(({run}) => store.load(run, wait)));

        if (signal.aborted) return;
        body.replaceChildren();
        if (loaded.some(({run}) => run.cells.length === 0)) {
            body.append(el('p', {}, 'This run ended before anything was measured.'));
            return;
        }
        shown = {picks: settle(loaded, picks), window};
        replace(placeHash(shown));
        document.title = `Timeline of ${loaded[0].run.experiment}, gilscope`;
        draw(loaded, window);
    }

    function isSame(picks) {
        return drawn && shown && JSON.stringify(shown.picks) === JSON.stringify(picks);
    }

    function update() {
        const asked = readPlace(location.hash);

        document.title = 'Timeline, gilscope';
        if (asked && isSame(asked.picks)) {
            drawn.show(asked.window);
            return;
        }
        abort.abort();
        abort = new AbortController();
        clear();
        if (!asked) {
            body.append(
                el(
                    'p',
                    {},
                    'A timeline belongs to a run: open one of the ',
                    el('a', {href: '#runs'}, 'runs'),
                    ' and follow its link “Timeline”.',
                ),
            );
            return;
        }
        const {signal} = abort;

        load(asked).catch((error) => {
            if (!signal.aborted) refuse(error);
        });
    }

    panel.append(title, body);
    place.append(panel);
    update();
    return {
        update,
        redraw: () => drawn?.redraw(),
        // For whoever shows it to a room: from one holder of the lock to the next.
        keys: {next: () => drawn?.step(1), previous: () => drawn?.step(-1)},
        close: () => {
            life.abort();
            abort.abort();
            clear();
        },
    };
}
