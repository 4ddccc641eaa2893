// A problem in a visible box, in the server's words. Each bad parameter is a button that leads to its field.
import {el} from './dom.js';
import {field, fieldTitle, sentence, typed} from './format.js';

const SHOWN_APART = ['type', 'title', 'status', 'detail', 'errors', 'instance', 'retry_after_s', 'did_you_mean'];

// problem is an RFC 9457 object; hasField(name) says whether the form has that field, goTo(name) goes there.
// The box gets the focus, so that it is read out and scrolled to.
export function showProblem(box, problem, {hasField, goTo}) {
    const errors = problem.errors ?? [];
    const panel = el(
        'div',
        {class: 'problem', role: 'alert', tabindex: -1},
        el('h2', {}, titleText(problem)),
        errors.length === 0 && problem.detail && el('p', {}, sentence(problem.detail)),
        errors.length > 0 &&
            el(
                'ul',
                {},
                errors.map((error) =>
                    el('li', {}, nameNode(error.param, hasField, goTo), ` ${errorText(error)}`),
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

function nameNode(name, hasField, goTo) {
    return hasField(name)
        ? el('button', {type: 'button', class: 'link', on: {click: () => goTo(name)}}, name)
        : el('b', {}, name || '(no name)');
}

// "(given 0): must be from 1 to 256"; choices stand in the reason, and a range that it names is not said twice.
function errorText({got, reason, min, max}) {
    const text = typeof got === 'string' ? got || 'nothing' : JSON.stringify(got);
    const given = got === null || got === undefined ? '' : `(given ${text})`;
    const hasRange = min !== undefined && max !== undefined && !reason.includes(String(max));
    const range = hasRange ? ` Allowed: ${typed(min)} to ${typed(max)}.` : '';

    return `${given}: ${reason.replace(/[.?]$/, '')}${reason.endsWith('?') ? '?' : '.'}${range}`;
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
