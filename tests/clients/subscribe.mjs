// Subscribes once by graphql-ws and once by graphql-sse, and asks each for the viewer too.
//
//   node subscribe.mjs <base URL> <access token>
//
// Prints one JSON object for each client: its name, who the viewer is, and the first event.
import { createClient as createSse } from 'graphql-sse';
import { createClient as createWs } from 'graphql-ws';
import WebSocket from 'ws';

const [base, token] = process.argv.slice(2);
if (!token) {
  console.error('usage: node subscribe.mjs <base URL> <access token>');
  process.exit(2);
}
const authorization = `Bearer ${token}`;
const clients = {
  'graphql-ws': createWs({
    url: `${base.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  }),
  'graphql-sse': createSse({ url: `${base}/graphql`, headers: { authorization }, retryAttempts: 0 }),
};
const FOLLOW = 'subscription Follow($after: String) { inboxEvents(after: $after) { __typename sequence } }';

async function first(client, payload) {
  for await (const result of client.iterate(payload)) {
    if (result.errors) throw new Error(JSON.stringify(result.errors));
    return result.data;
  }
  throw new Error('it ended without a result');
}

for (const [name, client] of Object.entries(clients)) {
  const { viewer } = await first(client, { query: '{ viewer { user { email } } }' });
  const { inboxEvents } = await first(client, { query: FOLLOW, variables: { after: '0' } });
  console.log(JSON.stringify({ name, email: viewer.user.email, event: inboxEvents }));
  await client.dispose?.();
}
