// The runs of this server, and two of them held against each other. While a comparison is open the list waits behind
// it, so that who comes back finds the same rows chosen.
import {readRunAddress} from '../core/address.js';
import {byId} from '../core/dom.js';
import {focusHeading} from '../core/focus.js';
import {showNotes} from '../core/problem.js';
import {openComparison} from './compare.js';
import {historyPart} from './history.js';

// Returns {update, redraw, close}.
export async function open(place, {catalog}) {
    const list = historyPart(catalog);
    let comparison = null; // the one that is open: {node, redraw, close}

    // What was pressed to come here is gone with what was shown before, so the heading of the new part has the focus.
    function update() {
        const wasOpen = comparison !== null;

        show();
        if (comparison || wasOpen) focusHeading(place);
    }

    function show() {
        const pair = readRunAddress(location.hash)?.compare;

        comparison?.close();
        comparison?.node.remove();
        comparison = pair ? openComparison(pair, {catalog, back: list.address()}) : null;
        list.node.hidden = Boolean(pair);
        document.title = pair ? 'Two runs compared, gilscope' : 'Runs, gilscope';
        if (pair) list.pause();
        else list.update();
        if (!pair && location.hash.startsWith('#compare'))
            showNotes(byId('problem'), ['This address does not name two runs; here are all that there are.']);
        if (comparison) place.append(comparison.node);
    }

    place.append(list.node);
    show();
    return {
        update,
        redraw: () => comparison?.redraw(),
        close() {
            comparison?.close();
            list.pause();
        },
    };
}
