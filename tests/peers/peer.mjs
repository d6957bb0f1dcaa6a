// One peer of script/bench graphql: node peer.mjs mercurius|yoga|apollo PORT DATA
// Serves the list of stacks from memory, without tokens, rights or a database. DATA is the list's answer as JSON.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const [kind, port, file] = process.argv.slice(2);
const { stacks } = JSON.parse(await readFile(file, 'utf8')).data;
const typeDefs = `
  type Stack {
    id: ID! name: String! space: String! administrative: Boolean! state: String! description: String
    repositoryURL: String provider: String! labels: [String!]! branch: String!
  }
  type Query { stacks: [Stack!]! }
`;
const resolvers = { Query: { stacks: () => stacks } };

const peers = {
  async mercurius() {
    const { default: fastify } = await import('fastify');
    const { default: mercurius } = await import('mercurius');
    const app = fastify();
    await app.register(mercurius, { schema: typeDefs, resolvers, jit: 1 });
    await app.listen({ port: Number(port), host: '127.0.0.1' });
  },
  async yoga() {
    const { createSchema, createYoga } = await import('graphql-yoga');
    const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false, graphiql: false });
    createServer(yoga).listen(Number(port), '127.0.0.1');
  },
  async apollo() {
    const { ApolloServer } = await import('@apollo/server');
    const { startStandaloneServer } = await import('@apollo/server/standalone');
    const server = new ApolloServer({ typeDefs, resolvers });
    await startStandaloneServer(server, { listen: { port: Number(port), host: '127.0.0.1' } });
  },
};

await peers[kind]();
