// How many cells a form spans, so that somebody who ticks one box too many sees the limit before pressing Run. The
// server counts likewise: the parameters of a lock span the cells of that lock alone, and what a runtime lacks is left
// out.
import {chosenRuntimes, defaultText, experimentOf, formParameters} from './catalog.js';

// These axes are not simply multiplied, as what a runtime lacks depends on them.
const APART = ['mode', 'lock', 'tasks', 'runtime'];

const itemsOf = (text) => (text === '' ? [] : text.split(',').map((item) => item.trim()));
const wholeOf = (text) => Number(text.replaceAll('_', ''));
const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);
const product = (numbers) => numbers.reduce((total, n) => total * n, 1);

// The locks that a runtime would run under: its own where that is asked for, and those of the rest that it has.
function locksOf({own_lock: own, locks}, asked) {
    const names = asked.map((name) => (name === 'own' ? own : name));

    return [...new Set(names)].filter((name) => !locks || locks.includes(name));
}

// Whether a runtime can run a mode of the experiment with so many tasks.
function canRun({modes, experiments}, experiment, mode, tasks) {
    const {max_tasks: most = {}, unavailable = {}} = experiments?.[experiment.name] ?? experiment;

    return (!modes || modes.includes(mode)) && !(mode in unavailable) && !(tasks > (most[mode] ?? Infinity));
}

// Of a form with an empty list (emptyLists) it says nothing.
export function countCells(catalog, state) {
    const experiment = experimentOf(catalog, state.experiment);
    const parameters = formParameters(catalog, experiment, state.values).filter((parameter) => parameter.list);
    const lists = new Map(parameters.map((one) => [one.name, itemsOf(state.values[one.name] || defaultText(one))]));
    const parametersOf = (lock) =>
        (catalog.locks.find(({name}) => name === lock)?.parameters ?? []).map(({name}) => name);
    const ofLocks = catalog.locks.flatMap(({name}) => parametersOf(name));
    const span = (names) => product(names.map((name) => lists.get(name)?.length || 1));
    const others = span([...lists.keys()].filter((name) => !APART.includes(name) && !ofLocks.includes(name)));
    // The number of tasks of some experiments follows from another parameter.
    const tasks = lists.get('tasks')?.map(wholeOf) ?? [0];
    const ofRuntime = (runtime) =>
        sum(locksOf(runtime, lists.get('lock') ?? ['own']).map((lock) => span(parametersOf(lock)))) *
        sum(tasks.map((n) => lists.get('mode').filter((mode) => canRun(runtime, experiment, mode, n)).length)) *
        others;

    return sum(
        chosenRuntimes(catalog, state.values)
            .filter(({experiments}) => !experiments || experiment.name in experiments)
            .map(ofRuntime),
    );
}
