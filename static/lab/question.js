// What the person expects, asked before the run: a question with its choices, mostly the experiment's own. Until it is
// answered or skipped, the form says nothing that would give the answer away; once it is sent with a run it is locked,
// so that nobody expects afterwards what came out.
import {questionOf} from '../core/catalog.js';
import {el} from '../core/dom.js';

const UNANSWERED = {choice: null, isSkipped: false, isSent: false};

// changed() is called when the form may say more, or less, than before. Returns {node(id), isOpen(id), values(id),
// sent(id), askAgain(id)}, each of the question of that id.
export function makeQuestions({catalog, changed}) {
    const states = new Map(); // by the id of the question: {choice, isSkipped, isSent}

    const stateOf = (id) => {
        if (!states.has(id)) states.set(id, {...UNANSWERED});
        return states.get(id);
    };
    const set = (id, change) => {
        Object.assign(stateOf(id), change);
        changed();
    };
    const isOpen = (id) => {
        const {choice, isSkipped} = stateOf(id);

        return questionOf(catalog, id) !== undefined && choice === null && !isSkipped;
    };

    function radio(id, {id: value, text}) {
        const {choice, isSent} = stateOf(id);

        return el(
            'label',
            {class: 'check'},
            el('input', {
                type: 'radio',
                name: 'prediction',
                value,
                checked: choice === value,
                disabled: isSent,
                on: {change: () => set(id, {choice: value, isSkipped: false})},
            }),
            el('span', {}, text),
        );
    }

    // What can be done with it at this moment, in a line below the choices.
    function below(id) {
        const {isSkipped, isSent, choice} = stateOf(id);
        const link = (text, change) =>
            el('button', {type: 'button', class: 'link', on: {click: () => set(id, change)}}, text);

        if (isSent) {
            return [
                choice === null ? 'It was not answered before this run. ' : 'Sent with the run, and locked. ',
                link('Ask me again', UNANSWERED),
            ];
        }
        if (isSkipped) return 'Skipped; an answer can still be given before the run.';
        return choice === null
            ? ['What the choices below mean is shown when you have answered. ', link('Skip', {isSkipped: true})]
            : 'It is sent with the run, and can be changed until then.';
    }

    return {
        isOpen,
        // The nodes of the question, or null where there is none.
        node(id) {
            const question = questionOf(catalog, id);

            return (
                question &&
                el(
                    'fieldset',
                    {class: 'question', id: 'question', 'aria-describedby': 'hint-question'},
                    el('legend', {}, `What do you expect? ${question.text}`),
                    question.choices.map((choice) => radio(id, choice)),
                    el('p', {class: 'hint', id: 'hint-question'}, below(id)),
                )
            );
        },
        // What goes with a request; nothing where it was sent already.
        values(id) {
            const {choice, isSent} = stateOf(id);

            if (choice === null || isSent) return {};
            return {prediction: choice, ...(id !== questionOf(catalog, id).experiment && {question: id})};
        },
        // A run that answers it is on its way, or what came of one is on the page.
        sent: (id) => questionOf(catalog, id) && set(id, {isSkipped: true, isSent: true}),
        // The next run of the same question is asked for, by a class say.
        askAgain: (id) => stateOf(id).isSent && set(id, UNANSWERED),
    };
}
