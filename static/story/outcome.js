// Whether a prediction held, in words. The server has judged it; here its ids become the texts of the choices.
import {el} from '../core/dom.js';
import {sentence} from '../core/format.js';

const quoted = (question, id) => `“${question.choices.find((choice) => choice.id === id)?.text ?? id}”`;

export function outcomeNode(question, run, {isReal = false} = {}) {
    const {prediction, outcome, outcome_reason: reason, held} = run;
    const came = outcome ? quoted(question, outcome) : null;
    const said = prediction && quoted(question, prediction);

    // A real interpreter does not know all figures of a model, and nobody has predicted anything of it.
    if (isReal && !came) return null;

    if (!came && held === false)
        return el(
            'p',
            {class: 'outcome missed'},
            el('b', {}, '✗ It came out otherwise. '),
            `You expected: ${said}. Which other answer is right, this run cannot tell. `,
            reason && sentence(reason),
        );
    if (!came)
        return el(
            'p',
            {class: 'outcome'},
            el('b', {}, 'This run cannot decide between the answers. '),
            reason ? sentence(reason) : 'Its figures leave more than one answer open.',
            said && ` You expected: ${said}.`,
        );
    if (held === true)
        return el('p', {class: 'outcome held'}, el('b', {}, '✓ As you expected: '), `${came}.`);
    if (held === false)
        return el(
            'p',
            {class: 'outcome missed'},
            el('b', {}, `✗ It came out otherwise: `),
            `${came}. You expected: ${said}.`,
        );
    return el('p', {class: 'outcome'}, el('b', {}, isReal ? 'Here: ' : 'What came out: '), `${came}.`);
}
