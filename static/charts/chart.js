// The chart library, loaded when the first chart is drawn: most of what a page of text needs to load would be it.
let loading = null;

// Returns a promise of the library, or of null where the server does not have it; the tables have all numbers.
export function loadChart() {
    loading ??= new Promise((resolve) => {
        const script = document.createElement('script');

        script.src = 'chart.js';
        script.onload = () => resolve(window.Chart ?? null);
        // The server may be away: the next chart asks again.
        script.onerror = () => {
            loading = null;
            resolve(null);
        };
        document.head.append(script);
    });
    return loading;
}
