// An event stream by fetch(), which unlike EventSource can carry a token and tells why it was refused. A
// connection that breaks is made again, from behind the last event, after pauses that grow.
import {heard, missed, whenThere} from './alive.js';
import {ask, Refused, refusal} from './api.js';

// Half a minute in all. While the server is away they do not count.
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 16000];

// "id: 3\nevent: sample\ndata: {…}" as {id, name, data}; a comment has no data.
function parseEvent(text) {
    const fields = {};

    for (const line of text.split('\n')) {
        const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];

        if (name) fields[name] = value;
    }
    return {id: fields.id, name: fields.event, data: fields.data && JSON.parse(fields.data)};
}

// Events end in an empty line, but pieces of the body end anywhere, also within a character; so the last piece
// waits for what follows it.
async function* parseStream(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';

    try {
        for (;;) {
            const {done, value} = await reader.read();

            if (done) return;
            const texts = (rest + value).split('\n\n');

            rest = texts.pop();
            yield* texts.map(parseEvent).filter((event) => event.data);
        }
    } finally {
        // A reader that stops early must close the connection, as a browser has few to one host.
        reader.cancel().catch(() => {});
    }
}

// Ends early if the signal does, so that a page which gives up does not come back half a minute later.
export function pause(ms, signal) {
    return new Promise((resolve, reject) => {
        const stop = () => {
            clearTimeout(timer);
            reject(signal.reason);
        };
        const timer = setTimeout(() => {
            signal.removeEventListener('abort', stop);
            resolve();
        }, ms);

        signal.addEventListener('abort', stop, {once: true});
    });
}

// The stream, or null if nothing is left of it (204). A server that has trouble (5xx) is asked again, as it
// may be starting, and so is one that has no place for one more at this address (429), as somebody will leave; any other
// refusal would be the same next time, and is thrown as Refused.
async function connect(path, last, signal, isQuiet) {
    const answer = await ask(path, {
        signal,
        isQuiet,
        headers: {Accept: 'text/event-stream', ...(last && {'Last-Event-ID': last})},
    });

    if (answer.status === 204) return null;
    if (answer.ok) return answer.body;
    const refused = await refusal(answer);

    throw answer.status < 500 && answer.status !== 429 ? refused : new Error(refused.message);
}

// A classroom's network drops connections, and a laptop that is closed drops them all. The server numbers its
// events and keeps them, so the stream is asked for again from behind the last one that came: no repetition is
// counted twice and the end is not missed. Pauses grow, or thirty pages would come back to a restarted server
// in the same second; and they begin anew with each event, since a stream that says something works.
//
// Yields the events of a path until nothing is left, from behind the one that is numbered after. connected(isSo) is
// told what becomes of the connection. Throws Refused if the server will not, or cannot be reached again; isQuiet: also
// for want of a token, for which the person is not asked then.
export async function* readEvents(path, {signal, connected = () => {}, after = null, isQuiet = false}) {
    let last = after;
    let tries = 0;

    for (;;) {
        let why = 'the connection was closed';

        try {
            const body = await connect(path, last, signal, isQuiet);

            if (!body) return;
            connected(true);
            for await (const event of parseStream(body)) {
                heard();
                tries = 0;
                last = event.id ?? last;
                yield event;
            }
        } catch (error) {
            if (signal.aborted || error instanceof Refused) throw error;
            why = error.message;
        }
        connected(false);
        missed();
        if (tries === PAUSES_MS.length)
            throw new Refused({
                title: 'Connection lost',
                detail: `After ${tries} more attempts the server still could not be reached: ${why}.`,
            });
        await pause(PAUSES_MS[tries++], signal);
        if (await whenThere()) tries = 0;
    }
}
