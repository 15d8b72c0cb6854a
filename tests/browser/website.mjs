// Uses the example website as its visitor does, and its desk as a colleague does: two browsers, one real server.
//
//   node website.mjs <API base URL> <port of the pages> <e-mail> <password> <folder for pictures> <chromium executable>
//
// Leaves with 0 when everything held, with 1 and the reason on stderr when not.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [api, port, email, password, pictures, executablePath] = process.argv.slice(2);
const folder = path.resolve(import.meta.dirname, '../../docs/examples/website');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const complaints = [];

const pages = createServer(async (request, response) => {
  const name = path.basename(new URL(request.url, 'http://here').pathname) || 'index.html';
  const type = TYPES[path.extname(name)];
  const body = type && (await readFile(path.join(folder, name)).catch(() => null));
  response.writeHead(body ? 200 : 404, { 'content-type': type ?? 'text/plain' }).end(body ?? '');
});

async function open(browser, page) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, timezoneId: 'Asia/Kathmandu' });
  const tab = await context.newPage();
  const own = [`http://127.0.0.1:${port}`, new URL(api).origin];
  tab.on('request', (request) => own.includes(new URL(request.url()).origin) || complaints.push(`request to ${request.url()}`));
  tab.on('pageerror', (error) => complaints.push(`error in ${page}: ${error.message}`));
  tab.on('console', (message) => message.type() === 'error' && !/favicon/.test(message.location().url) && complaints.push(`${page}: ${message.text()}`));
  tab.setDefaultTimeout(15_000);
  await tab.goto(`http://127.0.0.1:${port}/${page}?api=${encodeURIComponent(api)}`);
  return tab;
}

const says = (tab, text) => tab.getByText(text).first().waitFor();

async function write(visitor) {
  const form = visitor.locator('#contact');
  await form.getByLabel('Name').fill('Ada Lovelace');
  await form.getByLabel('E-mail').fill('ada@example.com');
  await form.getByLabel('What is it about?').fill('Do you repair engines?');
  await form.getByRole('button', { name: 'Send' }).click();
  await says(visitor, 'Thank you, we will write back.');
}

async function book(visitor) {
  const form = visitor.locator('#booking');
  const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  await form.getByLabel('Day').fill(day);
  const slot = form.locator('#slots input').first();
  await slot.check();
  const taken = await slot.inputValue();
  await form.getByLabel('Name').fill('Ada Lovelace');
  await form.getByLabel('E-mail').fill('ada@example.com');
  await form.getByRole('button', { name: 'Book' }).click();
  await says(visitor, /Booked for/);
  await form.getByLabel('Day').fill(day);
  await form.locator('#slots input').first().waitFor();
  const free = await form.locator('#slots input').evaluateAll((inputs) => inputs.map((input) => input.value));
  assert.ok(!free.includes(taken), 'what was booked is offered no more');
}

async function talk(visitor, desk) {
  const start = visitor.locator('#start');
  await start.getByLabel('Name').fill('Ada Lovelace');
  await start.getByLabel('Question').fill('Is anybody there?');
  await start.getByRole('button', { name: 'Start' }).click();
  await says(visitor, /You are in the queue/);

  await desk.getByRole('listitem').filter({ hasText: 'Is anybody there?' }).getByRole('button', { name: 'Take' }).click();
  await desk.locator('#lines').getByText('Is anybody there?').waitFor();
  await says(visitor, /You are talking with us/);
  await desk.getByLabel('Your line').fill('I am. What is it?');
  await desk.locator('#say').getByRole('button', { name: 'Send' }).click();
  await visitor.locator('#lines').getByText('I am. What is it?').waitFor();

  // A reload goes on where it was.
  await visitor.reload();
  await visitor.locator('#lines').getByText('I am. What is it?').waitFor();
  await visitor.getByLabel('Your line').fill('<b>My engine</b> stopped.');
  await visitor.locator('#say').getByRole('button', { name: 'Send' }).click();
  await desk.locator('#lines').getByText('<b>My engine</b> stopped.').waitFor();
  const [here, there] = await Promise.all([visitor, desk].map((tab) => tab.locator('#lines li').allTextContents()));
  assert.deepEqual(here, there, 'both see the same lines in the same order, each once');
  await visitor.screenshot({ path: path.join(pictures, 'website.png'), fullPage: true });
  await desk.screenshot({ path: path.join(pictures, 'website-desk.png'), fullPage: true });

  await desk.getByRole('button', { name: 'End', exact: true }).click();
  await says(visitor, /The chat is over/);
  await visitor.getByTitle('5 of 5').click();
  await visitor.locator('#rate').waitFor({ state: 'hidden' });
}

await new Promise((listening) => pages.listen(Number(port), '127.0.0.1', listening));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
try {
  const [visitor, desk] = [await open(browser, 'index.html'), await open(browser, 'desk.html')];
  await desk.getByLabel('E-mail').fill(email);
  await desk.getByLabel('Password').fill(password);
  await desk.getByRole('button', { name: 'Sign in' }).click();
  await desk.locator('#sign-in').waitFor({ state: 'hidden' });
  await write(visitor);
  await book(visitor);
  await talk(visitor, desk);
  assert.deepEqual(complaints, []);
  console.log('{"ok":true}');
} finally {
  await browser.close();
  pages.close();
}
