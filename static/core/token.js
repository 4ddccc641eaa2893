// The field for the token of a server that wants one, with what the server says about it.
import {el} from './dom.js';
import {sentence} from './format.js';

// Returns a promise of what was typed, or of null. Escape, "Go on without" and an empty field are null. The
// dialog is made for each question and removed when it closes.
export function askForToken({title, detail}) {
    const input = el('input', {
        id: 'token',
        type: 'password',
        autocomplete: 'off',
        spellcheck: 'false',
        'aria-describedby': 'token-words',
    });
    const dialog = el(
        'dialog',
        {'aria-labelledby': 'token-title'},
        el(
            'form',
            {method: 'dialog'},
            el('h2', {id: 'token-title'}, title),
            detail && el('p', {id: 'token-words'}, sentence(detail)),
            el('div', {class: 'field'}, el('label', {for: 'token'}, 'Token'), input),
            el(
                'div',
                {class: 'buttons'},
                el('button', {type: 'submit', class: 'main', value: 'use'}, 'Use it'),
                el('button', {type: 'button', on: {click: () => dialog.close()}}, 'Go on without'),
            ),
            el('p', {class: 'hint'}, 'This tab keeps it until it is closed.'),
        ),
    );

    return new Promise((resolve) => {
        dialog.addEventListener('close', () => {
            dialog.remove();
            resolve((dialog.returnValue === 'use' && input.value.trim()) || null);
        });
        document.body.append(dialog);
        dialog.showModal();
        input.focus();
    });
}
