// What a colleague does: sees who waits, takes a chat, answers, ends it.
import { ask, change, follow, form, show, signedIn, LINES } from './frontdesk.js';

let chatId = null;
const queue = document.getElementById('queue'), state = document.getElementById('state');

const TOKENS = 'session { accessToken accessTokenExpiresAt refreshToken } errors { message }';

/** Keeps the session for as long as the page is open: a minute before the access token ends there is another one. */
function keep({ accessToken, accessTokenExpiresAt, refreshToken }) {
  signedIn(accessToken);
  setTimeout(async () => {
    const renewed = await change(`mutation Renew($input: RefreshSessionInput!) { refreshSession(input: $input) { ${TOKENS} } }`,
      { input: { refreshToken } });
    keep(renewed.session);
  }, Math.max(1_000, Date.parse(accessTokenExpiresAt) - Date.now() - 60_000));
}

form('sign-in', async (input, element, key) => {
  const { session } = await change(`mutation SignIn($input: SignInInput!) { signIn(input: $input) { ${TOKENS} } }`, { input }, key);
  keep(session);
  element.hidden = true;
  // The number of the newest event first, then the list, then what happens after that number: nothing is missed in between.
  const { eventCursor } = await ask('{ eventCursor }');
  await waiting();
  follow(`subscription Queue($after: String) { chatQueueEvents(after: $after) { sequence } }`, { after: eventCursor }, waiting);
});

async function waiting() {
  const { chatQueue } = await ask('{ chatQueue { nodes { id name lastMessage { content } } } }');
  queue.replaceChildren(...chatQueue.nodes.map(({ id, name, lastMessage }) => {
    const item = document.createElement('li'), take = document.createElement('button');
    Object.assign(take, { textContent: 'Take', onclick: () => claim(id, name) });
    item.append(`${name}: ${lastMessage?.content ?? ''} `, take);
    return item;
  }));
}

async function claim(id, name) {
  try {
    await change(`mutation Claim($input: ClaimChatInput!) { claimChat(input: $input) { errors { message } } }`, { input: { chatId: id } });
  } catch (error) {
    alert(error.message);
    return waiting();
  }
  chatId = id;
  document.getElementById('chat').hidden = false;
  document.getElementById('with').textContent = name;
  document.getElementById('lines').replaceChildren();
  follow(`subscription Chat($chatId: ID!, $after: String) {
    chatEvents(chatId: $chatId, after: $after) { __typename sequence ${LINES} } }`,
  { chatId: id, after: '0' }, ({ __typename, lines }) => {
    if (id !== chatId) return;
    show(lines);
    if (__typename === 'ChatEnded') state.textContent = 'The chat is over.';
  });
}

form('say', ({ content }, _, key) => change(`mutation Say($input: SendChatMessageInput!) {
  sendChatMessage(input: $input) { errors { message } } }`, { input: { chatId, content } }, key).then(() => ''));

document.getElementById('end').onclick = () => change(`mutation End($input: ChatInput!) {
  endChat(input: $input) { errors { message } } }`, { input: { chatId } });
