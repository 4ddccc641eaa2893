// One run in the history: its name, which can be changed, and how it stands.
import {el} from './dom.js';
import {when} from './format.js';
import {about, ordinal} from './progress.js';

// "done", "queued, 3rd", "running, about 4 s left", "failed: why"; and whether the machine was noisy.
function statusText({status, reason, position, remaining_ns: remaining}) {
    if (position) return `queued, ${ordinal(position)}`;
    if (typeof remaining === 'number') return `running, ${about(remaining)} left`;
    return reason ? `${status}: ${reason}` : status;
}

// What the mark means, for below a list: a title at the mark itself would be for the mouse alone.
export const NOISY_MEANS = 'Noisy: other programs disturbed the run, so take its figures with care.';

// Whether it went well is said by the word first and by the colour after it.
export function statusNode(run) {
    const isBad = ['failed', 'timeout'].includes(run.status);

    return [
        el('span', {class: isBad && 'bad'}, statusText(run)),
        run.noisy && ' ',
        run.noisy && el('span', {class: 'mark'}, 'noisy'),
    ];
}

// A button that asks once more before it does something that cannot be undone. The question is the button's
// own text, and goes when the focus does: nothing is removed by two clicks that were far apart.
function removeButton(run, remove) {
    const ask = 'Remove';
    const button = el('button', {type: 'button', class: 'link'}, ask);

    button.addEventListener('click', () => {
        if (button.textContent === ask) button.textContent = 'Remove for good?';
        else remove(run);
    });
    button.addEventListener('blur', () => {
        button.textContent = ask;
    });
    return button;
}

// The field that takes the place of the name. Enter saves, Escape leaves it as it was.
function renameForm(run, save, leave) {
    const input = el('input', {
        type: 'text',
        name: 'new-label',
        value: run.label ?? '',
        maxlength: 100,
        'aria-label': 'New label',
    });
    const form = el(
        'form',
        {class: 'rename', autocomplete: 'off'},
        input,
        el('button', {type: 'submit'}, 'Save'),
        el('button', {type: 'button', on: {click: leave}}, 'Back'),
    );

    form.addEventListener('submit', (event) => {
        event.preventDefault();
        save(input.value.trim() || null);
    });
    form.addEventListener('keydown', (event) => {
        if (event.key === 'Escape') leave();
    });
    return {form, input};
}

// The name and time of a run as a link that opens it, with what can be done to it below.
export function headCell(run, {rename, remove}) {
    const renameButton = el('button', {type: 'button', class: 'link', on: {click: edit}}, 'Rename');
    const name = el(
        'div',
        {},
        el('a', {href: `#runs/${run.id}`}, run.label ? `“${run.label}”` : when(run.created_at)),
        run.label && el('small', {}, ` ${when(run.created_at)}`),
        el('div', {class: 'row-actions'}, renameButton, ' ', removeButton(run, remove)),
    );

    function edit() {
        const {form, input} = renameForm(
            run,
            (label) => rename(run, label),
            () => {
                form.replaceWith(name);
                renameButton.focus();
            },
        );

        name.replaceWith(form);
        input.select();
    }

    return name;
}
