// ?present=1 in the page's address: large type for a projector, and keys for whoever stands in front of the room. Only
// then are single letters keys, as they would surprise everybody else. It stands before the #, so links within the page
// keep it.
import {el} from './dom.js';

// What a view may offer in its keys, the keys for it, and what the list of keys says.
const KEYS = [
    {name: 'next', keys: ['n', 'ArrowRight', 'PageDown'], shown: 'n → PageDown', says: 'next'},
    {name: 'previous', keys: ['p', 'ArrowLeft', 'PageUp'], shown: 'p ← PageUp', says: 'back'},
    {name: 'run', keys: ['r'], shown: 'r', says: 'run'},
    {name: 'reveal', keys: ['v'], shown: 'v', says: 'reveal what came out'},
];
const PRESENTABLE = ['story', 'timeline', 'room'];

export function isPresenting() {
    return new URLSearchParams(location.search).get('present') === '1';
}

// In a field keys are text. Arrows and pages also move what has the focus and can be scrolled or chosen from, as an
// answer can that was ticked.
function isTaken({target, key}) {
    if (target.closest('input:not([type=radio], [type=checkbox]), select, textarea, dialog, [contenteditable]')) return true;
    return key.length > 1 && target.closest('input, pre, .frame, [role=slider], [role=application], [tabindex="0"]') !== null;
}

function showKeys(offered) {
    const row = ({shown, says}) => el('div', {}, el('dt', {}, shown), el('dd', {}, says));
    const dialog = el(
        'dialog',
        {'aria-labelledby': 'keys-title'},
        el(
            'form',
            {method: 'dialog', class: 'dialog-head'},
            el('h2', {id: 'keys-title'}, 'Keys'),
            el('button', {type: 'submit'}, 'Close'),
        ),
        el(
            'dl',
            {class: 'keys'},
            KEYS.filter(({name}) => offered[name]).map(row),
            row({shown: '?', says: 'this list'}),
        ),
    );

    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
}

// keysOf() returns what the open view offers: functions by the names above.
function listen(keysOf) {
    document.addEventListener('keydown', (event) => {
        const {key, ctrlKey, altKey, metaKey, defaultPrevented} = event;

        if (defaultPrevented || ctrlKey || altKey || metaKey || isTaken(event)) return;
        const offered = keysOf();
        const act = key === '?' ? () => showKeys(offered) : offered[KEYS.find(({keys}) => keys.includes(key))?.name];

        if (!act) return;
        event.preventDefault();
        act();
    });
}

// The link that begins or ends it. Returns update(view): the address has changed, or the view.
export function startPresenting(link, keysOf) {
    const isOn = isPresenting();

    document.body.classList.toggle('present', isOn);
    link.textContent = isOn ? 'Leave presentation' : 'Present';
    if (isOn) listen(keysOf);
    const aim = () => {
        link.href = `${isOn ? '.' : '?present=1'}${location.hash}`;
    };

    // What is in view goes on into the address without a word, so the link looks there when it is used.
    for (const event of ['pointerdown', 'focus', 'click']) link.addEventListener(event, aim);
    return (view) => {
        aim();
        link.hidden = !isOn && !PRESENTABLE.includes(view);
    };
}
