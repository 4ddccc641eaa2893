// The board: a row for each person who asked for something, what they said would happen, and what became of it. What
// belongs to everybody's next stands first; the rest of the server is below, folded away.
import {choiceText} from '../core/asks.js';
import {el, folded} from '../core/dom.js';
import {answersTo, headCount, nameOf, peopleOf} from '../core/people.js';
import {table} from '../core/table.js';

const HELD = new Map([
    [true, '✓ yes'],
    [false, '✗ no'],
    [null, 'cannot be told'],
]);

function personNode(person) {
    return el('a', {href: `#runs/${person.run.id}`}, nameOf(person));
}

function stateNode({state, words, run}) {
    return [
        el('span', {class: state === 'failed' && 'bad'}, words),
        run.noisy && state === 'done' && [' ', el('span', {class: 'mark'}, 'noisy')],
    ].flat().filter(Boolean);
}

// One's own is always there to be read; those of others may be hidden.
function predictionText(catalog, person) {
    if (person.prediction) return choiceText(catalog, person.question, person.prediction);
    return person.answered ? 'hidden' : '–';
}

function heldText({prediction, held, state}) {
    if (!prediction) return '–';
    return state === 'done' ? HELD.get(held ?? null) : '–';
}

const NAME = {head: 'who', value: personNode};
const STATE = {head: 'how it stands', value: stateNode};
const OUTCOME = {head: 'what came out', value: ({run}) => run.headline?.text ?? '–'};

// What a headline says of the request, "2 tasks, lock gil: ", is the same for all who did the same, and is left out.
function outcomeOf(people) {
    const texts = people.map(({run}) => run.headline?.text).filter(Boolean);
    const [first] = texts.map((text) => /^[^:]*: /.exec(text)?.[0] ?? '');

    if (!texts.every((text) => text.startsWith(first))) return OUTCOME;
    return {...OUTCOME, value: ({run}) => run.headline?.text.slice(first.length) ?? '–'};
}
const EXPERIMENT = {head: 'experiment', value: ({run}) => run.experiment};

function columnsOf(catalog, people, isHidden) {
    return [
        NAME,
        STATE,
        {head: 'predicted', value: (person) => predictionText(catalog, person)},
        ...(isHidden ? [] : [{head: 'it held', value: heldText}, outcomeOf(people)]),
    ];
}

// The table is made anew when a row changes, and only then; a keyboard that stood on a name stays there.
function replaceTable(place, rows, make) {
    const text = JSON.stringify(rows);
    const key = place.contains(document.activeElement) ? keyOf(document.activeElement) : null;

    if (place.hasChildNodes() && place.dataset.rows === text) return;
    place.dataset.rows = text;
    place.replaceChildren(make());
    if (key) [...place.querySelectorAll('a, summary, [tabindex]')].find((link) => keyOf(link) === key)?.focus();
}

// How many there are stands in a summary.
function keyOf(node) {
    return node.tagName === 'SUMMARY'
        ? node.tagName
        : `${node.tagName} ${node.getAttribute('href')} ${node.textContent.slice(0, 80)}`;
}

// Returns {node, show(state, peek)}: peek shows what is hidden as far as this page has been told it.
export function makeBoard(catalog) {
    const title = el('h3', {id: 'board-title'}, 'Who has done it');
    const said = el('p', {role: 'status'});
    const place = el('div');
    const others = el('div');
    const node = el('section', {class: 'panel', 'aria-labelledby': 'board-title'}, title, said, place, others);
    let isOpen = false;

    function showOthers(people, {hasNext, isHidden}) {
        if (people.length === 0) {
            others.replaceChildren();
            return;
        }
        const caption = `What ${hasNext ? 'else ' : ''}was asked for here, newest first`;
        const make = () => table(caption, [NAME, STATE, EXPERIMENT, ...(isHidden ? [] : [OUTCOME])], people);

        replaceTable(others, {people, hasNext, isHidden}, hasNext ? () => makeFold(people.length, make) : make);
    }

    // One that is open has its table at once, so that the keyboard finds its place in it.
    function makeFold(n, make) {
        const fold = folded(`Everything else on this server: ${n}`, make);

        if (isOpen) fold.lastElementChild.append(make());
        fold.open = isOpen;
        fold.addEventListener('toggle', () => {
            isOpen = fold.open;
        });
        return fold;
    }

    return {
        node,
        show({room: {next}, rows}, isHidden) {
            const people = peopleOf(rows);
            const answers = next ? answersTo(next, people) : [];

            title.textContent = next ? 'Who has done it' : 'Who runs what';
            const text = next ? headCount(answers) : people.length > 0 ? '' : 'Nobody has run anything since the server was started.';

            if (said.textContent !== text) said.textContent = text;
            if (answers.length > 0)
                replaceTable(place, {title: next.title, answers, isHidden}, () =>
                    table(
                        `${next.title} (newest first)`,
                        columnsOf(catalog, answers, isHidden),
                        hide(answers, isHidden),
                    ),
                );
            else place.replaceChildren();
            showOthers(
                people.filter((person) => !answers.includes(person)),
                {hasNext: Boolean(next), isHidden},
            );
        },
    };
}

// The instructor is told all; on a projector that would be too early.
export function hide(people, isHidden) {
    if (!isHidden) return people;
    return people.map((person) => (person.yours ? person : {...person, prediction: null, held: null}));
}
