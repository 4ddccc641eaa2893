// Writes the cases of tests/cases/numbers.json again with the functions of static/core/format.js; the same file
// comes out if both sides have the same rules. Shares stand in sentences only, which are the server's. Runs in
// node and, as text, in the browser.
export function writeCases({'': about, percent, ...rules}, {time, timeRange, bytes, ratio, text, field}) {
    const writers = {time, bytes, ratio, value: text, field};
    const write = (rule, row) =>
        rule === 'range'
            ? [row[0], row[1], ...timeRange(row[0], row[1]).split(' to ')]
            : [...row.slice(0, -1), writers[rule](...row.slice(0, -1))];

    return {
        '': about,
        percent,
        ...Object.fromEntries(
            Object.entries(rules).map(([rule, rows]) => [rule, rows.map((row) => write(rule, row))]),
        ),
    };
}
