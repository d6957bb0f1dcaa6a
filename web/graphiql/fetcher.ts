// Sends what the editor holds: queries and mutations as requests, subscriptions as streams.
import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { parse } from 'graphql';
import { createClient } from 'graphql-sse';
import { headersFor } from './session';

function isSubscription({ query, operationName }: FetcherParams): boolean {
  try {
    return parse(query).definitions.some(
      (node) =>
        node.kind === 'OperationDefinition' &&
        node.operation === 'subscription' &&
        (!operationName || node.name?.value === operationName),
    );
  } catch {
    return false; // the server says what is wrong with it
  }
}

export function makeFetcher(token: string): Fetcher {
  const streams = createClient({ url: '/graphql/stream', headers: headersFor(token), retryAttempts: 0 });
  return async (parameters, options) => {
    if (isSubscription(parameters)) return streams.iterate(parameters as never) as never;
    const answer = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...options?.headers, ...headersFor(token) },
      body: JSON.stringify(parameters),
    });
    return answer.json();
  };
}
