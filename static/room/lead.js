// The instructor's controls: what comes next, showing and hiding what the class expects, clearing the board, ending
// the class.
import {el} from '../core/dom.js';
import {makeChooser} from './choose.js';

// A button that asks once more before everybody's board is gone. The question is the button's own text, and goes when
// the focus does.
function twice(text, question, act) {
    const button = el('button', {type: 'button'}, text);

    button.addEventListener('click', () => {
        if (button.textContent === text) button.textContent = question;
        else {
            button.textContent = text;
            act();
        }
    });
    button.addEventListener('blur', () => {
        button.textContent = text;
    });
    return button;
}

// act(action, next) does it on the server. Returns {node, show(room), take(address), following(next), isPeeking(), mark(errors)}.
export function makeLead(catalog, {act, peek}) {
    const chooser = makeChooser(catalog, (next) => act('next', next));
    const now = el('p', {class: 'lead-now'});
    const reveal = el('button', {type: 'button', class: 'main', on: {click: () => act(isRevealed ? 'hide' : 'reveal')}}, 'Reveal');
    const look = el('input', {type: 'checkbox', on: {change: peek}});
    const looking = el('label', {class: 'check look'}, look, el('span', {}, 'Show the answers on this screen alone'));
    const clear = twice('Clear the board', 'Clear it for everybody?', () => act('clear'));
    const end = twice('End the class', 'End it for everybody?', () => act('end'));
    const running = el('div', {class: 'lead-running'}, now, el('div', {class: 'buttons'}, reveal, clear, end), looking);
    const node = el(
        'section',
        {class: 'panel lead', 'aria-labelledby': 'lead-title'},
        el('h3', {id: 'lead-title'}, 'Lead the class'),
        running,
        chooser.node,
    );
    let isRevealed = false;
    let asked = null; // the number of what everybody does next

    return {
        node,
        take: (address) => chooser.ready().then(() => chooser.take(address)),
        following: (next) => chooser.ready().then(() => chooser.following(next?.step)),
        isPeeking: () => look.checked,
        mark: chooser.mark,
        show({on, revealed, next}) {
            chooser.ready();
            isRevealed = revealed;
            // Whoever has looked at the answers to one question has not asked to see those to the next.
            if (revealed || next?.number !== asked) look.checked = false;
            asked = next?.number;
            running.hidden = !on;
            reveal.hidden = !next;
            looking.hidden = !next || revealed;
            reveal.textContent = revealed ? 'Hide the answers again' : 'Reveal the answers';
            now.replaceChildren(
                ...(next
                    ? [
                          `Everybody’s next, number ${next.number}: `,
                          el('b', {}, /[.?!]$/.test(next.title) ? next.title : `${next.title}.`),
                          revealed ? ' The answers are shown.' : ' The answers are hidden.',
                      ]
                    : ['The class is on, and nothing is asked of it yet.']),
            );
        },
    };
}
