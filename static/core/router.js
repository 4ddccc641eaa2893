// Addresses within the page: which view the part after the # belongs to, and how a view changes it.
//
// A view that changes the address by itself uses replace() for an edit and push() for a step that Back undoes. Neither
// raises a hashchange, so an edit that changes the address does not come back as an address that changes the edit; who
// only looks at the address listens to addresschange, too. A view that was left while it was still opening, or while it
// waited for an answer, finds the address of another one, and leaves that.
// A view's name is its folder. Folders are not called as the server's own paths are: /runs/view.js would be a run.
const VIEWS = [
    [/^#(lab|run)\b/, 'lab'],
    [/^#runs\/./, 'lab'], // one run is shown beside the form that asks for it again
    [/^#(runs|compare)\b/, 'history'],
    [/^#class\b/, 'room'],
    [/^#timeline\b/, 'timeline'],
];
const FIRST = 'story';

export function viewOf(hash) {
    return VIEWS.find(([pattern]) => pattern.test(hash))?.[1] ?? FIRST;
}

const isMine = (hash) => viewOf(location.hash) === viewOf(hash);

function change(method, hash) {
    if (!isMine(hash)) return;
    history[method](null, '', hash);
    dispatchEvent(new Event('addresschange'));
}

export function replace(hash) {
    change('replaceState', hash);
}

export function push(hash) {
    change('pushState', hash);
}

// Marks the view's link in the navigation.
export function markCurrent(name) {
    for (const link of document.querySelectorAll('nav a')) {
        if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
    }
}
