// Random documents over a schema: mostly valid ones, then damaged by hand's slips and malice.
import {
  getNamedType, getNullableType, isAbstractType, isCompositeType, isEnumType, isInputObjectType, isInterfaceType,
  isLeafType, isListType, isNonNullType, isObjectType, isUnionType, parse, typeFromAST,
} from 'graphql';
import { times } from './random.mjs';

const scalars = {
  Int: (dice) => dice.pick(['0', '1', '-5', '2147483647', '2147483648', '1.0']),
  Float: (dice) => dice.pick(['0.5', '3', '-1e3', '1E+2']),
  String: (dice) => dice.pick(['"s"', '""', '"\\u00e9\\n"', '"\\u{1F600}"', '"""\n  block\n    text\n"""', '"\\uD83D\\uDE00"']),
  Boolean: (dice) => dice.pick(['true', 'false']),
  ID: (dice) => dice.pick(['"id"', '12', '"12"']),
  Any: (dice) => dice.pick(['1', '"x"', '{a: [1, {b: null}]}', '[1, 2.5]', 'NAME', 'true']),
};

class Maker {
  constructor(dice, schema) {
    this.dice = dice;
    this.schema = schema;
    this.variables = new Map();
    this.fragments = [];
    this.budget = 40;
    this.aliases = 0;
  }

  literal(type, depth = 0) {
    const { dice } = this;
    if (dice.chance(0.008)) return dice.pick(['null', '1', '"odd"', 'ODD', '{}', '[]', '$missing', '1.5', 'true']);
    if (isNonNullType(type)) return this.literal(type.ofType, depth);
    if (dice.chance(0.08)) return 'null';
    if (dice.chance(0.2)) return this.variable(type);
    if (isListType(type)) {
      if (dice.chance(0.15)) return this.literal(type.ofType, depth);
      return `[${times(dice.below(3), () => this.literal(type.ofType, depth + 1)).join(' ')}]`;
    }
    if (isEnumType(type)) return dice.pick(type.getValues()).name;
    if (isInputObjectType(type)) return this.object(type, depth);
    return scalars[type.name](dice);
  }

  object(type, depth) {
    const { dice } = this;
    let fields = Object.values(type.getFields());
    if (type.isOneOf) fields = [dice.pick(fields)];
    else fields = fields.filter((field) => (isNonNullType(field.type) && !dice.chance(0.01)) || (depth < 3 && dice.chance(0.5)));
    return `{${fields.map((field) => `${field.name}: ${this.literal(field.type, depth + 1)}`).join(', ')}}`;
  }

  variable(type) {
    const { dice } = this;
    const name = `v${this.variables.size}`;
    let text = String(type);
    if (dice.chance(0.1)) text = text.endsWith('!') ? text.slice(0, -1) : `${text}!`;
    const base = getNamedType(type);
    const initial = dice.chance(0.2) && scalars[base.name] && !text.includes('[') ? ` = ${scalars[base.name](dice)}` : '';
    this.variables.set(name, `$${name}: ${text}${initial}${dice.chance(0.05) ? ' @once' : ''}`);
    return `$${name}`;
  }

  args(field) {
    const chosen = field.args.filter((arg) => (isNonNullType(arg.type) && !this.dice.chance(0.01)) || this.dice.chance(0.5));
    if (!chosen.length) return '';
    return `(${chosen.map((arg) => `${arg.name}: ${this.literal(arg.type)}`).join(', ')})`;
  }

  directives() {
    const { dice } = this;
    if (!dice.chance(0.12)) return '';
    const boolean = this.schema.getType('Boolean');
    return dice.pick([
      () => ' @d', () => ' @d(x: 1) @d(x: 2)', () => ' @once', () => (dice.chance(0.2) ? ' @once @once' : ''), () => (dice.chance(0.2) ? ' @unknown' : ''),
      () => ` @skip(if: ${dice.chance(0.5) ? 'false' : this.condition(boolean)})`,
      () => ` @include(if: ${dice.chance(0.5) ? 'true' : this.condition(boolean)})`,
    ])();
  }

  condition() {
    const name = `v${this.variables.size}`;
    this.variables.set(name, `$${name}: Boolean!`);
    return `$${name}`;
  }

