// The Python that several steps show. It is written out as the article has it, a line for each thread, so that nobody needs
// to know more of the language than that.
export const COUNT_DOWN = `def count_down(n):
    while n > 0:
        n = n - 1
`;

// Two calls of a function, each in a Thread or a Process of its own.
export function inTwo(kind, target, argument) {
    const name = kind.toLowerCase();
    const made = (i) => `${name}${i} = ${kind}(target=${target}, args=(${argument},))\n`;

    return (
        `${made(1)}${made(2)}${name}1.start()\n${name}2.start()\n` +
        `${name}1.join()     # wait for it\n${name}2.join()\n`
    );
}
