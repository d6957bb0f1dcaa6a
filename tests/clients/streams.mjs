// Follows a run with the npm package `graphql-sse`: node streams.mjs ENDPOINT TOKEN STACK RUN
// The run is executing, or about to; both subscriptions must end with it.
import { createClient } from 'graphql-sse';
import { Tally } from './tally.mjs';

const [endpoint, token, stack, run] = process.argv.slice(2);
const url = `${endpoint}/stream`;
const tally = new Tally();
const client = createClient({ url, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
const variables = { stack, run };

async function follow(query, ofVariables = variables) {
  const results = [];
  for await (const result of client.iterate({ query, variables: ofVariables })) results.push(result);
  return results;
}

function must(condition, what) {
  if (!condition) throw new Error(what);
}

const statesQuery = `subscription ($stack: ID!, $run: ID!) {
  runStates(stack: $stack, run: $run) { state stateVersion timestamp terminal } }`;
const logsQuery = `subscription ($stack: ID!, $run: ID!) {
  runLogs(stack: $stack, run: $run) { state stateVersion message } }`;

const both = Promise.allSettled([follow(statesQuery), follow(logsQuery)]);
const [states, logs] = await both;

await tally.check('states come in order, each once, and end with the run', async () => {
  must(states.status === 'fulfilled', String(states.reason));
  const entries = states.value.flatMap((result) => result.data.runStates);
  must(entries.length >= 4, JSON.stringify(entries));
  entries.forEach((entry, index) => must(entry.stateVersion === index + 1, JSON.stringify(entries)));
  must(entries.at(-1).terminal && !entries.slice(0, -1).some((entry) => entry.terminal), JSON.stringify(entries));
});

await tally.check('states come as they happen, in several messages', async () => {
  must(states.value.length >= 2, `${states.value.length} messages`);
});

await tally.check('logs come in order and are those of the pages', async () => {
  must(logs.status === 'fulfilled', String(logs.reason));
  const pieces = logs.value.flatMap((result) => result.data.runLogs);
  must(pieces.length > 0, 'no pieces');
  pieces.reduce((before, piece) => {
    must(piece.stateVersion >= before, 'out of order');
    return piece.stateVersion;
  }, 0);
  const { state, stateVersion } = pieces[0];
  const streamed = pieces.filter((piece) => piece.stateVersion === stateVersion).map((piece) => piece.message).join('');
  const query = `query ($stack: ID!, $run: ID!, $state: RunState!) {
    stack(id: $stack) { run(id: $run) { logs(state: $state) { messages { message } } } } }`;
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { ...variables, state } }),
  });
  const page = (await answer.json()).data.stack.run.logs.messages.map((message) => message.message).join('');
  must(streamed === page, `${streamed.length} bytes streamed, ${page.length} in the page`);
});

await tally.check('a run that is over is told from its beginning', async () => {
  const [result, ...rest] = await follow(statesQuery);
  must(rest.length === 0 && result.data.runStates.length >= 4, JSON.stringify(result));
});

await tally.check('a query is answered with one message', async () => {
  const results = await follow('{ __typename }', {});
  must(JSON.stringify(results) === '[{"data":{"__typename":"Query"}}]', JSON.stringify(results));
});

await tally.check('a run that is not there is an error, and the end', async () => {
  const [result, ...rest] = await follow(statesQuery, { stack, run: 'nothing' });
  must(rest.length === 0 && result.errors?.[0].message.includes('not found'), JSON.stringify(result));
});

await tally.check('a document that is not valid is an error, and the end', async () => {
  const [result] = await follow('subscription { wings }', {});
  must(result.errors?.[0].message.includes('wings'), JSON.stringify(result));
});

await tally.check('nobody follows without a token', async () => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: statesQuery, variables }),
  });
  must(answer.status === 401, `status ${answer.status}`);
});

await tally.check('the stream is of events, by GET too', async () => {
  const target = `${url}?query=${encodeURIComponent('{ __typename }')}`;
  const answer = await fetch(target, { headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` } });
  must(answer.headers.get('content-type').startsWith('text/event-stream'), answer.headers.get('content-type'));
  const text = await answer.text();
  must(text === 'event: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\ndata:\n\n', text);
});
tally.close();