  field(type, depth) {
    const { dice } = this;
    if (isUnionType(type) || dice.chance(0.08)) return `__typename${this.directives()}`;
    if (dice.chance(0.01)) return dice.pick(['nothing', '__schema { queryType { name } }', '__type(name: "Query") { kind name }']);
    const field = dice.pick(Object.values(type.getFields()));
    const shared = dice.chance(0.1);
    const alias = shared ? `${dice.pick(['x', 'y', 'f0', 'z'])}: ` : dice.chance(0.6) ? `u${this.aliases++}: ` : '';
    const below = getNamedType(field.type);
    let set = isCompositeType(below) ? ` ${this.set(below, depth + 1)}` : '';
    if (dice.chance(0.01)) set = set ? '' : ' { x }';
    return `${alias}${field.name}${this.args(field)}${this.directives()}${set}`;
  }

  // A type that can stand in a fragment where `type` is; now and then one that cannot.
  condition_type(type) {
    const { dice, schema } = this;
    if (dice.chance(0.02)) return dice.pick(Object.values(schema.getTypeMap()).filter((each) => !each.name.startsWith('__'))).name;
    const options = [type];
    if (isAbstractType(type)) options.push(...schema.getPossibleTypes(type));
    if (isObjectType(type) || isInterfaceType(type)) options.push(...type.getInterfaces());
    return dice.pick(options).name;
  }

  selection(type, depth) {
    const { dice, schema } = this;
    const form = dice.below(10);
    if (form < 7 || depth > 5) return this.field(type, depth);
    if (form < 9) {
      const condition = dice.chance(0.2) ? null : this.condition_type(type);
      const inside = condition ? schema.getType(condition) : type;
      const target = isCompositeType(inside) ? inside : type;
      return `...${condition ? ` on ${condition}` : ''}${this.directives()} ${this.set(target, depth + 1)}`;
    }
    return this.spread(type, depth);
  }

  spread(type, depth) {
    const { dice, schema } = this;
    if (this.fragments.length && dice.chance(0.4)) return `...${dice.pick(this.fragments).name}${this.directives()}`;
    const condition = this.condition_type(type);
    const inside = schema.getType(condition);
    const fragment = { name: `F${this.fragments.length}`, text: '' };
    this.fragments.push(fragment);
    fragment.text = `fragment ${fragment.name} on ${condition} ${this.set(isCompositeType(inside) ? inside : type, depth + 1)}`;
    return `...${fragment.name}${this.directives()}`;
  }

  set(type, depth) {
    this.budget--;
    const count = this.budget > 0 && depth < 6 ? 1 + this.dice.below(4) : 1;
    if (this.budget <= 0 || depth >= 6) return '{ __typename }';
    return `{ ${times(count, () => this.selection(type, depth)).join(' ')} }`;
  }

  operation(name) {
    const { dice, schema } = this;
    const kinds = [['query', schema.getQueryType()], ['query', schema.getQueryType()]];
    if (schema.getMutationType()) kinds.push(['mutation', schema.getMutationType()]);
    if (schema.getSubscriptionType() && dice.chance(0.1)) kinds.push(['subscription', schema.getSubscriptionType()]);
    const [kind, type] = dice.pick(kinds);
    this.variables = new Map();
    const set = this.set(type, 0);
    const variables = [...this.variables.values()];
    if (dice.chance(0.03)) variables.push('$unused: Int');
    const list = variables.length ? `(${variables.join(' ')})` : '';
    return `${kind}${name ? ` ${name}` : ''}${list}${dice.chance(0.05) ? ' @d' : ''} ${set}`;
  }
}

export function makeDocument(dice, schema) {
  const maker = new Maker(dice, schema);
  const operations = dice.chance(0.06) ? ['A', dice.pick(['B', 'A', ''])] : [dice.pick(['', 'Q'])];
  const texts = operations.map((name) => maker.operation(name));
  return [...texts, ...maker.fragments.map((fragment) => fragment.text)].join('\n');
}

const noise = ['{', '}', '(', ')', '[', ']', '!', '$', '@', ':', '=', '|', '&', '...', '..', '"', '"""', '\\', '#', ',', '-', '0', '01',
  '1.', '1e', 'on', 'null', 'true', 'fragment', 'query', 'x', '\u00e9', '"\\u12"', '"\\q"', "'", '\u{1F600}', '\ufeff', '\r', '\r\n', '%', '?', '"a\nb"',
  'extend type Q { a: Int }', 'type T { a: Int }', '"d"'];

