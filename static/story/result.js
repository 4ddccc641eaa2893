// What came out of a step: whether the prediction held, the picture, the explanation made of this run's own figures,
// and beside it what the article says.
import {changedValues, stateOf} from '../core/address.js';
import {experimentOf} from '../core/catalog.js';
import {hasTimes} from '../core/cells.js';
import {curlBox} from '../core/curl.js';
import {el, folded} from '../core/dom.js';
import {explained} from '../core/glossary.js';
import {orderTable} from './orders.js';
import {outcomeNode} from './outcome.js';
import {pictureOf} from './picture.js';
import {recordedTable} from './recorded.js';

// Whether a run has each mode, lock and number of tasks that the step compares; an address may name any run. A real
// interpreter has a lock of its own.
function hasAllCells(step, run, isReal) {
    const values = {...step.values, ...(isReal && {...step.real, lock: undefined})};

    return ['mode', 'lock', 'tasks'].every((name) =>
        (values[name]?.split(',') ?? []).every((value) => run.cells.some((cell) => String(cell[name]) === value)),
    );
}

// The sentences of a step on a run. One that lacks a cell, because it failed or another server knows it otherwise, has
// nothing to say; the run itself says why. isReal: it is of a real interpreter, below that of the model.
function explanation(step, run, isReal) {
    const failed = run.cells.filter((cell) => !hasTimes(cell));

    if (failed.length > 0 || run.experiment !== step.experiment || !hasAllCells(step, run, isReal)) return [];
    return step.explain(run, {isReal}).filter(Boolean);
}

const paragraphs = (texts, seen) => texts.map((text) => el('p', {}, explained(text, seen)));

// What stands against the figures is set apart.
function careNode({host, sentences}) {
    return host?.noisy && sentences?.care && el('p', {class: 'note care'}, sentences.care);
}

// What an address names may be another run than the step's, so the line is made of the run.
function curlOf(run, catalog) {
    const box = curlBox('This run from a shell');

    box.show(run.experiment, changedValues(catalog, stateOf(catalog, run)));
    return box.node;
}

function ways(run, catalog) {
    return [
        el('p', {class: 'facts'}, el('a', {href: `#runs/${run.id}`}, 'All figures of this run, in the lab')),
        experimentOf(catalog, run.experiment) && folded('The same from a shell', () => curlOf(run, catalog)),
    ];
}

// The part that a model's run and a real interpreter's have in common. Returns {nodes, draw, close}.
async function ofRun(step, run, {catalog, question, seen, isReal = false}) {
    const picture = await pictureOf(run, step, catalog);

    return {
        nodes: [
            outcomeNode(question, run, {isReal}),
            picture?.node,
            step.orders && orderTable(run, catalog),
            ...paragraphs(explanation(step, run, isReal), seen),
            careNode(run),
        ].filter(Boolean),
        draw: () => picture?.draw(),
        close: () => picture?.close(),
    };
}

// What to remember, and what the article says of it.
function closing(step, seen) {
    return [
        el('p', {class: 'point'}, el('b', {}, 'Remember: '), explained(step.point, seen)),
        el('div', {class: 'article'}, el('h4', {}, 'In the article'), el('p', {}, explained(step.article, seen))),
    ];
}

async function recordedNode(step) {
    return step.recorded ? el('div', {class: 'frame'}, await recordedTable(step.recorded)) : null;
}

const title = (text) => el('h3', {}, text);

// Fills the place. real is {run, name} of an interpreter, or null; offers are nodes that stand below it. Returns {draw,
// close}.
export async function showOutcome(place, step, {run, real, offers, again, catalog, question}) {
    const seen = new Set(); // words of the glossary that stand there already
    const here = await ofRun(step, run, {catalog, question, seen});
    const there = real && (await ofRun(step, real.run, {catalog, question, seen, isReal: true}));
    const isUncertain = run.outcome === null && run.host?.noisy;

    place.replaceChildren(
        ...[
            title('What came out'),
            ...here.nodes,
            isUncertain && (await recordedNode(step)),
            ...closing(step, seen),
            ...ways(run, catalog),
            ...(there ? [el('h3', {class: 'real-title'}, `In ${real.name}`), ...there.nodes, ...ways(real.run, catalog)] : []),
            ...offers,
            again,
        ].filter(Boolean),
    );
    place.hidden = false;
    here.draw();
    there?.draw();
    return {
        draw() {
            here.draw();
            there?.draw();
        },
        close() {
            here.close();
            there?.close();
        },
    };
}

// In place of a run that this machine cannot make: what was recorded elsewhere. said is what was expected, as an id.
export async function showRecorded(place, step, {why, said, again}) {
    place.replaceChildren(
        ...[
            title(step.recorded ? 'What was recorded elsewhere' : 'What is known of it'),
            said && el('p', {}, `You expected: “${said}”.`),
            await recordedNode(step),
            el('p', {class: 'hint'}, `Not measured here: ${why}.`),
            ...closing(step, new Set()),
            again,
        ].filter(Boolean),
    );
    place.hidden = false;
    return {draw() {}, close() {}};
}
