// The lab: a form for any experiment, and beside it what came of the run. All state is here: what the form holds,
// which result is shown, and how to draw its chart again.
//
// A run has the address as soon as it is booked, so that a reload, a second tab and Back find it again; what is edited
// after that is an address of its own, in front of which Back finds the run.
//
// The form's state has one way round: an edit changes the state, the state changes the address, and an
// address that changes by itself (a link, the Back button) becomes the state again. replace() and push() raise no
// hashchange, so that way is not gone round for ever.
import {makeActions} from '../core/actions.js';
import {changedValues, emptyLists, labPath, readAddress, readRunAddress, stateOf} from '../core/address.js';
import {Refused} from '../core/api.js';
import {
    baselineOf,
    commonNames,
    defaultText,
    experimentOf,
    formParameters,
    missingRuntimes,
    readyRuntimes,
    watchStarting,
} from '../core/catalog.js';
import {hasTimes} from '../core/cells.js';
import {curlBox} from '../core/curl.js';
import {byId, el} from '../core/dom.js';
import {focusOn} from '../core/focus.js';
import {bookRun, getRun} from '../core/follow.js';
import {count, plural, sentence} from '../core/format.js';
import {term} from '../core/glossary.js';
import {countCells} from '../core/grid.js';
import {showNotes, showProblem} from '../core/problem.js';
import {push, replace} from '../core/router.js';
import {makeRunner} from '../core/runner.js';
import {learnSigns} from '../core/signs.js';
import {fillForm, focusField, keepFocus, markErrors} from './form.js';
import {makeLive} from './live.js';
import {makeQuestions} from './question.js';
import {showResult} from './result.js';

const TICK_ONE = 'tick at least one';

// The id of the question before the run.
const asked = ({experiment, question}) => question ?? experiment;

