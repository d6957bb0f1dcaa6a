// Debian's Chromium with a profile of its own, and what it had to complain about.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const TIMEOUT_MS = 15000;

export class Browser {
  complaints = []; // of the console, and errors of pages
  requests = []; // addresses that were asked for

  static async open() {
    const browser = new Browser();
    browser.profile = await mkdtemp(join(tmpdir(), 'gatehouse-browser-'));
    browser.context = await chromium.launchPersistentContext(browser.profile, {
      executablePath: process.env.GATEHOUSE_BROWSER ?? '/usr/bin/chromium',
      headless: true,
      viewport: { width: 1280, height: 800 },
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    });
    browser.page = browser.context.pages()[0] ?? (await browser.context.newPage());
    browser.page.setDefaultTimeout(TIMEOUT_MS);
    browser.page.on('console', (message) => message.type() === 'error' && browser.complaints.push(message.text()));
    browser.page.on('pageerror', (error) => browser.complaints.push(String(error)));
    browser.page.on('request', (request) => browser.requests.push(request.url()));
    return browser;
  }

  // Requests to other places than these.
  foreign(...origins) {
    const isForeign = ({ protocol, origin }) => protocol.startsWith('http') && !origins.includes(origin);
    return this.requests.filter((address) => isForeign(new URL(address)));
  }

  // What every page must hold to: nothing from elsewhere, nothing that the browser complains about.
  async closeWith(tally, ...origins) {
    await tally.check('nothing comes from elsewhere', () => {
      if (this.foreign(...origins).length > 0) throw new Error(this.foreign(...origins).join(' '));
    });
    await tally.check('the browser has nothing to complain about', () => {
      if (this.complaints.length > 0) throw new Error([...new Set(this.complaints)].join(' | ').slice(0, 2000));
    });
    await this.close();
  }

  async close() {
    await this.context.close();
    await rm(this.profile, { recursive: true, force: true });
  }
}
