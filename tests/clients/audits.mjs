// Runs the server audits of the npm package `graphql-http`: node audits.mjs ENDPOINT TOKEN
import { serverAudits } from 'graphql-http';
import { Tally } from './tally.mjs';

const [url, token] = process.argv.slice(2);
const tally = new Tally();

function fetchWithToken(target, options = {}) {
  return fetch(target, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
}

for (const audit of serverAudits({ url, fetchFn: fetchWithToken })) {
  const result = await audit.fn();
  tally.add(`${audit.id} ${audit.name}`, result.status === 'ok', result.reason);
}
tally.close();
