// The name by which this browser has its turns beside others behind the same address: a random one in a cookie, made
// once, and nobody's real name. Whose a run is shows another cookie, which the server sets and no script can read.

const COOKIE = 'gilscope_client';
const YEAR_S = 365 * 24 * 3600;

function readName() {
    return new RegExp(`(?:^|; )${COOKIE}=([\\w-]{1,64})(?:;|$)`).exec(document.cookie)?.[1];
}

function makeName() {
    return [...crypto.getRandomValues(new Uint8Array(16))]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('');
}

// Each visit keeps the name for another year. Without cookies the address is the client, which works, too.
export function keepClient() {
    const name = readName() ?? makeName();
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    const {pathname} = new URL('.', location.href); // the page may live below a prefix of a proxy

    document.cookie = `${COOKIE}=${name}; Path=${pathname}; Max-Age=${YEAR_S}; SameSite=Strict${secure}`;
}
