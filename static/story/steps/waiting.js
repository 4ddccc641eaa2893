// The third chapter, on work that waits: “why not just delete Thread?”
import {count, time} from '../../core/format.js';
import {inTwo} from '../code.js';
import {beside, busyShare, cellOf, compared, insideText, wall} from '../said.js';

const FETCH = `from urllib.request import urlopen

def get_content(url):
    with urlopen(url) as answer:
        return answer.read()
`;

// What a real Python computed in the place of the matrices.
const REAL_KERNELS = {
    sha256: 'Here Python hashed pictures by hashlib, which lets go of the lock as NumPy does.',
    deflate: 'Here Python compressed pictures by zlib, which lets go of the lock as NumPy does.',
};

const p50 = (cell) => time(cell.metrics?.latency_p50_ns);

export const WAITING = [
    {
        id: 'fetch-once',
        title: 'Why not delete Thread? Fetch a page',
        text: [
            'If threads are no faster, why does Python have them at all? Because not all work is counting. This ' +
                'function asks a server for a page. (The server is one that this lab brings along.)',
        ],
        code: FETCH,
        experiment: 'fetch',
        values: {mode: 'serial', tasks: '1', delay_ms: '150', repeat: '6'},
        question: 'fetch-once',
        chart: 'bars',
        real: {},
        explain(run) {
            const once = cellOf(run, {mode: 'serial', tasks: 1});

            return [`One fetch took ${wall(once)}. For ${busyShare(once)} of that time it kept a CPU busy.`];
        },
        point:
            'Fetching is waiting, for the network and for the other computer, and the CPU is free meanwhile. Such ' +
            'work is called I/O-bound (I/O: input and output).',
        article:
            'The article fetched the page of a search engine, once and over the Internet: 0.88 s. The server of this lab ' +
            'waits for 0.15 s before it answers, on purpose.',
    },
    {
        id: 'fetch-twice',
        title: 'Fetch twice',
        text: ['Two pages, one after the other.'],
        code: `get_content(url)
get_content(url)
`,
        experiment: 'fetch',
        values: {mode: 'serial', tasks: '1,2', delay_ms: '150', repeat: '6'},
        question: 'fetch-twice',
        chart: 'bars',
        real: {},
        explain(run) {
            const [one, two] = [1, 2].map((tasks) => cellOf(run, {mode: 'serial', tasks}));

            return [beside(two, one, 'Two fetches', 'one')];
        },
        point: 'Waiting twice in a row takes twice as long, although the CPU has next to nothing to do.',
        article: '0.88 s for one fetch, 1.72 s for two.',
    },
    {
        id: 'fetch-threads',
        title: 'Fetch in two threads',
        text: ['The same two fetches, each in a thread of its own, under the same lock as before.'],
        code: inTwo('Thread', 'get_content', 'url'),
        experiment: 'fetch',
        values: {mode: 'serial,threads', tasks: '2', delay_ms: '150', repeat: '6'},
        question: 'fetch-threads',
        chart: 'bars',
        real: {},
        explain(run) {
            const threads = cellOf(run, {mode: 'threads', tasks: 2});

            return [compared(run, threads, 'Two threads', 'two fetches in a row'), insideText(threads)];
        },
        point:
            'A thread that waits for an answer lets go of the lock, so the other one can run, and both wait at the same ' +
            'time. That is what threads are good for in Python.',
        article: '1.72 s for two fetches in a row, 0.89 s in two threads. As long as one.',
    },
    {
        id: 'crunch',
        title: 'Number crunching in a library',
        text: [
            'A library like NumPy multiplies tables of numbers in C code. Two threads multiply such tables, under the same ' +
                'lock as before.',
        ],
        code: `import numpy

a = numpy.random.rand(256, 256)

def crunch(rounds):
    for _ in range(rounds):
        # In C:
        a @ a
`,
        experiment: 'crunch',
        values: {mode: 'serial,threads', tasks: '2', rounds: '20'},
        question: 'crunch-threads',
        chart: 'bars',
        needs: {cpus: 2, why: 'with one CPU nothing computes at the same time'},
        recorded: [
            ['NumPy in CPython 3.11, two in a row', {list: 'numpy', mode: 's2', py: '311deb'}, 'wall'],
            ['NumPy in CPython 3.11, two threads', {list: 'numpy', mode: 't2', py: '311deb'}, 'wall'],
        ],
        real: {rounds: '5'},
        explain(run, {isReal}) {
            const threads = cellOf(run, {mode: 'threads', tasks: 2});

            return [
                compared(run, threads, 'Two threads', 'the same work in a row'),
                insideText(threads),
                isReal && REAL_KERNELS[threads?.params.kernel],
            ];
        },
        point:
            'While its C code touches no Python object, NumPy lets go of the lock. What a library computes after it has let ' +
            'go does run at the same time on several CPUs.',
        article:
            'The article names image processing and NumPy, and measures neither. Not every function of NumPy lets ' +
            'go, and none for small tables: 500 numbers or fewer stay inside the lock. And a single a @ a may use several CPUs ' +
            'by itself, as the library below NumPy likes to; with OPENBLAS_NUM_THREADS=1 it does not.',
    },
    {
        id: 'convoy',
        title: 'Where “safely” ends: the convoy',
        text: [
            'For work that waits threads are safe to use, says the article. But what if another thread of the ' +
                'same program computes? One thread answers short requests. Beside it is a hog, a thread that only ' +
                'computes. First under the GIL, then without a lock.',
        ],
        code: `def answer(connection):
    while True:
        # Waits, without the lock:
        text = connection.recv(100)
        # Needs it again:
        connection.send(reply(text))

def hog():
    while True:
        pass
`,
        experiment: 'convoy',
        values: {mode: 'threads', lock: 'gil,none', duration_ms: '200'},
        question: 'convoy-behind',
        chart: 'latency',
        needs: {cpus: 2, why: 'with one CPU an answer waits for the CPU as well'},
        recorded: [
            [
                'CPython 3.11: usual answer, no hog',
                {list: 'paced', py: '311', cores: 2, interval: 'default', ncpu: 0},
                'p50',
            ],
            [
                'CPython 3.11: usual answer, beside a hog',
                {list: 'paced', py: '311', cores: 2, interval: '0.005', ncpu: 1},
                'p50',
            ],
        ],
        real: {},
        explain(run) {
            const [gil, none] = ['gil', 'none'].map((lock) => cellOf(run, {lock}));

            return [
                `Half of the answers came within ${p50(gil)} under the GIL` +
                    (none ? `, and within ${p50(none)} without a lock.` : '.'),
                `In the same time there were ${count(gil.metrics.requests)} answers` +
                    (none ? `, and ${count(none.metrics.requests)} without a lock (whoever asks pauses after each answer).` : '.'),
            ];
        },
        point:
            'A thread that comes back from waiting must have the lock again, and waits about one switch interval (5 ' +
            'ms) for it; sometimes two, as after each answer it needs the lock once more. The quick one goes at the pace of the slow one, like cars behind a lorry: a ' +
            'convoy.',
        article: 'The article does not measure this. Its advice holds where all threads wait.',
    },
];
