// GraphiQL in a real browser: node graphiql.mjs SERVER KEY_ID KEY_SECRET PICTURE
// Signs in with an API key, reads the docs, runs the list query; nothing may come from elsewhere, nothing may break the
// page's policy.
import { Tally } from '../clients/tally.mjs';
import { Browser } from './browser.mjs';

const [server, keyId, secret, picture] = process.argv.slice(2);
const tally = new Tally();
const browser = await Browser.open();
const { page } = browser;

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

await browser.closeWith(tally, server);
tally.close();
