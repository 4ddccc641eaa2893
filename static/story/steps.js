// The steps of the story, in the article's order. A step is
//
//     id, title       in its address and in the overview
//     text            paragraphs before the run, which give no answer away
//     code            the function in Python
//     experiment, values, question    the request; what it expects is one of the question's choices
//     chart           the kind of picture: 'lanes', or one of charts/pick.js; head, what its bars show if not times
//     orders          whether the order in which tasks ended is shown, too
//     explain(run)    sentences on this run's own figures; a false one is left out
//     point           what to remember
//     article         what the article measured or says, and what is to be said of that
//     needs           {cpus, why}: what a machine must have to show it
//     recorded        what real interpreters did on another machine, [text, record, field] of recorded.json
//     real            what a request to a real Python has otherwise; null: none can show it
//
// The last one has no experiment: it is read, not run.
import {experimentOf, formParameters, questionOf} from '../core/catalog.js';
import {count, plural} from '../core/format.js';
import {COUNTING} from './steps/counting.js';
import {END} from './steps/end.js';
import {LOCK} from './steps/lock.js';
import {LOOP} from './steps/loop.js';
import {PROCESSES} from './steps/processes.js';
import {WAITING} from './steps/waiting.js';

const ALL = [...COUNTING, ...LOCK, ...WAITING, ...LOOP, ...PROCESSES, END];

// Whether this server has all that the step asks for by name: its experiment, question, modes and locks.
function isPossible(catalog, {experiment, question, values}) {
    const entry = experimentOf(catalog, experiment);

    if (!entry || !questionOf(catalog, question)) return false;
    return formParameters(catalog, entry).every(
        ({name, type, choices}) =>
            type !== 'choice' || (values[name] ?? '').split(',').every((one) => one === '' || choices.includes(one)),
    );
}

const MANY_TASKS = 100;

// A step that wants many tasks takes as many as this machine bears, and says so.
function fitted(catalog, step) {
    const {max_tasks: most = {}} = experimentOf(catalog, step.experiment) ?? {};
    const wanted = Number(step.values?.tasks ?? 0);
    const fits = Math.min(wanted, ...(step.values?.mode ?? '').split(',').map((mode) => most[mode] ?? wanted));

    // "1,2,3" is a list of small numbers, and NaN as a number.
    if (!(wanted >= MANY_TASKS) || fits === wanted) return step;
    return {
        ...step,
        text: step.text.map((paragraph) => paragraph.replace(count(wanted), count(fits))),
        code: step.code.replace(wanted, fits),
        values: {...step.values, tasks: String(fits)},
    };
}

// Where a text says what this machine has.
function filled(catalog, step) {
    const cpus = catalog.parameters.find(({name}) => name === 'cpus')?.default?.[0] ?? 1;

    return {...step, text: step.text.map((paragraph) => paragraph.replace('{cpus}', plural(cpus, 'CPU')))};
}

export function stepsOf(catalog) {
    return ALL.filter((step) => !step.experiment || isPossible(catalog, step)).map((step) =>
        filled(catalog, fitted(catalog, step)),
    );
}
