/** What the service said about a request that it refused. */
export class Problem extends Error {
  constructor(problem) {
    super(problem.detail);
    this.violations = problem.violations || [];
    this.status = problem.status;
  }
}

let token = sessionStorage.getItem('consistency-token') || '';

/** Reads. With the etag of an earlier answer it returns null while nothing has changed. */
export async function get(path, etag) {
  const response = await send('GET', path, etag ? { 'If-None-Match': etag } : {});
  return response.status === 304 ? null : { data: await parse(response), etag: response.headers.get('ETag') };
}

/** Sends a command. The same key makes a retry of the same command safe. */
export async function post(path, body, { key, version, user }) {
  if (!/^[ -~]{0,128}$/.test(user)) {
    throw new Problem({ status: 400, detail: 'The name after "Acting as" must have 1 to 128 printable ASCII characters.' });
  }
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
  if (version) headers['If-Match'] = '"' + version + '"';
  if (user) headers['X-User-Id'] = user;
  return parse(await send('POST', path, headers, JSON.stringify(body)));
}

// The token of each answer goes back with the next request, so that no answer is older than what this page has shown.
async function send(method, path, headers, body) {
  const sent = token;
  if (sent) headers['Consistency-Token'] = sent;
  let response;
  try {
    response = await fetch(path, { method, headers, body, cache: 'no-store' });
  } catch (failure) {
    throw new Problem({ status: 0, detail: 'The service does not respond. This page keeps trying.' });
  }
  const received = response.headers.get('Consistency-Token');
  // An answer to a request that was sent before the last command does not know that command.
  if (received && (method === 'POST' || token === sent)) {
    token = received;
    sessionStorage.setItem('consistency-token', token);
  }
  if (response.status >= 400) throw new Problem(await problemOf(response));
  return response;
}

async function problemOf(response) {
  try {
    return await response.json();
  } catch (failure) {
    return { status: response.status, detail: 'The service returned status ' + response.status + '.' };
  }
}

// Amounts stay text, since a binary number does not hold every amount.
async function parse(response) {
  const text = await response.text();
  return JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|(-?\d+\.\d+)/g, (all, string) => string || '"' + all + '"'));
}

/** Makes a random key. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Repeats a call, one at a time, while the page is visible. */
export function every(milliseconds, call) {
  let running = false;
  const tick = async () => {
    if (running || document.hidden) return;
    running = true;
    try {
      await call();
    } finally {
      running = false;
    }
  };
  const timer = setInterval(tick, milliseconds);
  tick();
  return () => clearInterval(timer);
}
