// The question of a step, with its answers to choose from. The choice is locked when the run is asked for.
import {el} from '../core/dom.js';

// Returns {node, value(), lock(isLocked), choose(id), ask(), focus()}: ask() says that a choice is missing, and leads
// there.
export function makePrediction(question) {
    const missing = el('p', {class: 'error', id: 'choose-first', hidden: true}, 'First choose what you expect.');
    const boxes = question.choices.map(({id}) =>
        el('input', {
            type: 'radio',
            name: 'prediction',
            value: id,
            on: {
                change() {
                    missing.hidden = true;
                },
            },
        }),
    );
    const node = el(
        'fieldset',
        {class: 'prediction', 'aria-describedby': 'choose-first'},
        el('legend', {}, question.text),
        el('p', {class: 'hint'}, 'What do you expect?'),
        question.choices.map(({text}, i) => el('label', {class: 'check'}, boxes[i], el('span', {}, text))),
        missing,
    );

    return {
        node,
        value: () => boxes.find((box) => box.checked)?.value ?? null,
        // A disabled field cannot be read with the keyboard, so what was not chosen is locked and the choice stays.
        lock(isLocked) {
            node.classList.toggle('locked', isLocked);
            for (const box of boxes) box.disabled = isLocked && !box.checked;
        },
        choose(id) {
            for (const box of boxes) box.checked = box.value === id;
        },
        focus: () => boxes[0].focus(),
        ask() {
            missing.hidden = false;
            boxes[0].focus();
        },
    };
}
