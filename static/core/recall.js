// What the server has forgotten of a class and its archive has not: a server that was started anew knows what comes
// next, but its board begins empty.
import {askJson} from './api.js';

const MOST = 100;

// The runs of what comes next that isMissing(id), in the form of the board's rows. One that is removed meanwhile is none.
export async function recallRuns({experiment, since}, isMissing) {
    const {runs} = await askJson(`runs?${new URLSearchParams({experiment, limit: MOST})}`, {isQuiet: true});
    const missing = runs.filter(({id, created_at: created}) => created >= since && isMissing(id));
    const read = ({id}) => askJson(`runs/${id}`, {isQuiet: true}).catch(() => null);

    return (await Promise.all(missing.map(read))).filter(Boolean);
}
