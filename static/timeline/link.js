// The way from a run to its timeline. A run that only counted its spans has the link too: the view offers to run it
// again.
import {el} from '../core/dom.js';

export function timelineLink(run) {
    return el(
        'p',
        {},
        el('a', {href: `#timeline/${run.id}`}, 'Timeline'),
        ': what each task did when, and who held the lock.',
    );
}
