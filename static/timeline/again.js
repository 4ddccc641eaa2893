// A run that keeps no timeline, and the offer to run the same with one.
import {changedValues, stateOf} from '../core/address.js';
import {experimentOf} from '../core/catalog.js';
import {el} from '../core/dom.js';
import {bookRun, cancelRun} from '../core/follow.js';
import {sentence} from '../core/format.js';
import {progressText} from '../core/progress.js';

// The progress of a run that is waited for, with a button that ends it where it is ours. Returns {node, tell}.
export function waiting(run) {
    const words = el('span', {role: 'status'}, 'Waiting for this run.');
    const cancel = () =>
        cancelRun(run.id).catch((error) => {
            words.textContent = sentence(error.message);
        });
    const tell = (name, data) => {
        words.textContent = progressText(name, data) ?? words.textContent;
    };

    return {
        node: el(
            'p',
            {class: 'note buttons'},
            words,
            ' ',
            el('button', {type: 'button', on: {click: cancel}}, 'Cancel'),
        ),
        tell,
    };
}

// Books the same run with a timeline and calls done(run) at once: from then on it is in the address, and is waited for
// there. fail(error) hears what went wrong.
async function runAgain(catalog, run, {signal, done, fail}) {
    try {
        done(await bookRun(run.experiment, {...changedValues(catalog, stateOf(catalog, run)), timeline: 'on'}));
    } catch (error) {
        if (!signal.aborted) fail(error);
    }
}

// why is a clause, such as "its cells were not recorded". Returns a node.
export function offerAgain(catalog, run, {why, signal, done, fail}) {
    const place = el('div', {class: 'note'});
    const again = () => runAgain(catalog, run, {signal, done, fail});

    place.append(
        el('p', {}, sentence(why)),
        experimentOf(catalog, run.experiment)
            ? el(
                  'p',
                  {},
                  el(
                      'button',
                      {type: 'button', class: 'main', on: {click: again}},
                      'Run the same with a timeline',
                  ),
                  ' takes one repetition of each cell longer.',
              )
            : el('p', {}, `This server has no experiment called ${run.experiment} to run it again.`),
    );
    return place;
}
