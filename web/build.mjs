// Bundles the pages into a folder: node build.mjs OUTPUT. File names carry a hash of their content, so that browsers
// may keep them for good.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, 'dist');

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: { script: 'graphiql/app.tsx', style: 'graphiql/style.css' },
  bundle: true,
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
  format: 'iife',
  jsx: 'automatic',
  legalComments: 'none',
  loader: { '.woff2': 'dataurl', '.woff': 'dataurl', '.ttf': 'dataurl' },
  logLevel: 'warning',
  minify: true,
  outdir: output,
  target: 'es2020',
  write: false,
});

await mkdir(output, { recursive: true });
let page = await readFile(join(here, 'graphiql/page.html'), 'utf8');
for (const [kind, extension] of [['script', 'js'], ['style', 'css']]) {
  const file = outputFiles.find(({ path }) => path.endsWith(`${kind}.${extension}`));
  const hash = createHash('sha256').update(file.contents).digest('hex').slice(0, 12);
  const name = `${kind}-${hash}.${extension}`;
  page = page.replace(kind.toUpperCase(), name);
  await writeFile(join(output, name), file.contents);
}
await writeFile(join(output, 'page.html'), page);
