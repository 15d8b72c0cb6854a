// Puts what the page needs from node_modules into dist/, where the server's build script finds it.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, 'node_modules');
const dist = path.join(here, 'dist');

/** Name in dist/ → file in node_modules. `build.rs` names the same files. */
const FILES = {
  'react.min.js': 'react/umd/react.production.min.js',
  'react-dom.min.js': 'react-dom/umd/react-dom.production.min.js',
  'graphiql.min.js': 'graphiql/graphiql.min.js',
  'graphiql.min.css': 'graphiql/graphiql.min.css',
  'graphql-ws.min.js': 'graphql-ws/umd/graphql-ws.min.js',
};

/** Source maps are not shipped; without the comment, developer tools do not ask the server for them. */
const withoutSourceMap = (text) => text.replace(/\n?(?:\/\/|\/\*)# sourceMappingURL=[^\n]*/g, '');

/** Anything a style sheet would load from elsewhere would break the page's Content-Security-Policy. */
function assertSelfContained(name, css) {
  const outside = [...css.matchAll(/url\(\s*["']?(?!data:|#)([^"')]{1,80})/g)].map((match) => match[1]);
  if (outside.length > 0 || /@import/.test(css)) {
    throw new Error(`${name} loads other files: ${outside.join(', ') || '@import'}`);
  }
}

/** The licence texts of every installed package, since their code is embedded in the server. */
async function licences() {
  const lock = JSON.parse(await readFile(path.join(here, 'package-lock.json'), 'utf8'));
  const parts = [];
  for (const [folder, { version, license, optional }] of Object.entries(lock.packages)) {
    if (!folder) continue;
    const files = await readdir(path.join(here, folder)).catch((error) => {
      if (optional) return null;
      throw error;
    });
    if (files === null) continue;
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const texts = files.filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
    const bodies = await Promise.all(texts.map((file) => readFile(path.join(here, folder, file), 'utf8')));
    parts.push(`${name} ${version} (${license ?? 'see below'})\n\n${bodies.join('\n').trim()}\n`);
  }
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** As Brotli: the server embeds it so, and sends it so to every browser. */
async function write(name, text) {
  const packed = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } });
  await writeFile(path.join(dist, `${name}.br`), packed);
  console.log(`dist/${name}.br  ${(text.length / 1024).toFixed(0)} KiB, packed ${(packed.length / 1024).toFixed(0)}`);
}

await mkdir(dist, { recursive: true });
for (const file of await readdir(dist)) {
  if (file !== '.gitignore') await rm(path.join(dist, file), { recursive: true });
}
for (const [name, source] of Object.entries(FILES)) {
  const text = withoutSourceMap(await readFile(path.join(modules, source), 'utf8'));
  if (name.endsWith('.css')) assertSelfContained(name, text);
  await write(name, text);
}
await write('licences.txt', await licences());
