// What GET /experiments says, as the form asks for it. The page holds no list of experiments, modes, locks
// or parameters of its own; it only knows which common parameters deserve a place in front.
import {askJson} from './api.js';

const IN_FRONT = ['mode', 'lock', 'tasks', 'cpus', 'runtime'];
// The page wants JSON, its cookie names the client, and a run that somebody else has just asked for is as good
// as one of its own.
const NOT_IN_FORM = ['format', 'client', 'fresh'];

export function loadCatalog() {
    return askJson('experiments');
}

export function experimentOf(catalog, name) {
    return catalog.experiments.find((experiment) => experiment.name === name);
}

// The mode that all others are compared with.
export function baselineOf(catalog) {
    return catalog.modes.find(({baseline}) => baseline)?.name ?? 'baseline';
}

// The parameters that a form keeps when another experiment is chosen. The values of the others would mean
// something else there, or nothing.
export function commonNames(catalog) {
    return catalog.parameters.map(({name}) => name).filter((name) => !NOT_IN_FORM.includes(name));
}

// The parameters of an experiment's form in three parts: {front, own, folded}. In front stands what makes the
// comparison, then what only this experiment has; what few people change is folded away.
export function formParts(catalog, experiment) {
    const usable = catalog.parameters.filter(
        (p) => !NOT_IN_FORM.includes(p.name) && !isForced(p) && !isDerived(p, experiment),
    );

    return {
        front: IN_FRONT.map((name) => usable.find((p) => p.name === name)).filter(Boolean),
        own: experiment.parameters,
        folded: usable.filter((p) => !IN_FRONT.includes(p.name)),
    };
}

// All of them, in the order of the form.
export function formParameters(catalog, experiment) {
    const parts = formParts(catalog, experiment);

    return [...parts.front, ...parts.own, ...parts.folded];
}

// A list of choices with one choice leaves nothing to choose.
function isForced(parameter) {
    return parameter.list && parameter.type === 'choice' && parameter.choices.length < 2;
}

// The number of tasks of some experiments follows from a parameter of their own.
function isDerived(parameter, experiment) {
    return parameter.name === 'tasks' && experiment.tasks !== undefined;
}

// What the field holds when nobody touched it. A parameter that the server sizes by itself stays empty: the
// number that fits depends on the rest of the form, and a number here would be sent and hold.
export function defaultText(parameter) {
    const value = parameter.default;

    if (value === null || value === undefined || parameter.sized) return '';
    return Array.isArray(value) ? value.join(',') : String(value);
}

// The one line on a mode or a lock.
export function summaryOf(catalog, parameter, choice) {
    const family = {mode: catalog.modes, lock: catalog.locks, runtime: catalog.runtimes}[parameter.name];
    const entry = family?.find((member) => (member.name ?? member.runtime) === choice);

    return entry?.summary ?? entry?.about ?? '';
}

// What a person may know a mode by: epoll is asyncio.
export function otherNames(catalog, parameter, choice) {
    return parameter.name === 'mode' ? (catalog.modes.find(({name}) => name === choice)?.aliases ?? []) : [];
}

// The name that the catalog uses for a choice: asyncio is epoll.
export function canonicalChoice(parameter, choice) {
    return parameter.choices.includes(choice) ? choice : (parameter.aliases?.[choice] ?? null);
}

// Why a mode cannot run an experiment on this machine, or undefined.
export function unavailable(experiment, parameter, choice) {
    return parameter.name === 'mode' ? experiment.unavailable?.[choice] : undefined;
}
