// Tests of what the pages do themselves: node test.mjs
import assert from 'node:assert/strict';
import { build } from 'esbuild';

const { outputFiles } = await build({
  entryPoints: ['graphiql/session.ts'], bundle: true, format: 'esm', write: false, logLevel: 'warning',
});
const source = Buffer.from(outputFiles[0].contents).toString('base64');
const { cleanToken, headersFor } = await import(`data:text/javascript;base64,${source}`);

const checks = {
  'a bare token stays as it is'() {
    assert.equal(cleanToken(' a.b.c\n'), 'a.b.c');
  },
  'a pasted header loses its words'() {
    assert.equal(cleanToken('Authorization: Bearer a.b.c'), 'a.b.c');
    assert.equal(cleanToken('bearer a.b.c'), 'a.b.c');
  },
  'without a token there is no header'() {
    assert.deepEqual(headersFor(''), {});
    assert.deepEqual(headersFor('a.b.c'), { authorization: 'Bearer a.b.c' });
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    check();
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error.message}`);
  }
}
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
