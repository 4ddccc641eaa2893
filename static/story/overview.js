// The list of all steps, and how many of them are done.
import {el} from '../core/dom.js';
import {storyPath} from './address.js';
import {doneWith, isDone} from './done.js';
import {isPresenting} from '../core/present.js';
import {whyNotHere} from './host.js';

// Returns {node, show(current)}.
export function makeOverview(steps, host) {
    const list = el('ol');
    const summary = el('summary');
    const bar = el('progress', {max: steps.length, 'aria-label': 'Steps done'});
    const fold = el('details', {}, summary, list);
    const node = el('nav', {class: 'overview box', 'aria-label': 'Steps of the story'}, bar, fold);
    const wide = matchMedia('(min-width: 60rem)');
    const unfold = () => {
        fold.open = wide.matches && !isPresenting();
    };

    unfold();
    wide.addEventListener('change', unfold);
    return {
        node,
        close: () => wide.removeEventListener('change', unfold),
        show(current) {
            const done = steps.filter(({id}) => isDone(id)).length;
            const at = steps.findIndex(({id}) => id === current) + 1;

            summary.textContent = `Step ${at} of ${steps.length}, ${done} done`;
            summary.setAttribute('aria-label', `${summary.textContent}: all steps`);
            bar.value = done;
            list.replaceChildren(
                ...steps.map((step) =>
                    el(
                        'li',
                        {class: isDone(step.id) && 'done'},
                        el(
                            'a',
                            {
                                href: storyPath(step.id, doneWith(step.id) ?? {}),
                                'aria-current': step.id === current && 'step',
                            },
                            step.title,
                        ),
                        isDone(step.id) && el('span', {class: 'mark-done'}, '\u00a0✓', el('span', {class: 'unseen'}, ' done')),
                        whyNotHere(step, host) && el('small', {}, ' not on this machine'),
                    ),
                ),
            );
        },
    };
}
