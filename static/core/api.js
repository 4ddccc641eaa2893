// Every request of the page goes through here. It carries the token if the server wants one, and is repeated
// if it was refused for want of it. What fails is thrown as Refused, in the server's words.
import {heard, missed} from './alive.js';
import {keptInTab} from './kept.js';

// problem is an RFC 9457 object, or one made here in the same form where the server said nothing.
export class Refused extends Error {
    constructor(problem) {
        super(problem.detail ?? problem.title);
        this.problem = problem;
    }
}

let askForToken = async () => null;
let asking = null; // the answer of the person, for all requests that were refused meanwhile

// show(problem) asks the person and returns a promise of the token, or of null if there is none.
export function onTokenNeeded(show) {
    askForToken = show;
}

// The session ends with the tab, and the token with it.
const token = keptInTab('gilscope-token');
const tokenWatchers = new Set();

// null forgets it.
export function setToken(text) {
    token.set(text);
    for (const changed of tokenWatchers) changed();
}

// changed() is called whenever there is another token: what was refused for want of one may be asked again.
export function onTokenChanged(changed) {
    tokenWatchers.add(changed);
}

// A link cannot carry a token, so what offers a link asks this first (timeline/perfetto.js).
export function hasToken() {
    return token.get() !== null;
}

export function currentToken() {
    return token.get();
}

// Asks the person. null if the dialog was left without a token.
async function newToken(problem) {
    const given = await askForToken(problem);

    if (given) setToken(given);
    return given;
}

// Whether the answer is the server's own: in front of one that is away a proxy answers with an error in HTML.
function isOurs({status, headers}) {
    return status < 502 || isJson(headers);
}

// fetch(), and what it says of the server.
async function send(path, options) {
    try {
        const answer = await fetch(path, {cache: 'no-store', ...options});

        if (isOurs(answer)) heard();
        else missed();
        return answer;
    } catch (error) {
        if (!options.signal?.aborted) missed();
        throw error;
    }
}

// The same with the token. Returns the Response, whatever its status.
//
// When a token is missing, several requests are refused at once: the catalog, the history, the board. Without
// care each would open a dialog of its own, or the ones that were refused last would ask again although the
// person has just answered. So all wait for one answer, and a request that was sent with an older token than
// there is now is simply repeated.
//
// What nobody has asked for, as the room's news at the top of the page, is asked isQuiet: no dialog opens then.
export async function ask(path, {headers, isQuiet = false, ...options} = {}) {
    // Each round is one attempt; it ends with any answer but 401, or when the person gives no token.
    for (;;) {
        const sent = token.get();
        const answer = await send(path, {
            ...options,
            headers: {...headers, ...(sent && {Authorization: `Bearer ${sent}`})},
        });

        if (answer.status !== 401 || isQuiet) return answer;
        if (token.get() !== sent) continue;
        const {problem} = await refusal(answer.clone());

        asking ??= newToken(problem).finally(() => {
            asking = null;
        });
        if (!(await asking)) return answer;
    }
}

function isJson(headers) {
    return /[/+]json\b/.test(headers.get('Content-Type') ?? '');
}

// What an answer that is none of success says. Between the page and the server there may be a proxy that
// speaks HTML when the server is away; its words are of no help, so they are not shown. Retry-After is a
// header, and goes into the problem so that there is one place to look.
export async function refusal(answer) {
    const retry = answer.headers.get('Retry-After');

    if (!isJson(answer.headers))
        return new Refused({
            title: `${answer.status} ${answer.statusText}`,
            status: answer.status,
            detail: 'The answer is not JSON. Is something else between this page and gilscope?',
        });
    return new Refused({...(await answer.json()), ...(retry && {retry_after_s: retry})});
}

// Asks for JSON. Whatever goes wrong is thrown as Refused, except that a request which the page itself gave up
// keeps its own error: nobody is to be told of that. Returns the JSON, or null if there is nothing to say
// (204). body is an object.
export async function askJson(path, {body, headers, ...options} = {}) {
    try {
        const answer = await ask(path, {
            ...options,
            headers: {
                Accept: 'application/json, application/problem+json',
                ...(body && {'Content-Type': 'application/json'}),
                ...headers,
            },
            body: body && JSON.stringify(body),
        });

        if (answer.status === 204) return null;
        if (!answer.ok || !/\bjson\b/.test(answer.headers.get('Content-Type') ?? ''))
            throw await refusal(answer);
        return await answer.json();
    } catch (error) {
        throw error instanceof Refused || options.signal?.aborted ? error : unreachable(error);
    }
}

// What fetch() throws where no answer came at all, in the form of a problem.
export function unreachable(error) {
    return new Refused({
        title: 'No answer',
        detail: `The server cannot be reached, or went away: ${error.message}. Is it running?`,
    });
}

// What load() imports, when it is first needed: a module that the page begins without. The server may be away by then.
export async function late(load) {
    try {
        return await load();
    } catch (error) {
        throw (await missed()) ? error : unreachable(error);
    }
}
