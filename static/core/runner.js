// The one run that a view follows: from the click, or from the address of a run, until it is over. Another
// run that was followed before goes on by itself; the history has it.
import {late} from './api.js';
import {sentence} from './format.js';

// Nothing of it is needed before there is a run.
const following = () => late(() => import('./follow.js'));

// show(run, values) gets the run when it is over, refuse(error) what went wrong, hear(name, data) the events on the
// way, and left() that nothing is followed any more. Returns {isBusy(), follow(begin, options), cancel(), stop()}.
export function makeRunner({actions, show, refuse, hear = () => {}, left = () => {}}) {
    let followed = null; // {abort, booked: promise of the run}, or null

    // Two runs can be on their way for a moment: the one that was followed, and the one that an address has
    // just asked for. Each step of the former may still come back from the network, so after each it is asked
    // whether it is still the one that the page follows; if not, it touches nothing.
    //
    // begin(signal) returns a promise of the run; found(run) hears of it; values is what was asked for, if
    // the page asked.
    async function follow(begin, {values, found = () => {}}) {
        const abort = new AbortController();
        const mine = {abort, booked: begin(abort.signal)};
        const isMine = () => followed === mine;

        stop();
        followed = mine;
        actions.begin();
        try {
            const booked = await mine.booked;
            const {followRun} = await following();

            if (!isMine()) return;
            found(booked);
            if (booked.joined) actions.joined();
            if (booked.request?.precision > 0) actions.openEnded();
            actions.warmups((booked.request?.warmup ?? 0) * (booked.cells?.length ?? 0));
            const tell = (name, data) => {
                if (!isMine()) return;
                actions.tell(name, data);
                hear(name, data);
            };
            const over = await followRun(booked, {signal: abort.signal, tell});

            if (isMine()) show(over, values);
        } catch (error) {
            if (isMine()) refuse(error);
        } finally {
            if (isMine()) leave();
        }
    }

    function leave() {
        followed = null;
        actions.end();
        left();
    }

    // Nothing is followed any more; the run itself goes on.
    function stop() {
        if (!followed) return;
        followed.abort.abort();
        leave();
    }

    // How it ended is in the stream that is followed, so nothing is shown here. Only a run that goes on for
    // others is left at once, and the server's words say so. The run may not be booked yet when Cancel is
    // pressed; then this waits until there is something to cancel.
    async function cancel() {
        const mine = followed;

        try {
            const {id} = await mine.booked;
            const {cancelRun} = await following();
            const {detail} = await cancelRun(id);

            if (!detail || followed !== mine) return;
            stop();
            actions.say(sentence(detail));
        } catch (error) {
            // Over already (409): the stream says so, too.
            if (followed === mine && error.problem?.status !== 409) refuse(error);
        }
    }

    return {isBusy: () => followed !== null, follow, cancel, stop};
}
