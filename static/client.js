// The name by which the server knows this browser: a random one in a cookie, made once. It tells one's own runs
// from those of others behind the same address, and is nobody's real name.

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

    document.cookie = `${COOKIE}=${name}; Path=/; Max-Age=${YEAR_S}; SameSite=Strict${secure}`;
}
