// Words that a learner may not know, each explained where it stands: those of the table in a list below it,
// those of the form in the line below the first field that uses them. They are written out, since what waits
// behind a mouse is not there for a finger or a keyboard.
import {el} from './dom.js';

// The column in which a model stands beside what it models.
export const MODEL = 'model ÷ real';

// Of a column's head, in the order in which they are explained. baseline is the mode that others are compared
// with.
const COLUMNS = [
    ['cell', () => 'a row of the table: one combination of mode, lock and settings, measured by itself'],
    [
        'wall time',
        () => 'from the start to the end of the last task; the median: half of the repetitions took longer',
    ],
    ['given time', () => 'how long the tasks went on, because they were asked to; no measure of anything'],
    ['interval', () => 'where the true median lies, very likely; too few repetitions have none'],
    [
        '× baseline',
        (baseline) => `the wall time over that of ${baseline}, and below it the interval of this ratio`,
    ],
    ['speed-up', () => 'what all tasks do in the time in which one task does its own, and its interval'],
    ['efficiency', () => 'the speed-up for each task: 100 % means that no task held up another'],
    [
        'verdict',
        () =>
            'the same if the whole interval of the ratio lies within 5 % of 1, else faster or slower if all of it ' +
            'lies on one side of 1, and else cannot tell',
    ],
    [
        MODEL,
        () =>
            'how many times its own serial time the model took, over the same of this cell; it agrees if the whole ' +
            'interval lies within 10 % of 1, and differs if all of it lies outside',
    ],
    ['CPU time', () => 'what all tasks together kept CPUs busy'],
    ['switches', () => 'how often the tasks gave up a CPU; below it: waited by themselves + were put aside for another'],
    ['answers', () => 'status: how many, in all repetitions together'],
    ['ideal', () => 'what a machine without any cost of its own would need'],
];

// The name of the column of ratios.
export function ratioHead(baseline) {
    return `× ${baseline}`;
}

// Those of the heads that are there, as a list.
export function termList(heads, baseline) {
    const used = COLUMNS.map(([head, means]) => [
        head === '× baseline' ? ratioHead(baseline) : head,
        means(baseline),
    ]).filter(([head]) => head === 'cell' || heads.includes(head));

    return el(
        'dl',
        {class: 'terms'},
        used.map(([head, means]) => el('div', {}, el('dt', {}, head), ' ', el('dd', {}, means))),
    );
}

// Stands beside the Run button, which is in view with every field that speaks of cells.
export const CELL = 'A cell is one combination of mode, lock and settings.';

// Of the help of a parameter.
const HELP = [
    [/\bticks?\b/, 'A tick is a small step of the interpreter, some nanoseconds.'],
    [/\bintervals?\b/, 'An interval is where the true value lies, very likely.'],
    [/\bhogs?\b/, 'A hog is a task that only computes.'],
];

// Returns explain(text): the sentences on all terms that stand there for the first time.
export function firstUses() {
    const open = new Set(HELP);

    return (text) =>
        [...open]
            .filter((term) => term[0].test(text) && open.delete(term))
            .map(([, means]) => means)
            .join(' ');
}
