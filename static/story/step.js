// One step of the story: its text, the function, the prediction, the button, and what came out. All state of the step
// is here; the view only changes from one step to another.
import {makeActions} from '../core/actions.js';
import {late, Refused} from '../core/api.js';
import {questionOf} from '../core/catalog.js';
import {byId, el} from '../core/dom.js';
import {focusOn} from '../core/focus.js';
import {showNotes, showProblem} from '../core/problem.js';
import {replace} from '../core/router.js';
import {makeRunner} from '../core/runner.js';
import {storyPath} from './address.js';
import {doneWith, goingOn, setDone, setGoing} from './done.js';
import {whyNotHere} from './host.js';
import {makePrediction} from './predict.js';

// What is needed once the button has been pressed. The page begins without it and fetches it while the step is read, so
// that the step is there sooner.
async function later() {
    const modules = await late(() =>
        Promise.all([import('../core/follow.js'), import('./real.js'), import('./result.js')]),
    );

    return Object.assign({}, ...modules);
}

// What a step asks for, without the prediction.
function requestOf(step) {
    return {...step.values, question: step.question};
}

// Opens a step in the place. runs is {run, real} of its address; isPresent: on a projector, where the room predicts and
// the result waits to be revealed; changed() is told when the step is done or begun anew, learn(run) gets each run that
// is over. Returns {redraw, close, run, reveal}.
export function openStep(place, step, {catalog, host, runs, isPresent, changed, learn}) {
    const question = questionOf(catalog, step.question);
    const why = whyNotHere(step, host);
    const form = el('form', {autocomplete: 'off', novalidate: true});
    const result = el('section', {class: 'result', 'aria-label': 'Result', hidden: true});
    const prediction = makePrediction(question);
    const actions = makeActions(() => runner.cancel());
    const runner = makeRunner({actions, refuse, show: (ended) => show(ended).catch(refuse)});
    let shown = null; // {draw, close} of what is on the page
    let over = null; // the run that it is of
    let offers = null; // the buttons of real interpreters, when there is a result
    let real = null; // {run, name}, or null
    let isRevealed = false; // on a projector
    let turn = 0; // of what is being put on the page; what comes late is of a former one
    let isClosed = false;

    function remember(ids) {
        replace(storyPath(step.id, ids ?? {}));
        setDone(step.id, ids);
        setGoing(step.id, null);
        changed();
    }

    // The run is known from the moment it is booked, so a reload finds it.
    function found(run) {
        if (run.prediction) prediction.choose(run.prediction);
        prediction.lock(true);
        replace(storyPath(step.id, {run: run.id, real: runs?.real}));
    }

    function run() {
        const said = prediction.value();

        if (runner.isBusy() || over) return;
        showNotes(byId('problem'), []);
        if (!said && !isPresent) {
            prediction.ask();
            return;
        }
        prediction.lock(true);
        if (why) {
            setDone(step.id, {});
            changed();
            put(recorded).catch(refuse);
            return;
        }
        runner.follow(
            async () => {
                const {bookRun} = await later();
                const booked = await bookRun(step.experiment, {...requestOf(step), ...(said && {prediction: said})});

                setGoing(step.id, {run: booked.id}); // also if the step has been left meanwhile
                return booked;
            },
            {found},
        );
    }

    const textOf = (choice) => question.choices.find(({id}) => id === choice)?.text;

    async function show(ended) {
        if (ended.status !== 'done') {
            actions.say(ended.sentences?.ended ?? `Ended as ${ended.status}.`);
            forget();
            return;
        }
        actions.say('Done.');
        learn(ended);
        over = ended;
        const known = real?.run.id ?? runs?.real;

        remember({run: ended.id, ...(known && {real: known})});
        try {
            await put(showAll);
        } catch (error) {
            over = null; // so that the step can be done again
            throw error;
        }
        if (runs?.real && !real && !isClosed) offers.open(runs.real);
    }

    async function showReal(ended, name) {
        if (!over) return;
        real = {run: ended, name};
        remember({run: over.id, real: ended.id});
        await put(showAll);
        focusOn(result.querySelector('.real-title'));
    }

    async function recorded() {
        const {showRecorded} = await later();

        return showRecorded(result, step, {why, said: textOf(prediction.value()), again: againButton()});
    }

    async function showAll() {
        const {realOffers, showOutcome} = await later();

        offers ??= await realOffers(catalog, step, {
            show: (...real) => showReal(...real).catch(refuse),
            refuse,
            found: (run) => over && replace(storyPath(step.id, {run: over.id, real: run.id})),
        });
        return showOutcome(result, step, {
            run: over,
            real,
            offers: real && offers.nodes.length < 2 ? [] : offers.nodes,
            again: againButton(),
            catalog,
            question,
        });
    }

    // The result gets the focus, so that it is read out and scrolled to.
    async function put(make) {
        const mine = ++turn;
        const next = await make();

        if (isClosed || mine !== turn) {
            next.close();
            if (!over) result.hidden = true;
            return;
        }
        shown?.close();
        shown = next;
        form.classList.add('over');
        if (isPresent && !isRevealed) veil();
        else focusOn(result.querySelector('h3'));
    }

    // On a projector the room is asked once more before it sees what came out.
    function veil() {
        result.classList.add('veiled');
        result.prepend(el('button', {type: 'button', class: 'main reveal', on: {click: reveal}}, 'Reveal'));
        result.firstChild.focus();
    }

    function reveal() {
        if (!result.classList.contains('veiled')) return;
        isRevealed = true;
        result.classList.remove('veiled');
        result.firstChild.remove();
        focusOn(result.querySelector('h3'));
    }

    function againButton() {
        return el('button', {type: 'button', class: 'again', on: {click: again}}, 'Do this step again');
    }

    // The step as it was at first.
    function forget() {
        over = real = null;
        turn++;
        offers?.stop();
        isRevealed = false;
        result.classList.remove('veiled');
        runs = null;
        shown?.close();
        shown = null;
        result.hidden = true;
        form.classList.remove('over');
        prediction.lock(false);
        remember(null);
    }

    function again() {
        forget();
        actions.say('');
        prediction.focus();
    }

    // A run that is gone (removed, or of another server) leaves the step as it was at first, and so does whatever else
    // goes wrong.
    function refuse(error) {
        const isRefused = error instanceof Refused;
        const problem = isRefused
            ? error.problem
            : {title: 'This step could not be run', detail: `${error.message} Loading the page again may help.`};
        const unseen = isRefused && !problem.status ? goingOn(step.id) : null; // the server is away, the run is not

        if (!over) forget();
        setGoing(step.id, unseen);
        actions.say('');
        showProblem(byId('problem'), problem);
        if (!isRefused) throw error;
    }

    function openRun(id) {
        prediction.lock(true);
        runner.follow(
            async (signal) => {
                const {getRun} = await later();

                return getRun(id, signal);
            },
            {found},
        );
    }

    form.append(
        prediction.node,
        why ? recordedButton() : actions.node,
    );
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        run();
    });

    function recordedButton() {
        return el(
            'div',
            {class: 'buttons'},
            el('button', {type: 'submit', class: 'main'}, step.recorded ? 'Show what was recorded' : 'Show what is known of it'),
            el('p', {class: 'hint'}, `This step cannot be measured here: ${why}.`),
        );
    }

    place.replaceChildren(form, result);
    runs ??= doneWith(step.id) ?? goingOn(step.id);
    if (runs?.run) openRun(runs.run);
    else requestAnimationFrame(() => setTimeout(() => later().catch(() => {})));
    return {
        run,
        reveal,
        redraw: () => shown?.draw(),
        close() {
            isClosed = true;
            runner.stop();
            offers?.stop();
            shown?.close();
        },
    };
}
