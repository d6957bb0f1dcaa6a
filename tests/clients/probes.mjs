// What scanners of GraphQL servers look for, asked as a stranger would: node probes.mjs ENDPOINT
// The first twelve are those of graphql-cop; each must come back clean.
import { Tally } from './tally.mjs';

const [url] = process.argv.slice(2);
const tally = new Tally();

async function answerOf(target, options) {
  const answer = await fetch(target, options);
  const text = await answer.text();
  try {
    return { status: answer.status, text, json: JSON.parse(text) };
  } catch {
    return { status: answer.status, text, json: undefined };
  }
}

function post(body) {
  return answerOf(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function get(query) {
  return answerOf(`${url}?query=${encodeURIComponent(query)}`);
}

function mustBeClean(found, answer) {
  if (found) throw new Error(`${answer.status} ${answer.text.slice(0, 200)}`);
}

async function probe(name, ask, isFound) {
  await tally.check(name, async () => {
    const answer = await ask();
    if (answer.status >= 500) throw new Error(`status ${answer.status}`);
    mustBeClean(isFound(answer.json ?? {}, answer.text), answer);
  });
}

function repeated(count, make) {
  return Array.from({ length: count }, (_, index) => make(index)).join(' ');
}

const nested = 'fields { type { fields { type { fields { type { fields { type { name } } } } } } } }';
const hasTypename = (json) => Boolean(json.data?.__typename);

await probe('field suggestions', () => post({ query: 'query q { __schema { directive } }' }),
  (_, text) => text.includes('Did you mean'));
await probe('introspection', () => post({ query: 'query q { __schema { types { name fields { name } } } }' }),
  (json) => Boolean(json.data?.__schema));
await probe('page of an IDE', () => answerOf(url, { headers: { accept: 'text/html' } }),
  (_, text) => /graphiql|playground/i.test(text));
await probe('queries by GET', () => get('query q { __typename }'), hasTypename);
await probe('101 aliases', () => post({ query: `query q { ${repeated(101, (n) => `a${n}: __typename`)} }` }),
  (json) => Boolean(json.data));
await probe('batches', () => post(Array(10).fill({ query: 'query q { __typename }' })),
  (json) => Array.isArray(json) && json.length >= 10);
await probe('traces', () => post({ query: 'query q { __typename }' }), (_, text) => /tracing/i.test(text));
await probe('ten unknown directives', () => post({ query: `query q { __typename ${'@aa'.repeat(10)} }` }),
  (json) => json.errors?.length === 10);
await probe('circular introspection', () => post({ query: `query q { __schema { types { ${nested} } } }` }),
  (json) => Boolean(json.data?.__schema));
await probe('mutations by GET', () => get('mutation q { __typename }'), hasTypename);
await probe('a form instead of JSON',
  () => answerOf(url, { method: 'POST', body: new URLSearchParams({ query: 'query q { __typename }' }) }), hasTypename);
await probe('exceptions shown', () => post({ query: 'qwerty q { abc }' }), (_, text) => /exception|stack ?trace/i.test(text));

await probe('500 times the same field, which is merged',
  () => post({ query: `query q { ${repeated(500, () => '__typename')} }` }), (json) => Boolean(json.data && !hasTypename(json)));
await probe('a cycle of fragments',
  () => post({ query: 'query q { ...a } fragment a on Query { ...b } fragment b on Query { ...a }' }), (json) => Boolean(json.data));
tally.close();
