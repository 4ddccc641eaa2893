// What this machine cannot show, and why. The server says how many CPUs a run may use and whether a quota limits them;
// how much other programs disturb is known only after a run.
import {askJson} from '../core/api.js';
import {readyRuntimes} from '../core/catalog.js';
import {el} from '../core/dom.js';
import {plural} from '../core/format.js';
import {storyPath} from './address.js';

// Asked for as soon as the story is fetched, so that it is there when the catalog is. A server that is about to stop does
// not say.
const asked = askJson('readyz').catch(() => null);

// {cpus, quota, noise}: quota is null where there is none, and noise until a run has found some.
export async function readHost(catalog) {
    const cpus = readyRuntimes(catalog)[0]?.cpus_usable ?? 1;
    const machine = (await asked)?.machine;

    return {cpus: machine?.cpus_usable ?? cpus, quota: machine?.cpu_quota ?? null, noise: null};
}

// Why a step cannot be shown here, as a clause; null if it can.
export function whyNotHere({needs}, {cpus, quota}) {
    if (!needs) return null;
    if (cpus < needs.cpus) return `this machine lets a run use ${plural(cpus, 'CPU')} only, and ${needs.why}`;
    if (quota !== null && quota < needs.cpus)
        return `a quota lets runs use ${quota} CPUs at most, which holds back what computes at the same time`;
    return null;
}

function stepLinks(steps) {
    return steps.flatMap(({id, title}, i) => [i > 0 && ', ', el('a', {href: storyPath(id)}, title)]);
}

// What the machine never can show, said where the story begins.
function cannot(steps, host) {
    const hidden = steps.filter((step) => whyNotHere(step, host));
    const bare = hidden.filter(({recorded}) => !recorded);
    const has = host.cpus < 2 ? plural(host.cpus, 'usable CPU') : `a quota of ${host.quota} CPUs for all runs`;

    if (hidden.length === 0) return null;
    return el(
        'aside',
        {class: 'note', 'aria-label': 'What this machine cannot show'},
        el(
            'p',
            {},
            `This machine has ${has}. It cannot show these steps, so they show what real interpreters did on a `,
            'machine with two: ',
            stepLinks(hidden.filter(({recorded}) => recorded)),
            '.',
            ...(bare.length > 0 ? [' Nor this one, of which there is nothing recorded: ', stepLinks(bare), '.'] : []),
        ),
    );
}

// What it cannot show as long as other programs compute, as the last run has found. Steps that compare computing have
// recorded figures to show beside.
function disturbed(steps, {noise}) {
    if (!noise) return null;
    return el(
        'details',
        {class: 'note'},
        el('summary', {}, 'This machine is busy with other things, and some steps may not be able to tell'),
        el(
            'p',
            {},
            `During the last run ${noise}. While that goes on, these steps may not tell what takes longer. Then they show `,
            'beside it what real interpreters did on a machine with nothing else to do: ',
            stepLinks(steps.filter(({recorded}) => recorded)),
            '.',
        ),
    );
}

// The banners of a step, isFirst if it is the first one.
export function hostBanners(steps, host, isFirst) {
    return [isFirst && cannot(steps, host), disturbed(steps, host)].filter(Boolean);
}

// Takes what a run has found of the machine.
export function learnNoise(host, run) {
    host.noise = run.host?.noisy ? run.host.noise_reasons?.[0] : null;
}
