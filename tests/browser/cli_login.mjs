// The login of a command line program in a real browser, from the address that the program printed.
//   node cli_login.mjs SERVER ADDRESS key KEY_ID SECRET   logs in as a key first, then lets the program act so
//   node cli_login.mjs SERVER ADDRESS provider PERSON     is sent to the identity provider, and comes back
//   node cli_login.mjs SERVER ADDRESS refuse KEY_ID SECRET
import { Tally } from '../clients/tally.mjs';
import { Browser } from './browser.mjs';

const [server, address, way, who, secret] = process.argv.slice(2);
const tally = new Tally();
const browser = await Browser.open();
const { page } = browser;

async function logInAsKey() {
  await page.goto(`${server}/apikeytoken`);
  await page.getByLabel('Id of the key').fill(who);
  await page.getByLabel('Secret').fill(secret);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(`${server}/account`);
}

async function logInAtProvider() {
  await page.goto(address);
  await page.getByRole('link', { name: /^Log in with/ }).click();
  await page.getByRole('button', { name: who }).click();
}

const button = page.getByRole('button', { name: 'Send the token' });

if (way === 'provider') await tally.check('the identity provider knows who it is', logInAtProvider);
else await tally.check('a key logs in', logInAsKey);

await tally.check('the page asks whether the program may', async () => {
  if (way !== 'provider') await page.goto(address);
  await button.waitFor();
  if (!page.url().startsWith(`${server}/cli_login?`)) throw new Error(`at ${page.url()}`);
});

if (way === 'refuse') {
  await tally.check('no is an answer', async () => {
    await page.getByRole('link', { name: /^No/ }).click();
    await page.waitForURL(`${server}/auth_failure`);
  });
} else {
  await tally.check('the program gets its token and sends the browser back', async () => {
    await button.click();
    await page.waitForURL(`${server}/auth_success`);
    await page.getByRole('heading', { name: 'Logged in' }).waitFor();
  });
}

const provider = way === 'provider' ? browser.requests.map((request) => new URL(request).origin) : [];
const program = `http://localhost:${new URL(address).searchParams.get('port')}`;
await browser.closeWith(tally, server, program, ...provider);
tally.close();
