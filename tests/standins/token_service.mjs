// An OAuth server for one machine client, as the peer of script/bench access: node token_service.mjs opaque|jwt
// Prints its port, client and secret once it listens. Tokens are random texts kept in memory, or JWTs signed with ES256.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

console.info = console.warn = console.error;
const { default: Provider } = await import('oidc-provider');

const format = process.argv[2];
const resource = 'https://api.example';
const client = { id: 'machine', secret: randomBytes(24).toString('base64url') };
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const { port } = server.address();

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      id_token_signed_response_alg: 'ES256',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  jwks: { keys: [{ ...key, use: 'sig', alg: 'ES256' }] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: format === 'jwt',
      defaultResource: () => resource,
      getResourceServerInfo: () => ({
        scope: 'api',
        audience: resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 36000,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  ttl: { ClientCredentials: 36000 },
});
server.on('request', provider.callback());
console.log(JSON.stringify({ port, client: client.id, secret: client.secret }));
