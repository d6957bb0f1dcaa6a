// A real OpenID provider: node identity_provider.mjs '{"redirects": [...], "people": {login: {name, email, groups}}}'
// Prints its address and its client once it listens, and ends when its standard input does. POST /stand-in changes what
// the next login does, GET /stand-in counts what was asked:
//   person    who logs in without being asked; null: the page asks, with one button a person
//   refuses   the person declines instead
//   people    replaces what is known of people
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

// Its notices are for people who set up a provider; standard output has the address only.
console.info = console.warn = console.error;
const { default: Provider } = await import('oidc-provider');

const { redirects, people } = JSON.parse(process.argv[2]);
const state = { people, person: null, refuses: false };
const asked = {};
const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
const client = { id: 'gatehouse', secret: randomBytes(24).toString('base64url') };
const common = { redirect_uris: redirects, response_types: ['code'], grant_types: ['authorization_code'] };

const provider = new Provider(issuer, {
  clients: [
    { client_id: client.id, client_secret: client.secret, ...common },
    { client_id: `${client.id}-public`, token_endpoint_auth_method: 'none', ...common },
  ],
  pkce: { methods: ['S256'], required: () => true },
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username', 'groups'],
    email: ['email', 'email_verified'],
    groups: ['groups'],
  },
  conformIdTokenClaims: false,
  cookies: { keys: [randomBytes(24).toString('base64url')] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { Session: 3600, Grant: 3600, Interaction: 600, AccessToken: 600, IdToken: 600 },
  findAccount: (ctx, login) => state.people[login] && { accountId: login, claims: () => claimsOf(login) },
  loadExistingGrant: grantEverything,
});

function claimsOf(login) {
  const { name, email, groups, ...more } = state.people[login];
  return { sub: login, name, preferred_username: login, email, email_verified: true, groups, ...more };
}

// Whoever logs in here has agreed already: no page asks for consent.
async function grantEverything({ oidc }) {
  const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope('openid profile email groups');
  await grant.save();
  return grant;
}

function page(uid) {
  const button = (login) => `<button name="login" value="${login}">${login}</button>`;
  const buttons = Object.keys(state.people).map(button).join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Identity provider</title>
<h1>Who are you?</h1><form method="post" action="/interaction/${uid}">${buttons}<button name="refuse" value="1">No</button></form>`;
}

async function finish(request, response, login) {
  const refusal = { error: 'access_denied', error_description: 'the person declined' };
  const result = login ? { login: { accountId: login, remember: false } } : refusal;
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function interact(request, response, uid) {
  if (request.method === 'POST') return finish(request, response, new URLSearchParams(await text(request)).get('login'));
  if (state.refuses) return finish(request, response, null);
  if (state.person) return finish(request, response, state.person);
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  return response.end(page(uid));
}

async function control(request, response) {
  if (request.method === 'POST') Object.assign(state, JSON.parse(await text(request)));
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ asked }));
}

const serve = provider.callback();
server.on('request', (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  if (pathname === '/stand-in') return control(request, response);
  if (pathname === '/favicon.ico') return response.writeHead(204).end();
  asked[pathname] = (asked[pathname] ?? 0) + 1;
  const [, first, uid] = pathname.split('/');
  if (first !== 'interaction') return serve(request, response);
  return interact(request, response, uid).catch((error) => {
    console.error(error);
    response.writeHead(500).end(String(error));
  });
});

process.stdin.resume().on('end', () => process.exit(0));
console.log(JSON.stringify({ issuer, client }));
