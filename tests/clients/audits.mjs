// Holds a server against the audits of GraphQL over HTTP (https://github.com/graphql/graphql-http).
//
//   node audits.mjs <base URL>
//
// Prints one JSON object for each audit: what fails as `error` is a MUST, as `warn` a SHOULD, as `notice` a MAY.
import { serverAudits } from 'graphql-http';

const [base] = process.argv.slice(2);
if (!base) {
  console.error('usage: node audits.mjs <base URL>');
  process.exit(2);
}
for (const audit of serverAudits({ url: `${base}/graphql` })) {
  const { status, reason } = await audit.fn();
  console.log(JSON.stringify({ id: audit.id, name: audit.name, status, reason }));
}
