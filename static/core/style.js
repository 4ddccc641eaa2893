// A style sheet beside the page's own, loaded when what it is for is first opened.
import {el} from './dom.js';

const loading = new Map(); // by path

// path is relative to the page. Resolves when the sheet is there, or cannot be had: the content works without.
export function loadStyle(path, attributes = {}) {
    if (!loading.has(path))
        loading.set(
            path,
            new Promise((resolve) =>
                document.head.append(
                    el('link', {
                        ...attributes,
                        rel: 'stylesheet',
                        href: path,
                        on: {load: resolve, error: resolve},
                    }),
                ),
            ),
        );
    return loading.get(path);
}
