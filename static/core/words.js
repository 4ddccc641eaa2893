// The words of this subject and of this page, each in one or two sentences that a beginner can read. This table is the
// one place where a word is explained; glossary.js shows it beside the word and as a list.
//
// also: other names of the same. A column of a table is explained by the word that is its head. quiet: too common a
// word to be marked wherever it stands in a text; it is explained where the page asks for it.
export const WORDS = [
    {
        word: 'process',
        also: ['processes'],
        says: 'A running program with memory of its own. Two processes share nothing unless they arrange it.',
    },
    {
        word: 'thread',
        says: 'One of several lines of work inside a process. The threads of a process share its memory.',
    },
    {
        word: 'event loop',
        also: ['epoll', 'asyncio'],
        says:
            'One thread that looks after many waits at once: it goes on with whichever task has its answer. asyncio ' +
            'is Python’s; epoll is how Linux tells a loop what has come.',
    },
    {
        word: 'coroutine',
        also: ['await'],
        says:
            'A function of an event loop that can stop in the middle and go on later. In Python it begins ' +
            'with async def, and stops where it says await.',
    },
    {
        word: 'interpreter',
        says: 'The program that carries out Python code, one small instruction after the other. The usual one is CPython.',
    },
    {word: 'CPython', says: 'The usual Python, written in C. Others are PyPy, Jython (on Java) and IronPython (on .NET).'},
    {
        word: 'lock',
        quiet: true,
        says: 'What only one can hold at a time. Who wants it while another holds it waits until it is let go.',
    },
    {
        word: 'GIL',
        also: ['global interpreter lock', 'global lock'],
        says:
            'The global interpreter lock: one lock for all threads of an interpreter. Only the thread that holds it ' +
            'may run Python code, so threads that compute take turns. A thread that waits for something lets go of it.',
    },
    {
        word: 'free-threaded',
        also: ['free-threading'],
        says: 'A CPython that is built without a GIL (since 3.13): its threads really run side by side.',
    },
    {
        word: 'reference count',
        also: ['refcount'],
        says:
            'How many places use an object. CPython keeps this number in every object and frees the object at 0; if two ' +
            'threads changed it at the same moment, it would go wrong. The GIL prevents that; free-threaded CPython counts ' +
            'in another, dearer way.',
    },
    {
        word: 'CPU',
        says:
            'The part of a computer that computes. Most have several, and each can run one thread at a time. Two of them may ' +
            'be the two halves of one core, and then they slow each other down.',
    },
    {
        word: 'CPU-bound',
        says: 'Said of work that computes all the time, as counting does. Only a faster CPU, or more of them, makes it quicker.',
    },
    {
        word: 'I/O-bound',
        also: ['IO-bound'],
        says: 'Said of work that mostly waits: for the network, a disk, a person. Many such waits can overlap.',
    },
    {word: 'experiment', quiet: true, says: 'The function that is tried here, such as counting down or fetching a page.'},
    {
        word: 'mode',
        quiet: true,
        says:
            'Who calls the function: one call after the other (serial), a thread for each, a process for each, or one ' +
            'event loop for all (epoll).',
    },
    {word: 'serial', says: 'One after the other, in one thread. The other modes are compared with this one.'},
    {word: 'task', also: ['tasks'], quiet: true, says: 'One call of the function. Two tasks in two threads are two calls, a thread for each.'},
    {
        word: 'cell',
        quiet: true,
        says: 'One combination of mode, lock and settings, measured by itself. It is a row of the table and a bar of the chart.',
    },
    {
        word: 'runtime',
        also: ['runtimes'],
        says: 'The program that runs the experiments: this lab’s own in C (called c), or a real interpreter, such as python3.',
    },
    {
        word: 'model',
        quiet: true,
        says: 'A lock that this lab has built after the rules of a real one, so that several can be compared on one machine.',
    },
    {
        word: 'tick',
        says: 'A small step of the interpreter, some nanoseconds (thousand-millionths of a second).',
    },
    {
        word: 'switch interval',
        also: ['switch_interval_us'],
        says:
            'How long a thread waits for the GIL of CPython 3 before it asks the holder to let go: 5 ms unless somebody ' +
            'changes it.',
    },
    {
        word: 'check interval',
        also: ['check_interval'],
        says: 'After how many ticks the holder let go of the GIL of Python 2 and took it again: 100 unless somebody changed it.',
    },
    {
        word: 'turn ticks',
        also: ['turn_ticks'],
        says: 'How many ticks each turn lasts under ticket, a fair lock: first come, first served. No Python has it.',
    },
    {word: 'hand-over', says: 'The lock goes from one thread to another, not back to the one that has just let go of it.'},
    {
        word: 'false wake-up',
        says: 'A waiting thread is woken because the lock is free, and finds that another has already taken it: work for nothing.',
    },
    {word: 'taken', quiet: true, says: 'How often somebody took the lock.'},
    {word: 'had to wait', quiet: true, says: 'How often somebody came for the lock and found it in other hands.'},
    {word: 'asked to let go', quiet: true, says: 'How often one that waited asked the holder to let go of the lock.'},
    {
        word: 'forced switch',
        also: ['forced switches'],
        quiet: true,
        says: 'The one that let go of the lock waited until another really had it, so that it could not take it back at once.',
    },
    {word: 'held', quiet: true, says: 'How long the lock was in somebody’s hands, all tasks together.'},
    {word: 'waited', quiet: true, says: 'How long tasks waited for the lock, all together.'},
    {
        word: 'convoy',
        says:
            'A quick thread that must wait for the lock again and again, behind threads that compute, goes at the pace of ' +
            'the slow ones, as cars do behind a lorry.',
    },
    {word: 'hog', says: 'A task that only computes, and holds the lock as long as it may.'},
    {
        word: 'context switch',
        also: ['context switches', 'switches'],
        says:
            'The system takes a CPU from one thread and gives it to another. In the tables: how often that happened to the ' +
            'tasks; below it, first how often they gave the CPU up to wait, then how often it was taken from them.',
    },
    {word: 'blocking', says: 'Said of a call that comes back only when its answer is there. In an event loop it holds up all others.'},
    {
        word: 'reserved memory',
        says: 'Addresses that a program has asked for, such as the stack of a thread. They cost nothing until they are used.',
    },
    {word: 'resident memory', also: ['RSS'], says: 'What a program really has in the machine’s memory at present.'},
    {word: 'latency', also: ['latencies'], says: 'How long one answer takes, from the question until it is there.'},
    {word: 'percentile', says: 'Half of the answers came within p50, and 99 of 100 within p99.'},
    {word: 'repetition', also: ['repeat'], says: 'A cell is measured several times, as no two measurements are alike.'},
    {word: 'warm-up', says: 'A repetition before those that count: the first is often slower, as nothing is ready yet.'},
    {word: 'median', says: 'The middle one of all repetitions: half of them took longer. One that was disturbed does not change it.'},
    {word: 'wall time', says: 'What a clock on the wall would show: from the start until the last task ended. The median of all repetitions.'},
    {word: 'CPU time', says: 'What all tasks together kept CPUs busy. Two tasks that compute at once use two seconds of it in each second.'},
    {word: 'given time', quiet: true, says: 'How long the tasks went on because they were asked to; no measure of anything.'},
    {
        word: 'interval',
        quiet: true,
        says:
            'From where to where the true value very likely lies. It is narrow if the repetitions were alike. With too few ' +
            'repetitions there is none, and their smallest and largest are shown.',
    },
    {
        word: 'ratio',
        quiet: true,
        says: 'The wall time over that of the mode in the column’s head: 2 means twice as long. Below it is the interval of this ratio.',
    },
    {
        word: 'speed-up',
        says: 'What all tasks do in the time in which one task alone does its own: 2 means twice as much. With its interval.',
    },
    {word: 'efficiency', quiet: true, says: 'The speed-up for each task: 100 % means that no task held up another.'},
    {
        word: 'verdict',
        says:
            'What the interval of the ratio allows to say: the same if all of it lies within 5 % of 1, faster or slower if ' +
            'all of it lies on one side of 1, and else “cannot tell”.',
    },
    {
        word: 'model ÷ real',
        quiet: true,
        says:
            'How many times its own serial time the model took, over the same of the real interpreter. The model agrees if ' +
            'the whole interval lies within 10 % of 1, and differs if all of it lies outside.',
    },
    {word: 'ideal', quiet: true, says: 'The best time that the lock and the CPUs allow: that of a machine whose starts and switches cost nothing.'},
    {word: 'answers', quiet: true, says: 'The status that came back and how often, in all repetitions together. 200 is a page that arrived.'},
    {
        word: 'noise',
        also: ['noisy'],
        quiet: true,
        says: 'Other programs, or other machines on the same hardware, that used CPUs meanwhile and so spoil times.',
    },
    {word: 'quota', quiet: true, says: 'A limit that a container puts on CPU time: with 1.5 CPUs, two busy threads are stopped again and again.'},
    {word: 'prediction', quiet: true, says: 'What somebody said would come out, before the run began.'},
    {word: 'precision', quiet: true, says: 'How exactly every ratio is to be known, such as 5 %: the run goes on until it is, or its time is over.'},
    {
        word: 'µs',
        also: ['ns'],
        says: 'A microsecond (µs) is a millionth of a second, a nanosecond (ns) a thousandth of that. A millisecond (ms) has 1,000 µs.',
    },
];
