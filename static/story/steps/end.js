// The end of the story: what was seen, in one page.
export const END = {
    id: 'end',
    title: 'What you can explain now',
    text: [
        'The global interpreter lock (GIL) lets one thread at a time run Python code. It is there because Python counts ' +
            'the users of each object, and those counts, like the inside of a list or a dictionary, must not go wrong.',
    ],
    points: [
        'Work that computes in Python (CPU-bound): threads do not make it faster. Use processes, up to the number of CPUs, and only ' +
            'if there is enough work for each.',
        'Work that waits (I/O-bound): threads help, because a thread that waits lets go of the lock. For thousands of ' +
            'waits an event loop (asyncio) does the same in one thread, with less memory.',
        'Number crunching in a library like NumPy: threads help where the library lets go of the lock.',
        'A thread that computes in Python makes every other one that needs the lock wait, mostly for one switch interval ' +
            '(5 ms in CPython).',
        'The lock protects the interpreter, not your data: shared variables need a lock of your own.',
        'On an event loop you decide when to switch, with await. A call that blocks, or long computing without await, ' +
            'holds up everything.',
        'Threads share memory. Processes do not.',
        'The version matters: before 3.2, so in all of Python 2, there was another, worse lock; Jython and IronPython have none; ' +
            'since 3.13 there is a separate build of CPython without it, while the usual one still has it. The article is of 2017.',
        'Now ask your own: the Lab, at the top of this page, runs all of it with other numbers.',
    ],
};
