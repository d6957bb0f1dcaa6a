// Random valid schemas: objects, interfaces, unions, enums, input objects, a scalar, directives.
import { times } from './random.mjs';

const wrap = (dice, name) => {
  const form = dice.below(12);
  if (form < 5) return name;
  if (form < 8) return `${name}!`;
  return ['[T]', '[T!]', '[T!]!', '[[T]!]'][form - 8].replace('T', name);
};

const literals = {
  Int: ['0', '7', '-3'],
  Float: ['1.5', '2', '-0.25'],
  String: ['"x"', '""', '"a \\"b\\""'],
  Boolean: ['true', 'false'],
  ID: ['"i"', '5'],
};

function defaultFor(dice, type, names) {
  if (!dice.chance(0.25) || type.includes('[')) return '';
  const name = type.replace('!', '');
  if (literals[name]) return ` = ${dice.pick(literals[name])}`;
  return names.enums.includes(name) ? ` = ${names.values[0]}` : '';
}

function makeInput(dice, name, names, before) {
  const base = dice.pick([...Object.keys(literals), ...names.enums, ...before, 'Any']);
  const type = wrap(dice, base);
  const deprecated = !type.endsWith('!') && dice.chance(0.05) ? ' @deprecated' : '';
  return `${name}: ${type}${defaultFor(dice, type, names)}${deprecated}`;
}

function makeField(dice, name, names) {
  const type = wrap(dice, dice.pick([...Object.keys(literals), ...names.enums, 'Any', ...names.outputs, ...names.outputs]));
  const count = dice.chance(0.4) ? 1 + dice.below(3) : 0;
  const inputs = times(count, (index) => makeInput(dice, `a${index}`, names, names.inputs));
  return `  ${name}${count ? `(${inputs.join(', ')})` : ''}: ${type}`;
}

export function makeSchema(dice) {
  const names = {
    enums: times(1 + dice.below(2), (index) => `E${index}`),
    values: times(1 + dice.below(4), (index) => `V${index}`),
    inputs: times(1 + dice.below(3), (index) => `In${index}`),
    objects: times(2 + dice.below(4), (index) => `O${index}`),
    interfaces: times(dice.below(3), (index) => `I${index}`),
    unions: times(dice.below(3), (index) => `U${index}`),
  };
  names.outputs = [...names.objects, ...names.interfaces, ...names.unions];
  const fieldsOf = new Map(
    names.interfaces.map((name) => [name, times(1 + dice.below(3), (index) => makeField(dice, `f${index}`, names))]),
  );
  const parts = ['scalar Any', `directive @d(x: Int, y: In0) repeatable on FIELD | QUERY`, 'directive @once on FIELD | FRAGMENT_SPREAD | VARIABLE_DEFINITION'];
  for (const name of names.enums) parts.push(`enum ${name} { ${names.values.join(' ')} }`);
  names.inputs.forEach((name, index) => {
    const oneOf = dice.chance(0.25);
    const before = names.inputs.slice(0, index);
    const fields = times(1 + dice.below(3), (at) =>
      oneOf ? `k${at}: ${dice.pick(['Int', 'String', ...before])}` : makeInput(dice, `k${at}`, names, before),
    );
    const self = !oneOf && dice.chance(0.3) ? [`again: ${name}`] : [];
    parts.push(`input ${name}${oneOf ? ' @oneOf' : ''} { ${[...fields, ...self].join(' ')} }`);
  });
  for (const name of names.interfaces) parts.push(`interface ${name} {\n${fieldsOf.get(name).join('\n')}\n}`);
  for (const name of names.objects) {
    // Two interfaces may give one field different types, so at most one is implemented.
    const chosen = names.interfaces.length && dice.chance(0.6) ? [dice.pick(names.interfaces)] : [];
    const own = times(1 + dice.below(4), (index) => makeField(dice, `${chosen.length ? 'g' : 'f'}${index}`, names));
    const implemented = chosen.length ? ` implements ${chosen.join(' & ')}` : '';
    parts.push(`type ${name}${implemented} {\n${[...chosen.flatMap((each) => fieldsOf.get(each)), ...own].join('\n')}\n}`);
  }
  for (const name of names.unions) parts.push(`union ${name} = ${[dice.pick(names.objects), ...names.objects].filter((each, index, all) => all.indexOf(each) === index && dice.chance(0.8) || index === 0).filter((each, index, all) => all.indexOf(each) === index).join(' | ')}`);
  const root = (name, count) => `type ${name} {\n${times(count, (index) => makeField(dice, `${name[0].toLowerCase()}${index}`, names)).join('\n')}\n}`;
  parts.push(root('Query', 3 + dice.below(4)));
  if (dice.chance(0.7)) parts.push(root('Mutation', 2));
  if (dice.chance(0.5)) parts.push(root('Subscription', 2));
  return parts.join('\n');
}
