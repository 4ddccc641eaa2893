// “And in real Python”: the same request for an interpreter that has the lock which the step is about.
import {makeActions} from '../core/actions.js';
import {loadCatalog, readyRuntimes} from '../core/catalog.js';
import {el} from '../core/dom.js';
import {bookRun, getRun} from '../core/follow.js';
import {makeRunner} from '../core/runner.js';

const NOT_ASKED = ['lock', 'runtime', 'prediction', 'question'];

function parameterOf(catalog, name) {
    return catalog.parameters.find((parameter) => parameter.name === name);
}

// The runtimes that can show a step: ready, none of the models, with the step's experiment and modes, and with its
// lock as their own.
function realRuntimes(catalog, step) {
    if (!step.real) return [];
    const models = parameterOf(catalog, 'runtime')?.default ?? [];
    const usual = parameterOf(catalog, 'lock')?.default?.[0];
    const lock = step.real.lock ?? step.values.lock?.split(',')[0] ?? usual;
    const modes = step.values.mode.split(',');

    return readyRuntimes(catalog).filter(
        ({runtime, own_lock: own, modes: has, experiments}) =>
            !models.includes(runtime) &&
            own === lock &&
            step.experiment in experiments &&
            modes.every((mode) => has.includes(mode)),
    );
}

// What to ask such a runtime for. It has its own lock without being asked, and sizes of its own.
function realValues(step, runtime) {
    const all = {...step.values, ...step.real};

    return {
        ...Object.fromEntries(Object.entries(all).filter(([name]) => !NOT_ASKED.includes(name))),
        runtime,
        question: step.question,
    };
}

const PYTHON = /python/i;

function nameOf({runtime, version, about}) {
    return about ?? `${runtime} ${version}`;
}

// One button with its own progress. Where it is the only one of a Python it need not say which. show(run, name) gets
// the run when it is over, found(run) as soon as it is booked.
function makeOffer(step, entry, isOnly, {show, refuse, found}) {
    const isPython = isOnly && PYTHON.test(entry.about ?? '');
    const actions = makeActions(() => runner.cancel(), isPython ? 'And in real Python' : `And in ${nameOf(entry)}`);
    const runner = makeRunner({
        actions,
        refuse,
        show(run) {
            actions.say(run.sentences?.ended ?? '');
            if (run.status === 'done') show(run, nameOf(run.runtimes[0]));
        },
    });
    const follow = (begin) => !runner.isBusy() && runner.follow(begin, {found});
    const submit = (event) => {
        event.preventDefault();
        follow(() => bookRun(step.experiment, realValues(step, entry.runtime)));
    };

    return {
        node: el('form', {class: 'real', autocomplete: 'off', on: {submit}}, actions.node),
        open: (id) => follow((signal) => getRun(id, signal)),
        stop: runner.stop,
    };
}

// Interpreters are asked what they can after the server has begun to answer, so the page may have come too early.
function newest(catalog) {
    const isEarly = catalog.runtimes.some(({status}) => status === 'starting');

    return isEarly ? loadCatalog().catch(() => catalog) : catalog;
}

// The buttons of all interpreters that can show a step; {nodes, open(id), stop()}. open() follows a run that there is.
export async function realOffers(catalog, step, handlers) {
    const entries = realRuntimes(await newest(catalog), step);
    const isOnly = entries.filter(({about}) => PYTHON.test(about ?? '')).length === 1;
    const offers = entries.map((entry) => makeOffer(step, entry, isOnly, handlers));

    return {
        nodes: offers.map(({node}) => node),
        open: (id) => offers[0]?.open(id),
        stop: () => offers.forEach(({stop}) => stop()),
    };
}
