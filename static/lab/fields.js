// One field of the form for one parameter: text, a choice, or a list of choices to tick, with its help, range
// and default in a line below, and a line for what the server says against its value.
//
// A field is described by {catalog, chosen, experiment, parameter, isOpen, text, changed(text), explain(text)}: chosen
// are the runtimes that the form asks for; while the question before the run is open (isOpen) choices are not
// explained; and the last one makes nodes of a text, with its words explained.
//
// The ids of a field and of its two lines follow from the parameter's name, so a label, a hint and an error
// find their field without being handed around.
import {against, defaultText, missingRuntimes, otherNames, ownOf, summaryOf} from '../core/catalog.js';
import {el} from '../core/dom.js';
import {sentence, typed} from '../core/format.js';
import {labelOf} from '../core/labels.js';
import {hasSign, signNode} from '../core/signs.js';

const SIGNED = ['mode', 'lock']; // parameters whose choices have a sign

// The ids of the parts of a parameter's field.
export function ids(name) {
    return {id: `field-${name}`, hint: `hint-${name}`, error: `error-${name}`};
}

export function makeField(field) {
    if (field.parameter.type === 'choice') return field.parameter.list ? checkboxes(field) : select(field);
    return textField(field);
}

// What it is called for a beginner, and by its own name.
function nameNodes(parameter) {
    return [
        `${labelOf(parameter).label} `,
        el('code', {class: 'own-name'}, parameter.name),
        hasOwnUnit(parameter) && el('span', {class: 'unit'}, ` (${parameter.unit})`),
    ];
}

function hintAndError(field) {
    const {hint, error} = ids(field.parameter.name);

    return [
        el('p', {class: 'hint', id: hint}, field.explain(hintText(field))),
        el('p', {class: 'error', id: error, hidden: true}),
    ];
}

function textField(field) {
    const {parameter, text, changed} = field;
    const {id, hint} = ids(parameter.name);
    const isNumber = parameter.type === 'integer';

    return el(
        'div',
        {class: 'field'},
        el('label', {for: id}, nameNodes(parameter)),
        el('input', {
            id,
            name: parameter.name,
            value: text,
            type: 'text',
            'aria-describedby': hint,
            spellcheck: 'false',
            autocapitalize: 'off',
            inputmode: isNumber && !parameter.list && 'numeric',
            on: {input: (event) => changed(event.target.value)},
        }),
        hintAndError(field),
    );
}

// Some names say their unit already: delay_ms.
function hasOwnUnit({name, unit}) {
    return unit && name !== unit && !name.endsWith(`_${unit}`);
}

function select(field) {
    const {parameter, text, changed} = field;
    const {id, hint} = ids(parameter.name);

    return el(
        'div',
        {class: 'field'},
        el('label', {for: id}, nameNodes(parameter)),
        el(
            'select',
            {
                id,
                name: parameter.name,
                'aria-describedby': hint,
                on: {change: (event) => changed(event.target.value)},
            },
            (parameter.default === null ? ['', ...parameter.choices] : parameter.choices).map((choice) =>
                el('option', {value: choice, selected: choice === text}, choice),
            ),
        ),
        hintAndError(field),
    );
}

