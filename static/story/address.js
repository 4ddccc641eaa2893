// A step's address: #story/STEP, and behind it the runs that belong to it: #story/STEP?run=ID&real=ID. So a reload
// and a link show the same result again.
const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/; // a ULID

// {step, run, real}: names that may not exist; without a step, null.
export function readStory(hash) {
    const [, step, query] = /^#story\/([\w-]+)\??(.*)$/.exec(hash) ?? [];
    const asked = new URLSearchParams(query ?? '');
    const idOf = (name) => (ID.test(asked.get(name) ?? '') ? asked.get(name) : null);

    return {step: step ?? null, run: idOf('run'), real: idOf('real')};
}

export function storyPath(step, {run, real} = {}) {
    const query = [run && `run=${run}`, run && real && `real=${real}`].filter(Boolean).join('&');

    return `#story/${step}${query ? '?' + query : ''}`;
}
