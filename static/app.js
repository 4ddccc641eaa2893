// The page as a whole: reads the catalog, keeps the form's state in the address, runs, shows what came of it.
// All state is here: what the form holds, which result is shown, and how to draw its chart again.
//
// The form's state has one way round: an edit changes the state, the state changes the address, and an
// address that changes by itself (a link, the Back button) becomes the state again. replaceState() and
// pushState() raise no event, so that way is not gone round for ever.
import {makeActions} from './actions.js';
import {changedValues, countCells, emptyLists, path, readAddress, readRunAddress, stateOf} from './address.js';
import {onTokenNeeded, Refused} from './api.js';
import {boardPart} from './board.js';
import {
    baselineOf,
    commonNames,
    defaultText,
    experimentOf,
    formParameters,
    loadCatalog,
    missingRuntimes,
    readyRuntimes,
} from './catalog.js';
import {hasTimes} from './cells.js';
import {keepClient} from './client.js';
import {showComparison} from './compare.js';
import {curlBox} from './curl.js';
import {byId} from './dom.js';
import {bookRun, getRun} from './follow.js';
import {fillForm, focusField, markErrors} from './form.js';
import {count, plural, sentence} from './format.js';
import {historyPart} from './history.js';
import {showLessons} from './lessons.js';
import {showNotes, showProblem} from './problem.js';
import {showResult} from './result.js';
import {makeRunner} from './runner.js';
import {learnSigns, repaintSigns} from './signs.js';
import {CELL} from './terms.js';
import {askForToken} from './token.js';

const TICK_ONE = 'tick at least one';
const form = byId('form');
let catalog;
let state;
let shown = null; // the result on the page, or null
let runs; // the history
let curl;

const actions = makeActions(() => runner.cancel());
const runner = makeRunner({actions, show, refuse});

// What the answer of curl can be written in; none if the server does not say.
function formats() {
    return catalog.parameters.find((parameter) => parameter.name === 'format')?.choices ?? [];
}

// The curl line and the size of the grid follow every edit.
function showState() {
    const values = changedValues(catalog, state);
    const cells = countCells(catalog, state);
    const most = catalog.limits?.max_cells;
    const empty = emptyLists(catalog, state);

    document.title = `${state.experiment}, gilscope`;
    curl.show(state.experiment, values);
    actions.size.textContent =
        empty.length > 0
            ? `${empty.join(', ')}: ${TICK_ONE}`
            : `${plural(cells, 'cell')}, ${repetitionsText()}` +
              (most && cells > most ? `; at most ${count(most)} cells are allowed.` : `. ${CELL}`);
    actions.size.classList.toggle('bad', empty.length > 0 || Boolean(most && cells > most));
}

// "7 × each after 1 warm-up", or with a precision "7 × or more each". The warm-ups stand there because the
// progress counts them.
function repetitionsText() {
    const parameters = formParameters(catalog, experimentOf(catalog, state.experiment));
    const valueOf = (name) =>
        state.values[name]?.trim() || defaultText(parameters.find((p) => p.name === name) ?? {});
    const [repeat, precision, warmup] = ['repeat', 'precision', 'warmup'].map(valueOf);
    const more = precision && precision !== '0' ? ' or more' : '';
    const before = warmup && warmup !== '0' ? ` after ${warmup} warm-up${warmup === '1' ? '' : 's'}` : '';

    return `${repeat} ×${more} each${before}`;
}

// So does the address.
function stateChanged() {
    history.replaceState(null, '', `#${path(state.experiment, changedValues(catalog, state))}`);
    showState();
}

// Makes the whole form anew: another experiment has other fields. That removes the field which had the focus,
// so it is given to the experiment that was chosen. Choosing one is a step that Back can undo (pushState); an
// edit is none.
function showForm() {
    fillForm(form, catalog, state, {
        actions: actions.node,
        changed(name, text) {
            state.values[name] = text;
            stateChanged();
            if (name === 'runtime') showRuntimes();
        },
        choose(name) {
            const kept = commonNames(catalog);

            state = {
                experiment: name,
                values: Object.fromEntries(
                    Object.entries(state.values).filter(([key]) => kept.includes(key)),
                ),
            };
            history.pushState(null, '', location.hash);
            showForm();
            stateChanged();
            form.querySelector('input[name=experiment]:checked').focus();
        },
    });
    showState();
}

// What the other fields offer depends on the runtimes, so the form is made anew; the box that was ticked keeps
// the focus.
function showRuntimes() {
    const box = document.activeElement?.value;

    showForm();
    form.querySelector(`input[name=runtime][value="${CSS.escape(box ?? '')}"]`)?.focus();
}

