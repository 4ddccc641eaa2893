// The part of the time that is in view, {from, to} in nanoseconds, and how it is moved. Pure functions: each takes one
// and returns another, which always lies within 0 and the total.

const FINEST_NS = 1000; // nobody measures anything shorter
const STEPS = [1, 2, 5, 10];
const UNITS = [
    ['s', 1e9],
    ['ms', 1e6],
    ['µs', 1e3],
    ['ns', 1],
];

export function wholeOf(total) {
    return {from: 0, to: total};
}

export function isWhole({from, to}, total) {
    return from <= 0 && to >= total;
}

// The nearest window that there is: not finer than anything is measured, and nowhere outside the time.
export function within({from, to}, total) {
    const width = Math.min(total, Math.max(to - from, Math.min(FINEST_NS, total)));
    const start = Math.min(Math.max(0, from), total - width);

    return {from: start, to: start + width};
}

// factor above 1 shows less of the time; what lies at the time at stays where it is.
export function zoomed({from, to}, factor, at, total) {
    const width = Math.min(total, Math.max((to - from) / factor, Math.min(FINEST_NS, total)));
    const share = (at - from) / (to - from);

    return within({from: at - share * width, to: at + (1 - share) * width}, total);
}

export function panned({from, to}, by, total) {
    return within({from: from + by, to: to + by}, total);
}

// The window moved as little as it takes to have all of a span in view, with some room around it, or its beginning
// where it is longer than the window.
export function revealing({from, to}, start, end, total) {
    const width = to - from;
    const room = width / 20;

    if (start >= from && end <= to) return {from, to};
    if (start < from || end - start + 2 * room > width)
        return within({from: start - room, to: start - room + width}, total);
    return within({from: end + room - width, to: end + room}, total);
}

// The times to write at the axis, at most so many, at round numbers: {times, step}.
export function ticks({from, to}, most) {
    const rough = (to - from) / Math.max(1, most);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = Math.max(1, STEPS.find((one) => one * power >= rough) * power);
    const first = Math.ceil(from / step);

    return {
        step,
        times: Array.from({length: Math.floor(to / step) - first + 1}, (_, i) => (first + i) * step),
    };
}

// A time at the axis, with as many digits as tell it from the next: in the unit of the end of the window, so that all
// labels have one.
export function tickText(at, step, {to}) {
    const [name, unit] = UNITS.find(([, size]) => to >= size) ?? UNITS.at(-1);
    const digits = Math.max(0, Math.ceil(Math.log10(unit / step) - 1e-9));

    return `${(at / unit).toFixed(digits)} ${name}`;
}
