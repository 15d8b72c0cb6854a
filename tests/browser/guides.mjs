// Shows guides as a help centre does, in a real headless Chromium, and sees that nothing in them runs.
//
//   node guides.mjs <base URL> <chromium executable>
//
// Everything that is published is asked for signed out, put into a page as it is, and clicked. Prints one line of JSON. Leaves with 0
// when nothing ran, with 1 and the reason on stderr when something did.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [base, executablePath] = process.argv.slice(2);
if (!executablePath) {
  console.error('usage: node guides.mjs <base URL> <chromium executable>');
  process.exit(2);
}

const query = `query Centre($after: String) {
  helpCenter { name guides(first: 100, after: $after) { nodes { title content } pageInfo { hasNextPage endCursor } } } }`;
const contents = [];
for (let after = null; ;) {
  const answer = await fetch(new URL('/graphql', base), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables: { after } }),
  });
  const { data } = await answer.json();
  const { nodes, pageInfo } = data.helpCenter[0].guides;
  contents.push(...nodes);
  if (!pageInfo.hasNextPage) break;
  after = pageInfo.endCursor;
}

const profile = await mkdtemp(path.join(tmpdir(), 'frontdesk-browser-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND'],
});
const ran = [];
const scripts = [];
await context.exposeFunction('report', (what) => ran.push(what));
await context.addInitScript(() => {
  for (const name of ['alert', 'confirm', 'prompt', 'msgbox']) {
    globalThis[name] = (said) => globalThis.report(`${name}(${said})`);
  }
});
const page = context.pages()[0] ?? (await context.newPage());
page.on('dialog', (dialog) => {
  ran.push(`a dialog: ${dialog.message()}`);
  void dialog.dismiss();
});
page.on('request', (request) => {
  if (['script', 'stylesheet', 'document', 'xhr', 'fetch', 'other', 'ping'].includes(request.resourceType()) && !request.url().startsWith('about:')) {
    scripts.push(`${request.resourceType()} ${request.url()}`);
  }
});

// The trap works: what runs is seen.
await page.goto('about:blank');
await page.evaluate(() => { document.body.innerHTML = '<img src=x onerror=alert("trap")>'; });
for (let wait = 0; wait < 100 && ran.length === 0; wait += 1) await page.waitForTimeout(50);
assert.deepEqual(ran.splice(0), ['alert(trap)']);

for (const { title, content } of contents) {
  await page.goto('about:blank');
  scripts.length = 0;
  const found = await page.evaluate((html) => {
    // As a page comes that has it in its source, and as a program puts it in.
    for (const way of ['write', 'inner']) {
      const place = document.createElement('article');
      document.body.append(place);
      if (way === 'inner') place.innerHTML = html;
      else place.append(document.createRange().createContextualFragment(html));
    }
    const all = [...document.querySelectorAll('article *')];
    for (const element of all) {
      element.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
      if (!(element instanceof HTMLAnchorElement)) element.click?.();
    }
    return all.flatMap((element) => [
      ...[...element.attributes].filter(({ name }) => name.startsWith('on') || name === 'style' || name === 'srcdoc').map(({ name }) => `${element.localName} ${name}`),
      ...['javascript:', 'data:', 'vbscript:'].filter((scheme) => element.protocol === scheme || element.src?.startsWith?.(scheme)).map((scheme) => `${element.localName} ${scheme}`),
      ...(['script', 'iframe', 'object', 'embed', 'form', 'svg', 'math', 'style', 'link', 'meta', 'base'].includes(element.localName) ? [element.localName] : []),
    ]);
  }, content);
  assert.deepEqual(found, [], `${title}: ${content}`);
  await page.waitForTimeout(5);
  assert.deepEqual([...ran, ...scripts], [], `${title}: ${content}`);
}
// What takes a while to begin.
await page.waitForTimeout(500);
assert.deepEqual(ran, []);
await context.close();
await rm(profile, { recursive: true, force: true });
console.log(JSON.stringify({ shown: contents.length }));
