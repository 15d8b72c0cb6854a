// Uses the playground as a person does, in a real headless Chromium, against a running server.
//
//   node graphiql.mjs <base URL> <e-mail> <password> <screenshot.png> <chromium executable>
//
// Prints one line of JSON. Leaves with 0 when everything held, with 1 and the reason on stderr when not.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [base, email, password, screenshot, executablePath] = process.argv.slice(2);
if (!executablePath) {
  console.error('usage: node graphiql.mjs <base URL> <e-mail> <password> <screenshot.png> <chromium executable>');
  process.exit(2);
}

const { origin, hostname } = new URL(base);
const steps = [];
const requests = new Set();
const complaints = [];
const secrets = new Set([password]);
const expiries = [];
const step = (name) => steps.push(name);

/** What the page asks for: only this origin, and `data:` which is no request. */
function record(address) {
  if (address.startsWith('data:')) return;
  const url = new URL(address.replace(/^ws/, 'http'));
  requests.add(url.origin + url.pathname);
  if (url.origin !== origin) complaints.push(`request to another origin: ${address}`);
}

/** Tokens as the server hands them out, to look for them in the browser's storage afterwards, and when they expire. */
async function rememberTokens(response) {
  if (!response.url().endsWith('/graphql')) return;
  const text = await response.text().catch(() => '');
  for (const [, token] of text.matchAll(/"(?:access|refresh)Token":"([^"]+)"/g)) secrets.add(token);
  for (const [, expiry] of text.matchAll(/"accessTokenExpiresAt":"([^"]+)"/g)) expiries.push(Date.parse(expiry));
}

/** Playwright waits without end where a page or a browser no longer answers. */
async function within(milliseconds, what, work) {
  let timer;
  const end = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`${what} does not answer`)), milliseconds);
  });
  return Promise.race([work, end]).finally(() => clearTimeout(timer));
}

