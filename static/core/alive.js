// Whether the server is there. When an answer stays out, this asks by itself; and now and then when nothing has been
// heard for a while, so that a page that only stands there knows too. While the server is away a banner says so, and
// it goes when the server is back.
//
// Whoever talks to the server tells what came: heard() for any answer, missed() for none. Whoever waits for it asks
// whenThere(). Requests are made by fetch() and not by api.js, which is one of those that tell.
import {byId, el} from './dom.js';

const QUIET_MS = 20000; // without a word, until it is asked
const RETRY_MS = 1000; // while it is away; up to twice that, or all pages of a room would come back in one moment
const ANSWER_MS = 5000; // a server that takes longer is as good as away

let lastHeard = performance.now();
let isAway = false;
let asking = null; // the one question that is on its way
let waiting = []; // those who want to know that it is back

function banner() {
    return el(
        'div',
        {class: 'problem'},
        el('p', {}, el('b', {}, 'The server does not answer. Is it running?')),
        el(
            'p',
            {},
            'Whoever runs it starts it with ',
            el('code', {}, 'scripts/run.sh'),
            ' in the folder of gilscope. What is on this page stays, and it goes on by itself as soon as the server is back.',
        ),
    );
}

export function heard() {
    lastHeard = performance.now();
    if (!isAway) return;
    isAway = false;
    byId('alive').replaceChildren();
    const told = waiting;

    waiting = [];
    told.forEach((tell) => tell());
}

// A proxy answers for a server that is away, with an error of its own.
async function isThere() {
    try {
        const answer = await fetch('healthz', {cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS)});

        return answer.status < 500;
    } catch {
        return false;
    }
}

async function look() {
    if (await isThere()) {
        heard();
        return true;
    }
    if (!isAway) byId('alive').replaceChildren(banner());
    isAway = true;
    setTimeout(missed, RETRY_MS * (1 + Math.random()));
    return false;
}

// One request may fail while the server is there, so it is asked before anything is said. Returns a promise of
// whether it is there.
export function missed() {
    asking ??= look().finally(() => {
        asking = null;
    });
    return asking;
}

// Resolves when the server is there: at once, or when it is back. True if it was away.
export function whenThere() {
    return isAway ? new Promise((resolve) => waiting.push(() => resolve(true))) : Promise.resolve(false);
}

// To be called once.
export function watchServer() {
    setInterval(() => {
        if (!document.hidden && !isAway && performance.now() - lastHeard > QUIET_MS) missed();
    }, QUIET_MS / 4);
}
