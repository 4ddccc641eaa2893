// How the room finds this server: its address in large letters, and as a QR code that a telephone reads.
import {el} from '../core/dom.js';

const HERE_ALONE = /^(localhost|127\.|\[::1\]|0\.0\.0\.0)/;
const KEY = 'gilscope-address';

// The page's own address, without a view.
function ownAddress() {
    return new URL('.', document.baseURI).href;
}

// An instructor who has once found out by which address others come types it once for this browser.
function keptAddress() {
    try {
        return localStorage.getItem(KEY);
    } catch {
        return null;
    }
}

function keepAddress(text) {
    try {
        if (text === ownAddress() || text === '') localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, text);
    } catch {
        // Storage is switched off.
    }
}

// Why others may not come by it; null if nothing is known against it.
function doubtOf(text) {
    const url = URL.canParse(text) ? new URL(text) : null;

    if (!url || !/^https?:$/.test(url.protocol)) return 'This is no address: it begins with http:// and has the name or number of this machine.';
    if (HERE_ALONE.test(url.host))
        return (
            `${url.hostname} means “this very machine” to each machine, so others do not come here by it. Put in the name or number ` +
            'that this machine has in the network, as in http://192.0.2.1:8080/; and the server has to listen there: ' +
            'scripts/run.sh --set server.bind=0.0.0.0'
        );
    return null;
}

// Returns {node}.
export function makeInvite() {
    const input = el('input', {type: 'text', id: 'room-address', spellcheck: 'false', value: keptAddress() ?? ownAddress(), 'aria-describedby': 'room-doubt', on: {input: show}});
    const doubt = el('p', {class: 'hint', id: 'room-doubt', role: 'status'});
    const shown = el('p', {class: 'room-address'});
    const code = el('img', {class: 'qr', width: 200, height: 200});
    const node = el(
        'section',
        {class: 'panel invite', 'aria-labelledby': 'invite-title'},
        el('h3', {id: 'invite-title'}, 'The room comes by this address'),
        shown,
        code,
        el('details', {class: 'fold'}, el('summary', {}, 'Another address'), el('div', {class: 'field'}, el('label', {for: 'room-address'}, 'Address for others'), input)),
        doubt,
    );

    function show() {
        const text = input.value.trim();
        const wrong = doubtOf(text);

        keepAddress(text);
        doubt.textContent = wrong ?? '';
        doubt.hidden = !wrong;
        shown.textContent = text;
        code.hidden = !URL.canParse(text);
        if (!code.hidden) {
            code.src = `qr?${new URLSearchParams({text})}`;
            code.alt = `QR code of ${text}`;
        }
        if (wrong) node.querySelector('details').open = true;
    }

    show();
    return {node};
}
