// The form, made of the catalog: one field for each parameter, named like the parameter. The form knows
// nothing of requests: it shows a state, reports what is typed, and marks the fields that the server
// refused.
import {normalText} from '../core/address.js';
import {absentExperiment, chosenRuntimes, defaultText, experimentOf, formParts} from '../core/catalog.js';
import {byId, el} from '../core/dom.js';
import {explained} from '../core/glossary.js';
import {ids, makeField} from './fields.js';
import {sentence} from '../core/format.js';
import {rangeText} from '../core/problem.js';

// Fills the form for a state. changed(name, text) is called for each edit, choose(name) for another
// experiment; question is what is asked before the run, or null, and while it is open (isOpen) nothing is said that
// would give its answer away; actions is the row of buttons at its end.
export function fillForm(form, catalog, state, {changed, choose, question, isOpen, actions}) {
    const experiment = experimentOf(catalog, state.experiment);
    const parts = formParts(catalog, experiment, state.values);
    const chosen = chosenRuntimes(catalog, state.values);
    const seen = new Set();
    const fields = (parameters) =>
        parameters.map((parameter) => {
            const text = state.values[parameter.name] ?? defaultText(parameter);

            return makeField({
                catalog,
                chosen,
                experiment,
                parameter,
                isOpen,
                text,
                changed: (t) => changed(parameter.name, t),
                explain: (words) => explained(words, seen),
            });
        });
    // A run that is opened by its address says all its values; a default is no reason to unfold.
    const isTouched = (parameter) => {
        const text = state.values[parameter.name];

        return text !== undefined && normalText(parameter, text) !== defaultText(parameter);
    };
    const unfolded = [...form.querySelectorAll('details[open] > summary')].map((summary) => summary.textContent);
    const fold = (title, parameters) =>
        parameters.length > 0 &&
        el(
            'details',
            {class: 'fold', open: parameters.some(isTouched) || unfolded.includes(title)},
            el('summary', {}, title),
            fields(parameters),
        );

    // In the order of the page, so that a term is explained where it is read first.
    form.replaceChildren(
        ...[
            experimentField(catalog, chosen, experiment, {choose, isOpen}),
            question,
            ...fields(parts.front),
            fold(`More of ${experiment.name}`, parts.own),
            fold('More: repetitions, CPUs, intervals, limits, names', parts.folded),
            actions,
        ].filter(Boolean),
    );
}

// An experiment that no chosen runtime has cannot be chosen, unless it is the one that is; what some of them
// lack is said below.
function experimentField(catalog, chosen, experiment, {choose, isOpen}) {
    const why = absentExperiment(chosen, experiment.name);
    const isOff = (name) => name !== experiment.name && chosen.every((one) => absentExperiment([one], name) !== '');
    const radio = ({name}) =>
        el(
            'label',
            {class: 'chip'},
            el('input', {
                type: 'radio',
                name: 'experiment',
                value: name,
                checked: name === experiment.name,
                disabled: isOff(name),
                'aria-describedby': name === experiment.name && 'hint-experiment',
                on: {change: () => choose(name)},
            }),
            el('span', {}, name),
        );

    return el(
        'fieldset',
        {},
        el('legend', {}, 'Experiment'),
        el('div', {class: 'chips'}, catalog.experiments.map(radio)),
        el(
            'p',
            {class: 'hint', id: 'hint-experiment'},
            [!isOpen && experiment.summary, why].filter(Boolean).map(sentence).join(' '),
        ),
    );
}

// A form that checks values by itself would have to know the rules of the server, and would be wrong when
// they change. So everything is sent as it was typed, and what comes back is put where it belongs.
//
// Marks the fields of the server's errors in its words and opens the fold around them; without errors all
// marks go. Returns the names that have a field.
export function markErrors(form, errors) {
    for (const line of form.querySelectorAll('.error')) line.hidden = true;
    for (const field of form.querySelectorAll('[aria-invalid]')) {
        field.removeAttribute('aria-invalid');
        field.setAttribute('aria-describedby', field.dataset.hint);
    }
    return errors.filter((error) => markError(form, error)).map((error) => error.param);
}

// Marks one field; false if the form has none of that name. A second complaint about a field is added to the
// first. A screen reader reads what aria-describedby names, so the error is put in front of the hint there;
// the hint is kept aside, to be put back when the mark goes.
function markError(form, bad) {
    const {param} = bad;
    const reason = bad.reason + rangeText(bad);
    const {id, hint, error} = ids(param);
    const field = form.querySelector(`#${CSS.escape(id)}`);
    const line = form.querySelector(`#${CSS.escape(error)}`);

    if (!field || !line) return false;
    if (!line.hidden) {
        line.textContent += `; ${reason}`;
        return true;
    }
    line.textContent = `${param}: ${reason}`;
    line.hidden = false;
    const targets = field.tagName === 'FIELDSET' ? field.querySelectorAll('input') : [field];

    for (const target of targets) {
        target.dataset.hint = target.getAttribute('aria-describedby') ?? hint;
        target.setAttribute('aria-invalid', 'true');
        target.setAttribute('aria-describedby', `${error} ${target.dataset.hint}`);
    }
    field.closest('details')?.setAttribute('open', '');
    return true;
}

// A list of choices is no field itself; its first box that can be ticked has the focus.
export function focusField(form, name) {
    const field = form.querySelector(`#${CSS.escape(ids(name).id)}`);

    (field?.tagName === 'FIELDSET' ? field.querySelector('input:not(:disabled)') : field)?.focus();
}

// Makes the form anew, and gives the focus back to the field that had it, with what was selected there.
export function keepFocus(form, make) {
    const had = document.activeElement;

    make();
    if (!had || had === document.body || had === document.activeElement) return;
    // Taken out and put back, as the buttons are.
    if (document.contains(had)) {
        had.focus({preventScroll: true});
        return;
    }
    const now = had.id
        ? byId(had.id)
        : [...form.querySelectorAll(`[name="${CSS.escape(had.name ?? '')}"]`)].find(({value}) => value === had.value);

    (now ?? form.querySelector('input[name=prediction]:not(:disabled), #question button'))?.focus();
    if (now?.type === 'text') now.setSelectionRange(had.selectionStart, had.selectionEnd);
}
