// A table that a phone shows as cards: a row is a card, and a cell a line that begins with the head of its column
// (history.css). The roles say that it is a table all the same, which a browser may forget when rows are laid out in
// another way.

function dressRow(row, heads) {
    row.setAttribute('role', 'row');
    [...row.cells].forEach((cell, i) => {
        cell.dataset.head = heads[i];
        cell.setAttribute('role', i === 0 ? 'rowheader' : 'cell');
    });
    return row;
}

// frame is what table() of core/table.js returns. Returns a function that does the same to a row that is added later,
// and returns the row.
export function asCards(frame) {
    const made = frame.querySelector('table');
    const heads = [...made.tHead.rows[0].cells];

    frame.classList.add('cards');
    made.setAttribute('role', 'table');
    for (const group of [made.tHead, ...made.tBodies]) group.setAttribute('role', 'rowgroup');
    made.tHead.rows[0].setAttribute('role', 'row');
    for (const head of heads) head.setAttribute('role', 'columnheader');
    const dress = (row) =>
        dressRow(
            row,
            heads.map(({textContent}) => textContent),
        );

    for (const row of made.tBodies[0].rows) dress(row);
    return dress;
}
