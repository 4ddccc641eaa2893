// The row below the form: Run, Cancel, how large the run is, and how it goes. While a run is on its way the
// Run button stays where it is, so that the focus does, but does nothing.
import {el} from './dom.js';
import {makeProgress} from './progress.js';

export const JOINED = 'Somebody asked for the same: this is one run for both.';

// The running time in a node, in whole seconds, until it is stopped: each time it changes, the browser draws, perhaps
// with a CPU of those that are measured.
function startClock(node) {
    const start = performance.now();
    const show = () => {
        node.textContent = `${Math.round((performance.now() - start) / 1000)} s`;
    };
    const timer = setInterval(show, 1000);

    show();
    return () => {
        clearInterval(timer);
        node.textContent = '';
    };
}

// A screen reader hears of the beginning and the end only, and finds the rest when it looks.
const ALOUD = {
    queued: 'Waiting in the queue.',
    started: 'Running.',
    lost: 'The connection was lost.',
    found: 'Connected again.',
};

// Run is never disabled, only aria-disabled: a disabled button loses the focus. The text of the status is set
// only when it changes, because a screen reader would read the same words again.
//
// cancel() is called for a click on Cancel; name is what the Run button is called. Returns {node, beside, size,
// begin(), end(), say(text), joined(), openEnded(), warmups(n), tell(name, data)}: beside shows the progress once
// more, for the side of the result; size is the place for the size of the grid, tell() takes an event of the run.
export function makeActions(cancel, name = 'Run') {
    const runButton = el('button', {type: 'submit', class: 'main'}, name);
    const cancelButton = el('button', {type: 'button', hidden: true, on: {click: cancel}}, 'Cancel');
    const said = el('span', {role: 'status'});
    const clock = el('b', {class: 'clock', 'aria-hidden': 'true'});
    const size = el('span', {class: 'hint'});
    const progress = makeProgress();
    const shared = el('p', {class: 'hint', hidden: true}, JOINED);
    let stopClock = () => {};
    // Everything that differs between "a run is on its way" and "none is" changes here, so no part can be
    // left behind.
    const set = (isRunning) => {
        stopClock();
        stopClock = isRunning ? startClock(clock) : () => {};
        progress.clear();
        shared.hidden = true;
        size.hidden = isRunning;
        said.classList.toggle('unseen', isRunning);
        runButton.setAttribute('aria-disabled', String(isRunning));
        runButton.textContent = isRunning ? 'Running' : name;
        cancelButton.hidden = !isRunning;
        document.body.classList.toggle('running', isRunning);
    };
    const say = (text) => {
        if (said.textContent !== text) said.textContent = text;
    };

    return {
        node: el(
            'div',
            {class: 'actions'},
            el('div', {class: 'buttons'}, runButton, cancelButton, clock, size),
            el('p', {class: 'status'}, progress.words, said),
            progress.bar,
            shared,
        ),
        beside: progress.beside,
        size,
        say,
        // The old words go at once: a second run may end with the same ones, and then a screen reader would
        // be silent.
        begin() {
            set(true);
            say('');
        },
        end() {
            // A hidden button cannot have the focus, and a keyboard would begin again at the top of the page.
            if (document.activeElement === cancelButton) runButton.focus();
            set(false);
        },
        joined() {
            shared.hidden = false;
        },
        openEnded: progress.openEnded,
        warmups: progress.warmups,
        tell(name, data) {
            progress.show(name, data);
            if (name in ALOUD) say(ALOUD[name]);
        },
    };
}
