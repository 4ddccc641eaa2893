// The first chapter: a function that computes, and threads that do not help it.
import {plural, time} from '../../core/format.js';
import {COUNT_DOWN, inTwo} from '../code.js';
import {beside, busyShare, cellOf, compared, insideText, wall} from '../said.js';

export const COUNTING = [
    {
        id: 'once',
        title: 'Count down once',
        text: [
            'This story follows “Python GIL” by Jahongir Rahmonov (2017), an article on threads in Python and ' +
                'on a lock with a long name: the global interpreter lock, or GIL. Each step asks what you expect, ' +
                'and then measures it here: the lab does in C, under locks built like the real ones, what the ' +
                'Python code shows.',
            'It begins with a function that counts down to zero. (A CPU is the part of a computer that ' +
                'computes; most computers have several.)',
        ],
        code: `${COUNT_DOWN}
count_down(50_000_000)
`,
        experiment: 'countdown',
        values: {mode: 'serial', tasks: '1', n: '50000000'},
        question: 'once',
        chart: 'bars',
        real: {n: '4000000'},
        explain(run) {
            const once = cellOf(run, {mode: 'serial', tasks: 1});

            return [
                `One call took ${wall(once)}, and for ${busyShare(once)} of that time it kept a CPU busy.`,
                run.host?.noisy &&
                    'Other programs wanted the CPUs, too, so it also had to wait for one.',
            ];
        },
        point:
            'Counting needs a CPU all the time. Such work is called CPU-bound: how long it takes depends on the CPU ' +
            'alone. It is done sooner by a faster CPU, or if several CPUs share it.',
        article:
            'Counting down from 100 million took 8.54 s, on a machine of 2017 and in a Python 3 of which the article does not ' +
            'say the version. C is far quicker: compare ratios here, never seconds.',
    },
    {
        id: 'twice',
        title: 'Count down twice',
        text: [
            'Now two calls, the second after the first has ended. That is called serial: one thing after the ' +
                'other.',
        ],
        code: `N = 50_000_000

count_down(N)
count_down(N)
`,
        experiment: 'countdown',
        values: {mode: 'serial', tasks: '1,2', n: '50000000'},
        question: 'twice',
        chart: 'bars',
        real: {n: '4000000'},
        explain(run) {
            const [one, two] = [1, 2].map((tasks) => cellOf(run, {mode: 'serial', tasks}));

            return [beside(two, one, 'Two calls', 'one call')];
        },
        point: 'Twice the work, twice the time. Threads must beat this.',
        article: '8.54 s for one call, 17.38 s for two: 2.04 times as long.',
    },
    {
        id: 'two-threads',
        title: 'Two threads',
        text: [
            'A thread is a line of work inside a program. A program with two threads can do two things at the ' +
                'same time, each on a CPU of its own, if it is allowed to. Here each thread makes one of the two ' +
                'calls, under a lock like that of Python.',
        ],
        code: `${COUNT_DOWN}
${inTwo('Thread', 'count_down', 'N')}`,
        experiment: 'countdown',
        values: {mode: 'serial,threads', tasks: '2', n: '50000000'},
        question: 'two-threads',
        chart: 'bars',
        needs: {cpus: 2, why: 'with one CPU nothing computes at the same time, lock or no lock'},
        recorded: [
            ['CPython 3.11: two calls in a row', {list: 'cpu', py: '311', cores: 2, mode: 's2'}, 'wall'],
            ['CPython 3.11: two threads', {list: 'cpu', py: '311', cores: 2, mode: 't2'}, 'wall'],
        ],
        real: {n: '4000000'},
        explain(run) {
            const threads = cellOf(run, {mode: 'threads', tasks: 2});

            return [compared(run, threads, 'Two threads', 'two calls in a row'), insideText(threads)];
        },
        point:
            'A lock is something that only one can hold at a time; whoever else wants it waits. CPython, the Python that ' +
            'most people use, has one for all of its threads: the global interpreter lock, the GIL. Only the thread that ' +
            'holds it may run Python code. (The interpreter is the program that runs your code.) So two threads that ' +
            'compute in Python take turns, and are no faster than one thread that does it all.',
        article:
            'Two calls took 17.38 s, two threads about 18.4 s: 1.06 times as long. So small a difference is often ' +
            'no more than chance: in seven versions from 3.6 to 3.13 we measured 0.97 to 1.04 times.',
    },
    {
        id: 'who-had-it',
        title: 'Who had the lock?',
        text: [
            'The same two threads once more, and somebody takes notes: who holds the lock at each moment, and ' +
                'who waits for it.',
        ],
        code: `# In each thread, over and over:
#   take the lock, or wait for it
#   run Python code
#   let go, if somebody has waited
#   long enough
`,
        experiment: 'countdown',
        values: {mode: 'threads', tasks: '2', n: '60000000', timeline: 'on'},
        question: 'hand-overs',
        chart: 'lanes',
        real: {n: '4000000', timeline: 'on'},
        explain(run, {isReal}) {
            const threads = cellOf(run, {mode: 'threads', tasks: 2});
            const {handoffs} = threads.lock_stats ?? {};

            return [
                handoffs !== undefined &&
                    `In ${wall(threads)} the lock went from one thread to the other ${plural(handoffs, 'time')}` +
                        (handoffs > 0
                            ? `, about every ${time(threads.wall_ns.median / handoffs)}.`
                            : '.'),
                run.host?.noisy &&
                    'Other programs wanted the CPUs, too; a turn can then last longer than 5 ms.',
                insideText(threads),
                !isReal &&
                    'The picture has a row for the lock, with who holds it, and one for each thread, which computes or ' +
                        'waits. (A task is one call of the function: here each thread has one, task 0 and task 1.)',
            ];
        },
        point:
            'A thread that wants the lock is patient for one switch interval, in CPython 5 thousandths of a second (5 ms; ' +
            'sys.getswitchinterval() says it). Then it asks for the lock, and the holder lets go at its next chance. (The interpreter cuts each line ' +
            'into small steps; a chance comes between two of them, but not between all. A long call into C code has none, ' +
            'unless that code lets go by itself.) Both threads make progress, but never both at once.',
        article:
            'The article says that the GIL does not allow a switch, and that trying costs time; it measures ' +
            'neither. In CPython 3.11 we measured that it does switch, some 200 times a second, and that one switch ' +
            'costs about 20 millionths of a second.',
    },
];
