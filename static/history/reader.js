// The list of runs as the server has it: read page by page, and again by itself while it is in view, often while a run
// in it goes on and now and then otherwise.
import {askJson} from '../core/api.js';
import {isOver} from '../core/follow.js';

const PAGE = 20;
const MOST = 200; // that GET /runs lists at once
const SOON_MS = 2000;
const LATER_MS = 10000;

// filters() are the parameters of GET /runs as [name, value]; changed() is called when the list is another, and
// missed(error) when it could not be read by itself. Returns {runs(), damaged(), hasMore(), isOn(), read(), readOlder(),
// readAgain(), change(edit), start(), stop()}: damaged() are the ids of those that cannot be read; read()
// and readOlder() throw Refused; it is read by itself from start() to stop().
export function makeReader({filters, changed, missed}) {
    let runs = [];
    let damaged = [];
    let next = null;
    let asked = 0;
    let timer = null;
    let isOn = false;

    const pathOf = (limit) => `runs?${new URLSearchParams([['limit', limit], ...filters()])}`;

    // Filters change faster than a busy server answers, and answers may overtake one another. Only the one to
    // the latest question is taken; an older one that comes late would show the wrong runs under the filter.
    async function ask(path, take, isQuiet = false) {
        const mine = ++asked;

        clearTimeout(timer);
        try {
            const page = await askJson(path, {isQuiet});

            if (mine !== asked) return;
            take(page);
            changed();
        } finally {
            if (mine === asked) readLater();
        }
    }

    const read = () =>
        ask(pathOf(PAGE), (page) => {
            runs = page.runs;
            damaged = page.unreadable ?? [];
            next = page.next;
        });

    const readOlder = () =>
        ask(next, (page) => {
            const known = new Set(runs.map(({id}) => id));

            runs = [...runs, ...page.runs.filter(({id}) => !known.has(id))];
            damaged = [...new Set([...damaged, ...(page.unreadable ?? [])])];
            next = page.next;
        });

    // As much as is shown is read again. What lies beyond the most that the server lists at once stays as it is. Nobody
    // has asked for it, so nobody is asked for a token.
    async function readAgain() {
        const limit = Math.min(MOST, Math.max(PAGE, runs.length));
        const take = (page) => {
            const oldest = page.runs.at(-1)?.id;
            const rest = page.next && runs.length > limit ? runs.filter(({id}) => id < oldest) : [];

            runs = [...page.runs, ...rest];
            damaged = [...(page.unreadable ?? []), ...(rest.length > 0 ? damaged.filter((id) => id < oldest) : [])];
            if (rest.length === 0) next = page.next;
        };

        await ask(pathOf(limit), take, true).catch(missed);
    }

    function readLater() {
        clearTimeout(timer);
        if (!isOn || document.hidden) return;
        timer = setTimeout(readAgain, runs.every(isOver) ? LATER_MS : SOON_MS);
    }

    // A page in the background reads nothing, and is up to date as soon as it is seen again.
    function seenAgain() {
        if (!document.hidden) readAgain();
    }

    return {
        runs: () => runs,
        damaged: () => damaged,
        hasMore: () => next !== null,
        isOn: () => isOn,
        read,
        readOlder,
        readAgain,
        // An answer that is on its way is from before the change.
        change(edit) {
            asked++;
            runs = edit(runs);
            changed();
            readLater();
        },
        start() {
            if (!isOn) document.addEventListener('visibilitychange', seenAgain);
            isOn = true;
        },
        stop() {
            isOn = false;
            document.removeEventListener('visibilitychange', seenAgain);
            clearTimeout(timer);
        },
    };
}
