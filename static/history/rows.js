// A table whose rows follow a list that is read again and again. A row that did not change stays as it is, and of one
// that did only the cells that changed are made anew; never one with the focus or with a form that somebody is filling
// in. So nobody who reads, types or tabs is disturbed by runs that come, go on and end.
import {table, tableRow} from '../core/table.js';
import {asCards} from './cards.js';

const isBusy = (cell) => cell.contains(document.activeElement) || cell.querySelector('form') !== null;

// Returns {node, show(items), redo(id), row(id)}. Items have an id. redo() makes the row of an id anew, whatever has
// the focus there.
export function liveTable(caption, columns) {
    const node = table(caption, columns, []);
    const body = node.querySelector('tbody');
    const dress = asCards(node);
    const rows = new Map(); // id -> {row, item, isOld}

    // The listeners of a row hold its item, which therefore stays the same object while its members change.
    function renew(known, item) {
        known.isOld = false; // a cell that was left alone is tried again next time
        for (const name of Object.keys(known.item)) delete known.item[name];
        Object.assign(known.item, item);
        const made = dress(tableRow(columns, known.item));

        [...made.cells].forEach((cell, i) => {
            const former = known.row.cells[i];

            if (former.isEqualNode(cell)) return;
            if (isBusy(former)) known.isOld = true;
            else former.replaceWith(cell);
        });
    }

    function rowOf(item) {
        const known = rows.get(item.id);

        if (known) {
            if (known.isOld || JSON.stringify(known.item) !== JSON.stringify(item)) renew(known, {...item});
        } else {
            const own = {...item};

            rows.set(item.id, {item: own, row: dress(tableRow(columns, own))});
        }
        return rows.get(item.id).row;
    }

    return {
        node,
        show(items) {
            const ids = new Set(items.map(({id}) => id));

            for (const [id, {row}] of rows) {
                if (ids.has(id)) continue;
                row.remove();
                rows.delete(id);
            }
            // A row that is moved loses the focus, so only those are put in that are not there yet.
            items.map(rowOf).forEach((row, i) => {
                if (body.rows[i] !== row) body.insertBefore(row, body.rows[i] ?? null);
            });
        },
        redo(id) {
            const known = rows.get(id);
            const made = dress(tableRow(columns, known.item));

            known.row.replaceWith(made);
            known.row = made;
        },
        row: (id) => rows.get(id)?.row,
    };
}
