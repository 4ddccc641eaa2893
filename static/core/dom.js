// The one helper that makes elements. Labels, reasons and metrics come from other people and programs, and all
// of them go through here as text; there is no other way to put something on the page. Nothing in this file
// knows what gilscope is.

// el('a', {href: 'x', class: 'y', on: {click}}, 'text', node, …). An attribute that is null, undefined or
// false is left out, true becomes an empty one; children that are null or false are skipped. Text is always
// text: no string is ever read as HTML.
export function el(name, attributes = {}, ...children) {
    const node = document.createElement(name);

    for (const [key, value] of Object.entries(attributes)) {
        if (key === 'on')
            for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
        else if (value !== null && value !== undefined && value !== false)
            node.setAttribute(key, value === true ? '' : value);
    }
    node.append(
        ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
    );
    return node;
}

export function byId(id) {
    return document.getElementById(id);
}

// A folded part whose content is made when it is first opened: a run of 64 cells has thousands of rows, which
// nobody may ever look at.
export function folded(title, make) {
    const body = el('div');
    const details = el('details', {class: 'fold'}, el('summary', {}, title), body);

    details.addEventListener('toggle', () => {
        if (details.open && !body.hasChildNodes()) body.append(make());
    });
    return details;
}
