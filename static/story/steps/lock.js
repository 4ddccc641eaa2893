// The second chapter: the lock of Python 2, what the lock is for, and what it does not do.
import {count, plural} from '../../core/format.js';
import {beside, cellOf, compared, insideText, wall} from '../said.js';

const lostOf = (cell) => cell.metrics?.lost_updates;

export const LOCK = [
    {
        id: 'old-gil',
        title: 'The lock of Python 2',
        text: [
            'Before version 3.2, Python had another lock of the same name. A thread let go of it after every ' +
                'hundred small steps of the interpreter, in case another one waited, and took it back at once. The same two threads ' +
                'again, under both locks.',
        ],
        code: `# Python 2.7, after each 100 steps:
lock.release()  # wakes a waiter
lock.acquire()  # and gets it first
`,
        experiment: 'countdown',
        values: {mode: 'serial,threads', tasks: '2', lock: 'gil,gil-py2', n: '30000000'},
        question: 'old-lock',
        chart: 'bars',
        needs: {cpus: 2, why: 'the waste needs a second CPU, on which the waiting thread wakes up'},
        recorded: [
            ['Python 2.7: two calls in a row', {list: 'cpu', py: '27', cores: 2, mode: 's2'}, 'wall'],
            ['Python 2.7: two threads', {list: 'cpu', py: '27', cores: 2, mode: 't2'}, 'wall'],
        ],
        real: {n: '4000000', mode: 'serial,threads', lock: 'gil-py2'},
        explain(run) {
            const old = cellOf(run, {mode: 'threads', lock: 'gil-py2'});
            const {false_wakeups: woken} = old.lock_stats ?? {};

            return [
                compared(run, old, 'Under the lock of Python 2.7 two threads', 'two calls in a row'),
                woken > 0 &&
                    `Meanwhile a waiting thread was woken up ${plural(woken, 'time')} for nothing: the other one had taken the ` +
                        `lock back already. The lock changed hands ${plural(old.lock_stats.handoffs, 'time')}.`,
            ];
        },
        point:
            'The old lock was let go very often, and mostly taken back by the same thread. Each time, the thread that ' +
            'computes stops to wake the other one, and then both fight for it. So two threads could be much slower than one.',
        article:
            'Python 2.7 is worse still, says the article: almost twice the time, as David Beazley measured. His ' +
            'figures: 24.6 s in a row, 45.5 s in two threads; with the new lock 23.5 and 24.0 s.',
    },
    {
        id: 'one-cpu',
        title: 'Take a CPU away',
        text: ['The two threads under the lock of Python 2.7 may first use two CPUs, and then only one.'],
        code: `import os

# From now on CPU 0 alone:
os.sched_setaffinity(0, {0})
# Then two threads, as before.
`,
        experiment: 'countdown',
        values: {mode: 'threads', tasks: '2', lock: 'gil-py2', cpus: '1,2', n: '30000000'},
        question: 'one-cpu',
        chart: 'bars',
        needs: {cpus: 2, why: 'a CPU is to be taken away'},
        recorded: [
            ['Python 2.7, two threads, two CPUs', {list: 'cpu', py: '27', cores: 2, mode: 't2'}, 'wall'],
            ['Python 2.7, two threads, one CPU', {list: 'cpu', py: '27', cores: 1, mode: 't2'}, 'wall'],
        ],
        real: {n: '4000000', lock: 'gil-py2'},
        explain(run) {
            const [one, two] = [1, 2].map((cpus) => cellOf(run, {mode: 'threads', cpus}));

            return [
                beside(one, two, 'On one CPU they', 'on two'),
                one.lock_stats?.false_wakeups + two.lock_stats?.false_wakeups > 0 &&
                    `Woken up for nothing: ${plural(one.lock_stats.false_wakeups, 'time')} on one CPU, ` +
                        `${plural(two.lock_stats.false_wakeups, 'time')} on two.`,
            ];
        },
        point:
            'A thread that is woken up needs a CPU first. If a second one is free it starts there at once, finds the lock ' +
            'taken, and sleeps again. With only one it must wait until the system takes that CPU from the other thread, so ' +
            'it disturbs far less. More hardware can make a program slower, if all that it adds is a fight for one lock.',
        article:
            'The article leaves this out. Beazley switched off one of two CPUs, and 45.5 s became 38.0 s. Findings ' +
            'like this led to the new lock of Python 3.2.',
    },
    {
        id: 'why-a-lock',
        title: 'Why there is a lock',
        text: [
            'Python counts for each object how many places use it, and frees its memory when the count comes to ' +
                'zero. To count up or down, a thread reads the number, changes it by one, and writes it back. Here two threads do ' +
                'this with one object, many times, first without a lock and then with it.',
        ],
        code: `import sys

page = ['some', 'text']
# How many use this list now (this
# call is one of them):
sys.getrefcount(page)
# One more: read, add, write back
again = page
# One less:
del again
`,
        experiment: 'refcount',
        values: {mode: 'threads', tasks: '2', lock: 'none,gil', n: '20000000'},
        question: 'no-lock-count',
        chart: 'lost',
        needs: {cpus: 2, why: 'with one CPU two threads are hardly ever inside the same few instructions'},
        real: null,
        explain(run) {
            const [none, gil] = ['none', 'gil'].map((lock) => cellOf(run, {mode: 'threads', lock}));

            return [
                `Without a lock the count was off by ${count(lostOf(none))} in the end, with the lock by ` +
                    `${count(lostOf(gil))}.`,
                lostOf(none) === 0
                    ? 'This time nothing was lost even without a lock. That is luck: a change is lost when both threads are in ' +
                      'the same few instructions.'
                    : 'Both threads had read the same number, and each wrote its own result over the other’s: one of the ' +
                      'two changes was lost.',
            ];
        },
        point:
            'With a wrong count, an object is freed while somebody still uses it, or never. The GIL prevents that: ' +
            'nobody has to let go of it while a count, or the inside of a list or a dictionary, is being changed.',
        article:
            'The article measures nothing here. It says that memory management in Python is not safe with threads, ' +
            'and that the GIL protects it. That is why one cannot just take the lock away.',
    },
    {
        id: 'your-counter',
        title: 'Is your own counter safe?',
        text: [
            'Is a counter of your own safe as well? Two threads add to one variable, each a million times, and ' +
                'the GIL is there all the time.',
        ],
        code: `total = 0

def add(n):
    global total
    for _ in range(n):
        # one() returns 1
        total = total + one()
`,
        experiment: 'counter',
        values: {mode: 'threads', tasks: '2', lock: 'gil', switch_inside: 'on', n: '1000000'},
        question: 'counter',
        chart: 'lost',
        recorded: [
            [
                'CPython 3.11: additions of two threads that are missing, of 2,000,000',
                {list: 'lost', py: '311', variant: 'call', interval: 'default'},
                'lost',
            ],
        ],
        real: {},
        explain(run) {
            const threads = cellOf(run, {mode: 'threads'});
            const {expected, actual} = threads.metrics;

            return [
                `Each thread added 1 a million times. The counter should be ${count(expected)}; it was ` +
                    `${count(actual)}, so ${count(lostOf(threads))} additions are missing.`,
                insideText(threads),
            ];
        },
        point:
            'The GIL keeps the interpreter whole, not your program. A line of yours takes several small steps, and a ' +
            'thread may have to let go between reading the variable and writing it. When its turn comes again, it ' +
            'writes its old number plus one, and all that the other one has added meanwhile is gone. For data that ' +
            'threads share, use a lock of your own (threading.Lock).',
        article:
            'The article does not say this. It depends on the version, too: CPython 3.10 and later let go only where code ' +
            'calls a function or a loop begins its next round, so total += 1 stays whole there; 2.7 and 3.6 to 3.9 could ' +
            'let go between any two small steps, and lost additions. That is luck, and no promise. A CPython 3.13 ' +
            'without the lock lost a third.',
    },
];
