// el() of dom.js for pictures in SVG: attributes and children alike, in the namespace that makes it one.
const SPACE = 'http://www.w3.org/2000/svg';

export function svg(name, attributes = {}, ...children) {
    const node = document.createElementNS(SPACE, name);

    for (const [key, value] of Object.entries(attributes))
        if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value);
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
}
