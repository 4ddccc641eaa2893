// A style sheet beside the page's own, loaded when what it is for is first opened.
import {el} from './dom.js';

const loading = new Map(); // by path

// path is relative to the page. Resolves when the sheet is there, or cannot be had: the content works without. The next
// time it is asked for again, as the server may have been away.
export function loadStyle(path, attributes = {}) {
    const load = (resolve) => {
        const missing = ({currentTarget}) => {
            loading.delete(path);
            currentTarget.remove();
            resolve();
        };

        document.head.append(
            el('link', {...attributes, rel: 'stylesheet', href: path, on: {load: resolve, error: missing}}),
        );
    };

    if (!loading.has(path)) loading.set(path, new Promise(load));
    return loading.get(path);
}
