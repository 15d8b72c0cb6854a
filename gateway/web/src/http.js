// One operation over HTTP, to this server and no other.

export const ENDPOINT = '/graphql';

/** The server's time: tokens expire by its clock, which may differ from this machine's. */
export const clock = {
  offset: 0,
  now: () => Date.now() + clock.offset,
};

/** A result that holds nothing but one error, for what goes wrong before there is a GraphQL answer. */
export const failure = (message) => ({ errors: [{ message }] });

/**
 * Sends one operation and resolves with its result. It never rejects: what failed on the way is an error in the result,
 * with `unreachable` set, since the operation may or may not have been carried out.
 */
export async function post(operation, headers) {
  let response;
  try {
    const all = new Headers(headers);
    all.set('accept', 'application/json');
    all.set('content-type', 'application/json');
    response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: all,
      body: JSON.stringify(operation),
      cache: 'no-store',
      redirect: 'error',
    });
    const sent = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(sent)) clock.offset = sent - Date.now();
  } catch (cause) {
    return { ...failure(`The server could not be asked: ${cause.message}`), unreachable: true };
  }
  try {
    return await response.json();
  } catch {
    const unreachable = response.status >= 500;
    return { ...failure(`The server answered ${response.status} ${response.statusText}, without JSON.`), unreachable };
  }
}
