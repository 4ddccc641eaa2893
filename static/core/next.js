// The strip at the top of every page while a class is on: what everybody does next, one button that leads there, and
// who has done it so far. It asks once for the name by which the class knows the person at this page.
import {labPath} from './address.js';
import {questionOf} from './catalog.js';
import {el} from './dom.js';
import {startFeed, watchRoom} from './feed.js';
import {answersTo, headCount, nameOf, peopleOf} from './people.js';
import {isLeading, keepName, myName} from './person.js';
import {isPresenting} from './present.js';
import {loadStyle} from './style.js';

// The address of what comes next: a step of the story, or a form that is filled in. Each asks its question.
export function addressOf({step, experiment, request, question}) {
    return step ? `#story/${step}` : `#${labPath(experiment, request, question)}`;
}

// The question that goes with it, as the catalog has it; undefined if there is none.
export function questionFor(catalog, {question, experiment}) {
    return questionOf(catalog, question ?? experiment);
}

// What stands in this view can be handed to the class view by its address, which follows every edit of a form.
const HANDED = /^(#(lab\/|run\/|story\b)|$)/;

function handOver({currentTarget}) {
    if (HANDED.test(location.hash)) location.hash = `#class?${new URLSearchParams({from: location.hash || '#story'})}`;
    else currentTarget.hidden = true;
}

function go(next) {
    location.hash = addressOf(next);
}

// Asks for the name; somebody who wants none leaves the field empty.
function nameForm(next, {isFirst, done}) {
    const input = el('input', {
        type: 'text',
        id: 'my-name',
        maxlength: 60,
        autocomplete: 'off',
        value: myName(),
        'aria-describedby': 'my-name-hint',
    });
    const submit = (event) => {
        event.preventDefault();
        keepName(input.value.trim());
        done();
        if (isFirst) go(next);
    };

    return el(
        'form',
        {class: 'next-name', autocomplete: 'off', on: {submit}},
        el('label', {for: 'my-name'}, 'Your name'),
        input,
        el('button', {type: 'submit', class: 'main'}, isFirst ? 'Go there' : 'Keep it'),
        el('p', {class: 'hint', id: 'my-name-hint'}, 'The class sees it beside what you run. It may stay empty.'),
    );
}

// "As Ann", with a button that changes it.
function nameLine(edit) {
    return el(
        'span',
        {class: 'hint'},
        myName() ? ['You are ', el('b', {}, myName()), '. '] : 'You have no name here. ',
        el('button', {type: 'button', class: 'link', on: {click: edit}}, 'Change'),
    );
}

// Who they are, by what they do, behind the line that counts them.
function whoFold(people, isOpen) {
    const groups = new Map();

    for (const person of people)
        groups.set(person.words, [...(groups.get(person.words) ?? []), nameOf(person)]);
    return el(
        'details',
        {class: 'next-who', open: isOpen},
        el('summary', {}, headCount(people)),
        el('dl', {}, [...groups].map(([words, names]) => el('div', {}, el('dt', {}, words), el('dd', {}, names.join(', '))))),
        el('a', {href: '#class'}, 'See the class'),
    );
}

// On a projector it is a line: who asks for a name there has one elsewhere, and the step below has the question.
//
// Parts are made anew only when what they show has changed: somebody may be typing a name, or have the focus there.
function makeStrip(catalog) {
    const what = el('div', {class: 'next-what'});
    const way = el('div', {class: 'next-way'});
    const who = el('div');
    const hand = el('button', {type: 'button', hidden: true, on: {click: handOver}}, 'Make what I see here everybody’s next');
    const said = el('span', {class: 'unseen', role: 'status'});
    const node = el('section', {id: 'next', class: 'next', 'aria-labelledby': 'next-title', hidden: true}, what, way, who, hand, said);
    let shown = null; // the number of what comes next
    let shownWho = null;
    let isEditing = false;

    function showWhat(next) {
        const question = questionFor(catalog, next);

        what.replaceChildren(
            el('h2', {id: 'next-title'}, el('small', {}, 'Everybody’s next: '), next.title),
            ...(question && !isPresenting() ? [el('p', {}, question.text)] : []),
        );
        said.textContent = `Everybody’s next: ${next.title}`;
    }

    function showWay(next, {isFirst = myName() === null} = {}) {
        const leave = () => {
            isEditing = false;
            showWay(next);
            way.querySelector('a, input').focus();
        };
        const edit = () => {
            isEditing = true;
            showWay(next);
            way.querySelector('input').select();
        };
        const link = el('a', {class: 'button main', href: addressOf(next)}, 'Go there');
        const typed = way.querySelector('input');
        const hadFocus = typed !== null && typed === document.activeElement;

        way.replaceChildren(
            ...(isPresenting()
                ? [link]
                : isLeading()
                  ? [link, el('span', {class: 'hint'}, 'You lead this class.')]
                  : isFirst || isEditing
                    ? [nameForm(next, {isFirst, done: leave})]
                    : [link, nameLine(edit)]),
        );
        const input = way.querySelector('input');

        if (!typed || !input) return;
        input.value = typed.value;
        if (hadFocus) input.focus();
    }

    // One's own is said first, with the way back to it.
    function yours(people) {
        const own = people.find((person) => person.yours);

        return own && el('p', {}, 'Yours ', el('a', {href: `#runs/${own.run.id}`}, own.words), '.');
    }

    function showWho(next, rows) {
        const people = answersTo(next, peopleOf(rows));
        const key = JSON.stringify(people.map((person) => [nameOf(person), person.words, person.yours && person.run.id]));
        const fold = who.querySelector('details');
        const had = who.contains(document.activeElement) ? document.activeElement : null;

        if (fold && key === shownWho) return;
        shownWho = key;
        who.replaceChildren(...[yours(people), whoFold(people, fold?.open)].filter(Boolean));
        if (had?.tagName === 'SUMMARY') who.querySelector('summary').focus();
        else if (had) [...who.querySelectorAll('a')].find(({href}) => href === had.href)?.focus();
    }

    function showWaiting(text) {
        what.replaceChildren(el('h2', {id: 'next-title'}, text));
        way.replaceChildren();
        who.replaceChildren();
    }

    // The class view has all of this for the one who leads.
    function show({room: {on, next}, rows}) {
        const isAtHome = /^#class\b/.test(location.hash);
        const key = next && `${next.number} ${next.since} ${isLeading()} ${myName() === null}`;

        hand.hidden = !isLeading() || !HANDED.test(location.hash);
        node.hidden = isLeading() && isAtHome ? true : !on && hand.hidden;
        if (!next) showWaiting(on ? 'A class is on. What everybody does next will stand here.' : 'You lead the class.');
        else if (key !== shown) {
            showWhat(next);
            showWay(next);
        }
        if (next) showWho(next, rows);
        shown = key;
    }

    return {node, show};
}

// Puts the strip before the views, and keeps it true as long as the page is there.
export async function startNext(before, catalog) {
    const strip = makeStrip(catalog);

    await loadStyle('core/next.css');
    before.before(strip.node);
    startFeed();
    let state = null;
    const show = (told) => strip.show((state = told));

    watchRoom(show);
    for (const event of ['hashchange', 'addresschange']) addEventListener(event, () => state && show(state));
}
