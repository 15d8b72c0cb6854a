// What a visitor does: writes, books, chats. Nobody signs in; the browser keeps two tokens.
import { ask, change, follow, form, show, LINES } from './frontdesk.js';

const kept = (name) => localStorage.getItem(`frontdesk.${name}`) ?? undefined;
const keep = (name, value) => value && localStorage.setItem(`frontdesk.${name}`, value);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

form('contact', async (fields, _, key) => {
  const { receipt } = await change(`mutation Write($input: SubmitMessageInput!) {
    submitMessage(input: $input) { receipt { visitorToken } errors { message } } }`,
  { input: { ...fields, visitorToken: kept('visitor'), pageUrl: location.pathname } }, key);
  keep('visitor', receipt.visitorToken);
  return 'Thank you, we will write back.';
});

// Booking.
const booking = document.getElementById('booking'), slots = document.getElementById('slots');
const { bookableServices } = await ask('{ bookableServices { serviceId name durationMinutes } }');
for (const { serviceId, name, durationMinutes } of bookableServices) {
  booking.serviceId.add(new Option(`${name}, ${durationMinutes} minutes`, serviceId));
}

async function offer() {
  slots.replaceChildren();
  if (!booking.serviceId.value || !booking.day.value) return;
  const { availableSlots } = await ask(`query Free($service: ID!, $day: Date!, $zone: String) {
    availableSlots(serviceId: $service, from: $day, to: $day, timeZone: $zone) { startsAt visitorTime offset } }`,
  { service: booking.serviceId.value, day: booking.day.value, zone });
  for (const { startsAt, visitorTime } of availableSlots) {
    const label = slots.appendChild(document.createElement('label'));
    const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'startsAt', value: startsAt, required: true });
    label.append(input, ` ${visitorTime.slice(0, 5)}`);
  }
  if (!availableSlots.length) slots.textContent = 'Nothing is free on this day.';
}
booking.serviceId.onchange = booking.day.onchange = offer;

form('booking', async ({ day, ...input }, _, key) => {
  const { receipt, visitorToken } = await change(`mutation Book($input: BookConsultationInput!) {
    bookConsultation(input: $input) { receipt { startsAt } visitorToken errors { message } } }`,
  { input: { ...input, timeZone: zone, visitorToken: kept('visitor') } }, key);
  keep('visitor', visitorToken);
  slots.replaceChildren();
  return `Booked for ${new Date(receipt.startsAt).toLocaleString()}. A mail with the invitation is on its way.`;
});

// Chat. The chat's token stays for this tab's life, so that a reload goes on where it was.
const chat = document.getElementById('chat'), state = document.getElementById('state');
let open = JSON.parse(sessionStorage.getItem('frontdesk.chat'));

const WORDS = { WAITING: 'You are in the queue.', ACTIVE: 'You are talking with us.', ENDED: 'The chat is over.' };

async function look() {
  const { visitorChat } = await ask(`query Chat($chatId: ID!, $chatToken: String!) {
    visitorChat(chatId: $chatId, chatToken: $chatToken) { status rating queuePosition nobodyAvailable assigneeName } }`, open);
  if (!visitorChat) return close();
  const { status, rating, queuePosition, nobodyAvailable, assigneeName } = visitorChat;
  state.textContent = [WORDS[status], queuePosition && `Before you: ${queuePosition - 1}.`, assigneeName && `With ${assigneeName}.`,
    status === 'WAITING' && nobodyAvailable && 'Nobody is at the desk; your question is kept.'].filter(Boolean).join(' ');
  document.getElementById('say').hidden = status === 'ENDED';
  document.getElementById('rate').hidden = status !== 'ENDED' || rating !== null;
}

function enter() {
  document.getElementById('start').hidden = true;
  chat.hidden = false;
  follow(`subscription Chat($chatId: ID!, $chatToken: String, $after: String) {
    chatEvents(chatId: $chatId, chatToken: $chatToken, after: $after) { __typename sequence ${LINES} } }`,
  { ...open, after: '0' }, ({ __typename, lines }) => {
    show(lines);
    if (__typename !== 'ChatMessageSent' && __typename !== 'ChatRead') look();
  });
  look();
}

function close() {
  sessionStorage.removeItem('frontdesk.chat');
  location.reload();
}

form('start', async (fields, _, key) => {
  const { receipt: { chatId, chatToken, visitorToken } } = await change(`mutation Start($input: StartChatInput!) {
    startChat(input: $input) { receipt { chatId chatToken visitorToken } errors { message } } }`,
  { input: { ...fields, visitorToken: kept('visitor') } }, key);
  keep('visitor', visitorToken);
  open = { chatId, chatToken };
  sessionStorage.setItem('frontdesk.chat', JSON.stringify(open));
  enter();
});

form('say', ({ content }, _, key) => change(`mutation Say($input: SendChatMessageInput!) {
  sendChatMessage(input: $input) { errors { message } } }`, { input: { ...open, content } }, key).then(() => ''));

document.getElementById('end').onclick = () => change(`mutation End($input: ChatInput!) {
  endChat(input: $input) { errors { message } } }`, { input: open });

for (const rating of [1, 2, 3, 4, 5]) {
  const button = Object.assign(document.createElement('button'), { textContent: '★'.repeat(rating), title: `${rating} of 5` });
  button.onclick = () => change(`mutation Rate($input: RateChatInput!) {
    rateChat(input: $input) { errors { message } } }`, { input: { ...open, rating } });
  document.querySelector('#rate span').append(button, ' ');
}

if (open) enter();
