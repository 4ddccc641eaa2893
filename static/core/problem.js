// A problem in a visible box, in the server's words. What is wrong with a field of the form stands at the field
// alone; the box says how many there are, and leads there.
import {el} from './dom.js';
import {field, fieldTitle, plural, sentence, typed} from './format.js';

const SHOWN_APART = ['type', 'title', 'status', 'detail', 'errors', 'instance', 'retry_after_s', 'did_you_mean'];

// problem is an RFC 9457 object. Where there is a form, hasField(name) says whether it has that field, and goTo(name) goes
// there. The box gets the focus, so that it is read out and scrolled to.
export function showProblem(box, problem, {hasField = () => false, goTo} = {}) {
    const errors = problem.errors ?? [];
    const names = [...new Set(errors.map(({param}) => param).filter(hasField))];
    const others = errors.filter(({param}) => !hasField(param));
    const panel = el(
        'div',
        {class: 'problem', role: 'alert', tabindex: -1},
        el('h2', {}, titleText(problem)),
        errors.length === 0 && problem.detail && el('p', {}, sentence(problem.detail)),
        names.length > 0 && el('p', {}, `${plural(names.length, 'field')} to mend: `, links(names, goTo)),
        others.length > 0 &&
            el(
                'ul',
                {},
                others.map((error) =>
                    el('li', {}, el('b', {}, error.param || '(no name)'), ` ${errorText(error)}`),
                ),
            ),
        problem.retry_after_s && el('p', {}, `Try again in ${problem.retry_after_s} s.`),
        extras(problem),
    );

    box.replaceChildren(panel);
    panel.focus();
}

function titleText({title = 'The server refused', status}) {
    return status && !title.startsWith(status) ? `${title} (${status})` : title;
}

function links(names, goTo) {
    const link = (name) => el('button', {type: 'button', class: 'link', on: {click: () => goTo(name)}}, name);

    return names.flatMap((name, i) => [i > 0 && ', ', link(name)]);
}

// Choices stand in the reason, and a range that it names is not said twice.
export function rangeText({reason, min, max}) {
    const hasRange = min !== undefined && max !== undefined && !reason.includes(String(max));

    return hasRange ? `; allowed: ${typed(min)} to ${typed(max)}` : '';
}

// "(given 0): must be from 1 to 256"
function errorText(error) {
    const {got, reason} = error;
    const text = typeof got === 'string' ? got || 'nothing' : JSON.stringify(got);
    const given = got === null || got === undefined ? '' : `(given ${text})`;

    return sentence(`${given}: ${reason}${rangeText(error)}`);
}

// Whatever else the problem names, such as the estimate of a run that would take too long.
function extras(problem) {
    const rest = Object.entries(problem).filter(([name]) => !SHOWN_APART.includes(name));
    const lines = rest.map(([name, value]) => `${fieldTitle(name)}: ${field(name, value)}`);

    return lines.length > 0 && el('p', {class: 'hint'}, lines.join('; '));
}

// Sentences that are no error, such as a parameter of an old link that this server does not have.
export function showNotes(box, notes) {
    const lines = notes.map((note) => el('p', {}, note));

    box.replaceChildren(...(lines.length > 0 ? [el('div', {class: 'note', role: 'status'}, lines)] : []));
}
