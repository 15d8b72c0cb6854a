// Who is signed in. Both tokens live in this module's memory and nowhere else; a reload forgets them.

import { clock, post } from './http.js';

const TOKENS = 'accessToken accessTokenExpiresAt refreshToken viewer { user { name email } }';
const SIGN_IN = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { session { ${TOKENS} } errors { message } } }`;
const REFRESH = `mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) { session { ${TOKENS} } errors { message } } }`;
const SIGN_OUT = 'mutation SignOut { signOut { errors { message } } }';
const SHAPE = `query Shape {
  role: __type(name: "Role") { kind fields { name } }
  tenant: __type(name: "Tenant") { fields { name } } }`;

const RETRY_MS = 5_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The messages a person should read: the request's errors and those in the payload. */
const problems = (result, payload) => [...(result.errors ?? []), ...(payload?.errors ?? [])].map((error) => error.message);

/**
 * `onChange(viewer | null)` is called after signing in and out, `onRefresh()` after each new access token, and
 * `onLost(message)` when the server ended the session.
 */
export function createSession({ onChange, onRefresh, onLost }) {
  let tokens = null;
  let tenant = '';
  let timer;
  let refreshing = null;

  /** Renew in the last minute, or in the last quarter of a token that lives shorter than four. */
  function keep(session) {
    const expires = Date.parse(session.accessTokenExpiresAt);
    const lead = Math.min(60_000, Math.max(0, expires - clock.now()) / 4);
    tokens = { access: session.accessToken, refresh: session.refreshToken, renewAt: expires - lead, expires };
    schedule(tokens.renewAt - clock.now());
  }

  function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(refresh, Math.min(Math.max(delay, 0), LONGEST_TIMER_MS));
  }

  function drop() {
    clearTimeout(timer);
    tokens = null;
    onChange(null);
  }

  /** Asks for new tokens, once at a time: a refresh token that is used twice ends the session. */
  function refresh() {
    refreshing ??= renew().finally(() => { refreshing = null; });
    return refreshing;
  }

  async function renew() {
    const held = tokens;
    if (!held) return;
    const result = await post({ query: REFRESH, variables: { input: { refreshToken: held.refresh } } }, publicHeaders());
    if (tokens !== held) return; // signed out, or in as somebody else, meanwhile
    const payload = result.data?.refreshSession;
    if (payload?.session) {
      keep(payload.session);
      onRefresh();
    } else if (result.unreachable || result.errors?.some((error) => error.extensions?.retryable)) {
      schedule(RETRY_MS);
    } else {
      drop();
      onLost(['The session has ended.', ...problems(result, payload)].join(' '));
    }
  }

  /** The access token, renewed first when its time is nearly over (a sleeping machine's timers come late). */
  async function token() {
    if (tokens && clock.now() >= tokens.renewAt) await refresh();
    return tokens?.access ?? null;
  }

  /** Without a token, the tenant that was typed in says whose data is meant. */
  const publicHeaders = () => (tenant ? { 'x-tenant': tenant } : {});

  async function headers() {
    const access = await token();
    return access ? { authorization: `Bearer ${access}` } : publicHeaders();
  }

  /** Resolves with the messages of what went wrong; none means signed in. */
  async function signIn({ email, password, code, tenant: slug }) {
    tenant = slug;
    const input = code ? { email, password, totpCode: code } : { email, password };
    const result = await post({ query: SIGN_IN, variables: { input } }, publicHeaders());
    const payload = result.data?.signIn;
    if (!payload?.session) {
      const messages = problems(result, payload);
      return messages.length > 0 ? messages : ['The server did not open a session.'];
    }
    keep(payload.session);
    const viewer = await describeViewer(payload.session);
    if (tokens) onChange(viewer);
    return [];
  }

  /** The session ends here in any case; the messages say whether the server could be told. */
  async function signOut() {
    const auth = await headers();
    if (!tokens) return [];
    drop();
    const result = await post({ query: SIGN_OUT }, auth);
    return problems(result, result.data?.signOut);
  }

  /** A signed-in person's request was refused as unknown: the session was ended elsewhere. */
  function refused(access) {
    if (tokens?.access === access) {
      drop();
      onLost('The session has ended. Please sign in again.');
    }
  }

  return { headers, token, signIn, signOut, refused };
}

/** Name, role and tenant for the bar. What a role and a tenant are called is read from the schema. */
async function describeViewer({ accessToken, viewer }) {
  const auth = { authorization: `Bearer ${accessToken}` };
  const { data: shape } = await post({ query: SHAPE }, auth);
  const label = (type, field, names) => {
    const name = names.find((candidate) => type?.fields?.some((other) => other.name === candidate));
    return name ? `${field} { label: ${name} }` : '';
  };
  const role = shape?.role?.kind === 'ENUM' ? 'role' : label(shape?.role, 'role', ['label', 'title', 'name', 'key']);
  const tenant = label(shape?.tenant, 'tenant', ['name', 'title', 'slug']);
  const query = `query Me { viewer { user { name email ... on Staff { ${role || '__typename'} } } ${tenant} } }`;
  const { data } = await post({ query }, auth);
  const user = data?.viewer?.user ?? viewer.user;
  return {
    name: user?.name || user?.email || 'Signed in',
    email: user?.email ?? '',
    role: readable(user?.role?.label ?? user?.role ?? ''),
    tenant: data?.viewer?.tenant?.label ?? '',
  };
}

/** `SUPER_ADMIN` → `Super admin`; a name somebody gave stays as it is. */
function readable(role) {
  if (!/^[A-Z0-9_]+$/.test(role)) return role;
  const words = role.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
