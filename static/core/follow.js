// A run from the moment it is asked for until it is over. It belongs to the server: leaving the page does not
// end it, and whoever knows its id can look on.
import {askJson} from './api.js';
import {readEvents} from './event-stream.js';
import {myName} from './person.js';

export function isOver({status}) {
    return status !== 'queued' && status !== 'running';
}

// Asks for a run; returns it as it stands in the queue, or in that of somebody who asked for the same. It
// does not wait for the run: the server answers at once because of the header Prefer. The name that was given to the
// class is the run's label, unless the form has another.
export function bookRun(experiment, values) {
    return askJson(`run/${encodeURIComponent(experiment)}`, {
        method: 'POST',
        headers: {Prefer: 'respond-async'},
        body: {...(myName() && {label: myName()}), ...values},
    });
}

// The run as it stands now.
export function getRun(id, signal) {
    return askJson(`runs/${encodeURIComponent(id)}`, {signal});
}

// Returns the cancelled run, or {detail} if it goes on for others.
export function cancelRun(id) {
    return askJson(`runs/${encodeURIComponent(id)}/cancel`, {method: 'POST'});
}

// Returns the run when it is over. tell(name, data) hears the events on the way, and of a connection that was
// lost and came back: 'lost', 'found'. Each of the two is told once, however many attempts lie between them.
// A stream that ends without the event of the end has nothing left to tell, and the run itself says how it
// ended.
export async function followRun(run, {signal, tell}) {
    let isLost = false;
    const connected = (isSo) => {
        if (isLost === isSo) tell(isSo ? 'found' : 'lost', {});
        isLost = !isSo;
    };

    if (isOver(run)) return run;
    for await (const {name, data} of readEvents(`runs/${run.id}/events`, {signal, connected})) {
        if (name === 'done' || name === 'failed') {
            connected(true);
            // An event that comes from the archive is the same for all readers. Label and prediction are
            // the reader's own, so the run is read once more.
            return 'kept' in data ? data : getRun(run.id, signal);
        }
        tell(name, data);
    }
    return getRun(run.id, signal);
}