// Returns {update, redraw, close}.
export async function open(place, {catalog}) {
    const form = el('form', {id: 'form', 'aria-label': 'What to run', autocomplete: 'off', novalidate: true});
    const result = el('section', {id: 'result', 'aria-labelledby': 'result-title', hidden: true});
    const underWay = el('section', {id: 'live', class: 'box', 'aria-label': 'The run that is on its way', hidden: true});
    const machine = el('p', {id: 'machine', class: 'hint'});
    const nothingYet = el(
        'div',
        {id: 'nothing-yet', class: 'box'},
        el('h2', {}, 'Nothing has been run here yet'),
        el('p', {}, 'Choose an experiment, say what you expect, and press Run. What comes out is shown here.'),
    );
    let state;
    let askLater = null; // the question that is asked again when the run that goes on is over
    let shown = null; // the result on the page, or null
    let shownRun = null; // that it is of

    const actions = makeActions(() => runner.cancel());
    const live = makeLive(underWay);
    const runner = makeRunner({actions, show, refuse, hear: live.hear, left: live.end});
    const questions = makeQuestions({catalog, changed: () => keepFocus(form, showForm)});
    const curl = curlBox('The same from a shell', formats());

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
        actions.size.replaceChildren(
            ...(empty.length > 0
                ? [`${empty.join(', ')}: ${TICK_ONE}`]
                : [
                      `${count(cells)} `,
                      term('cell', cells === 1 ? 'cell' : 'cells'),
                      `, ${repetitionsText()}`,
                      most && cells > most ? `; at most ${count(most)} are allowed.` : '.',
                  ]),
        );
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

    // So does the address; but that of a run on its way stays, and that of one that is over can be gone back to.
    function stateChanged() {
        const hash = `#${labPath(state.experiment, changedValues(catalog, state), state.question)}`;
        const isOfRun = readRunAddress(location.hash) !== null;

        showState();
        if (runner.isBusy() || hash === location.hash) return;
        if (isOfRun) push(hash);
        else replace(hash);
    }

    // Makes the whole form anew: another experiment has other fields. That removes the field which had the focus,
    // so it is given to the experiment that was chosen. Choosing one is a step that Back can undo (pushState); an
    // edit is none.
    function showForm() {
        fillForm(form, catalog, state, {
            actions: actions.node,
            question: questions.node(asked(state)),
            isOpen: questions.isOpen(asked(state)),
            changed(name, text) {
                state.values[name] = text;
                if (name === 'runtime') leaveOutChoices();
                stateChanged();
                // What the other fields offer depends on the runtimes.
                if (name === 'runtime') keepFocus(form, showForm);
            },
            choose(name) {
                const kept = commonNames(catalog);

                state = {
                    experiment: name,
                    values: Object.fromEntries(
                        Object.entries(state.values).filter(([key]) => kept.includes(key)),
                    ),
                };
                if (!runner.isBusy()) push(`#${labPath(state.experiment, changedValues(catalog, state))}`);
                keepFocus(form, showForm);
            },
        });
        showState();
    }

    // Whether the form asks for something else than the run that is shown.
    function isAnother() {
        const path = labPath(state.experiment, changedValues(catalog, state));

        return !shownRun || path !== labPath(shownRun.experiment, valuesOf(shownRun));
    }

    // In the next round of a class, say, which may have the same question. It is locked as long as a run with its answer
    // goes on.
    function askAgain() {
        if (runner.isBusy()) askLater = asked(state);
        else questions.askAgain(asked(state));
    }

    // A choice that no runtime which is ticked has is nothing to send.
    function leaveOutChoices() {
        for (const {name, type, list, choices} of formParameters(catalog, experimentOf(catalog, state.experiment), state.values))
            if (type === 'choice' && !list && !choices.includes(state.values[name])) delete state.values[name];
    }

    // What the address asks for: a run, or a form that is filled in. A run leaves the form as it is until it is found;
    // only a page without a form makes one at once.
    function readHash() {
        const about = readRunAddress(location.hash);
        const {state: read, notes} = readAddress(catalog, location.hash);

        if (!about || !state) {
            state = read;
            showForm();
        }
        if (about?.run) openRun(about.run);
        else {
            if (isAnother()) askAgain();
            if (shownRun && shownRun.experiment !== state.experiment) markOld('the form asks for something else now.');
            stateChanged();
            showNotes(byId('problem'), notes);
        }
    }

    // A result that is not of what is asked for now stays on the page, and says so.
    function markOld(why) {
        shown?.markOld(`This is the result of an earlier run: ${why}`);
    }

    // What was said of the last request is no longer true of the next.
    function clearProblems() {
        markErrors(form, []);
        showNotes(byId('problem'), []);
    }

    // The values are read once: what the form holds when the run is over may be something else by then.
    function run() {
        if (runner.isBusy()) return;
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
        const question = asked(state);
        const expected = questions.values(question);

        markOld('the next one is on its way.');
        runner.follow(() => bookRun(experiment, {...values, ...expected}), {
            values,
            found(booked) {
                questions.sent(question);
                push(`#runs/${booked.id}`);
                nothingYet.hidden = true;
                live.begin(booked);
            },
        });
    }

    // The form takes the parameters of a run that is opened by its address, so that the same can be run again. A
    // run of an experiment that is not here any more is only shown.
    function openRun(id) {
        clearProblems();
        if (shown?.id === id && !runner.isBusy()) {
            shown.markOld(null);
            questions.sent(shownRun.experiment);
            takeValues(shownRun);
            return;
        }
        if (shown?.id !== id) markOld('another one is being opened.');
        runner.follow((signal) => getRun(id, signal), {
            // Before the run is over, so that the form can be used while it goes on.
            found(opened) {
                nothingYet.hidden = true;
                live.begin(opened);
                questions.sent(opened.experiment);
                takeValues(opened);
            },
        });
    }

    function takeValues(opened) {
        if (!experimentOf(catalog, opened.experiment)) return;
        state = stateOf(catalog, opened, state.values);
        showForm();
    }

    // What is no refusal is a fault of the page, and is thrown on to where a developer sees it. Each bad
    // parameter is marked at its field, and the box leads there.
    function refuse(error) {
        if (!(error instanceof Refused)) throw error;
        const marked = markErrors(form, error.problem.errors ?? []);

        markOld('the last request has none.');
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
        if (askLater) questions.askAgain(askLater);
        askLater = null;
        // One that was cancelled in the queue has nothing to show.
        if (over.status === 'cancelled' && !over.cells.some(hasTimes)) return markOld('the last one was cancelled.');
        live.end();
        shown?.close();
        shownRun = over;
        shown = showResult(result, over, {
            values,
            formats: formats(),
            ...aboutOf(over),
            baseline: baselineOf(catalog),
        });
        curl.show(state.experiment, changedValues(catalog, state));
        // Whoever types meanwhile goes on typing.
        if (!form.contains(document.activeElement) || document.activeElement.type === 'submit')
            focusOn(byId('result-title'));
    }

    function showMachine() {
        const ready = readyRuntimes(catalog);
        const runtimes = ready.map(
            ({runtime, version, about}) => `${runtime} ${version}${about ? ` (${about})` : ''}`,
        );
        const missing = missingRuntimes(catalog).map(({runtime, status, reason}) =>
            [`${runtime} is ${status}`, reason].filter(Boolean).join(': '),
        );

        machine.textContent = [
            `Runtimes: ${runtimes.join(', ')}.`,
            `${plural(ready[0].cpus_usable, 'usable CPU')}.`,
            ...missing.map(sentence),
        ].join(' ');
    }

    place.append(
        el('div', {id: 'questions'}, form, curl.node),
        el('div', {id: 'answers'}, actions.beside, underWay, nothingYet, result, machine),
    );
    showMachine();
    readHash();
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        run();
    });
    const stopWatching = watchStarting(catalog, () => {
        learnSigns(catalog);
        showMachine();
        keepFocus(form, showForm);
    });

    return {
        update: readHash,
        redraw() {
            live.redraw();
            shown?.draw();
        },
        close() {
            stopWatching();
            runner.stop();
            shown?.close();
        },
    };
}
