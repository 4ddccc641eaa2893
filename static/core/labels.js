// What a parameter is called for somebody who sees it for the first time. Its own name, by which it is sent, stands
// beside it; nothing is ever looked for by these words.
import {fieldTitle} from './format.js';

const COMMON = new Map([
    ['mode', 'How the calls are made'],
    ['lock', 'Which lock they share'],
    ['tasks', 'How many calls'],
    ['cpus', 'How many CPUs they may use'],
    ['runtime', 'Which programs run it'],
    ['switch_interval_us', 'How long a thread waits before it asks for the lock'],
    ['check_interval', 'How many small steps a thread runs before it lets go'],
    ['turn_ticks', 'How many small steps a turn has'],
    ['repeat', 'How often each is measured'],
    ['precision', 'Go on until the ratios are this precise'],
    ['max_repeat', 'At most so many repetitions'],
    ['warmup', 'Repetitions before the clock counts'],
    ['seed', 'Where random numbers begin'],
    ['timeout_ms', 'When to give up'],
    ['detail', 'How many tasks are listed'],
    ['timeline', 'Whether to record who did what when'],
    ['label', 'Your own name for this run'],
]);
const FEWEST_WORDS = 3;
const MOST_WORDS = 10;

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// {label, rest}: the words, and what the help says beyond them. The help of an experiment's own parameter mostly
// begins with what it is, which makes a good name if it is neither a single value ("on: …") nor a long story.
export function labelOf({name, help = ''}) {
    if (COMMON.has(name)) return {label: COMMON.get(name), rest: help};
    const clause = /^[^;:,.(]*/.exec(help)[0];
    const words = clause.trim().split(/\s+/).length;

    return words >= FEWEST_WORDS && words <= MOST_WORDS
        ? {label: capital(clause.trim()), rest: help.slice(clause.length).replace(/^[;:,.\s]+/, '')}
        : {label: capital(fieldTitle(name)), rest: help};
}