// Usually leaves the document as it is.
export function damage(dice, text) {
  if (!dice.chance(0.3)) return text;
  const tokens = text.split(/(?<=[\s{}()[\]:!,])|(?=[\s{}()[\]:!,])/);
  for (let i = 0; i <= dice.below(3); i++) {
    const at = dice.below(tokens.length);
    const form = dice.below(4);
    if (form === 0) tokens.splice(at, 1);
    else if (form === 1) tokens.splice(at, 0, dice.pick(noise));
    else if (form === 2) tokens[at] = dice.pick(noise);
    else tokens.splice(at, 0, tokens[dice.below(tokens.length)] ?? '');
  }
  return tokens.join('');
}

const values = {
  Int: (dice) => dice.pick([0, 1, -7, 2147483648, 1.5, '1']),
  Float: (dice) => dice.pick([0.5, 2, -1e3]),
  String: (dice) => dice.pick(['s', '', '\u00e9\u{1F600}']),
  Boolean: (dice) => dice.pick([true, false]),
  ID: (dice) => dice.pick(['i', 5]),
  Any: (dice) => dice.pick([1, 'x', { a: [1, null] }, [true]]),
};

function inputValue(dice, type, depth = 0) {
  if (dice.chance(0.03)) return dice.pick([null, 'odd', 3, {}, [], true, { odd: 1 }]);
  if (isNonNullType(type)) return inputValue(dice, type.ofType, depth);
  if (dice.chance(0.1) || depth > 4) return null;
  if (isListType(type)) {
    if (dice.chance(0.1)) return inputValue(dice, type.ofType, depth);
    return times(dice.below(3), () => inputValue(dice, type.ofType, depth + 1));
  }
  if (isEnumType(type)) return dice.pick(type.getValues()).name;
  if (!isInputObjectType(type)) return values[type.name](dice);
  let fields = Object.values(type.getFields());
  if (type.isOneOf) fields = [dice.pick(fields)];
  else fields = fields.filter((field) => (isNonNullType(field.type) && !dice.chance(0.05)) || dice.chance(0.5));
  return Object.fromEntries(fields.map((field) => [field.name, inputValue(dice, field.type, depth + 1)]));
}

export function makeVariables(dice, schema, document) {
  let definitions;
  try {
    definitions = parse(document).definitions.flatMap((each) => each.variableDefinitions ?? []);
  } catch {
    return undefined;
  }
  const result = {};
  for (const definition of definitions) {
    const type = typeFromAST(schema, definition.type);
    if (!type || isCompositeType(getNamedType(type)) || dice.chance(0.1)) continue;
    result[definition.variable.name.value] = inputValue(dice, type);
  }
  return result;
}

const outputs = {
  Int: (dice) => dice.pick([0, 1, -2147483648, 2147483648, 1.5]),
  Float: (dice) => dice.pick([0.5, 2, 1e21, -0.001]),
  String: (dice) => dice.pick(['s', '', 'a"\\\n\u0001\u00e9\u{1F600}', 7, true]),
  Boolean: (dice) => dice.pick([true, false]),
  ID: (dice) => dice.pick(['i', 5]),
  Any: (dice) => dice.pick([1, 'x', true, 0.5]),
};

function outputValue(dice, schema, type, depth) {
  if (dice.chance(0.02)) return { $error: 'made to fail' };
  if (isNonNullType(type)) return dice.chance(0.02) ? null : outputValue(dice, schema, type.ofType, depth);
  if (dice.chance(0.1)) return null;
  if (isListType(type)) return dice.chance(0.02) ? 5 : times(dice.below(depth > 2 ? 2 : 4), () => outputValue(dice, schema, type.ofType, depth + 1));
  if (isEnumType(type)) return dice.chance(0.05) ? 'ODD' : dice.pick(type.getValues()).name;
  if (isLeafType(type)) return outputs[type.name](dice);
  if (depth > 4) return null;
  const object = isAbstractType(type) ? dice.pick(schema.getPossibleTypes(type)) ?? null : type;
  return object && makeObject(dice, schema, object, depth + 1);
}

function makeObject(dice, schema, type, depth) {
  const object = { __typename: type.name };
  for (const field of Object.values(type.getFields())) object[field.name] = outputValue(dice, schema, field.type, depth);
  return object;
}

// One root value for all operation types.
export function makeData(dice, schema) {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(Boolean);
  return Object.assign({}, ...roots.map((type) => makeObject(dice, schema, getNullableType(type), 0)));
}
