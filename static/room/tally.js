// What the class predicted, as a bar for each answer with its number; and when it is revealed, what came out beside
// it. Until then it says only how many have answered.
import {el} from '../core/dom.js';
import {count, plural} from '../core/format.js';
import {questionFor} from '../core/next.js';
import {svg} from '../core/svg.js';

// How many of the class said it, and how many of its runs came out so.
function countChoices(question, people) {
    const runs = new Map(people.filter(({outcome}) => outcome).map(({run, outcome}) => [run.id, outcome]));

    return question.choices.map(({id, text}) => ({
        text,
        predicted: people.filter(({prediction}) => prediction === id).length,
        came: [...runs.values()].filter((outcome) => outcome === id).length,
        runs: runs.size,
    }));
}

function cameText({came, runs}) {
    return runs === 1 ? '✓ this came out' : `✓ came out in ${count(came)} of ${count(runs)} runs`;
}

// From zero to the most that any answer has. Each row says its number, so the bars need no table.
function bar(n, most) {
    return svg(
        'svg',
        {class: 'tally-bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
        svg('rect', {width: (100 * n) / Math.max(most, 1), height: 10}),
    );
}

function choiceRow(choice, most) {
    return el(
        'li',
        {class: choice.came > 0 && 'came'},
        el(
            'span',
            {class: 'tally-text'},
            choice.text,
            choice.came > 0 && el('span', {class: 'tally-came'}, cameText(choice)),
        ),
        bar(choice.predicted, most),
        el('b', {}, count(choice.predicted)),
    );
}

// "8 of 12 predictions held."; of those alone of which it can be told.
function heldText(people) {
    const told = people.filter(({held}) => typeof held === 'boolean');
    const held = told.filter((person) => person.held).length;

    if (told.length === 0 && people.some(({prediction, state}) => prediction && state === 'done'))
        return 'The runs so far cannot tell which answer is right: their figures may belong to more than one of them.';
    if (told.length === 0) return 'Nothing has come out yet.';
    return `${count(held)} of ${plural(told.length, 'prediction')} held.`;
}

// "8 of 12 people have said what they expect."
function answeredText(people) {
    const n = people.filter((person) => person.answered).length;
    const of = people.length === 1 ? 'person' : 'people';

    if (n === 0) return 'Nobody has said yet what they expect.';
    return `${count(n)} of ${count(people.length)} ${of} ${n === 1 ? 'has' : 'have'} said what they expect. The answers stay hidden until the instructor shows them.`;
}

// Returns {node, show(next, people, isHidden)}.
export function makeTally(catalog) {
    const title = el('h3', {id: 'tally-title'}, 'What the class expects');
    const asked = el('p', {class: 'tally-question'});
    const said = el('p', {role: 'status'});
    const list = el('ul', {class: 'tally'});
    const node = el('section', {class: 'panel', 'aria-labelledby': 'tally-title', hidden: true}, title, asked, said, list);

    return {
        node,
        show(next, people, isHidden) {
            const question = next && questionFor(catalog, next);

            node.hidden = !question;
            if (!question) return;
            const choices = countChoices(question, people);
            const most = Math.max(...choices.map(({predicted}) => predicted));
            const text = isHidden ? answeredText(people) : heldText(people);

            title.textContent = isHidden ? 'What the class expects' : 'What the class expected, and what came out';
            asked.textContent = question.text;
            if (said.textContent !== text) said.textContent = text;
            list.replaceChildren(
                ...(isHidden
                    ? question.choices.map((choice) => el('li', {}, el('span', {class: 'tally-text'}, choice.text)))
                    : choices.map((choice) => choiceRow(choice, most))),
            );
        },
    };
}
