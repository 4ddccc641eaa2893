// How a run goes, in words and as a bar: its place in the queue, then the repetitions.
import {el} from './dom.js';
import {count, sentence} from './format.js';

// An estimate is not worth more digits: "about 20 s", "about 3 min".
export function about(ns) {
    const seconds = ns / 1e9;

    if (seconds < 1) return 'less than a second';
    return seconds < 100 ? `about ${Math.round(seconds)} s` : `about ${Math.round(seconds / 60)} min`;
}

// 1st, 2nd, 3rd, 4th, 11th, 22nd
export function ordinal(n) {
    const suffix = {one: 'st', two: 'nd', few: 'rd', other: 'th'};

    return `${count(n)}${suffix[new Intl.PluralRules('en', {type: 'ordinal'}).select(n)]}`;
}

// "Repetition 7 of 24 (3 of them warm-ups), about 3 s left"
function sampleText({done, of, remaining_ns: remaining}, isOpenEnded, warmups) {
    if (done < of)
        return `Repetition ${count(done)} of ${isOpenEnded ? 'about ' : ''}${count(of)}${warmupText(warmups)}, ${about(remaining)} left`;
    return isOpenEnded
        ? `${count(done)} repetitions are done; more follow until the ratios are as precise as asked`
        : `All ${count(of)} repetitions are done; the result follows`;
}

// The form asks for timed repetitions alone; without a word on the others the sum seems wrong.
function warmupText(warmups) {
    return warmups > 0 ? ` (${count(warmups)} of them ${warmups === 1 ? 'a warm-up' : 'warm-ups'})` : '';
}

// Events come several times a second. Only the words and the bar follow them; a screen reader is told of the
// beginning and the end alone (actions.js).
//
// What an event says; null if it is nothing for a person. A run with a precision is open-ended: how many
// repetitions it takes is a guess that changes with each of them, and none is the last until the result is
// there. warmups of the repetitions are untimed.
export function progressText(name, data, isOpenEnded = false, warmups = 0) {
    switch (name) {
        case 'queued': {
            const place =
                data.of > 1
                    ? `${ordinal(data.position)} of ${count(data.of)} in the queue`
                    : 'Next in the queue';

            return data.estimated_wait_ns > 0 ? `${place}, ${about(data.estimated_wait_ns)}` : place;
        }
        case 'started':
            return `${isOpenEnded ? 'At least ' : ''}${count(data.of)} repetitions${warmupText(warmups)}, ${about(data.estimate_ns)}`;
        case 'sample':
            return sampleText(data, isOpenEnded, warmups);
        case 'lost':
            return 'The server cannot be reached; trying again. Is it running?';
        case 'found':
            return 'Connected again';
        default:
            return null;
    }
}

// {bar, words} are the nodes, and beside says the same where the result will be; a screen reader needs it only
// once. show(name, data) takes an event, openEnded() says that the run goes on until it is precise, warmups(n)
// how many of its repetitions are untimed, clear() takes them away.
export function makeProgress() {
    const bar = el('progress', {'aria-label': 'Repetitions', hidden: true});
    const words = el('span', {class: 'progress-words'});
    const beside = el('p', {id: 'under-way', 'aria-hidden': 'true', hidden: true});
    let isOpenEnded = false;
    let nWarmups = 0;

    return {
        bar,
        words,
        beside,
        show(name, data) {
            // An event that is nothing for a person leaves the last words where they are.
            const text = progressText(name, data, isOpenEnded, nWarmups);

            if (text === null) return;
            words.textContent = text;
            beside.textContent = `On its way: ${sentence(text)}`;
            beside.hidden = false;
            if (!data.of || name === 'queued') return;
            bar.hidden = false;
            bar.max = data.of;
            bar.value = data.done ?? 0;
        },
        openEnded() {
            isOpenEnded = true;
        },
        warmups(n) {
            nWarmups = n;
        },
        clear() {
            isOpenEnded = false;
            nWarmups = 0;
            beside.hidden = true;
            bar.hidden = true;
            words.textContent = '';
        },
    };
}
