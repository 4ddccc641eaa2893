// The router: which view an address (what follows the #) belongs to, and the frame around all of them. A view is a
// module that is loaded when it is first asked for, so the first load holds one view alone.
//
// A view exports open(place, context) and returns {update(), close(), redraw(), keys}, each of them optional: place is
// an empty element, context is {catalog}; update() is told that the address has changed within the view; redraw() that
// colours or sizes have; close() ends what goes on. A view reads and writes the address by itself (core/router.js).
import {missed, watchServer, whenThere} from './core/alive.js';
import {late, onTokenNeeded, Refused} from './core/api.js';
import {loadCatalog} from './core/catalog.js';
import {keepClient} from './core/client.js';
import {byId, el} from './core/dom.js';
import {focusHeading} from './core/focus.js';
import {openGlossary} from './core/glossary.js';
import {startPresenting} from './core/present.js';
import {markCurrent, viewOf} from './core/router.js';
import {showProblem} from './core/problem.js';
import {learnSigns, repaintSigns} from './core/signs.js';
import {loadStyle} from './core/style.js';

const main = byId('view');
let catalog;
let current = null; // {name, view}: the one that is open
let opening = 0;
const keysOf = () => current?.view.keys ?? {};
const showPresenting = startPresenting(byId('present'), keysOf);

// A view's rules hold only while it is open, so no other view comes to depend on them.
function applyStyle(name) {
    for (const {dataset, sheet} of document.querySelectorAll('link[data-view]'))
        if (sheet) sheet.disabled = dataset.view !== name;
}

async function load(name) {
    // A name that is known here only: what joins the page's first modules leaves it as it is.
    const path = `./${name}/view.js`;
    const [module] = await Promise.all([
        late(() => import(path)),
        loadStyle(`${name}/${name}.css`, {'data-view': name}),
    ]);

    return module;
}

async function askForToken(problem) {
    const token = await late(() => import('./core/token.js'));

    return token.askForToken(problem);
}

// A view may be asked for while another one is still on its way; only the last is shown. The one that the page begins
// with does not take the focus: its reader begins at the top. Nor does one that comes so late that somebody is somewhere
// else by then, perhaps typing a name.
async function route() {
    const name = viewOf(location.hash);
    const mine = ++opening;
    const before = document.activeElement;
    const hasMoved = () => ![before, document.body].includes(document.activeElement);

    byId('problem').replaceChildren();
    markCurrent(name);
    showPresenting(name);
    if (current?.name === name) {
        current.view.update?.();
        return;
    }
    const module = await load(name);

    if (mine !== opening) return;
    const isFirst = !main.querySelector('.view');
    const place = el('div', {class: `view view-${name}`});

    current?.view.close?.();
    current = null;
    delete main.dataset.view;
    applyStyle(name);
    main.replaceChildren(place);
    const view = await module.open(place, {catalog});

    if (mine !== opening) {
        view.close?.();
        return;
    }
    current = {name, view};
    main.dataset.view = name;
    if (isFirst || hasMoved()) return;
    scrollTo(0, 0);
    focusHeading(place);
}

// A view that could not be fetched because the server was away is fetched when it is back. A browser may remember that
// a module did not come, so the page is read anew; all that it shows is in its address.
async function openWhenBack() {
    await missed();
    if ((await whenThere()) && current?.name !== viewOf(location.hash)) location.reload();
}

function fail(error) {
    const problem =
        error instanceof Refused
            ? error.problem
            : {
                  title: 'This view could not be opened',
                  detail: `${error.message} Is the server still running?`,
              };

    showProblem(byId('problem'), problem);
    openWhenBack();
    if (!(error instanceof Refused)) throw error;
}

// Colours and sizes are part of a picture, so a canvas must be drawn again. A window that is being resized says so
// many times a second; it is drawn when that ends.
function redrawOnChange() {
    let timer;

    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
        repaintSigns();
        current?.view.redraw?.();
    });
    addEventListener('resize', () => {
        clearTimeout(timer);
        timer = setTimeout(() => current?.view.redraw?.(), 150);
    });
}

// The part after the # belongs to the router, so this link does by hand what links to a place in the page do.
function skipOnClick() {
    document.querySelector('.skip').addEventListener('click', (event) => {
        event.preventDefault();
        focusHeading(main);
    });
}

// What the class does next, above every view. Fetched behind the first view; if the server has gone away by then, the
// page is read anew when it is back, as a module that did not come may be remembered.
async function showNext() {
    let next;

    try {
        next = await late(() => import('./core/next.js'));
    } catch (error) {
        if (!(error instanceof Refused)) throw error;
        await whenThere();
        location.reload();
        return;
    }
    await next.startNext(document.querySelector('main'), catalog);
}

// The signs must be known before anything with a mode or a lock is drawn. The view is on its way meanwhile; if it does
// not come, route() says so.
async function start() {
    keepClient();
    onTokenNeeded(askForToken);
    skipOnClick();
    byId('glossary').addEventListener('click', openGlossary);
    watchServer();
    load(viewOf(location.hash)).catch(() => {});
    catalog = await loadCatalog();
    learnSigns(catalog);
    addEventListener('hashchange', () => route().catch(fail));
    redrawOnChange();
    await route();
    await showNext();
}

start().catch(fail);
