// Questions to start with, each a link that fills in the form. They are requests, so they name experiments,
// modes and locks as a person would type them; nothing else in the page does. What a server does not offer (an
// experiment, a mode, a lock, a second CPU) takes its question away: a link that is refused teaches nothing.
import {experimentOf, formParameters} from './catalog.js';
import {path} from './address.js';
import {el} from './dom.js';

const LESSONS = [
    {
        experiment: 'countdown',
        values: {},
        question: 'Do two threads count twice as fast?',
        why: 'Counting needs a CPU all the time, and a global lock lets one thread run at a time.',
    },
    {
        experiment: 'countdown',
        values: {mode: 'serial,threads', lock: 'none,gil,gil-py2'},
        question: 'What did the lock of Python 2 cost?',
        why: 'It was let go very often and taken straight back, while every waiter woke up for nothing.',
    },
    {
        experiment: 'countdown',
        values: {mode: 'serial,threads', lock: 'gil,ticket', tasks: '4'},
        question: 'Why is the GIL not fair?',
        why: 'A fair lock goes to whoever has waited longest, each time it is let go. Every change costs.',
    },
    {
        experiment: 'countdown',
        values: {mode: 'serial,threads', lock: 'gil-py2', tasks: '4', cpus: '1,2'},
        question: 'Can fewer CPUs be faster?',
        why: 'On one CPU a waiter rarely gets to look at the lock, so it disturbs less.',
    },
    {
        experiment: 'countdown',
        values: {mode: 'serial,processes', tasks: '1,2,3'},
        question: 'Is a third process free as well?',
        why: 'Every process has a lock of its own. The CPUs are what they share.',
    },
    {
        experiment: 'fetch',
        values: {mode: 'serial,threads,processes,epoll', tasks: '5'},
        question: 'And if the work is waiting?',
        why: 'A task that waits for an answer lets go of the lock, so all waits overlap.',
    },
    {
        experiment: 'fetch',
        values: {mode: 'serial,epoll', tasks: '5', client: 'blocking'},
        question: 'What freezes an event loop?',
        why: 'One call that does not give control back holds up everything behind it.',
    },
    {
        experiment: 'fetch',
        values: {mode: 'epoll', tasks: '5', jitter_ms: '150'},
        question: 'Who is answered first?',
        why: 'Answers come when they are ready, not in the order of the questions.',
    },
    {
        experiment: 'fetch',
        values: {mode: 'threads,epoll', tasks: '1000', repeat: '3'},
        question: 'What do a thousand threads cost?',
        why: 'An event loop waits for a thousand answers in one thread. Compare the CPU time and the memory.',
    },
    {
        experiment: 'crunch',
        values: {mode: 'serial,threads'},
        question: 'Does number crunching mind the lock?',
        why: 'A library that computes in C can let go of it. With release off it keeps it.',
    },
    {
        experiment: 'refcount',
        values: {mode: 'threads', lock: 'none,gil'},
        question: 'Why is there a GIL at all?',
        why: 'Every object counts its users. See what becomes of a plain count when two threads share it.',
    },
    {
        experiment: 'counter',
        values: {lock: 'gil', switch_inside: 'on'},
        question: 'Does the GIL protect your own counter?',
        why: 'It keeps the interpreter whole. Between a load and a store of yours it may change hands.',
    },
    {
        experiment: 'share',
        values: {mode: 'threads,processes'},
        question: 'Who sees what a process wrote?',
        why: 'Threads share their memory. A process has a copy; shared memory or a pipe is another matter.',
    },
    {
        experiment: 'idle',
        values: {mode: 'threads,epoll', tasks: '1000', wakeups_per_s: '1', repeat: '3'},
        question: 'What does a thousand cost that does nothing?',
        why: 'A thread has a stack of its own, in the program and in the kernel; a task of a loop is an object.',
    },
    {
        experiment: 'convoy',
        values: {mode: 'threads', lock: 'gil', switch_interval_us: '500,5000,50000', repeat: '3'},
        question: 'How long does an answer wait behind a thread that computes?',
        why: 'A thread that comes back from waiting asks for the lock, and is patient for one switch interval.',
    },
];

// Every value must be one that the form offers here. A number is only held against the largest that is
// allowed: all of these are above the least.
function isPossible(catalog, {experiment, values}) {
    const entry = experimentOf(catalog, experiment);
    const parameters = entry ? formParameters(catalog, entry) : [];

    return (
        entry &&
        Object.entries(values).every(([name, text]) => {
            const parameter = parameters.find((p) => p.name === name);

            return (
                parameter &&
                text
                    .split(',')
                    .every((item) =>
                        parameter.type === 'choice'
                            ? parameter.choices.includes(item)
                            : Number(item) <= (parameter.max ?? Infinity),
                    )
            );
        })
    );
}

// Without a single question that works here the whole section goes.
export function showLessons(section, catalog) {
    const items = LESSONS.filter((lesson) => isPossible(catalog, lesson)).map(
        ({experiment, values, question, why}) =>
            el('li', {}, el('a', {href: `#${path(experiment, values)}`}, question), el('p', {}, why)),
    );

    section.querySelector('ol')?.remove();
    section.append(el('ol', {}, items));
    section.hidden = items.length === 0;
}
