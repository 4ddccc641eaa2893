// The runs that a timeline is about, each asked for once, with its spans, and the bytes that they were read from.
import {Refused} from '../core/api.js';
import {followRun, getRun, isOver} from '../core/follow.js';
import {loadCells, loadTrace} from './timeline-of.js';

// An archive that was made smaller may have let go of it.
function noneKept(error) {
    if (error instanceof Refused && error.problem.status === 404) return null;
    throw error;
}

// A promise for each id. One that came to nothing is asked for again.
function remember(make) {
    const kept = new Map();

    return (id, ...rest) => {
        if (!kept.has(id)) {
            kept.set(id, make(id, ...rest));
            kept.get(id).catch(() => kept.delete(id));
        }
        return kept.get(id);
    };
}

// Returns {load, bytes}: load(id, wait) is a promise of {run, cells}, the cells as drawLanes() takes them, or null where
// the run keeps no spans; a run that is not over is followed, of which wait(run) hears, and returns tell(name, data).
// bytes(id) is a promise of the trace. The signal ends all that is on its way; what several ask for is asked once, so
// none of them alone can.
export function makeStore(catalog, signal) {
    const bytes = remember((id) => loadTrace(id, signal));
    const load = remember(async (id, wait) => {
        const found = await getRun(id, signal);
        const run = isOver(found) ? found : await followRun(found, {signal, tell: wait(found)});

        return {run, cells: await loadCells(catalog, run, bytes).catch(noneKept)};
    });

    return {load, bytes};
}
