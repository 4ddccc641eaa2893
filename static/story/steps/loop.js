// The fourth chapter: what many threads cost, and the event loop.
import {bytes, count, time} from '../../core/format.js';
import {cellOf, compared, percent, wall} from '../said.js';

const p50 = (cell) => time(cell.metrics?.latency_p50_ns);
// Resident: what is in use. The kernel keeps a stack of its own for each thread.
const heldBy = ({memory}) => (memory.rss_per_task_bytes ?? 0) + (memory.kernel_per_task_bytes ?? 0);

export const LOOP = [
    {
        id: 'thousands',
        title: 'What thousands of threads cost',
        text: [
            'A server may wait for thousands of people at once, with a thread for each. Here 2,000 threads ' +
                'sleep, and each wakes once a second for a moment. Beside them are as many tasks of an event loop: ' +
                'one thread that looks after many waits (the next step is about it).',
        ],
        code: `def idle():
    for _ in range(10):
        time.sleep(1)

for _ in range(2000):
    Thread(target=idle).start()
`,
        experiment: 'idle',
        values: {mode: 'threads,epoll', tasks: '2000', wakeups_per_s: '1', duration_ms: '200', repeat: '4', warmup: '0'},
        question: 'idle',
        chart: 'memory',
        real: {tasks: '500'},
        explain(run, {isReal}) {
            const [threads, loop] = ['threads', 'epoll'].map((mode) => cellOf(run, {mode}));
            const n = threads.tasks;
            const {virtual_per_task_bytes: reserved} = threads.memory ?? {};

            return [
                threads.metrics?.wakeup_cpu_share != null &&
                    `The ${count(n)} threads took ${percent(threads.metrics.wakeup_cpu_share)} of one CPU to sleep and wake up.`,
                threads.memory &&
                    `Memory in use (resident): ${bytes(threads.memory.rss_per_task_bytes)} for a thread` +
                        (threads.memory.kernel_per_task_bytes
                            ? `, and ${bytes(threads.memory.kernel_per_task_bytes)} that the system keeps for it`
                            : '') +
                        `; for all of them ${bytes(n * heldBy(threads))}. A task of the event loop: ` +
                        `${bytes(loop?.memory?.rss_per_task_bytes)}${isReal ? '' : ' (in C)'}.`,
                reserved != null &&
                    `Memory only reserved: ${bytes(reserved)} for a thread, ${bytes(n * reserved)} for all of them.`,
                threads.metrics?.create_ns_per_task != null &&
                    `To make a thread took ${time(threads.metrics.create_ns_per_task)}, to make a task of the event loop ` +
                        `${time(loop?.metrics?.create_ns_per_task)}.`,
            ];
        },
        point:
            'For each thread the system reserves room for its notes (a stack, mostly some 8\u00a0MB), but takes memory only ' +
            'where something is written: some kilobytes. Thousands of threads are not free, but cost tens of megabytes where ' +
            'one fears gigabytes. A task of an event loop costs far less: in C the figure above, in asyncio some 1.4\u00a0KB.',
        article:
            'The article warns of gigabytes of memory and of at least 5 % of CPU time for switching. The gigabytes ' +
            'are mostly reserved, not in use. It does not explain the 5 %, which depends on how often threads wake. In ' +
            'CPython 3.11 we measured 16\u00a0KB for a thread, and 20\u00a0KB that the system keeps for it.',
    },
    {
        id: 'event-loop',
        title: 'The event loop',
        text: [
            'An event loop is one thread that looks after many waits. A function that begins with async def can ' +
                'stop in the middle: where it says await, it waits for its answer, and the loop goes on with ' +
                'another function whose answer has come. Such a function is a coroutine, and Python’s event loop is called asyncio.',
            'Five pages, each of which takes a different time: one after the other, in five threads, and on one event loop.',
        ],
        code: `import asyncio

async def get_content(url):
    # client: made for event loops.
    # Others run while this waits:
    answer = await client.get(url)
    return await answer.text()

# fetch_all begins all five:
asyncio.run(fetch_all(five_urls))
`,
        experiment: 'fetch',
        values: {mode: 'serial,threads,epoll', tasks: '5', delay_ms: '40', jitter_ms: '60', repeat: '6'},
        question: 'loop',
        chart: 'bars',
        orders: true,
        real: {},
        explain(run) {
            const [threads, loop] = ['threads', 'epoll'].map((mode) => cellOf(run, {mode}));

            return [
                compared(run, loop, 'One event loop', 'five fetches in a row'),
                threads && `Five threads took ${wall(threads)}.`,
            ];
        },
        point:
            'One thread is enough to wait for five pages at once, because waiting is not work. They end in the ' +
            'order in which answers come, not in the one in which they were begun; with threads it is the same.',
        article:
            'The article began five fetches in the order 1, 2, 3, 4, 5, and they ended as 3, 4, 2, 1, 5. It gives ' +
            'no times; it says that asyncio does what threads do with less overhead.',
    },
    {
        id: 'await',
        title: 'You decide when to switch',
        text: [
            'A thread can be interrupted almost anywhere in your code. On an event loop nobody is interrupted: a task goes on ' +
                'until it says await. The convoy again, answers beside a hog: first in threads, then on an event ' +
                'loop, where the hog says await about every tenth of a millisecond.',
        ],
        code: `async def hog(n):
    while n > 0:
        n = n - 1
        if n % 5_000 == 0:
            # Others have a turn:
            await asyncio.sleep(0)
`,
        experiment: 'convoy',
        values: {mode: 'threads,epoll', await_every: '10000', duration_ms: '200'},
        question: 'await',
        chart: 'latency',
        real: {},
        explain(run) {
            const [threads, loop] = ['threads', 'epoll'].map((mode) => cellOf(run, {mode}));

            return [
                `Half of the answers came within ${p50(threads)} in threads, and within ${p50(loop)} on the event loop.`,
            ];
        },
        point:
            'With await you decide when others have a turn; do it often, and nobody waits long. The other side: a ' +
            'task that computes and never says await holds up all others until it is done.',
        article:
            'The article says that with asyncio you control the switching, and measures nothing. It is a duty, too, ' +
            'as the next step shows.',
    },
    {
        id: 'blocking',
        title: 'An ordinary library on the loop',
        text: [
            'Five pages again, of 0.05 seconds each, on an event loop. But now the function uses an ordinary library that knows ' +
                'nothing of the loop: it just waits in its call, and never says await.',
        ],
        code: `async def get_content(url):
    # No await:
    with urlopen(url) as answer:
        return answer.read()
`,
        experiment: 'fetch',
        values: {mode: 'serial,epoll', tasks: '5', client: 'blocking', delay_ms: '50', repeat: '6'},
        question: 'blocking',
        chart: 'bars',
        real: {},
        explain(run) {
            const loop = cellOf(run, {mode: 'epoll'});

            return [compared(run, loop, 'The event loop', 'five fetches in a row')];
        },
        point:
            'While its one thread waits in such a call, the whole loop stands still. On an event loop all that ' +
            'waits must be called with await, from libraries that are made for it.',
        article:
            'The article measures nothing here. Its example uses the library aiohttp and not the usual one (requests), ' +
            'whose calls would hold up the loop.',
    },
];
