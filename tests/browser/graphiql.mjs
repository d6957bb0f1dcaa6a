// GraphiQL in a real browser: node graphiql.mjs SERVER KEY_ID KEY_SECRET PICTURE
// Signs in with an API key, reads the docs, runs the list query; nothing may come from elsewhere, nothing may break the
// page's policy.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Tally } from '../clients/tally.mjs';

const [server, keyId, secret, picture] = process.argv.slice(2);
const tally = new Tally();
const profile = await mkdtemp(join(tmpdir(), 'gatehouse-browser-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.GATEHOUSE_BROWSER ?? '/usr/bin/chromium',
  headless: true,
  viewport: { width: 1280, height: 800 },
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(15000);
const complaints = [];
const foreign = [];
page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
page.on('pageerror', (error) => complaints.push(String(error)));
page.on('request', (request) => {
  const { protocol, origin } = new URL(request.url());
  if (protocol.startsWith('http') && origin !== server) foreign.push(request.url());
});

await tally.check('the page loads', async () => {
  const answer = await page.goto(`${server}/graphiql`);
  if (answer.status() !== 200) throw new Error(`status ${answer.status()}`);
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
});

await tally.check('an API key is exchanged for a token', async () => {
  await page.fill('#key-id', keyId);
  await page.fill('#key-secret', secret);
  await page.click('text=Get token');
  await page.waitForFunction(() => document.querySelector('#token').value.split('.').length === 3);
});

await tally.check('the docs show the schema with its descriptions', async () => {
  await page.getByRole('button', { name: /Documentation Explorer/ }).first().click();
  await page.locator('.graphiql-doc-explorer').getByText('Query', { exact: true }).first().click();
  await page.getByText('What can be asked.').waitFor();
  await page.locator('.graphiql-doc-explorer').getByText('stacks', { exact: true }).waitFor();
});

await tally.check('the list query runs', async () => {
  await page.getByRole('button', { name: /Execute query/ }).click();
  await page.locator('.result-window').getByText('"browser-stack"').first().waitFor();
});

await page.screenshot({ path: picture });

await tally.check('nothing comes from elsewhere', async () => {
  if (foreign.length > 0) throw new Error(foreign.join(' '));
});

await tally.check('the browser has nothing to complain about', async () => {
  if (complaints.length > 0) throw new Error([...new Set(complaints)].join(' | ').slice(0, 2000));
});

await context.close();
await rm(profile, { recursive: true, force: true });
tally.close();
