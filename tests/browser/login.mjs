// The pages on which people come in, in a real browser: node login.mjs '{"server", "pictures", "invitation", ...}'
// See script/lib/conformance-login for what it is told. Every page is also drawn, in light and dark, wide and narrow.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Tally } from '../clients/tally.mjs';
import { Browser } from './browser.mjs';
import { receive } from './receiver.mjs';

const told = JSON.parse(process.argv[2]);
const { server, pictures } = told;
const password = 'correct horse battery';
const tally = new Tally();
const browser = await Browser.open();
const { page, context, complaints } = browser;
await mkdir(pictures, { recursive: true });

function must(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

const at = (path) => must(page.url() === `${server}${path}`, `at ${page.url()}`);
const heading = async (text) => must((await page.locator('h1').innerText()) === text, await page.locator('h1').innerText());
const alert = () => page.getByRole('alert').innerText();

// What a person who cannot see or use a mouse needs, on the page that is shown.
async function assertAccessible() {
  const faults = await page.evaluate(() => {
    const faults = [];
    if (document.documentElement.lang !== 'en') faults.push('no language');
    if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
    if (!document.querySelector('main')) faults.push('no main');
    if (!document.title) faults.push('no title');
    for (const field of document.querySelectorAll('input:not([type=hidden])'))
      if (!field.labels?.length) faults.push(`no label for ${field.name}`);
    for (const button of document.querySelectorAll('button, a'))
      if (!(button.textContent.trim() || button.ariaLabel)) faults.push('a button without a name');
    for (const image of document.images) if (image.getAttribute('alt') === null) faults.push('an image without alt');
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) faults.push('wider than the window');
    return faults;
  });
  must(faults.length === 0, faults.join(', '));
}

// The least contrast of text on the page with what is behind it (WCAG 2, 1.4.3 asks for 4.5).
async function leastContrast() {
  return page.evaluate(() => {
    const channel = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const parse = (color) => color.match(/[\d.]+/g).map(Number);
    const light = ([red, green, blue]) =>
      0.2126 * channel(red / 255) + 0.7152 * channel(green / 255) + 0.0722 * channel(blue / 255);
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.length < 4 || color[3] > 0) return color;
      }
      return [255, 255, 255];
    };
    let least = 21;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.textContent.trim()) continue;
      const element = walker.currentNode.parentElement;
      const [high, low] = [light(parse(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
      least = Math.min(least, (high + 0.05) / (low + 0.05));
    }
    return least;
  });
}

