// Compares the GraphQL engine with the npm package `graphql` on random schemas and documents:
// whether a document parses and where it does not, which rules of validation it breaks and where,
// and what it gives when executed. Every case follows from the seed.
//
//     node graphql.mjs DRIVER [SEED [COUNT]]
//
// DRIVER is the binary made from tools/graphql_driver.c. Each difference is printed as a case that
// was made as small as possible; the exit code says whether there was one.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  buildClientSchema, buildSchema, execute, findBreakingChanges, findDangerousChanges, getIntrospectionQuery, GraphQLError, introspectionFromSchema,
  lexicographicSortSchema, parse, printSchema, specifiedRules, validate, validateSchema,
} from 'graphql';
import { random } from './random.mjs';
import { makeSchema } from './schemas.mjs';
import { damage, makeDocument, makeVariables, makeData } from './documents.mjs';

// Where the two differ on purpose, each with its reason.
const tolerated = {
  rules: new Set([
    // Not a rule of the specification: a bound, and ours is a setting of the engine.
    'MaxIntrospectionDepth',
    // A rule of the specification that the oracle does not have; it fails at execution instead.
    'KnownOperationTypes',
  ]),
  // Near-linear merging reports one pair of a conflict, the oracle each: only whether there is one
  // is compared.
  // The same for cycles, which the oracle walks in another order.
  presenceOnly: new Set(['OverlappingFieldsCanBeMerged', 'NoFragmentCycles']),
  // A nullable variable as the field of a oneOf object: the oracle overlooks it where the object
  // itself must not be null.
  message: /must be non-nullable to be used for OneOf/,
  // Real clients send empty parentheses, so they are accepted where arguments or variables may be.
  emptyParentheses: /\(\s*,*\s*\)/,
};

const rules = specifiedRules.map((rule) => ({ rule, name: rule.name.replace(/Rule$/, '') }));

class Driver {
  constructor(path) {
    this.child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = [];
    createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift()?.(line));
    this.child.on('exit', (code, signal) => {
      this.dead = `driver ended: ${code ?? signal}`;
      for (const resolve of this.waiting.splice(0)) resolve(null);
    });
  }

  async ask(input) {
    if (this.dead) return { failure: { message: this.dead } };
    const line = await new Promise((resolve) => {
      this.waiting.push(resolve);
      this.child.stdin.write(JSON.stringify(input) + '\n');
    });
    return line === null ? { failure: { message: this.dead } } : JSON.parse(line);
  }
}

const place = ({ line, column }) => `${line}:${column}`;

// What the oracle says, in the driver's words.
function oracle(schema, input) {
  let document;
  try {
    document = parse(input.document);
  } catch (error) {
    const { line, column } = error.locations[0];
    return { parse: { message: error.message, line, column } };
  }
  const validation = [];
  for (const { rule, name } of rules) {
    let errors;
    try {
      errors = validate(schema, document, [rule], { maxErrors: 10000 });
    } catch (error) {
      return { skipped: error.message };
    }
    for (const { message, locations = [] } of errors) validation.push({ rule: name, message, locations });
  }
  if (validation.some((error) => !tolerated.rules.has(error.rule))) return { validation };
  return { response: run(schema, document, input) };
}

function readMember(source, _args, _context, info) {
  const value = source?.[info.fieldName];
  return fail(value);
}

function fail(value) {
  if (Array.isArray(value)) return value.map(fail);
  return value && typeof value === 'object' && '$error' in value ? new GraphQLError(value.$error) : value;
}

function run(schema, document, input) {
  try {
    const result = execute({
      schema,
      document,
      rootValue: input.data,
      variableValues: input.variables,
      operationName: input.operationName,
      fieldResolver: readMember,
      typeResolver: (value) => value.__typename,
    });
    return JSON.parse(JSON.stringify(result));
  } catch (error) {
    return { thrown: error.message };
  }
}

const byRule = (errors) =>
  (errors ?? [])
    .filter(({ rule, message }) => !tolerated.rules.has(rule) && !tolerated.message.test(message))
    .map(({ rule, locations }) =>
      // Ours keeps sixteen places of an error.
      tolerated.presenceOnly.has(rule) || locations.length >= 16
        ? rule
        : `${rule} ${locations.map(place).sort().join(' ')}`,
    )
    .filter((text, index, all) => !tolerated.presenceOnly.has(text) || all.indexOf(text) === index)
    .sort()
    .join('\n');