async function openBrowser() {
  const profile = await mkdtemp(path.join(tmpdir(), 'frontdesk-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1440, height: 900 },
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${hostname}`,
    ],
  });
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { context, close };
}

/** Everything that must not happen is written down from before the page's first byte. */
async function watch(context) {
  await context.exposeFunction('reportViolation', (text) => complaints.push(`policy violation: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.reportViolation(`${event.effectiveDirective} refused ${event.blockedURI || 'inline'} at ${event.sourceFile ?? ''}:${event.lineNumber}`);
    });
  });
  const page = context.pages()[0] ?? (await context.newPage());
  context.on('request', (request) => record(request.url()));
  context.on('response', rememberTokens);
  context.on('page', (other) => complaints.push(`another page was opened: ${other.url()}`));
  page.on('websocket', (socket) => record(socket.url()));
  page.on('pageerror', (error) => complaints.push(`error in the page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.setDefaultTimeout(15_000);
  await page.clock.install();
  return page;
}

const resultPane = (page) => page.locator('.result-window');
const resultText = (page) =>
  page.evaluate(() => document.querySelector('.result-window .CodeMirror')?.CodeMirror?.getValue() ?? '');

async function waitForResult(page, holds, what) {
  const end = Date.now() + 15_000;
  for (;;) {
    const text = await resultText(page);
    if (holds(text)) return text;
    if (Date.now() > end) throw new Error(`${what}; the result pane holds: ${text.slice(0, 500) || '(nothing)'}`);
    await page.waitForTimeout(100);
  }
}

async function signIn(page, secret) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** GraphiQL reads a tab's document a moment after showing it; what is run before that is the tab before. */
async function openTab(page, operation) {
  await page.getByRole('tab', { name: operation }).click();
  const editor = '.graphiql-query-editor .CodeMirror';
  await page.waitForFunction(([at, name]) => document.querySelector(at)?.CodeMirror.operationName === name, [editor, operation]);
}

async function graphql(query, variables) {
  const response = await fetch(new URL('/graphql', base), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** Submits messages until one is seen: the first may come before the subscription stands. */
async function watchSubscription(page) {
  const query = `mutation ($input: SubmitMessageInput!) {
    submitMessage(input: $input) { receipt { messageId } errors { message } } }`;
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const content = `Live from the browser test, ${Date.now()}-${attempt}`;
    const answer = await graphql(query, { input: { name: 'Browser Test', email: 'visitor@example.com', content } });
    assert.ok(answer.data?.submitMessage?.receipt, `submitMessage failed: ${JSON.stringify(answer)}`);
    for (let wait = 0; wait < 30; wait += 1) {
      if ((await resultText(page)).includes(content)) return content;
      await page.waitForTimeout(100);
    }
  }
  throw new Error(`no event reached the subscription; the result pane holds: ${(await resultText(page)) || '(nothing)'}`);
}

/** Moves the page's clock to the end of the access token: it must have got a new one by itself. */
async function letTokenExpire(page) {
  const before = expiries.length;
  await page.clock.fastForward(Math.max(expiries.at(-1) - Date.now(), 1_000));
  for (let wait = 0; wait < 100 && expiries.length === before; wait += 1) await page.waitForTimeout(100);
  assert.ok(expiries.length > before, 'the session was not renewed before its access token expired');
  assert.ok(await page.locator('#session').isVisible(), 'signed out by the renewal');
}

async function everythingStored(context, page) {
  const web = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  const databases = await page.evaluate(async () => JSON.stringify(await indexedDB.databases()));
  return web + databases + JSON.stringify(await context.cookies());
}

async function run(context) {
  const page = await watch(context);

  const front = await page.goto(new URL('/', base).href);
  assert.equal(front.status(), 200);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => new URL(response.url()).pathname === '/graphiql'),
    page.getByRole('link', { name: '/graphiql' }).click(),
  ]);
  assert.equal(answer.status(), 200);
  const policy = answer.headers()['content-security-policy'] ?? '';
  assert.match(policy, /script-src 'self'(;|$)/, `policy: ${policy}`);
  await page.locator('.graphiql-container').waitFor().catch(() => {
    throw new Error('GraphiQL did not appear; was the server built after `make web`?');
  });
  await page.waitForFunction(() => document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror.getValue().includes('query Inbox'));
  step('opened');

  await signIn(page, `${password}-wrong`);
  const problem = page.getByRole('alert').filter({ hasText: /\w/ });
  await problem.first().waitFor();
  const refusal = (await problem.first().locator('p').textContent()).trim();
  assert.ok(refusal.length > 0, 'a wrong password gives no message');
  step('refused');

  await signIn(page, password);
  const name = page.locator('#name');
  await name.waitFor().catch(async () => {
    throw new Error(`sign-in failed: ${await page.locator('#problem-text').textContent()}`);
  });
  const viewer = (await name.textContent()).trim();
  const detail = (await page.locator('#detail').textContent()).trim();
  const expected = await viewerName();
  assert.equal(viewer, expected, 'the name shown is not the viewer’s');
  step('signed in');

  await page.getByRole('button', { name: /execute query/i }).click();
  const inbox = JSON.parse(await waitForResult(page, (text) => /"data"/.test(text), 'the inbox query gave no data'));
  assert.equal(inbox.errors, undefined, `the inbox query failed: ${JSON.stringify(inbox.errors)}`);
  assert.ok(Array.isArray(inbox.data.messages.nodes), 'the inbox query gave no list');
  step('queried');

  await openTab(page, 'InboxEvents');
  await page.getByRole('button', { name: /execute query/i }).click();
  const event = await watchSubscription(page);
  await resultPane(page).getByText(event.split(',')[0], { exact: false }).first().waitFor();
  step('subscribed');
  await letTokenExpire(page);
  await watchSubscription(page);
  step('renewed');
  await page.screenshot({ path: screenshot });
  await page.getByRole('button', { name: /stop query/i }).click();

  await page.waitForTimeout(1_000); // GraphiQL writes its tabs half a second late
  const stored = await everythingStored(context, page);
  assert.ok(secrets.size >= 3, 'no tokens were seen, so looking for them proves nothing');
  for (const secret of secrets) assert.ok(!stored.includes(secret), 'a token or the password is kept in the browser');
  step('nothing kept');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(await page.locator('#name').textContent(), '');
  await openTab(page, 'Viewer');
  await page.getByRole('button', { name: /execute query/i }).click();
  const after = JSON.parse(await waitForResult(page, (text) => /"viewer"/.test(text), 'the viewer query gave nothing'));
  assert.equal(after.data.viewer.user, null, 'still signed in after signing out');
  step('signed out');

  await page.waitForTimeout(300);
  return { viewer, detail, refusal, messages: inbox.data.messages.totalCount, event };
}

/** Who the credentials belong to, asked without the browser. */
async function viewerName() {
  const answer = await graphql(
    'mutation ($input: SignInInput!) { signIn(input: $input) { session { viewer { user { name } } } errors { message } } }',
    { input: { email, password } },
  );
  const user = answer.data?.signIn?.session?.viewer?.user;
  assert.ok(user, `sign-in by HTTP failed: ${JSON.stringify(answer)}`);
  return user.name;
}

let failure = null;
let result = {};
const browser = await openBrowser();
try {
  result = await within(120_000, 'the page', run(browser.context));
} catch (error) {
  failure = error.message;
  await browser.context.pages()[0]?.screenshot({ path: screenshot, timeout: 15_000 }).catch(() => {});
} finally {
  // One that does not close is killed at the exit, with its profile left behind.
  await within(15_000, 'the browser', browser.close()).catch(() => {});
}
if (complaints.length > 0) failure = [failure, ...new Set(complaints)].filter(Boolean).join('\n');
console.log(JSON.stringify({ ok: failure === null, steps, ...result, requests: [...requests].sort(), screenshot }));
if (failure !== null) {
  console.error(`The playground test failed after [${steps.join(', ')}]:\n${failure}`);
}
process.exit(failure === null ? 0 : 1);
