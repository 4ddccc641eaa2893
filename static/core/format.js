// Numbers as a person reads them, by the rules of the server: results/human.h says them, and
// tests/cases/numbers.json holds the cases that both sides are tested against. Pure functions from what the
// server sends to text; null becomes a dash.

const NONE = '–';
const EXACT_BYTES = 10000;
const TIMES = [
    ['ns', 1],
    ['µs', 1e3],
    ['ms', 1e6],
    ['s', 1e9],
];
const BYTES = [
    ['B', 1],
    ['KB', 1e3],
    ['MB', 1e6],
    ['GB', 1e9],
];

const isNothing = (value) => value === null || value === undefined;

// Rounded here and not by toFixed(), which treats what lies exactly between two digits in another way than
// printf() does: the server does these operations on the same doubles.
function fixed(size, decimals) {
    const scale = 10 ** decimals;

    return (Math.round(size * scale) / scale).toFixed(decimals);
}

// Of a number that is not negative. The bounds are where rounding begins to give one digit more.
function threeDigits(size) {
    let decimals = 0;

    if (size >= 999.5) return Math.round(size).toLocaleString('en');
    for (let bound = 99.95; size > 0 && size < bound; bound /= 10) decimals++;
    return fixed(size, decimals);
}

// The bounds are those of results/human.c, where each says why it is so.
const pickUnit = (size, units) => units.find(([, unit]) => size / unit < 999.5) ?? units.at(-1);
const timeUnit = (ns) => (ns > 0 ? pickUnit(ns, TIMES) : TIMES.at(-1));
const inUnit = (size, [, unit]) => (unit > 1 ? threeDigits(size / unit) : fixed(size, 0));
const signed = (value, text) => (value < 0 ? `-${text}` : text);

// Nanoseconds as "271 ms".
export function time(ns) {
    if (isNothing(ns)) return NONE;
    const size = Math.abs(Math.round(ns));
    const unit = timeUnit(size);

    return `${signed(ns, inUnit(size, unit))} ${unit[0]}`;
}

// Without the zeros that say nothing where a number was chosen, not measured, as at an axis: 60 s.
export function withoutZeros(written) {
    return written.replace(/\.0+(?= |$)/, '');
}

// "392 to 408 ms", with one unit if both are of the same order or the low end is 0.
export function timeRange(low, high) {
    const unit = timeUnit(high);
    const sharesUnit = low === 0 || low >= high / 10;

    return `${sharesUnit ? inUnit(low, unit) : time(low)} to ${time(high)}`;
}

const isBytes = (name) => /(^|_)bytes$/.test(name);

export function bytes(value) {
    if (isNothing(value)) return NONE;
    const size = Math.abs(Math.round(value));
    const [name, unit] = pickUnit(size, BYTES);

    if (size < EXACT_BYTES) return `${count(Math.round(value))} B`;
    return `${signed(value, threeDigits(size / unit))} ${name}`;
}

// A field as an axis that ends at most writes it: sizes in one unit, and no zeros that say nothing.
export function tick(name, value, most) {
    if (!isBytes(name)) return withoutZeros(field(name, value));
    const [unit, size] = pickUnit(most, BYTES);

    return value === 0 ? '0' : `${withoutZeros(threeDigits(value / size))} ${unit}`;
}

// Three digits of what has a fraction.
function real(value) {
    const size = Math.abs(value);
    const isExtreme = size > 1e15 || (size > 0 && size < 1e-6);

    return signed(value, isExtreme ? size.toExponential(2).replace('+', '') : threeDigits(size));
}

// Whole numbers are grouped; beyond 10^15 a double may be whole only because it has no digits left.
export function count(value) {
    if (isNothing(value)) return NONE;
    return Number.isInteger(value) && Math.abs(value) <= 1e15 ? value.toLocaleString('en') : real(value);
}

// Two decimals while they say something, three digits outside that: a ratio is never shown as nothing.
export function ratio(value) {
    if (isNothing(value)) return NONE;
    return value >= 0.1 && value < 9.995 ? fixed(value, 2) : real(value);
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
    if (Array.isArray(value)) return value.map(text).join(', ');
    return Object.entries(value)
        .map(([name, member]) => `${name}: ${text(member)}`)
        .join(', ');
}

// Any value of a result.
export function text(value) {
    if (isNothing(value)) return NONE;
    if (typeof value === 'number') return count(value);
    if (typeof value === 'boolean') return value ? 'on' : 'off';
    return typeof value === 'object' ? memberText(value) : value;
}

// A field of a result by its name, which says its unit: total_ns, rss_per_task_bytes, turns_per_s.
export function field(name, value) {
    if (typeof value === 'number') {
        if (/_ns(_|$)/.test(name)) return time(value);
        if (/_ms(_|$)/.test(name)) return time(value * 1e6);
        if (isBytes(name)) return bytes(value);
    }
    return text(value);
}

// The name without its unit, which stands in each value already.
export function fieldTitle(name) {
    return name
        .replace(/_(ns|ms|bytes)$/, '')
        .replace(/_ns_/, '_')
        .replaceAll('_', ' ');
}
