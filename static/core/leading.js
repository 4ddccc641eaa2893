// Whether this page has the instructor's token, and how somebody gives it.
import {askJson, currentToken, setToken} from './api.js';
import {isLeading, keepLeading} from './person.js';
import {askForToken} from './token.js';

const WHICH =
    'It needs the instructor’s token: the secret that stands in server.instructor_token of the server’s settings';
const WRONG = {
    title: 'Not the instructor’s token',
    detail: 'the server does not know this one as the instructor’s; try again',
};

// The server says whose token came with the question: 'you' are the instructor, somebody 'other' would be, or 'none'
// can be.
export async function askRole() {
    const {instructor} = await askJson('class');

    keepLeading(instructor === 'you');
    return instructor;
}

// Asks for the token until the server takes it for the instructor's, or the person gives up. A token that is of no use
// is forgotten again, or all that comes later would be refused for it. Returns a promise of whether it was taken.
export async function takeToken(title) {
    const former = currentToken();
    const led = isLeading();
    let words = {title, detail: WHICH};

    for (;;) {
        const given = await askForToken(words);

        if (given) setToken(given);
        if (given && (await askRole().catch(() => null)) === 'you') return true;
        setToken(former);
        keepLeading(led);
        if (!given) return false;
        words = WRONG;
    }
}
