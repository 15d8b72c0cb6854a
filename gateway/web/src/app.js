// Joins the bar above to GraphiQL below.

import { defaultQuery, tabs } from './examples.js';
import { createTransport } from './fetcher.js';
import { createSession } from './session.js';
import { storage } from './storage.js';

const { React, ReactDOM, GraphiQL } = window;
const element = (id) => document.getElementById(id);
const form = element('sign-in');

const session = createSession({
  onChange(viewer) {
    transport.close();
    showViewer(viewer);
    render(); // what the schema shows may depend on who asks
  },
  onRefresh: () => transport.reconnect(),
  onLost: (message) => showProblem([message]),
});
const transport = createTransport(session);
const root = ReactDOM.createRoot(element('graphiql'));

function render() {
  root.render(React.createElement(GraphiQL, {
    fetcher: transport.fetcher(),
    storage,
    defaultQuery,
    defaultTabs: tabs,
    shouldPersistHeaders: false,
    inputValueDeprecation: true,
    schemaDescription: true,
  }));
}

function showViewer(viewer) {
  form.hidden = viewer !== null;
  element('session').hidden = viewer === null;
  element('name').textContent = viewer?.name ?? '';
  element('name').title = viewer?.email ?? '';
  element('detail').textContent = [viewer?.role, viewer?.tenant].filter(Boolean).join(' · ');
  element('initials').textContent = initials(viewer?.name ?? '');
  element('status').textContent = viewer ? `Signed in as ${viewer.name}.` : 'Signed out.';
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => [...word][0]).join('').toUpperCase();
}

function showProblem(messages) {
  element('problem').hidden = messages.length === 0;
  element('problem-text').textContent = messages.join(' ');
}

/** Runs `work` with the button switched off, so that nothing is sent twice. */
async function busy(button, work) {
  button.disabled = true;
  try {
    showProblem(await work());
  } catch (cause) {
    showProblem([`Something went wrong in this page: ${cause.message}`]);
  } finally {
    button.disabled = false;
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const value = (id) => element(id).value.trim();
  const input = { email: value('email'), password: element('password').value, code: value('code'), tenant: value('tenant') };
  busy(form.querySelector('button'), async () => {
    const messages = await session.signIn(input);
    element('code').value = '';
    element('password').select();
    if (messages.length > 0) return messages;
    element('password').value = '';
    document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror.focus();
    return [];
  });
});

element('sign-out').addEventListener('click', (event) => busy(event.currentTarget, async () => {
  const messages = await session.signOut();
  element('email').focus();
  return messages;
}));
element('dismiss').addEventListener('click', () => showProblem([]));

render();
