// Which runs are listed. What the fields hold stands in the address, #runs?experiment=countdown&status=done, so that a
// reload or a link lists the same.
import {el} from '../core/dom.js';

const STATUSES = ['queued', 'running', 'done', 'failed', 'cancelled', 'timeout'];
const NAMES = ['experiment', 'status', 'label'];

function choice(label, name, values) {
    return el(
        'label',
        {},
        label,
        el(
            'select',
            {name},
            el('option', {value: ''}, 'all'),
            values.map((value) => el('option', {value}, value)),
        ),
    );
}

// A link may name an experiment that is not here any more. The field shows it all the same, or the list would be
// filtered by something that nobody sees.
function fill(field, value) {
    const isMissing = field.options && ![...field.options].some((option) => option.value === value);

    if (isMissing) field.append(el('option', {value}, value));
    field.value = value;
}

// changed() is called when the fields ask for other runs. Returns {node, given(), read(hash), address()}: given() are
// the parameters of GET /runs that are filled in, read() fills the fields from an address, address() is theirs.
export function makeFilters(catalog, changed) {
    const clear = el('button', {type: 'button', on: {click: clearAll}}, 'Show all');
    const form = el(
        'form',
        {class: 'filters', 'aria-label': 'Which runs', autocomplete: 'off', on: {submit, change: changed}},
        choice(
            'Experiment',
            'experiment',
            catalog.experiments.map(({name}) => name),
        ),
        choice('Status', 'status', STATUSES),
        el('label', {}, 'Label', el('input', {type: 'text', name: 'label', maxlength: 100})),
        el('div', {class: 'buttons'}, el('button', {type: 'submit'}, 'Read again'), clear),
    );

    function submit(event) {
        event.preventDefault();
        changed();
    }

    function clearAll() {
        for (const name of NAMES) form.elements[name].value = '';
        changed();
        form.elements[NAMES[0]].focus();
    }

    // Fields that are empty are left out: label= would ask for runs with an empty label.
    function given() {
        const values = NAMES.map((name) => [name, form.elements[name].value.trim()]).filter(([, value]) => value);

        clear.hidden = values.length === 0;
        return values;
    }

    return {
        node: form,
        given,
        read(hash) {
            const asked = new URLSearchParams(/^#runs\?(.*)$/.exec(hash)?.[1] ?? '');

            for (const name of NAMES) fill(form.elements[name], asked.get(name) ?? '');
        },
        address() {
            const query = new URLSearchParams(given()).toString();

            return query ? `#runs?${query}` : '#runs';
        },
    };
}
