// How GraphiQL reaches the server: HTTP for queries and mutations, one WebSocket for subscriptions.

import { ENDPOINT, failure, post } from './http.js';

const { createClient } = window.graphqlWs;

/** A transport for GraphiQL that speaks for whoever `session` says is signed in. */
export function createTransport(session) {
  let client = null;
  let connected = false;
  const running = new Set();

  const connect = () => createClient({
    url: new URL(ENDPOINT, window.location.href.replace(/^http/, 'ws')).href,
    lazy: true,
    keepAlive: 15_000,
    on: {
      connected: () => { connected = true; },
      closed: () => { connected = false; },
    },
    connectionParams: async () => {
      const access = await session.token();
      return access ? { authorization: `Bearer ${access}` } : {};
    },
  });

  async function request(operation, headers) {
    const auth = await session.headers();
    const all = new Headers(auth);
    for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value);
    const result = await post(operation, all);
    const refused = result.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED');
    const own = auth.authorization;
    if (refused && own && all.get('authorization') === own) session.refused(own.slice('Bearer '.length));
    return result;
  }

  /** The shape GraphiQL takes for what goes on: an observable that starts when it is subscribed to. */
  const subscribe = (operation, resumable) => ({
    subscribe(observer) {
      client ??= connect();
      const payload = { ...operation, variables: { ...operation.variables } };
      const end = () => {
        if (!running.delete(end)) return;
        stop();
        observer.complete();
      };
      const stop = client.subscribe(payload, {
        next(result) {
          // graphql-ws sends this payload again after a reconnection: then the stream goes on where it stopped.
          const sequence = Object.values(result.data ?? {})[0]?.sequence;
          if (resumable && sequence) payload.variables.after = sequence;
          observer.next(result);
        },
        error(cause) {
          observer.next(readable(cause));
          end();
        },
        complete: end,
      });
      running.add(end);
      return { unsubscribe: end };
    },
  });

  return {
    /** A new function each time it is asked for, which makes GraphiQL read the schema again. */
    fetcher: () => (operation, { headers, documentAST } = {}) => {
      const definition = operationOf(documentAST, operation.operationName);
      if (definition?.operation !== 'subscription') return request(operation, headers);
      const takesAfter = definition.variableDefinitions?.some(({ variable }) => variable.name.value === 'after');
      return subscribe(operation, takesAfter);
    },
    /** Connects again, with the token of now; subscriptions go on. One that is just connecting has that token. */
    reconnect() {
      if (connected) client.terminate();
    },
    /** Ends every subscription. */
    close() {
      for (const end of running) end();
      client?.dispose();
      client = null;
    },
  };
}

function operationOf(document, name) {
  const operations = (document?.definitions ?? []).filter(({ kind }) => kind === 'OperationDefinition');
  return name ? operations.find((operation) => operation.name?.value === name) : operations[0];
}

/** What graphql-ws fails with is a list of GraphQL errors, the closing of the socket, or an error. */
function readable(cause) {
  if (Array.isArray(cause)) return { errors: cause };
  if (typeof cause?.code === 'number') return failure(`The connection was closed: ${cause.code} ${cause.reason}`.trim());
  return failure(cause?.message ?? 'The connection failed.');
}
