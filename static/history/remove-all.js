// The question that is asked before all runs are removed.
import {askJson} from '../core/api.js';
import {el} from '../core/dom.js';

// Returns a promise of how many were removed, or of null if they are kept. Throws Refused.
export function askToRemoveAll() {
    const keep = el('button', {type: 'button', on: {click: () => dialog.close()}}, 'Keep them');
    const dialog = el(
        'dialog',
        {'aria-labelledby': 'remove-title', 'aria-describedby': 'remove-words'},
        el(
            'form',
            {method: 'dialog'},
            el('h2', {id: 'remove-title'}, 'Remove all runs?'),
            el(
                'p',
                {id: 'remove-words'},
                'All runs of this server that are over are removed for good: those of everybody, also those that ' +
                    'the list does not show now. Runs that wait or go on stay.',
            ),
            el(
                'div',
                {class: 'buttons'},
                keep,
                el('button', {type: 'submit', class: 'main', value: 'remove'}, 'Remove all'),
            ),
        ),
    );

    return new Promise((resolve, reject) => {
        dialog.addEventListener('close', () => {
            dialog.remove();
            if (dialog.returnValue !== 'remove') resolve(null);
            else askJson('runs', {method: 'DELETE'}).then(({removed}) => resolve(removed), reject);
        });
        document.body.append(dialog);
        dialog.showModal();
        keep.focus();
    });
}
