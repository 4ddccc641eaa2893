// What goes on in the room: the class that somebody leads, and the runs of everybody. All parts of the page read it
// here, by one connection. It is given back while nobody looks at the page, as a browser has few to one host, and
// thirty pages in the background count against those that the server has.
import {currentToken, onTokenChanged, Refused} from './api.js';
import {pause, readEvents} from './event-stream.js';
import {recallRuns} from './recall.js';

const TRY_AGAIN_MS = 15000; // after the half minute for which event-stream.js tries
const TOGETHER_MS = 50; // a hundred events may come at once, and are one change
const MOST_ROWS = 200;

const OFF = {on: false, revealed: false, next: null};
const rows = new Map(); // by the id of the run, in the order in which they were told
const watchers = new Set();
let room = OFF;
let line = []; // the ids of the runs that wait, in their order
let status = 'connecting'; // 'connected', 'lost', 'locked' (for want of a token), 'refused'
let abort = null;
let last = null; // the number of the last event
let timer = null;
let recalling = null; // a timer

// Watchers are told what it is when they come and whenever it has changed: {room, rows, status}, with the rows of the
// newest first. Returns a function that ends it.
export function watchRoom(changed) {
    watchers.add(changed);
    changed(now());
    return () => watchers.delete(changed);
}

// The line moves more often than a run is told.
function withPlace(row) {
    const at = line.indexOf(row.id);

    return at < 0 ? row : {...row, position: at + 1};
}

// In the order in which they were asked for, which ids have, so that no row moves while somebody reads it.
function now() {
    const sorted = [...rows.values()].sort((a, b) => (a.id < b.id ? 1 : -1));

    return {room, rows: sorted.map(withPlace), status};
}

function tell() {
    timer ??= setTimeout(() => {
        timer = null;
        const state = now();

        for (const changed of watchers) changed(state);
    }, TOGETHER_MS);
}

function become(text) {
    status = text;
    tell();
}

// After the board's own rows have come.
function takeClass(data) {
    room = data;
    clearTimeout(recalling);
    if (room.next?.experiment) recalling = setTimeout(() => recall(room.next), 4 * TOGETHER_MS);
}

// A run that the board has no more, or of which it would have told what is shown by now.
function isMissing(id) {
    const isShown = !room.on || room.revealed;
    const row = rows.get(id);

    return !row || (isShown && row.asks.some(({hidden}) => hidden));
}

// What cannot be recalled is missing as before; nobody has asked for it.
async function recall(next) {
    const runs = await recallRuns(next, isMissing).catch(() => []);

    if (room.next?.since !== next.since) return;
    for (const run of runs) if (isMissing(run.id)) rows.set(run.id, run);
    if (runs.length > 0) tell();
}

// A run is told again when it changes, and its new row takes the place of the old one.
function addRow(data) {
    rows.delete(data.id);
    rows.set(data.id, data);
    for (const id of [...rows.keys()].slice(0, -MOST_ROWS)) rows.delete(id);
}

// When what others predicted is revealed or hidden, the server tells all runs anew.
function take({id, name, data}) {
    last = id ?? last;
    if (name === 'class') takeClass(data);
    else if (name === 'cleared') rows.clear();
    else if (name === 'line') line = data.waiting;
    else addRow(data);
    tell();
}

// Without a server this goes on for ever: a class has a break, and pages are left open.
async function read() {
    const {signal} = (abort = new AbortController());
    const connected = (isSo) => become(isSo ? 'connected' : 'lost');

    for (;;)
        try {
            const events = readEvents('events', {signal, connected, after: last, isQuiet: true});

            for await (const event of events) take(event);
            await pause(TRY_AGAIN_MS, signal);
        } catch (error) {
            if (signal.aborted) return;
            if (!(error instanceof Refused)) throw error;
            if (error.problem.status) return become(error.problem.status === 401 ? 'locked' : 'refused');
            become('lost');
            await pause(TRY_AGAIN_MS, signal).catch(() => {});
            if (signal.aborted) return;
        }
}

// Beginning again is harmless: a row that is told twice is the same.
function readAnew() {
    last = null;
    abort?.abort();
    abort = null;
    update();
}

function update() {
    if (document.hidden === (abort === null)) return;
    if (document.hidden) {
        abort.abort();
        abort = null;
    } else {
        read();
    }
}

// To be called once. Another token may be the instructor's, who sees more.
export function startFeed() {
    let sent = currentToken();

    document.addEventListener('visibilitychange', update);
    onTokenChanged(() => {
        if (currentToken() === sent) return;
        sent = currentToken();
        readAnew();
    });
    update();
}
