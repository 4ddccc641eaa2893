// What the instructor makes everybody's next: a step of the story, an experiment as it stands, or a form of the lab by
// its address, with the title that everybody reads. The question is that of the step, or one about the experiment.
import {changedValues, readAddress} from '../core/address.js';
import {el} from '../core/dom.js';
import {loadSteps} from './steps.js';

const OTHER = 'other'; // of the list: a form by its address
const LAB = /#(?:lab|run)\/[^\s]+/;

// What an address asks for, as POST /class takes it; {problem} if it cannot be that of a form.
function formOf(catalog, text) {
    const hash = LAB.exec(text)?.[0];

    if (!hash) return {problem: 'This is no address of a form. Open the lab, fill in its form, and copy the address of the page from there.'};
    const {state, notes} = readAddress(catalog, hash);

    if (notes.length > 0) return {problem: notes.join(' ')};
    const {label, ...request} = changedValues(catalog, state);

    return {next: {experiment: state.experiment, request, ...(state.question && {question: state.question})}};
}

// "countdown: tasks 4, lock gil,none"
function titleOf({experiment, request}) {
    const values = Object.entries(request).map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`);

    return [experiment, values.join(', ')].filter(Boolean).join(': ');
}

function field(id, label, input, ...below) {
    return el('div', {class: 'field'}, el('label', {for: id}, label), input, ...below);
}

// Returns {node, ready(), take(address), following(step), mark(errors)}. send(next) is called with what POST /class
// takes; ready() fills the list, and returns a promise; take() then fills in the address of a form or a step; following()
// chooses the step behind one, and sends it; mark() shows what the server refuses of the form.
export function makeChooser(catalog, send) {
    const what = el('select', {id: 'next-what', on: {change: () => choose()}});
    const address = el('input', {type: 'text', id: 'next-address', spellcheck: 'false', 'aria-describedby': 'next-address-problem next-address-hint', on: {input: () => choose()}});
    const problem = el('p', {class: 'error', id: 'next-address-problem', role: 'status', hidden: true});
    const addressField = field(
        'next-address',
        'Address of the form',
        address,
        el('p', {class: 'hint', id: 'next-address-hint'}, 'In the lab the strip at the top has a button that brings it here.'),
        problem,
    );
    const question = el('select', {id: 'next-question'});
    const questionField = field('next-question', 'What everybody is asked before it', question);
    const title = el('input', {type: 'text', id: 'next-name', maxlength: 120});
    const submit = (event) => {
        event.preventDefault();
        const next = base();

        if (next) send({...asked(next), title: title.value.trim() || titleOf(next)});
        else address.focus();
    };
    const node = el(
        'form',
        {class: 'chooser', autocomplete: 'off', hidden: true, on: {submit}},
        field('next-what', 'What everybody does next', what),
        addressField,
        questionField,
        field('next-name', 'Title, as everybody reads it', title),
        el('button', {type: 'submit', class: 'main'}, 'Make it everybody’s next'),
    );
    let steps = [];

    function fillList() {
        const group = (label, options) => options.length > 0 && el('optgroup', {label}, options);

        what.replaceChildren(
            ...[
                group('Steps of the story', steps.map(({id, title: text}, i) => el('option', {value: `step ${id}`}, `${i + 1}. ${text}`))),
                group('An experiment as it stands', catalog.experiments.map(({name}) => el('option', {value: `lab ${name}`}, name))),
                el('option', {value: OTHER}, 'A form of the lab, by its address'),
            ].filter(Boolean),
        );
    }

    // What the list and the address say, without title; null if that is nothing.
    function base() {
        const [kind, name] = what.value.split(' ');
        const step = kind === 'step' && steps.find(({id}) => id === name);

        if (step) return step.next;
        if (kind === 'lab') return {experiment: name, request: {}};
        const {next, problem: wrong} = formOf(catalog, address.value);

        problem.hidden = !wrong || address.value === '';
        problem.textContent = wrong ?? '';
        return next ?? null;
    }

    // The same with the question that is chosen, where it is not the experiment's own.
    function asked(next) {
        const {step, experiment, request} = next;
        const other = question.value !== experiment && question.value;

        return step ? next : {experiment, request, ...(other && {question: other})};
    }

    // A step has its question, and of an experiment there may be several; its own comes first.
    function showQuestions(next) {
        const all = (catalog.questions ?? []).filter(({experiment}) => !next?.step && experiment === next?.experiment);
        const ids = all.map(({id}) => id).join();

        questionField.hidden = all.length < 2;
        if (question.dataset.ids !== ids) {
            question.dataset.ids = ids;
            question.replaceChildren(...all.map(({id, text}) => el('option', {value: id}, text)));
        }
        if (next?.question) question.value = next.question;
    }

    // Title and questions follow what is chosen.
    function choose() {
        const next = base();
        const step = steps.find(({id}) => `step ${id}` === what.value);

        showQuestions(next);
        addressField.hidden = what.value !== OTHER;
        title.value = next ? (step?.title ?? titleOf(next)) : '';
    }

    function take(text) {
        const named = steps.find(({id}) => text === `#story/${id}` || text.startsWith(`#story/${id}?`) || text.startsWith(`#story/${id}&`));
        const step = text === '#story' ? steps[0] : named;

        what.value = step ? `step ${step.id}` : OTHER;
        if (!step) address.value = text;
        choose();
        node.querySelector('button').focus();
    }

    function following(current) {
        const at = steps.findIndex(({id}) => id === current);
        const step = steps[at + 1];

        if (!step) return;
        what.value = `step ${step.id}`;
        choose();
        node.requestSubmit();
    }

    // What the server refuses of a form is said at its address. Returns the names that have their place here.
    function mark(errors) {
        const ofForm = what.value === OTHER ? errors.filter(({param}) => param?.startsWith('request')) : [];

        if (ofForm.length === 0) return [];
        problem.textContent = ofForm.map(({param, reason}) => `${param.replace('request.', '')}: ${reason}`).join('; ');
        problem.hidden = false;
        return ofForm.map(({param}) => param);
    }

    let loading = null;

    // The steps are fetched for the one who leads, and nobody else.
    function ready() {
        loading ??= loadSteps(catalog).then((loaded) => {
            steps = loaded;
            fillList();
            choose();
            node.hidden = false; // not before, or the list would take back what was chosen meanwhile
        });
        loading.catch(() => (loading = null));
        return loading;
    }

    return {node, ready, take, following, mark};
}
