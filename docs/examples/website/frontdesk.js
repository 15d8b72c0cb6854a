// A client of Frontdesk in one file: requests, subscriptions that come back, and forms. `?api=` says where the server is.
export const api = new URLSearchParams(location.search).get('api') ?? 'http://127.0.0.1:8080';
let bearer = null;
export const signedIn = (token) => { bearer = token; };

export async function ask(query, variables = {}, key = crypto.randomUUID()) {
  const headers = { 'content-type': 'application/json' };
  // Sent again after a lost answer, a mutation is done once.
  if (query.startsWith('mutation')) headers['idempotency-key'] = key;
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  const send = () => fetch(`${api}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const answer = await (await send().catch(send)).json();
  if (answer.errors) throw new Error(answer.errors[0].message);
  return answer.data;
}

/** One mutation; what the person can correct is an error with its sentence. */
export async function change(query, variables, key) {
  const [payload] = Object.values(await ask(query, variables, key));
  if (payload.errors.length) throw new Error(payload.errors.map((error) => error.message).join(' '));
  return payload;
}

/** Follows events for ever. After a break it goes on behind the last one seen: nothing is missed and nothing comes twice. */
export function follow(query, variables, onEvent) {
  let after = variables.after, tries = 0;
  const open = () => {
    const socket = new WebSocket(`${api.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
    const say = (message) => socket.send(JSON.stringify(message));
    socket.onopen = () => say({ type: 'connection_init', payload: bearer ? { authorization: `Bearer ${bearer}` } : {} });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'ping') say({ type: 'pong' });
      if (message.type === 'connection_ack') say({ id: '1', type: 'subscribe', payload: { query, variables: { ...variables, after } } });
      const problems = message.type === 'error' ? message.payload : message.payload?.errors;
      if (problems) {
        const { code, resumeAfter } = problems[0].extensions ?? {};
        if (code === 'EVENTS_EXPIRED') {
          // What was missed is no longer kept: what is shown is read afresh, and followed from here on.
          after = resumeAfter;
          onEvent({});
        } else if (code !== 'UNAUTHENTICATED') socket.onclose = () => console.warn(problems[0].message); // It will not get better.
        return socket.close();
      }
      if (message.type !== 'next') return;
      const [event] = Object.values(message.payload.data);
      after = event.sequence ?? after;
      tries = 0;
      onEvent(event);
    };
    socket.onclose = () => setTimeout(open, Math.min(10_000, 250 * 2 ** tries++));
  };
  open();
}

/** Sends a form by `send`, one at a time, and says in its `output` what came of it. What was filled in has one key, by which it is
 *  done once however often it is sent. */
export function form(id, send) {
  const element = document.getElementById(id), output = element.querySelector('output'), button = element.querySelector('button');
  let key = null;
  element.oninput = () => { key = null; };
  element.onsubmit = async (submitted) => {
    submitted.preventDefault();
    const fields = Object.fromEntries(new FormData(element));
    key ??= crypto.randomUUID();
    button.disabled = true;
    try {
      const said = await send(fields, element, key);
      element.reset();
      key = null;
      if (output) output.textContent = said ?? '';
    } catch (error) {
      if (output) output.textContent = error.message; else alert(error.message);
    } finally {
      button.disabled = false;
    }
  };
}

export const LINES = 'lines { id sender content authorName }';

/** Shows lines of a chat, each once. */
export function show(lines = []) {
  const list = document.getElementById('lines');
  for (const { id, sender, content, authorName } of lines) {
    if (document.getElementById(id)) continue;
    const item = list.appendChild(document.createElement('li'));
    Object.assign(item, { id, className: sender, textContent: authorName ? `${authorName}: ${content}` : content });
  }
  list.scrollTop = list.scrollHeight;
}
