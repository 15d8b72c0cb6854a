// Looks at the example dashboard as a manager does: signs in, and sees numbers, charts and tables, light and dark, wide and narrow.
//
//   node dashboard.mjs <API base URL> <port of the page> <e-mail> <password> <folder for pictures> <chromium executable>
//
// Leaves with 0 when everything held, with 1 and the reason on stderr when not.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [api, port, email, password, pictures, executablePath] = process.argv.slice(2);
const folder = path.resolve(import.meta.dirname, '../../docs/examples/dashboard');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const complaints = [];

const pages = createServer(async (request, response) => {
  const wanted = path.normalize(new URL(request.url, 'http://here').pathname);
  const file = path.join(folder, wanted === '/' ? 'index.html' : wanted);
  const type = file.startsWith(folder) && TYPES[path.extname(file)];
  const body = type && (await readFile(file).catch(() => null));
  response.writeHead(body ? 200 : 404, { 'content-type': type || 'text/plain' }).end(body || '');
});

/** The contrast of two colours (WCAG 2): what is written on what. */
function contrast(one, other) {
  const light = (text) => {
    const [r, g, b] = text.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [bright, dark] = [light(one), light(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

async function look(browser, colorScheme, width) {
  const name = `${colorScheme} at ${width}`;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, timezoneId: 'Asia/Kathmandu' });
  const tab = await context.newPage();
  const own = [`http://127.0.0.1:${port}`, new URL(api).origin];
  tab.on('request', (request) => own.includes(new URL(request.url()).origin) || complaints.push(`request to ${request.url()}`));
  tab.on('pageerror', (error) => complaints.push(`error, ${name}: ${error.message}`));
  tab.on('console', (message) => message.type() === 'error' && !/favicon/.test(message.location().url) && complaints.push(`${name}: ${message.text()}`));
  tab.setDefaultTimeout(20_000);
  await tab.goto(`http://127.0.0.1:${port}/?api=${encodeURIComponent(api)}`);
  await tab.getByLabel('E-mail').fill(email);
  await tab.getByLabel('Password').fill(password);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.locator('#sign-in').waitFor({ state: 'hidden' });
  await tab.locator('#board[aria-busy=false]').waitFor();
  await tab.getByLabel('Days').selectOption('90');
  await tab.locator('#board[data-days="90"]').waitFor();

  assert.deepEqual(await tab.locator('.said.wrong').allTextContents(), [], `${name}: every part is there`);
  const began = await tab.locator('#overview li', { hasText: 'Began' }).locator('b').textContent();
  assert.ok(Number(began.replace(/\D/g, '')) > 1000, `${name}: there are chats: ${began}`);
  assert.equal(await tab.locator('#heat tbody tr').count(), 7);
  assert.ok((await tab.locator('#agents tbody tr').count()) >= 5, 'several agents');
  for (const part of ['times', 'volumes']) {
    const drawn = await tab.locator(`#${part} canvas`).evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    });
    assert.ok(drawn, `${name}: ${part} is drawn`);
    await tab.locator(`#${part} summary`).click();
    assert.ok((await tab.locator(`#${part} tbody tr`).count()) >= 90, `${name}: ${part} is a table too`);
    await tab.locator(`#${part} summary`).click();
  }
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, `${name}: nothing is to be scrolled sideways but tables`);
  const colours = await tab.evaluate(() => {
    const of = (selector) => getComputedStyle(document.querySelector(selector));
    return [['#agents td', '#agents'], ['#overview span', '#overview li'], ['#zone', 'body'], ['thead th', '#agents']].map(([text, below]) => [text, of(text).color, of(below).backgroundColor]);
  });
  for (const [text, ink, paper] of colours) assert.ok(contrast(ink, paper) >= 4.5, `${name}: ${text} is read easily: ${ink} on ${paper}`);
  await tab.screenshot({ path: path.join(pictures, `dashboard-${colorScheme}-${width}.png`), fullPage: true });
  await context.close();
}

await new Promise((listening) => pages.listen(Number(port), '127.0.0.1', listening));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
try {
  for (const colorScheme of ['light', 'dark']) for (const width of [1280, 390]) await look(browser, colorScheme, width);
  assert.deepEqual(complaints, []);
  console.log('{"ok":true}');
} finally {
  await browser.close();
  pages.close();
}