// What the address asks for: a run, a comparison, or a form that is filled in. A comparison leaves the form
// as it is, and so does a run until it is found; only a page without a form makes one at once.
function readHash() {
    const about = readRunAddress(location.hash);
    const {state: read, notes} = readAddress(catalog, location.hash);

    if (!about || !state) {
        state = read;
        showForm();
    }
    if (about?.run) open(about.run);
    else if (about) showComparison(byId('comparison'), about.compare, stateChanged).catch(refuse);
    else {
        stateChanged();
        showNotes(byId('problem'), notes);
    }
}

// What was said of the last request is no longer true of the next.
function clearProblems() {
    markErrors(form, []);
    showNotes(byId('problem'), []);
}

// The values are read once: what the form holds when the run is over may be something else by then.
function run() {
    if (runner.isBusy()) return;
    stateChanged();
    clearProblems();
    const empty = emptyLists(catalog, state);

    // The server would refuse it; what is missing is known before anything is sent.
    if (empty.length > 0) {
        markErrors(
            form,
            empty.map((param) => ({param, reason: TICK_ONE})),
        );
        focusField(form, empty[0]);
        return;
    }
    const {experiment} = state;
    const values = changedValues(catalog, state);

    runner.follow(() => bookRun(experiment, values), {values});
}

// The form takes the parameters of a run that is opened by its address, so that the same can be run again. A
// run of an experiment that is not here any more is only shown.
function open(id) {
    clearProblems();
    runner.follow((signal) => getRun(id, signal), {
        // Before the run is over, so that the form can be used while it goes on.
        found(opened) {
            if (!experimentOf(catalog, opened.experiment)) return;
            state = stateOf(catalog, opened, state.values);
            showForm();
        },
    });
}

// What is no refusal is a fault of the page, and is thrown on to where a developer sees it. Each bad
// parameter is marked at its field, and the box leads there.
function refuse(error) {
    if (!(error instanceof Refused)) throw error;
    const marked = markErrors(form, error.problem.errors ?? []);

    actions.say('');
    showProblem(byId('problem'), error.problem, {
        hasField: (name) => marked.includes(name),
        goTo: (name) => focusField(form, name),
    });
}

// What its experiment is about, as the catalog says it.
function aboutOf({experiment: name}) {
    const {headline, fixed_time, totals} = experimentOf(catalog, name) ?? {};

    return {about: {...headline, fixed_time}, totals};
}

// What asks for the same as a run; nothing if this server does not know its experiment.
function valuesOf(over) {
    return experimentOf(catalog, over.experiment) ? changedValues(catalog, stateOf(catalog, over)) : {};
}

function show(over, values = valuesOf(over)) {
    actions.say(over.sentences?.ended ?? `Ended as ${over.status}.`);
    runs.changed();
    // One that was cancelled in the queue has nothing to show.
    if (over.status === 'cancelled' && !over.cells.some(hasTimes)) return;
    shown?.close();
    shown = showResult(byId('result'), over, {
        values,
        formats: formats(),
        ...aboutOf(over),
        baseline: baselineOf(catalog),
    });
    scrollToResult();
}

// Colours and sizes are part of the picture, so a canvas must be drawn again. A window that is being resized
// says so many times a second; it is drawn when that ends.
function redrawOnChange() {
    let timer;

    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
        repaintSigns();
        shown?.draw();
    });
    addEventListener('resize', () => {
        clearTimeout(timer);
        timer = setTimeout(() => shown?.draw(), 150);
    });
}

// Only when it cannot be seen: in a narrow window the result is below the form.
function scrollToResult() {
    const {top} = byId('result').getBoundingClientRect();

    if (top < 0 || top > innerHeight * 0.7) byId('result').scrollIntoView();
}

function showMachine() {
    const ready = readyRuntimes(catalog);
    const runtimes = ready.map(
        ({runtime, version, about}) => `${runtime} ${version}${about ? ` (${about})` : ''}`,
    );
    const missing = missingRuntimes(catalog).map(({runtime, status, reason}) =>
        [`${runtime} is ${status}`, reason].filter(Boolean).join(': '),
    );

    byId('machine').textContent = [
        `Runtimes: ${runtimes.join(', ')}.`,
        `${plural(ready[0].cpus_usable, 'usable CPU')}.`,
        ...missing.map(sentence),
    ].join(' ');
}

// In this order: the signs must be known before anything with a mode or a lock is drawn, and the history
// before an address can open a run.
async function start() {
    keepClient();
    onTokenNeeded(askForToken);
    catalog = await loadCatalog();
    learnSigns(catalog);
    curl = curlBox('The same from a shell', formats());
    byId('questions').append(curl.node);
    byId('answers').prepend(actions.beside);
    showMachine();
    showLessons(byId('lessons'), catalog);
    runs = historyPart(catalog);
    byId('room').append(runs.node, boardPart());
    readHash();
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        run();
    });
    addEventListener('hashchange', readHash);
    redrawOnChange();
}

start().catch((error) =>
    showProblem(
        byId('problem'),
        {title: 'The catalog could not be read', detail: `${error.message} Is the server still running?`},
        {hasField: () => false, goTo: () => {}},
    ),
);
