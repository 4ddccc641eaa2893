// Where the focus goes when something on the page is replaced. Without it a keyboard would begin again at the top,
// and a screen reader would not hear that anything has changed.

// Moves the focus to something that is read, such as a heading. Nobody needs to reach that by Tab. It is scrolled
// to if it is not in view.
export function focusOn(node) {
    if (node.tabIndex < 0) node.tabIndex = -1;
    node.focus({preventScroll: true});
    const {top} = node.getBoundingClientRect();

    if (top < 0 || top > innerHeight * 0.7) node.scrollIntoView();
}

// The first heading that can be seen there, or else the place itself.
export function focusHeading(place) {
    const heading = [...place.querySelectorAll('h1, h2')].find((node) => node.checkVisibility());

    focusOn(heading ?? place);
}