// A request that was refused has only messages to compare; errors of fields have paths. Values in
// messages are JSON here, and in the oracle's own notation there.
const bare = (message) => message.replace(/got invalid value .*; /, '').replace(/[\s"]/g, '');

const byPath = (errors) =>
  (errors ?? [])
    .map(({ message, path, locations }) =>
      path ? `${path.join('.')} ${(locations ?? []).map(place).join(' ')}` : bare(message),
    )
    .sort()
    .join('\n');

function compare(ours, theirs) {
  if (theirs.skipped) return null;
  if (ours.failure || ours.input || ours.schema) return 'the engine failed';
  if (!ours.parse !== !theirs.parse) return 'one parses, the other does not';
  if (ours.parse) {
    if (place(ours.parse) !== place(theirs.parse)) return 'the syntax error is elsewhere';
    // A long token is cut in our message.
    return ours.parse.message.slice(0, 100) === theirs.parse.message.slice(0, 100) ? null : 'the syntax error reads differently';
  }
  if (!ours.response && theirs.response && byRule(ours.validation) === '') return null;
  if (byRule(ours.validation) !== byRule(theirs.validation)) return 'validation differs';
  if (!ours.response || !theirs.response) return null;
  if (JSON.stringify(ours.response.data) !== JSON.stringify(theirs.response.data)) return 'data differs';
  if (byPath(ours.response.errors) !== byPath(theirs.response.errors)) return 'errors differ';
  return null;
}

const isTolerated = (input) => tolerated.emptyParentheses.test(input.document);

async function check(driver, schema, input) {
  const ours = await driver.ask(input);
  const theirs = oracle(schema, input);
  const difference = compare(ours, theirs);
  return difference && !isTolerated(input) ? { difference, ours, theirs } : null;
}

const everything = {
  descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true,
  inputValueDeprecation: true, oneOf: true,
};

// Whether clients can rebuild the schema from the engine's description of it.
async function checkIntrospection(driver, schema, sdl) {
  const input = { schema: sdl, document: getIntrospectionQuery(everything) };
  const ours = await driver.ask(input);
  if (!ours.response?.data) return { difference: 'introspection fails', ours, theirs: {} };
  const rebuilt = buildClientSchema(ours.response.data);
  const errors = validateSchema(rebuilt);
  const show = (each) => printSchema(lexicographicSortSchema(each));
  const expected = show(buildClientSchema(introspectionFromSchema(schema, everything)));
  if (errors.length === 0 && show(rebuilt) === expected) return null;
  return { difference: 'introspection differs', ours: { errors, printed: show(rebuilt) }, theirs: { printed: expected } };
}

// What changes from one random schema to the next one.
async function checkChanges(driver, before, after) {
  const list = (changes) => changes.map(({ type, description }) => `${type} ${description}`).sort();
  const ours = await driver.ask({ schema: before, next: after });
  const schemas = [buildSchema(before), buildSchema(after)];
  const theirs = list([...findBreakingChanges(...schemas), ...findDangerousChanges(...schemas)]);
  const found = list(ours.changes ?? []);
  if (JSON.stringify(found) === JSON.stringify(theirs)) return null;
  return {
    difference: 'changes differ',
    ours: found.filter((each) => !theirs.includes(each)),
    theirs: theirs.filter((each) => !found.includes(each)),
  };
}

// Cuts tokens out of the document for as long as the same difference stays.
async function shrink(driver, schema, input, found) {
  let tokens = input.document.split(/(?<=[\s{}()[\]:!,])|(?=[\s{}()[\]:!,])/);
  for (let size = tokens.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < tokens.length; ) {
      const fewer = [...tokens.slice(0, at), ...tokens.slice(at + size)];
      const smaller = { ...input, document: fewer.join('') };
      const again = driver.dead ? null : await check(driver, schema, smaller);
      if (again && again.difference === found.difference) {
        tokens = fewer;
        input = smaller;
        found = again;
      } else {
        at += size;
      }
    }
  }
  return { input, found };
}

// The lines that only one of the two has, or has more often.
function onlyIn(a, b) {
  const others = b.split('\n');
  return a
    .split('\n')
    .filter((line) => {
      const at = others.indexOf(line);
      if (at >= 0) others.splice(at, 1);
      return line && at < 0;
    })
    .join('; ') || '-';
}

function print({ input, found }) {
  const { ours, theirs } = found;
  console.log(`--- ${found.difference}`);
  console.log('only ours  ', onlyIn(byRule(ours.validation), byRule(theirs.validation)));
  console.log('only theirs', onlyIn(byRule(theirs.validation), byRule(ours.validation)));
  console.log('only ours  ', onlyIn(byPath(ours.response?.errors), byPath(theirs.response?.errors)));
  console.log('only theirs', onlyIn(byPath(theirs.response?.errors), byPath(ours.response?.errors)));
  console.log(input.schema);
  console.log(input.document);
  console.log('variables', JSON.stringify(input.variables));
  console.log('data     ', JSON.stringify(input.data)?.slice(0, 2000));
  console.log('ours     ', JSON.stringify(found.ours).slice(0, 2000));
  console.log('theirs   ', JSON.stringify(found.theirs).slice(0, 2000));
}

async function main([path, seed = '1', count = '2000']) {
  const driver = new Driver(path);
  const dice = random(Number(seed));
  const seen = { parse: 0, validation: 0, response: 0, skipped: 0 };
  const differences = new Map();
  let schema;
  let sdl;
  for (let i = 0; i < Number(count) && !driver.dead; i++) {
    if (i % 20 === 0) {
      const before = sdl;
      sdl = makeSchema(dice);
      schema = buildSchema(sdl);
      const checks = [await checkIntrospection(driver, schema, sdl)];
      if (before) checks.push(await checkChanges(driver, before, sdl));
      for (const found of checks.filter(Boolean)) {
        differences.set(found.difference, 1 + (differences.get(found.difference) ?? 0));
        if (differences.get(found.difference) <= 3) print({ input: { schema: sdl }, found });
      }
    }
    const document = damage(dice, makeDocument(dice, schema));
    const input = { schema: sdl, document, variables: makeVariables(dice, schema, document) };
    input.data = makeData(dice, schema);
    const found = await check(driver, schema, input);
    const theirs = oracle(schema, input);
    seen[Object.keys(theirs)[0]]++;
    if (!found) continue;
    const key = found.difference;
    differences.set(key, (differences.get(key) ?? 0) + 1);
    if (differences.get(key) <= 3) print(await shrink(driver, schema, input, found));
  }
  const total = [...differences.values()].reduce((sum, each) => sum + each, 0);
  console.log(`seed ${seed}: ${count} cases (${seen.parse} do not parse, ${seen.validation} are invalid, ` +
    `${seen.response} executed, ${seen.skipped} too odd for the oracle), ${total} differences`);
  driver.child.stdin.end();
  process.exitCode = total > 0 || driver.dead ? 1 : 0;
}

await main(process.argv.slice(2));
