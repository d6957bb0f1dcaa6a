// The token that requests carry. It stays in this tab and is gone with it: never in a cookie, never on disk.
const storageKey = 'gatehouse:token';

export function storedToken(): string {
  return sessionStorage.getItem(storageKey) ?? '';
}

export function storeToken(token: string): void {
  if (token) sessionStorage.setItem(storageKey, token);
  else sessionStorage.removeItem(storageKey);
}

// People paste what they have: a bare token, or a whole header.
export function cleanToken(pasted: string): string {
  return pasted.trim().replace(/^(authorization:\s*)?(bearer\s+)?/i, '');
}

export function headersFor(token: string): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

const exchange = 'mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }';

// The token of an API key.
export async function exchangeKey(id: string, secret: string): Promise<string> {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: exchange, variables: { id, secret } }),
  });
  const { data, errors } = await answer.json();
  const token: unknown = data?.apiKeyUser?.jwt;
  if (typeof token !== 'string') throw new Error(errors?.[0]?.message ?? 'There is no such key, or the secret is wrong.');
  return token;
}
