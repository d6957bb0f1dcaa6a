// The command line's side of a login by browser, step by step as spacectl does it: an RSA key, a listener on localhost,
// and the token out of what the browser brings.
import { constants, createDecipheriv, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { createServer } from 'node:http';

function open(privateKey, parameters) {
  const key = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha512' },
    Buffer.from(parameters.get('key'), 'base64url'),
  );
  const sealed = Buffer.from(parameters.get('token'), 'base64url');
  const cipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, sealed.subarray(0, 16));
  return Buffer.concat([cipher.update(sealed.subarray(16)), cipher.final()]).toString();
}

// Listens; `address` is what the browser opens, `token` what came.
export async function receive(server, bits = 4096) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).replaceAll('PUBLIC KEY', 'RSA PUBLIC KEY');
  const receiver = { token: null, failure: null };
  const http = createServer((request, response) => {
    const { searchParams } = new URL(request.url, 'http://localhost');
    try {
      receiver.token = open(privateKey, searchParams);
      response.writeHead(307, { Location: `${server}/auth_success` }).end();
    } catch (error) {
      receiver.failure = error;
      response.writeHead(307, { Location: `${server}/auth_failure` }).end();
    }
  });
  await new Promise((ready) => http.listen(0, 'localhost', ready));
  const { port } = http.address();
  const key = Buffer.from(pem).toString('base64url');
  return Object.assign(receiver, {
    port,
    address: `${server}/cli_login?key=${key}&port=${port}`,
    close: () => http.close(),
  });
}
