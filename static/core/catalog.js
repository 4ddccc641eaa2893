// What GET /experiments says, as the form asks for it. The page holds no list of experiments, modes, locks
// or parameters of its own; it only knows which common parameters deserve a place in front.
import {askJson} from './api.js';

const IN_FRONT = ['mode', 'lock', 'tasks'];
// The page wants JSON, its cookie names the client, and a run that somebody else has just asked for is as good
// as one of its own. What one expects is asked as a question (lab/question.js).
const NOT_IN_FORM = ['format', 'client', 'fresh', 'question', 'prediction'];
const POLL_MS = 2000;

export function loadCatalog() {
    // The browser keeps it, and asks whether it has changed.
    return askJson('experiments', {cache: 'no-cache'});
}

// A runtime that is still being asked what it offers may be ready some seconds later. Reads the catalog again until
// none is starting, and calls changed() each time something has become of one; the object stays the same one, as
// all views have it. Returns a function that ends it.
export function watchStarting(catalog, changed) {
    let timer;
    const statuses = () => JSON.stringify(catalog.runtimes.map(({status}) => status));
    const isStarting = () => catalog.runtimes.some(({status}) => status === 'starting');
    const next = () => {
        if (isStarting()) timer = setTimeout(look, POLL_MS);
    };
    const look = async () => {
        const before = statuses();
        const read = await loadCatalog().catch(() => null); // away for a moment: asked again

        if (timer === null) return;
        if (read) Object.assign(catalog, read);
        if (statuses() !== before) changed();
        next();
    };

    next();
    return () => {
        clearTimeout(timer);
        timer = null;
    };
}

export function experimentOf(catalog, name) {
    return catalog.experiments.find((experiment) => experiment.name === name);
}

