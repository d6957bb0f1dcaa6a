// Logins with a real OpenID provider, as login.mjs drives them. told.provider: its address, which also takes orders.
async function order(told, changes) {
  const answer = await fetch(`${told.provider}/stand-in`, { method: 'POST', body: JSON.stringify(changes) });
  return answer.json();
}

// The provider has forgotten who was there before.
const forget = ({ context }) => context.clearCookies({ name: /^_/ });

async function leave(test) {
  const { page, server } = test;
  await forget(test);
  await page.goto(`${server}/login`);
  await page.getByRole('link', { name: 'Log in with Example ID' }).click();
}

export const checks = [
  {
    name: 'the login page leads to the provider, too',
    async run({ page, server, draw }) {
      await page.goto(`${server}/login`);
      await draw('login-provider');
    },
  },
  {
    name: 'a person of the provider comes in, and has its groups',
    async run(test) {
      const { page, told, must, at, draw, logOut } = test;
      await order(told, { person: null, refuses: false });
      await leave(test);
      must(page.url().startsWith(told.provider), `not at the provider: ${page.url()}`);
      await page.getByRole('button', { name: 'alice' }).click();
      at('/account');
      const text = await page.locator('main').innerText();
      for (const part of ['Alice Admin', 'user::alice', 'platform', 'on-call', 'through the group platform'])
        must(text.includes(part), `no "${part}" on the page`);
      await draw('account-provider');
      await logOut();
    },
  },
  {
    name: 'without a role in any space, the page says so',
    async run(test) {
      const { page, told, must, at, draw, logOut } = test;
      await order(told, { person: 'bob', refuses: false });
      await leave(test);
      at('/account');
      must((await page.locator('main').innerText()).includes('You have no role in any space yet'), 'roles out of nothing');
      await draw('account-no-role');
      await logOut();
    },
  },
  {
    name: 'an invitation is taken up with the provider',
    async run(test) {
      const { page, told, must, at, draw, logOut } = test;
      await order(told, { person: 'carol', refuses: false });
      await forget(test);
      await page.goto(told.second);
      await draw('invitation-provider');
      await page.getByRole('link', { name: 'Come in with Example ID' }).click();
      at('/account');
      must((await page.locator('main').innerText()).includes('user::second'), 'somebody else');
      await logOut();
    },
  },
  {
    name: 'a person whose name is taken is told so',
    async run(test) {
      const { told, must, at, alert, draw } = test;
      const person = { name: 'Impostor', email: 'impostor@example.com', groups: [] };
      await order(told, { people: { [told.user]: person }, person: told.user, refuses: false });
      await leave(test);
      must((await alert()).includes(`another user "${told.user}"`), await alert());
      await draw('login-name-taken');
    },
  },
  {
    name: 'who declines at the provider is told so',
    async run(test) {
      const { told, must, alert, draw } = test;
      await order(told, { refuses: true });
      await leave(test);
      must((await alert()).startsWith('The identity provider did not let you in: '), await alert());
      await draw('login-declined');
    },
  },
  {
    name: 'an answer to a login that this browser did not begin is refused',
    async run({ page, server, must, heading, draw }) {
      const answer = await page.goto(`${server}/login/callback?code=abc&state=def`);
      must(answer.status() === 400, `status ${answer.status()}`);
      await heading('This login is not known');
      await draw('login-unknown');
    },
  },
];
