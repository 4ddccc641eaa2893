// What this tab remembers until it is closed: a name, a token, who leads. A browser that keeps nothing has it until a
// reload.

// Returns {get(), set(text)}; text null forgets it.
export function keptInTab(key) {
    let value = null;

    try {
        value = sessionStorage.getItem(key);
    } catch {
        // Storage is switched off.
    }
    return {
        get: () => value,
        set(text) {
            value = text;
            try {
                if (text === null) sessionStorage.removeItem(key);
                else sessionStorage.setItem(key, text);
            } catch {
                // As above.
            }
        },
    };
}
