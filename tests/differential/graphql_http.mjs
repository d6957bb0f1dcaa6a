// Runs the server audits of the npm package `graphql-http` against a running server.
//
//     node graphql_http.mjs URL
import { serverAudits } from 'graphql-http';

const audits = serverAudits({ url: process.argv[2] });
let passed = 0;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status === 'ok') passed++;
  else console.log(`${result.status} ${result.id} ${result.name}: ${result.reason}`);
}
console.log(`${passed} of ${audits.length} audits pass`);
process.exitCode = passed === audits.length ? 0 : 1;
