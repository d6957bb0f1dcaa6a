// What tools make of the served schema: node schema.mjs ENDPOINT TOKEN
import { buildClientSchema, getIntrospectionQuery, validateSchema } from 'graphql';
import { Tally } from './tally.mjs';

const [url, token] = process.argv.slice(2);
const tally = new Tally();

async function introspect() {
  const query = getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors).slice(0, 400));
  return data;
}

// Every described thing of a type, by its path.
function* described(type) {
  yield [type.name, type.description];
  for (const field of type.fields ?? []) {
    yield [`${type.name}.${field.name}`, field.description];
    for (const argument of field.args)
      yield [`${type.name}.${field.name}(${argument.name}:)`, argument.description];
  }
  for (const field of type.inputFields ?? []) yield [`${type.name}.${field.name}`, field.description];
  for (const value of type.enumValues ?? []) yield [`${type.name}.${value.name}`, value.description];
}

const data = await introspect();

await tally.check('graphql-js builds and accepts the schema', async () => {
  const faults = validateSchema(buildClientSchema(data));
  if (faults.length > 0) throw new Error(faults.map((fault) => fault.message).join('; '));
});

await tally.check('everything in our schema has a description', async () => {
  const ours = data.__schema.types.filter((type) => !type.name.startsWith('__'));
  const bare = ours.flatMap((type) => [...described(type)]).filter(([, text]) => !text?.trim());
  for (const directive of data.__schema.directives) {
    if (!directive.description?.trim()) bare.push([`@${directive.name}`]);
    for (const argument of directive.args)
      if (!argument.description?.trim()) bare.push([`@${directive.name}(${argument.name}:)`]);
  }
  if (bare.length > 0) throw new Error(`${bare.length} without: ${bare.map(([path]) => path).join(' ')}`);
});
tally.close();
