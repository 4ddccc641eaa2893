// The address of a timeline: #timeline/ID?cell=I&beside=ID:J&from=NS&to=NS. cell is the place of a cell in its run,
// beside a second one, of the same run or another; from and to are what is in view, and left out where all is.

const ID = '[0-9A-HJKMNP-TV-Z]{26}'; // a ULID

const PLACE = new RegExp(`^#timeline/(${ID})(?:\\?(.*))?$`);
const BESIDE = new RegExp(`^(${ID}):(\\d+)$`);

function readWindow(query) {
    const from = Number(query.get('from') ?? NaN);
    const to = Number(query.get('to') ?? NaN);

    return from >= 0 && to > from ? {from, to} : null;
}

// Returns {picks: [{run, cell}], window}, with one pick or two; cell is null where the address names none. null if it
// is about no run.
export function readPlace(hash) {
    const match = PLACE.exec(hash);

    if (!match) return null;
    const query = new URLSearchParams(match[2] ?? '');
    const beside = BESIDE.exec(query.get('beside') ?? '');
    const cell = /^\d+$/.test(query.get('cell') ?? '') ? Number(query.get('cell')) : null;

    return {
        picks: [{run: match[1], cell}, ...(beside ? [{run: beside[1], cell: Number(beside[2])}] : [])],
        window: readWindow(query),
    };
}

export function placeHash({picks: [first, second], window}) {
    const query = [
        first.cell !== null && `cell=${first.cell}`,
        second && `beside=${second.run}:${second.cell}`,
        window && `from=${Math.round(window.from)}&to=${Math.round(window.to)}`,
    ].filter(Boolean);

    return `#timeline/${first.run}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}
