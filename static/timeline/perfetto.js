// A run's trace outside this page: as a file, and in Perfetto, a program in another page that shows traces.
//
// Perfetto is opened only when its button is pressed, and is the only thing on this page that is of another server. It
// takes a trace by a message: it is asked whether it is there until it answers, as it may load for a while, and then
// is handed the bytes. They go from window to window within this browser.
import {hasToken} from '../core/api.js';
import {el} from '../core/dom.js';
import {sentence} from '../core/format.js';
import {saveAnswer} from '../core/save.js';

const PERFETTO = 'https://ui.perfetto.dev';
const ASK_MS = 50;
const PATIENCE_MS = 60000;

// Resolves when the other window says that it is there.
function untilThere(other) {
    return new Promise((resolve, reject) => {
        const start = performance.now();
        const end = (how, value) => {
            clearInterval(timer);
            removeEventListener('message', hear);
            how(value);
        };
        const hear = ({source, origin, data}) => {
            if (source === other && origin === PERFETTO && data === 'PONG') end(resolve);
        };
        const timer = setInterval(() => {
            if (other.closed) end(reject, new Error('Its window was closed.'));
            else if (performance.now() - start > PATIENCE_MS)
                end(reject, new Error('Perfetto does not answer.'));
            else other.postMessage('PING', PERFETTO);
        }, ASK_MS);

        addEventListener('message', hear);
    });
}

// load() returns a promise of the bytes. The window is opened at once: a browser allows it to a click alone.
async function openPerfetto({title, name, load, say}) {
    const other = open(PERFETTO);

    if (!other) {
        say('The browser did not open a window: allow pop-ups for this page, or download the file.');
        return;
    }
    say('Opening Perfetto …');
    const [buffer] = await Promise.all([load(), untilThere(other)]);

    other.postMessage({perfetto: {buffer, title, fileName: name}}, PERFETTO);
    say('Perfetto has the timeline.');
}

// The two ways out of here, with what each means. of: which run it is, where there are two. load() returns a promise of
// the bytes of the trace.
export function traceExits({id, title, of, load}) {
    const name = `gilscope-${id}.json`;
    const path = `runs/${id}/trace`;
    const said = el('span', {class: 'exits-said', role: 'status'});
    const say = (text) => {
        said.textContent = text;
    };
    const fail = (error) => say(sentence(error.message));
    // A link cannot carry a token; without one the browser saves the file by itself.
    const download = (event) => {
        if (!hasToken()) return;
        event.preventDefault();
        saveAnswer(path, name).catch(fail);
    };
    const show = () => openPerfetto({title, name, load, say}).catch(fail);

    return el(
        'div',
        {class: 'exits'},
        el(
            'p',
            {},
            el('a', {href: path, download: name, on: {click: download}}, of ? `Download the trace of ${of}` : 'Download the trace'),
            ', all cells of the run in one file, which Perfetto and Chrome’s tracing page read.',
        ),
        el(
            'p',
            {},
            el('button', {type: 'button', on: {click: show}}, of ? `Open ${of} in Perfetto` : 'Open in Perfetto'),
            ' leaves this server: it opens ui.perfetto.dev on the Internet in a new window, and hands it the trace of this run.',
        ),
        said,
    );
}
