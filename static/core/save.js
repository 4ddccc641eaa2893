// Files that the page saves: what the server answers at an address, and what the page made itself.
import {ask, refusal, unreachable} from './api.js';
import {el} from './dom.js';

// The browser takes the file over some time after the click.
const KEPT_MS = 60000;

export function saveBlob(blob, name) {
    const url = URL.createObjectURL(blob);

    el('a', {href: url, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

// A link cannot carry a token, so the answer is fetched and saved from here. Throws Refused.
export async function saveAnswer(path, name) {
    const answer = await ask(path).catch((error) => {
        throw unreachable(error);
    });

    if (!answer.ok) throw await refusal(answer);
    saveBlob(await answer.blob(), name);
}
