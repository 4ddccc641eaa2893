// The page as a whole: reads the catalog, keeps the form's state in the address, runs, shows what came of it.
// All state is here: what the form holds, whether a run is on its way, and how to draw its chart again.
import {changedValues, countCells, path, readAddress} from './address.js';
import {defaultText, experimentOf, formParameters, loadCatalog} from './catalog.js';
import {curlBox} from './curl.js';
import {byId, el} from './dom.js';
import {fillForm, focusField, markErrors} from './form.js';
import {count, plural, shortTime, time} from './format.js';
import {showLessons} from './lessons.js';
import {showNotes, showProblem} from './problem.js';
import {showResult} from './result.js';
import {postRun, startClock} from './run.js';
import {announcement} from './sentences.js';

const form = byId('form');
let catalog;
let state;
let abort = null; // of the run on its way, or null
let shown = null; // the result on the page, or null

const took = new Map(); // address of a run -> nanoseconds it took, for the next time

const runButton = el('button', {type: 'submit', class: 'main'}, 'Run');
const cancelButton = el(
    'button',
    {type: 'button', hidden: true, on: {click: () => abort?.abort()}},
    'Cancel',
);
const said = el('span', {role: 'status'});
const clock = el('b', {class: 'clock', 'aria-hidden': 'true'});
const size = el('span', {class: 'hint'});
const actions = el(
    'div',
    {class: 'actions'},
    el('div', {class: 'buttons'}, runButton, cancelButton, size),
    el('p', {class: 'status'}, clock, ' ', said),
);
let curl;

function formats() {
    return catalog.parameters.find((parameter) => parameter.name === 'format')?.choices ?? [];
}

// The address, the curl line and the size of the grid follow every edit.
function stateChanged() {
    const values = changedValues(catalog, state);
    const cells = countCells(catalog, state);
    const most = catalog.limits?.max_cells;
    const repeat = formParameters(catalog, experimentOf(catalog, state.experiment)).find(
        (p) => p.name === 'repeat',
    );

    history.replaceState(null, '', `#${path(state.experiment, values)}`);
    document.title = `${state.experiment}, gilscope`;
    curl.show(state.experiment, values);
    size.textContent =
        plural(cells, 'cell') +
        (repeat ? `, ${state.values.repeat?.trim() || defaultText(repeat)} × each` : '') +
        (most && cells > most ? `; at most ${count(most)} cells are allowed` : '');
    size.classList.toggle('bad', Boolean(most && cells > most));
}

function showForm() {
    fillForm(form, catalog, state, {
        actions,
        changed(name, text) {
            state.values[name] = text;
            stateChanged();
        },
        choose(name) {
            const kept = new Set(catalog.parameters.map((parameter) => parameter.name));

            state = {
                experiment: name,
                values: Object.fromEntries(Object.entries(state.values).filter(([key]) => kept.has(key))),
            };
            history.pushState(null, '', location.hash);
            showForm();
            form.querySelector('input[name=experiment]:checked').focus();
        },
    });
    stateChanged();
}

function readHash() {
    const {state: read, notes} = readAddress(catalog, location.hash);

    state = read;
    showForm();
    showNotes(byId('problem'), notes);
}

// While a run is on its way the button stays where it is, so that the focus does, but does nothing.
function setRunning(on) {
    runButton.setAttribute('aria-disabled', String(on));
    runButton.textContent = on ? 'Running' : 'Run';
    cancelButton.hidden = !on;
    document.body.classList.toggle('running', on);
}

function expectation(address, values) {
    const limit = catalog.parameters.find((parameter) => parameter.name === 'timeout_ms');
    const most = Number(values.timeout_ms ?? limit?.default);

    if (took.has(address)) return `Running; the last time took ${time(took.get(address))}.`;
    return most > 0 ? `Running; ends by itself after ${shortTime(most * 1e6)}.` : 'Running.';
}

async function run() {
    if (abort) return;
    const {experiment} = state;
    const values = changedValues(catalog, state);
    const address = path(experiment, values);

    abort = new AbortController();
    setRunning(true);
    markErrors(form, []);
    showNotes(byId('problem'), []);
    said.textContent = expectation(address, values);
    const ticking = startClock(clock);
    const outcome = await postRun(experiment, values, abort.signal);

    ticking.stop();
    clock.textContent = '';
    if (document.activeElement === cancelButton) runButton.focus();
    setRunning(false);
    abort = null;
    show(outcome, {experiment, values, address});
}

function show(outcome, {values, address}) {
    if (outcome.cancelled) {
        said.textContent = 'Cancelled. The server ends the run.';
    } else if (outcome.problem) {
        const marked = markErrors(form, outcome.problem.errors ?? []);

        said.textContent = 'The server refused.';
        showProblem(byId('problem'), outcome.problem, {
            hasField: (name) => marked.includes(name),
            goTo: (name) => focusField(form, name),
        });
    } else {
        if (outcome.run.status === 'done') took.set(address, outcome.run.duration_ns);
        said.textContent = announcement(outcome.run);
        shown?.close();
        shown = showResult(byId('result'), outcome.run, {
            values,
            formats: formats(),
            headline: experimentOf(catalog, outcome.run.experiment)?.headline,
        });
        scrollToResult();
    }
}

// Colours and sizes are part of the picture.
function redrawOnChange() {
    let timer;

    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => shown?.draw());
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
    const runtimes = catalog.runtimes.map(
        ({runtime, version, about}) => `${runtime} ${version}${about ? ` (${about})` : ''}`,
    );

    byId('machine').textContent =
        `Runtimes: ${runtimes.join(', ')}. ${plural(catalog.runtimes[0].cpus_usable, 'usable CPU')}.`;
}

async function start() {
    catalog = await loadCatalog();
    curl = curlBox('The same from a shell', formats());
    byId('questions').append(curl.node);
    showMachine();
    showLessons(byId('lessons'), catalog);
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
        {title: 'The catalog could not be read', detail: `${error.message}. Is the server still running?`},
        {hasField: () => false, goTo: () => {}},
    ),
);
