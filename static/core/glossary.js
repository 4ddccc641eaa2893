// Words that a learner may not know are buttons, and their explanation opens beside them: for a finger and a keyboard
// as well as for a mouse. It closes by the same button, Escape, or a click elsewhere.
import {el} from './dom.js';
import {WORDS} from './words.js';

const byName = new Map(WORDS.flatMap((entry) => [entry.word, ...(entry.also ?? [])].map((name) => [name.toLowerCase(), entry])));
let nPanels = 0;

// The plural of a word is explained as the word is.
function entryOf(name) {
    const key = name.toLowerCase();

    return byName.get(key) ?? byName.get(key.replace(/s$/, ''));
}

export function isTerm(name) {
    return entryOf(name) !== undefined;
}

// The panel is in the page only while it is open, so the text around the word stays what it is. It lies above the page
// (popover) and scrolls with it; it has no place in a narrow table that it could be cut off by.
function openBeside(button, {word, says}) {
    const id = `term-${++nPanels}`;
    const all = el('button', {type: 'button', class: 'link', on: {click: () => openGlossary()}}, 'All words');
    const panel = el('span', {id, class: 'explained', popover: 'auto', role: 'note'}, el('b', {}, word), ` ${says} `, all);

    const place = () => placeBeside(panel, button.getBoundingClientRect());

    panel.addEventListener('toggle', ({newState}) => {
        if (newState === 'open') return;
        removeEventListener('resize', place);
        panel.remove();
        button.removeAttribute('aria-expanded');
        button.removeAttribute('aria-controls');
    });
    button.after(panel);
    button.popoverTargetElement = panel;
    button.setAttribute('aria-expanded', 'true');
    button.setAttribute('aria-controls', id);
    panel.showPopover();
    place();
    addEventListener('resize', place);
}

// Below the word, or above it where there is no room; never out of the window.
function placeBeside(panel, word) {
    const {width, height} = panel.getBoundingClientRect();
    const left = Math.max(8, Math.min(word.left, document.documentElement.clientWidth - width - 8));
    const isBelow = word.bottom + height + 8 < innerHeight || word.top < height + 8;

    panel.style.left = `${left + scrollX}px`;
    panel.style.top = `${(isBelow ? word.bottom + 4 : word.top - height - 4) + scrollY}px`;
}

// A button that opens the explanation of a word; text is how the word is written there. A word that has none is text
// alone. A button must not stand in what is one itself: a link, a label, the title of a fold.
export function term(word, text = word) {
    const entry = entryOf(word);

    if (!entry) return document.createTextNode(text);
    const button = el('button', {type: 'button', class: 'term', 'data-word': entry.word}, text);

    // By hand and not by the attribute popovertarget, as the panel is made only now.
    button.addEventListener('click', (event) => {
        const panel = button.popoverTargetElement;

        event.preventDefault();
        if (panel?.isConnected) panel.hidePopover();
        else openBeside(button, entry);
    });
    return button;
}

const quoted = (name) => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
// Longer names first, or "switch interval" would be found as another word.
const MARKED = new RegExp(
    `(?<![\\w-])(?:${WORDS.filter(({quiet}) => !quiet)
        .flatMap(({word, also = []}) => [word, ...also])
        .sort((a, b) => b.length - a.length)
        .map(quoted)
        .join('|')})s?(?![\\w-])`,
    'gi',
);

// A text as a list of nodes, in which each word of the glossary is a button where it stands for the first time. seen
// keeps which ones were there, for texts that belong together.
export function explained(text, seen = new Set()) {
    const nodes = [];
    let end = 0;

    for (const {0: found, index} of text.matchAll(MARKED)) {
        const entry = entryOf(found);

        if (seen.has(entry)) continue;
        seen.add(entry);
        nodes.push(text.slice(end, index), term(found));
        end = index + found.length;
    }
    return [...nodes, text.slice(end)];
}

// What a word means, as text.
export function meaningOf(word) {
    return entryOf(word).says;
}

// All words in a dialog, in the order of the alphabet.
export function openGlossary() {
    const rows = [...WORDS].sort((a, b) => a.word.localeCompare(b.word, 'en'));
    const dialog = el(
        'dialog',
        {class: 'glossary', 'aria-labelledby': 'glossary-title'},
        el(
            'form',
            {method: 'dialog', class: 'dialog-head'},
            el('h2', {id: 'glossary-title'}, 'The words of this page'),
            el('button', {type: 'submit'}, 'Close'),
        ),
        el(
            'dl',
            {class: 'word-list', tabindex: 0, 'aria-label': 'Words and what they mean'},
            rows.map((entry) => el('div', {}, el('dt', {}, entry.word), el('dd', {}, entry.says))),
        ),
    );

    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
}