// Draws the page that is shown, and leaves the window as it was.
async function draw(name) {
  for (const colorScheme of ['light', 'dark']) {
    for (const [width, height] of [[1280, 800], [390, 844]]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await assertAccessible();
      const contrast = await leastContrast();
      must(contrast >= 4.5, `${name}, ${colorScheme}: contrast ${contrast.toFixed(2)}`);
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-${width}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function logIn(name, secret) {
  await page.goto(`${server}/login`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Log in' }).click();
}

async function logOut() {
  await page.goto(`${server}/logout`);
  await page.getByRole('button', { name: 'Log out' }).click();
  at('/login');
}

async function ask(token, query) {
  const answer = await fetch(`${server}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return answer.json();
}

await tally.check('the first page leads to the login', async () => {
  await page.goto(server);
  at('/login');
  await heading('Log in');
  await draw('login');
});

await tally.check('an invitation asks for a password, twice the same', async () => {
  await page.goto(told.invitation);
  await heading('Welcome');
  await draw('invitation');
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill('another password');
  await page.getByRole('button', { name: /Set the password/ }).click();
  must((await alert()) === 'The two passwords differ.', await alert());
  await draw('invitation-problem');
});

await tally.check('with one, the person is logged in', async () => {
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: /Set the password/ }).click();
  at('/account');
  await heading('Your account');
  await draw('account');
});

await tally.check('an invitation works once', async () => {
  await logOut();
  const answer = await page.goto(told.invitation);
  must(answer.status() === 404, `status ${answer.status()}`);
  await heading('This invitation has ended');
  await draw('invitation-ended');
});

await tally.check('a wrong password and an unknown name are answered alike', async () => {
  const said = [];
  for (const name of [told.user, 'nobody']) {
    await logIn(name, 'wrong horse battery');
    at('/login');
    said.push(await alert());
    must((await page.getByLabel('Name').inputValue()) === name, 'the name is lost');
    must((await page.getByLabel('Password').inputValue()) === '', 'the password is shown');
  }
  must(said[0] === said[1], said.join(' | '));
  await draw('login-problem');
});

await tally.check('the right one logs in', async () => {
  await logIn(told.user, password);
  at('/account');
  const cookie = (await context.cookies()).find(({ name }) => name === 'gatehouse-session');
  must(cookie.httpOnly && cookie.sameSite === 'Lax' && cookie.path === '/', JSON.stringify(cookie));
});

await tally.check('the keyboard is enough, and shows where it is', async () => {
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  must(outline === 'solid', `outline ${outline}`);
});

await tally.check('a session is ended from another one', async () => {
  const other = await Browser.open();
  await other.page.goto(`${server}/login`);
  await other.page.getByLabel('Name').fill(told.user);
  await other.page.getByLabel('Password').fill(password);
  await other.page.getByRole('button', { name: 'Log in' }).click();
  await page.reload();
  await draw('account-sessions');
  await page.getByRole('button', { name: /^End the session of/ }).first().click();
  at('/account');
  await other.page.reload();
  must(other.page.url() === `${server}/login`, `the other one is at ${other.page.url()}`);
  await other.close();
});

await tally.check('a command line program gets a token', async () => {
  const receiver = await receive(server);
  await page.goto(receiver.address);
  await heading('Let a program act as you?');
  must((await page.locator('main').innerText()).includes(`http://localhost:${receiver.port}`), 'the port is not shown');
  await draw('cli-login');
  await page.getByRole('button', { name: 'Send the token' }).click();
  await page.waitForURL(`${server}/auth_success`);
  await heading('Logged in');
  await draw('auth-success');
  receiver.close();
  if (receiver.failure) throw receiver.failure;
  const { data, errors } = await ask(receiver.token, '{ viewer { id name } }');
  must(!errors && data.viewer, JSON.stringify(errors));
});

await tally.check('it gets one after a login, too', async () => {
  await logOut();
  const receiver = await receive(server, 2048);
  await page.goto(receiver.address);
  must(page.url().startsWith(`${server}/login?next=`), page.url());
  await page.getByLabel('Name').fill(told.user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await heading('Let a program act as you?');
  await page.getByRole('button', { name: 'Send the token' }).click();
  await page.waitForURL(`${server}/auth_success`);
  receiver.close();
  must(receiver.token?.split('.').length === 3, 'no token came');
});

await tally.check('who says no is told so, and nothing is sent', async () => {
  const receiver = await receive(server, 2048);
  await page.goto(receiver.address);
  await page.getByRole('link', { name: 'No, do not' }).click();
  at('/auth_failure');
  await draw('auth-failure');
  receiver.close();
  must(receiver.token === null, 'a token came');
});

await tally.check('an address that no program made is refused', async () => {
  const answer = await page.goto(`${server}/cli_login?key=AAAA&port=80`);
  must(answer.status() === 400, `status ${answer.status()}`);
  await draw('cli-login-problem');
});

await tally.check('a login goes on to no other site', async () => {
  await logOut();
  for (const next of ['https://example.com/', '//example.com/', '/\\example.com', '/cli_login?\n//example.com']) {
    await page.goto(`${server}/login?next=${encodeURIComponent(next)}`);
    await page.getByLabel('Name').fill(told.user);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    at('/account');
    await logOut();
  }
});

await tally.check('an API key can be tried', async () => {
  await page.goto(`${server}/apikeytoken`);
  await draw('apikeytoken');
  await page.getByLabel('Id of the key').fill(told.key.id);
  await page.getByLabel('Secret').fill('gth_wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  must((await alert()).startsWith('There is no such key'), await alert());
  await page.getByLabel('Secret').fill(told.key.secret);
  await page.getByRole('button', { name: 'Log in' }).click();
  at('/account');
  must((await page.locator('main').innerText()).includes('API key'), 'not logged in as a key');
  await draw('account-key');
  await logOut();
});

await tally.check('a form of another browser is refused', async () => {
  await page.goto(`${server}/login`);
  await context.clearCookies({ name: 'gatehouse-browser' });
  await page.getByLabel('Name').fill(told.user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await heading('This form is out of date');
  await draw('form-problem');
});

for (const check of told.provider ? (await import('./provider_login.mjs')).checks : [])
  await tally.check(check.name, () => check.run({ page, context, server, told, must, at, heading, alert, draw, logOut }));

await tally.check('the browser has nothing to complain about', async () => {
  // A status over 399 is a line in the console, too.
  const faults = complaints.filter((text) => !/Failed to load resource: the server responded with a status of 40[034]/.test(text));
  must(faults.length === 0, [...new Set(faults)].join(' | ').slice(0, 2000));
});

await browser.close();
tally.close();
