// Numbers as a person reads them. Pure functions from what the server sends to text; null becomes a dash.

const NONE = '–';

function digits(value) {
    const size = Math.abs(value);

    return size >= 99.95 ? value.toFixed(0) : size >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

// With the largest unit in which three digits say it: 271 ms, 1.02 s, 34.0 µs. 999.7 ms is 1.00 s already.
function scaled(value, units) {
    const [name, size] = units.find(([, unit]) => Math.abs(value) >= unit * 0.9995) ?? units.at(-1);

    return size === 1 ? `${Math.round(value)} ${name}` : `${digits(value / size)} ${name}`;
}

// Without the zeros that say nothing where a time was chosen, not measured: 60 s.
export function shortTime(ns) {
    return time(ns).replace(/\.0+ /, ' ');
}

export function time(ns) {
    if (ns === null || ns === undefined) return NONE;
    return ns === 0
        ? '0 s'
        : scaled(ns, [
              ['s', 1e9],
              ['ms', 1e6],
              ['µs', 1e3],
              ['ns', 1],
          ]);
}

// "392 to 408 ms" where both ends have one unit, "997 ms to 1.02 s" where not.
export function timeRange(low, high) {
    const [first, unit] = time(low).split(' ');

    return time(high).endsWith(` ${unit}`) ? `${first} to ${time(high)}` : `${time(low)} to ${time(high)}`;
}

export function bytes(value) {
    if (value === null || value === undefined) return NONE;
    return scaled(value, [
        ['GB', 1e9],
        ['MB', 1e6],
        ['KB', 1e3],
        ['B', 1],
    ]);
}

export function count(value) {
    if (value === null || value === undefined) return NONE;
    return Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(4)));
}

export function ratio(value) {
    return value === null || value === undefined ? NONE : digits(value);
}

export function percent(share) {
    return share === null || share === undefined ? NONE : `${(share * 100).toFixed(1)} %`;
}

// A number as the form takes it: commas would separate a list there, so digits are grouped by underscores.
export function typed(value) {
    const text = String(value);

    return /^\d{5,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, '_') : text;
}

// A time of the server in the reader's own zone and manner.
export function when(text) {
    const date = new Date(text ?? NaN);

    return Number.isNaN(date.valueOf()) ? NONE : date.toLocaleString();
}

export function plural(n, word) {
    return `${count(n)} ${word}${n === 1 ? '' : 's'}`;
}

// A clause as a sentence: "must be positive" -> "Must be positive."
export function sentence(text) {
    return text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? '' : '.');
}

// What has members, in a line: "200: 3, 404: 1".
function memberText(value) {
    if (value === null || typeof value !== 'object') return String(value);
    if (Array.isArray(value)) return value.map(memberText).join(', ');
    return Object.entries(value)
        .map(([name, member]) => `${name}: ${memberText(member)}`)
        .join(', ');
}

// A field of a result by its name, which ends in its unit: total_ns, rss_per_task_bytes, turns_per_s.
export function field(name, value) {
    if (value === null || value === undefined) return NONE;
    if (typeof value === 'number') {
        if (/_ns(_|$)/.test(name)) return time(value);
        if (/_ms$/.test(name)) return time(value * 1e6);
        return /(^|_)bytes$/.test(name) && value >= 10000 ? bytes(value) : count(value);
    }
    return typeof value === 'object' ? memberText(value) : String(value);
}

export function fieldTitle(name) {
    return name
        .replace(/_(ns|ms|bytes)$/, '')
        .replace(/_ns_/, '_')
        .replaceAll('_', ' ');
}