// A question that may be asked before a run; undefined if there is none of that id. An experiment's own is called like it.
export function questionOf(catalog, id) {
    return catalog.questions?.find((question) => question.id === id);
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
// comparison, with what the experiment itself is mostly about, and the runtimes; what few people change is folded away,
// the experiment's own (own) apart from what all have (folded). Values are those of the form: on the runtimes that are
// ticked there depend the default of the lock and the choices of the experiment's own.
export function formParts(catalog, experiment, values = {}) {
    const chosen = chosenRuntimes(catalog, values);
    const usable = catalog.parameters
        .filter((p) => !NOT_IN_FORM.includes(p.name) && !isForced(p) && !isDerived(p, experiment))
        .map((p) => (p.name === 'lock' ? lockOf(chosen, p) : p));
    const parameters = experiment.parameters.map((p) => (p.type === 'choice' ? choiceOf(chosen, experiment, p) : p));
    const main = mainParameters(parameters);
    const named = (names) => names.map((name) => usable.find((p) => p.name === name)).filter(Boolean);
    const front = [...named(IN_FRONT), ...main, ...named(['runtime'])];

    return {
        front,
        own: parameters.filter((p) => !main.includes(p)),
        folded: usable.filter((p) => !front.includes(p)),
    };
}

// What an experiment is mostly about is the first thing that it describes of itself, and the second, unless the first
// is the amount of work, which the server chooses well. A text, such as an address, is for those who look for it.
function mainParameters(parameters) {
    const [first, second] = parameters.filter(({type}) => type !== 'text');

    return [first, !first?.sized && second].filter(Boolean);
}

// All of them, in the order of the form.
export function formParameters(catalog, experiment, values) {
    const parts = formParts(catalog, experiment, values);

    return [...parts.front, ...parts.own, ...parts.folded];
}

// A request without a lock has that of its runtime, and of several runtimes each has its own.
function lockOf(chosen, parameter) {
    const usual = chosen.length > 1 ? 'own' : chosen[0]?.own_lock;

    return parameter.choices.includes(usual) ? {...parameter, default: usual} : parameter;
}

// What all of the chosen runtimes have to choose from, and what they take by themselves; nothing where that differs.
function choiceOf(chosen, experiment, parameter) {
    const [first, ...others] = ownOf(chosen, experiment, parameter).map((own) => own.parameter);

    if (!first) return parameter;
    return {
        ...parameter,
        choices: first.choices.filter((choice) => others.every(({choices}) => choices.includes(choice))),
        default: others.every((other) => other.default === first.default) ? first.default : null,
    };
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

// The runtimes that can be used, and those that cannot, with the reason: still starting, broken, or not
// installed.
const isReady = ({status}) => status === undefined || status === 'ready';

export function readyRuntimes(catalog) {
    return catalog.runtimes.filter(isReady);
}

export function missingRuntimes(catalog) {
    return catalog.runtimes.filter((entry) => !isReady(entry));
}

// Those that a state asks for: the ones that are ticked, or the one that a request without any gets.
export function chosenRuntimes(catalog, values) {
    const parameter = catalog.parameters.find(({name}) => name === 'runtime');
    const names = (values.runtime ?? (parameter ? defaultText(parameter) : '')).split(',').filter(Boolean);
    const ready = readyRuntimes(catalog);
    const chosen = ready.filter(({runtime}) => names.includes(runtime));

    return chosen.length > 0 ? chosen : ready.slice(0, 1);
}

// Why a runtime does not have a mode, a lock or an experiment, '' if it gives no reason; undefined if it has it, or
// does not say what it has. What it says of the thing by name goes before anything general.
function whyAbsent(entry, family, name, experiment) {
    const has = {
        mode: entry.modes,
        lock: entry.locks && [...entry.locks, 'own'],
        experiment: entry.experiments && Object.keys(entry.experiments),
    }[family];

    if (has && !has.includes(name)) return entry.absent?.[name] ?? '';
    if (family !== 'mode') return undefined;
    return (entry.experiments?.[experiment.name] ?? experiment).unavailable?.[name];
}

// The runtimes that lack something, [name, reason] each, in words: "not in python3, ruby; not in jython: REASON".
function lackText(lacks) {
    const silent = lacks.filter(([, why]) => why === '').map(([runtime]) => runtime);

    return [
        silent.length > 0 && `not in ${silent.join(', ')}`,
        ...lacks.filter(([, why]) => why !== '').map(([runtime, why]) => `not in ${runtime}: ${why}`),
    ]
        .filter(Boolean)
        .join('; ');
}

// What stands against a choice of the form, of the runtimes that are chosen: {isOff, text}. It is off if none of
// them has it, and where they give no reason the text says which others do; if some have it, the text names those
// that do not. Without a reason it is undefined.
export function against(catalog, chosen, experiment, parameter, choice) {
    if (!['mode', 'lock'].includes(parameter.name)) return undefined;
    const lacking = (entries) =>
        entries
            .map((entry) => [entry.runtime, whyAbsent(entry, parameter.name, choice, experiment)])
            .filter(([, why]) => why !== undefined);
    const lacks = lacking(chosen);

    if (lacks.length === 0) return undefined;
    const isOff = lacks.length === chosen.length;
    const without = lacking(readyRuntimes(catalog)).map(([runtime]) => runtime);
    const others = readyRuntimes(catalog)
        .map(({runtime}) => runtime)
        .filter((runtime) => !without.includes(runtime));

    if (isOff && others.length > 0 && lacks.every(([, why]) => why === ''))
        return {isOff, text: `only in ${others.join(', ')}`};
    return {isOff, text: chosen.length === 1 && lacks[0][1] ? lacks[0][1] : lackText(lacks)};
}

// The same of an experiment: "not in jython: REASON".
export function absentExperiment(chosen, name) {
    return lackText(
        chosen
            .map((entry) => [entry.runtime, whyAbsent(entry, 'experiment', name)])
            .filter(([, why]) => why !== undefined),
    );
}

// What the chosen runtimes say of an experiment's own parameter: [{runtime, parameter}], those that have it. Their
// ranges and defaults differ, as a turn of a loop costs one of them a nanosecond and another thirty.
export function ownOf(chosen, experiment, parameter) {
    return chosen
        .map(({runtime, experiments}) => ({
            runtime,
            parameter: experiments?.[experiment.name]?.parameters?.find(({name}) => name === parameter.name),
        }))
        .filter((own) => own.parameter);
}
