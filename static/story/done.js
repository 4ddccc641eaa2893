// Which steps are done, and by which runs: {step: {run, real}}. It is kept as long as the tab is open, so that going
// back to a step shows what came out of it.
const KEY = 'gilscope-story';

function read() {
    try {
        return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    } catch {
        return {}; // storage is switched off, or holds something else
    }
}

const done = read();

export function doneWith(step) {
    return done[step] ?? null;
}

// The run of a step that goes on, {run}. It is not kept: after a reload the address of a step has its own.
const going = new Map();

export function goingOn(step) {
    return going.get(step) ?? null;
}

// null: none goes on any more.
export function setGoing(step, runs) {
    going.set(step, runs);
}

export function isDone(step) {
    return step in done;
}

// null forgets the step.
export function setDone(step, runs) {
    if (runs) done[step] = runs;
    else delete done[step];
    try {
        sessionStorage.setItem(KEY, JSON.stringify(done));
    } catch {
        // As above: then it is known until a reload.
    }
}
