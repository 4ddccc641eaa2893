// The state of the form and its two spellings: in the address of the page (#lab/countdown?tasks=2) and in a
// request (/run/countdown?tasks=2). Both name only the parameters that differ from their defaults. A run that
// there is has an address too (#runs/ID), and two that are compared (#compare/ID/ID).
//
// A state is {experiment: name, values: {parameter: text as typed}}, and where another question than the experiment's own
// is asked before the run, its id as question. That one is in the address of the form, and no part of what runs.
import {canonicalChoice, defaultText, experimentOf, formParameters, questionOf} from './catalog.js';

// An address that a person reads aloud in a classroom keeps its commas and colons, and a curl line is pasted
// into a shell between single quotes. A quote would end the shell's word in a curl line, so it is escaped too.
function escape(text) {
    return encodeURIComponent(text)
        .replaceAll('%2C', ',')
        .replaceAll('%3A', ':')
        .replaceAll('%2F', '/')
        .replace(/['()*!~]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());
}

// Blanks around a value or an item mean nothing, so two spellings of the same request have one address.
export function normalText(parameter, text) {
    return parameter.list
        ? text
              .split(',')
              .map((item) => item.trim())
              .join(',')
        : text.trim();
}

// The values to send: what was changed, in the order of the form. Defaults are left out, so that a link which
// is shared follows the defaults of the server that it is opened on, and stays short. An empty field means the
// default; a list of choices with nothing chosen does not, and stays in the curl line as the form has it.
export function changedValues(catalog, state) {
    const changed = {};

    for (const parameter of formParameters(catalog, experimentOf(catalog, state.experiment), state.values)) {
        const text = state.values[parameter.name];

        if (text === undefined) continue;
        const normal = normalText(parameter, text);

        if (normal === defaultText(parameter) || (normal === '' && parameter.type !== 'choice')) continue;
        changed[parameter.name] = normal;
    }
    return changed;
}

// The part that the page's address and the request's have in common: run/countdown?tasks=2.
export function path(experiment, values) {
    const query = Object.entries(values)
        .map(([name, text]) => `${escape(name)}=${escape(text)}`)
        .join('&');

    return `run/${escape(experiment)}${query ? '?' + query : ''}`;
}

// The form's own address: lab/countdown?tasks=2. Links of older versions begin with run/, and still work.
export function labPath(experiment, values, question) {
    const all = question && question !== experiment ? {...values, question} : values;

    return path(experiment, all).replace(/^run/, 'lab');
}

// A run's id is a ULID: 26 digits of Crockford's base 32, which has no I, L, O and U.
const ID = '[0-9A-HJKMNP-TV-Z]{26}';

// The runs that an address is about: {run: id}, {compare: [id, id]}, or null if it is about the form.
export function readRunAddress(hash) {
    const one = new RegExp(`^#runs/(${ID})$`).exec(hash);
    const two = new RegExp(`^#compare/(${ID})/(${ID})$`).exec(hash);

    if (one) return {run: one[1]};
    return two && {compare: [two[1], two[2]]};
}

// The state that asks for the same as a run. A label belongs to the person who typed it, so that of the form (own)
// stays. A size that the server chose is left out, so that it chooses anew for what the form becomes.
export function stateOf(catalog, {experiment, request}, own = {}) {
    const values = own.label ? {label: own.label} : {};

    for (const {name} of formParameters(catalog, experimentOf(catalog, experiment))) {
        const value = request[name];

        if (value === null || value === undefined || name === 'label') continue;
        if (!request.sized?.includes(name)) values[name] = String(value);
    }
    return {experiment, values};
}

// Reads an address against the catalog. A link may be years old, or come from a server with other runtimes:
// what is not there any more is left out and said, and the rest of the link works. Returns {state, notes}: a
// note is a sentence on something that the address asks for and this server does not have. An address of
// something else gives the first experiment.
export function readAddress(catalog, hash) {
    const match = /^#(?:lab|run)\/([^?]*)\??(.*)$/.exec(hash);
    const state = {experiment: catalog.experiments[0].name, values: {}};
    const notes = [];

    if (!match) return {state, notes};
    const name = safeDecode(match[1]);

    if (!experimentOf(catalog, name)) {
        notes.push(`There is no experiment called ${name} here.`);
        return {state, notes};
    }
    state.experiment = name;
    const given = new URLSearchParams(match[2]);
    const runtime = given.get('runtime') ?? undefined; // its choices may be others
    const parameters = formParameters(catalog, experimentOf(catalog, name), {runtime});

    for (const [key, text] of given) {
        const parameter = parameters.find((p) => p.name === key);

        if (key === 'question') adoptQuestion(catalog, text, state, notes);
        else if (parameter) adopt(parameter, text, state, notes);
        else notes.push(`${name} has no parameter called ${key}; it was left out.`);
    }
    return {state, notes};
}

function adoptQuestion(catalog, id, state, notes) {
    if (questionOf(catalog, id)?.experiment === state.experiment) state.question = id;
    else notes.push(`There is no question called ${id} about ${state.experiment}; it was left out.`);
}

// Takes a value of the address into the state. Choices that are not here are left out and noted, aliases
// become the names that the form has boxes for, and their order becomes that of the form. A value that is
// typed is taken as it is: the server judges it.
function adopt(parameter, text, state, notes) {
    if (parameter.type !== 'choice') {
        state.values[parameter.name] = text;
        return;
    }
    const asked = (parameter.list ? text.split(',') : [text]).map((item) => item.trim()).filter(Boolean);
    const known = asked.map((item) => canonicalChoice(parameter, item));

    asked
        .filter((_, i) => known[i] === null)
        .forEach((item) => notes.push(`${parameter.name} has no choice called ${item}; it was left out.`));
    if (known.some((item) => item !== null))
        state.values[parameter.name] = parameter.choices.filter((item) => known.includes(item)).join(',');
}

// A lone % is no reason for a page that does not open.
function safeDecode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

// The lists of choices in which nothing is ticked. Such a form asks for nothing, so it has no number of cells.
export function emptyLists(catalog, state) {
    return formParameters(catalog, experimentOf(catalog, state.experiment))
        .filter(({list, type, name}) => list && type === 'choice' && state.values[name] === '')
        .map(({name}) => name);
}
