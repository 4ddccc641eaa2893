// The last chapter: processes, their price, and Python without the lock.
import {count, plural} from '../../core/format.js';
import {inTwo} from '../code.js';
import {beside, cellOf, compared, insideText, wall} from '../said.js';

export const PROCESSES = [
    {
        id: 'processes',
        title: 'Two processes',
        text: [
            'Back to counting. A process is a running program with memory of its own. Two processes are two ' +
                'Pythons. In the code one writes Process where Thread stood.',
        ],
        code: `from multiprocessing import Process

${inTwo('Process', 'count_down', 'N')}`,
        experiment: 'countdown',
        values: {mode: 'serial,threads,processes', tasks: '2', n: '50000000'},
        question: 'processes',
        chart: 'bars',
        needs: {cpus: 2, why: 'with one CPU nothing computes at the same time'},
        recorded: [
            ['CPython 3.11: two calls in a row', {list: 'cpu', py: '311', cores: 2, mode: 's2'}, 'wall'],
            ['CPython 3.11: two threads', {list: 'cpu', py: '311', cores: 2, mode: 't2'}, 'wall'],
            ['CPython 3.11: two processes', {list: 'cpu', py: '311', cores: 2, mode: 'p2'}, 'wall'],
        ],
        real: {n: '4000000'},
        explain(run) {
            const [threads, processes] = ['threads', 'processes'].map((mode) => cellOf(run, {mode}));

            return [
                compared(run, processes, 'Two processes', 'two calls in a row'),
                threads && `Two threads took ${wall(threads)}.`,
                insideText(processes),
            ];
        },
        point:
            'Each process has an interpreter and a lock of its own, so neither waits for the other. Processes are ' +
            'the usual answer in Python when the work is computing.',
        article: '17.38 s for two calls in a row, about 8 s in two processes. As long as one call.',
    },
    {
        id: 'one-more',
        title: 'One more process',
        text: [
            'Where there are two CPUs for them, two processes take about as long as one. So let us add a third. (This ' +
                'machine has {cpus} for a run.)',
        ],
        code: `process3 = Process(target=count_down, args=(N,))
process3.start()   # beside them
process3.join()
`,
        experiment: 'countdown',
        values: {mode: 'processes', tasks: '1,2,3', n: '50000000'},
        question: 'one-more',
        chart: 'bars',
        needs: {cpus: 2, why: 'with one CPU nothing computes at the same time'},
        recorded: [
            ['CPython 3.11: two processes, two CPUs', {list: 'cpu', py: '311', cores: 2, mode: 'p2'}, 'wall'],
            ['CPython 3.11: three processes, two CPUs', {list: 'cpu', py: '311', cores: 2, mode: 'p3'}, 'wall'],
        ],
        real: {n: '4000000'},
        explain(run) {
            const [one, two, three] = [1, 2, 3].map((tasks) => cellOf(run, {mode: 'processes', tasks}));
            const {cpus} = three;

            return [
                `One process took ${wall(one)}, two ${wall(two)}, three ${wall(three)}.`,
                cpus >= 3
                    ? `There are ${plural(cpus, 'CPU')} here, so each of the three had one.`
                    : `There are ${plural(cpus, 'CPU')} here for three processes, so they had to share.`,
            ];
        },
        point: 'The lock was not the only limit. Processes help up to the number of CPUs, and not beyond.',
        article:
            'The article says that a third process still takes the same time, without a figure. That is so on a ' +
            'machine with three CPUs or more.',
    },
    {
        id: 'tiny',
        title: 'Very little work',
        text: [
            'Are processes then always better for computing? The same again with very little work: each call ' +
                'counts down from 1,000 only.',
        ],
        code: inTwo('Process', 'count_down', '1000'),
        experiment: 'countdown',
        values: {mode: 'serial,threads,processes', tasks: '2', n: '1000'},
        question: 'tiny',
        chart: 'bars',
        real: {},
        explain(run) {
            const [threads, processes] = ['threads', 'processes'].map((mode) => cellOf(run, {mode}));

            return [
                compared(run, processes, 'Two processes', 'two calls in a row'),
                threads && `Two threads took ${wall(threads)}.`,
            ];
        },
        point:
            'To start a process and to wait for its end takes time. With so little to do, that is nearly all of it. Threads ' +
            'start quicker, and a mere call needs no start at all. Processes pay off if the work ' +
            'takes much longer than the start.',
        article: 'The article does not say this: its calls took eight seconds each, beside which a start is nothing.',
    },
    {
        id: 'sharing',
        title: 'Who sees the list?',
        text: [
            'Two tasks add 100,000 items each to a list that the program looks at in the end: first two ' +
                'threads, then two processes.',
        ],
        code: `found = []

def add(n):
    found.extend(range(n))

# in the end: len(found)
`,
        experiment: 'share',
        values: {mode: 'threads,processes', tasks: '2', via: 'variable'},
        question: 'share',
        hides: 'process, thread',
        chart: 'bars',
        head: 'items that the program saw',
        real: {},
        explain(run) {
            const [threads, processes] = ['threads', 'processes'].map((mode) => cellOf(run, {mode}));

            return [
                `Of ${count(threads.metrics.expected)} items the program saw ${count(threads.metrics.seen_by_parent)} from ` +
                    `the threads, and ${count(processes.metrics.seen_by_parent)} from the processes.`,
            ];
        },
        point:
            'Threads share the memory of their program. (That no item got lost here is no promise: what they share needs ' +
            'a lock.) A process has memory of its own: what it writes there nobody else ' +
            'sees, and it is gone when the process ends. To hand something over it must be sent (through a queue or ' +
            'a pipe), which takes time as well, or put into shared memory.',
        article:
            'The article says so, too, and measures nothing: processes cannot share data in this way, threads can.',
    },
    {
        id: 'no-lock',
        title: 'No lock at all',
        text: [
            'Not every Python has the lock. Jython (a Python on Java) and IronPython (on .NET) have none. The usual ' +
                'CPython has it still, but since version 3.13 there is a separate build without it, called free-threaded. ' +
                'The two threads of the beginning once more, in C and without a lock.',
        ],
        code: `from threading import Thread

${inTwo('Thread', 'count_down', 'N')}`,
        experiment: 'countdown',
        values: {mode: 'serial,threads', tasks: '2', lock: 'none', n: '50000000'},
        question: 'no-lock',
        hides: 'free-threaded',
        chart: 'bars',
        needs: {cpus: 2, why: 'with one CPU nothing computes at the same time, lock or no lock'},
        recorded: [
            ['free-threaded CPython 3.13, two calls in a row', {list: 'cpu', py: '313t', cores: 2, mode: 's2'}, 'wall'],
            ['free-threaded CPython 3.13, two threads', {list: 'cpu', py: '313t', cores: 2, mode: 't2'}, 'wall'],
        ],
        real: {n: '4000000', lock: 'none'},
        explain(run) {
            const threads = cellOf(run, {mode: 'threads', tasks: 2});

            return [compared(run, threads, 'Two threads', 'two calls in a row'), insideText(threads)];
        },
        point:
            'Without the lock threads do compute at the same time. Your own shared data need locks all the more, and ' +
            'the count of each object must be kept safe in another way, which costs something: one thread that counts down took 1.3 times as long in the free-threaded ' +
            'CPython 3.13 as in the usual one. (Its design paper, PEP 703, hopes for 5 to 8 % in the end.)',
        article:
            'The article names Jython and IronPython, and measures neither. In 2017 there was no CPython without ' +
            'the lock; now there is.',
    },
];
