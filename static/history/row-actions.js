// What can be done to a run in the history: to open it by its name, to rename, export and remove it.
import {late, Refused} from '../core/api.js';
import {el} from '../core/dom.js';
import {isOver} from '../core/follow.js';
import {when} from '../core/format.js';
import {showProblem} from '../core/problem.js';

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

// The formats are offered below the name; the module comes when somebody asks.
function exportButton(run) {
    const place = el('div', {class: 'saving', hidden: true});
    const button = el(
        'button',
        {type: 'button', class: 'link', 'aria-expanded': 'false', on: {click: toggle}},
        'Export',
    );

    async function toggle() {
        place.hidden = !place.hidden;
        button.setAttribute('aria-expanded', String(!place.hidden));
        if (place.hidden || place.querySelector('button')) return;
        try {
            const {runSaver} = await late(() => import('./export.js'));

            place.replaceChildren(runSaver(run));
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            showProblem(place, error.problem);
        }
    }

    return {button, place};
}

// The name and time of a run as a link that opens it, with what can be done to it below.
export function headCell(run, {rename, remove}) {
    const renameButton = el('button', {type: 'button', class: 'link', on: {click: edit}}, 'Rename');
    const exporting = exportButton(run);
    const name = el(
        'div',
        {},
        el('a', {href: `#runs/${run.id}`}, run.label ? `“${run.label}”` : when(run.created_at)),
        run.label && el('small', {}, ` ${when(run.created_at)}`),
        el(
            'div',
            {class: 'row-actions'},
            renameButton,
            isOver(run) && exporting.button,
            isOver(run) && removeButton(run, remove),
        ),
        exporting.place,
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