// A list of choices. What no chosen runtime has stays in view with the reason: a box that is missing would leave
// a person looking for it. It is neither ticked nor sent. So do runtimes that are configured and cannot be
// used.
function checkboxes(field) {
    const {catalog, chosen, experiment, parameter, isOpen, text, changed} = field;
    const {id, hint} = ids(parameter.name);
    const ticked = text.split(',');
    const group = el('fieldset', {id, 'aria-describedby': hint});
    const report = () =>
        changed([...group.querySelectorAll('input:checked')].map((box) => box.value).join(','));
    const box = (choice) => {
        const reason = against(catalog, chosen, experiment, parameter, choice);
        const names = otherNames(catalog, parameter, choice);
        const also = names.length > 0 ? `; also called ${names.join(', ')}` : '';
        const about = isOpen ? '' : summaryOf(catalog, parameter, choice) + also;
        const summary = reason?.isOff ? reason.text : [about, reason?.text].filter(Boolean).join('; ');

        return el(
            'label',
            {class: 'check'},
            el('input', {
                type: 'checkbox',
                name: parameter.name,
                value: choice,
                disabled: reason?.isOff === true,
                checked: ticked.includes(choice) && !reason?.isOff,
                on: {change: report},
            }),
            el(
                'span',
                {},
                SIGNED.includes(parameter.name) &&
                    hasSign(parameter.name, choice) &&
                    signNode(parameter.name, choice),
                el('b', {}, choice),
                summary && el('small', {}, sentence(summary)),
            ),
        );
    };

    group.append(
        el('legend', {}, nameNodes(parameter)),
        ...parameter.choices.map(box),
        ...(parameter.name === 'runtime' ? missingRuntimes(catalog).map(missing) : []),
        ...hintAndError(field),
    );
    return group;
}

// One that is configured and cannot be used, or not yet.
function missing({runtime, status, reason}) {
    return el(
        'label',
        {class: 'check'},
        el('input', {type: 'checkbox', name: 'missing-runtime', value: runtime, disabled: true}),
        el('span', {}, el('b', {}, runtime), el('small', {}, sentence([status, reason].filter(Boolean).join(': ')))),
    );
}

// The same line for all parameters, made of what the catalog says, so that a parameter that is added to an
// experiment explains itself here.
//
// Help, range and default in one line: "Timed repetitions of each cell. 1 to 1000; default 7."
function hintText({chosen, experiment, parameter, isOpen}) {
    const own = ownOf(chosen, experiment, parameter);
    const facts = own.map((one) => factsOf(experiment, one.parameter));
    const isOne = new Set(facts).size <= 1;
    const said = isOne
        ? (facts[0] ?? factsOf(experiment, parameter))
        : own.map(({runtime}, i) => `${runtime}: ${facts[i]}`).join('. ');

    // What the choices of an experiment's own parameter do is often the answer.
    const help = isOpen && parameter.type === 'choice' ? '' : labelOf(parameter).rest;

    return [help, said, ofWhich(chosen, experiment, parameter, own)]
        .filter(Boolean)
        .map(sentence)
        .join(' ');
}

// Which runtimes have a parameter of the experiment, where not all that are chosen do.
function ofWhich(chosen, experiment, parameter, own) {
    const isOwn = experiment.parameters.some(({name}) => name === parameter.name) && chosen.every(({experiments}) => experiments);

    if (!isOwn || own.length === chosen.length) return '';
    return own.length === 0
        ? `not in ${chosen.map(({runtime}) => runtime).join(', ')}`
        : `only in ${own.map(({runtime}) => runtime).join(', ')}`;
}

// "1 to 1000; default 7"
function factsOf(experiment, parameter) {
    const {min, max} = parameter;
    const facts = [];

    if (parameter.type === 'integer' && parameter.name === 'tasks' && experiment.max_tasks)
        facts.push(tasksRange(min, experiment.max_tasks));
    else if (min !== undefined && max !== undefined)
        facts.push(Number.isSafeInteger(max) ? `${typed(min)} to ${typed(max)}` : `at least ${typed(min)}`);
    if (parameter.list && parameter.type === 'integer') facts.push('several with commas');
    if (parameter.sized && parameter.default !== null) facts.push(`default here ${typed(parameter.default)}`);
    else if (defaultText(parameter) !== '')
        facts.push(`default ${defaultText(parameter).split(',').map(typed).join(', ')}`);
    return facts.join('; ');
}

// "1 to 256", or where modes differ "1 to 10_000 (processes 4000)".
function tasksRange(min, maxTasks) {
    const most = Math.max(...Object.values(maxTasks));
    const fewer = Object.entries(maxTasks)
        .filter(([, max]) => max < most)
        .map(([mode, max]) => `${mode} ${typed(max)}`);

    return `${typed(min ?? 1)} to ${typed(most)}${fewer.length > 0 ? ` (${fewer.join(', ')})` : ''}`;
}
