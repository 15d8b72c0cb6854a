// Where GraphiQL keeps tabs, history and its settings: the browser's local storage, but nothing that may be a secret.

const PREFIX = 'graphiql:';
const SECRET = /password|token|secret|authorization|totp/i;

const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

/** Text that speaks of passwords or tokens (a `signIn` typed into the editor) is not written to disk. */
export const storage = {
  getItem: (key) => localStorage.getItem(key),
  setItem(key, value) {
    if (!SECRET.test(value)) localStorage.setItem(key, value);
  },
  removeItem: (key) => localStorage.removeItem(key),
  clear: () => keys().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return keys().length;
  },
};
