// The numbers of a company on one page: what the API's `metrics` and `syncCoverage` say, drawn with Chart.js. `?api=` says where the
// server is. Every chart has its numbers as a table beside it.
const api = new URLSearchParams(location.search).get('api') ?? 'http://127.0.0.1:8080';
let bearer = null;

async function ask(query, variables = {}) {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) };
  const answer = await (await fetch(`${api}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })).json();
  if (answer.errors) throw new Error(answer.errors[0].message);
  return answer.data;
}

const SIGN_IN = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { session { accessToken } errors { message } } }`;
const TOGETHER = `query Together($filter: MetricFilter!) { metrics(filter: $filter) { timeZone
  values(only: [VOLUME, FIRST_RESPONSE_TIME, RESOLUTION_TIME, SLA_BREACHES, OPEN_BACKLOG]) { metric now { count median p90 rate } previous { count median rate } } } }`;
const BY_DAY = `query ByDay($filter: MetricFilter!) { metrics(filter: $filter) { groups(by: DAY) { groups { day
  values(only: [VOLUME, CLOSED, FIRST_RESPONSE_TIME]) { metric now { count median p90 } } } } } }`;
const HEAT = `query Heat($filter: MetricFilter!) { metrics(filter: $filter) { heatMap { weekday hour values(only: [VOLUME]) { now { count } } } } }`;
const AGENTS = `query Agents($filter: MetricFilter!) { metrics(filter: $filter) { groups(by: AGENT, limit: 25) { leftOut groups { label staff { name }
  values(only: [VOLUME, FIRST_RESPONSE_TIME, RESOLUTION_TIME, SLA_BREACHES]) { metric now { count median rate } } } } } }`;
const COVERAGE = `query Coverage($from: Date!, $to: Date!) { syncCoverage(entity: CHATS, from: $from, to: $to) { day expected found failed } }`;

const section = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const numbers = new Intl.NumberFormat();
const number = (value) => (value == null ? '–' : numbers.format(value));
const share = (value) => (value == null ? '–' : `${Math.round(value * 100)} %`);
/** Seconds as people say them; what does not exist is a dash, never 0. */
function span(seconds) {
  if (seconds == null) return '–';
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
}

function element(name, text, more = {}) {
  const made = Object.assign(document.createElement(name), more);
  if (text != null) made.textContent = text;
  return made;
}

/** A table: the first cell of each row is its heading. */
function table(head, rows, cell = (text) => element('td', text)) {
  const made = element('table'), top = made.createTHead().insertRow(), body = made.createTBody();
  head.forEach((text) => top.append(element('th', text, { scope: 'col' })));
  for (const [first, ...rest] of rows) {
    const row = body.insertRow();
    row.append(element('th', first, { scope: 'row' }), ...rest.map(cell));
  }
  return made;
}

const put = (id, made) => section(id).querySelector('.scroll').replaceChildren(made);
/** The values of a group by the metric's name. */
const values = (group) => Object.fromEntries(group.values.map((value) => [value.metric, value]));

const charts = new Map();
function chart(id, type, labels, lines, unit) {
  charts.get(id)?.destroy();
  const text = colour('--quiet'), grid = colour('--line');
  const datasets = lines.map(({ label, data, as }) => ({
    label, data, borderColor: colour(as), backgroundColor: colour(as), borderWidth: 2, pointRadius: 2, tension: 0.2, spanGaps: false,
  }));
  charts.set(id, new Chart(section(id).querySelector('canvas'), {
    type,
    data: { labels, datasets },
    options: {
      responsive: true, maintainAspectRatio: false, animation: false,
      interaction: { mode: 'index', intersect: false },
      plugins: { legend: { labels: { color: text } }, tooltip: { callbacks: { label: ({ dataset, parsed }) => `${dataset.label}: ${unit(parsed.y)}` } } },
      scales: {
        x: { ticks: { color: text, maxRotation: 0, autoSkipPadding: 12 }, grid: { color: grid } },
        y: { beginAtZero: true, ticks: { color: text, callback: unit }, grid: { color: grid } },
      },
    },
  }));
}

async function together(filter) {
  const { metrics } = await ask(TOGETHER, { filter });
  section('zone').textContent = metrics.timeZone;
  const all = values(metrics);
  const tile = (name, now, before) => {
    const made = element('li');
    made.append(element('span', name), element('b', now), element('span', before == null ? '' : `before: ${before}`));
    return made;
  };
  const { VOLUME, FIRST_RESPONSE_TIME, RESOLUTION_TIME, SLA_BREACHES, OPEN_BACKLOG } = all;
  section('overview').querySelector('.tiles').replaceChildren(
    tile('Began', number(VOLUME.now.count), number(VOLUME.previous?.count)),
    tile('First response, median', span(FIRST_RESPONSE_TIME.now.median), span(FIRST_RESPONSE_TIME.previous?.median)),
    tile('First response, 90 in 100', span(FIRST_RESPONSE_TIME.now.p90)),
    tile('Resolution, median', span(RESOLUTION_TIME.now.median), span(RESOLUTION_TIME.previous?.median)),
    tile('Answered too late', share(SLA_BREACHES.now.rate), share(SLA_BREACHES.previous?.rate)),
    tile('Open', number(OPEN_BACKLOG.now.count), number(OPEN_BACKLOG.previous?.count)),
  );
}

async function byDay(filter) {
  const days = (await ask(BY_DAY, { filter })).metrics.groups.groups.map((group) => ({ day: group.day, ...values(group) }));
  const labels = days.map(({ day }) => day.slice(5)), of = (metric, part) => days.map((day) => day[metric].now[part]);
  chart('times', 'line', labels, [
    { label: 'Median', data: of('FIRST_RESPONSE_TIME', 'median'), as: '--one' },
    { label: '90 in 100', data: of('FIRST_RESPONSE_TIME', 'p90'), as: '--two' },
  ], span);
  put('times', table(['Day', 'Answered', 'Median', '90 in 100'], days.map(({ day, FIRST_RESPONSE_TIME: { now } }) => [day, number(now.count), span(now.median), span(now.p90)])));
  chart('volumes', 'bar', labels, [
    { label: 'Began', data: of('VOLUME', 'count'), as: '--one' },
    { label: 'Of them over', data: of('CLOSED', 'count'), as: '--two' },
  ], number);
  put('volumes', table(['Day', 'Began', 'Of them over'], days.map((day) => [day.day, number(day.VOLUME.now.count), number(day.CLOSED.now.count)])));
}

async function heat(filter) {
  const { heatMap } = (await ask(HEAT, { filter })).metrics;
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'], hours = [...Array(24).keys()];
  const count = new Map(heatMap.map((cell) => [`${cell.weekday} ${cell.hour}`, cell.values[0].now.count]));
  const most = Math.max(1, ...count.values());
  const rows = names.map((name, day) => [name, ...hours.map((hour) => count.get(`${day + 1} ${hour}`) ?? 0)]);
  put('heat', table(['', ...hours.map((hour) => String(hour).padStart(2, '0'))], rows, (value) => {
    const made = element('td', value || '', { className: value / most > 0.55 ? 'much' : '' });
    // What is dark enough for light figures is darker than what is not.
    made.style.setProperty('--much', value / most > 0.55 ? 0.75 + (0.25 * value) / most : (0.45 * value) / most);
    return made;
  }));
}

async function agents(filter) {
  const { groups, leftOut } = (await ask(AGENTS, { filter })).metrics.groups;
  const row = (group) => {
    const all = values(group);
    return [group.staff?.name ?? group.label ?? 'Nobody', number(all.VOLUME.now.count), span(all.FIRST_RESPONSE_TIME.now.median),
      span(all.RESOLUTION_TIME.now.median), share(all.SLA_BREACHES.now.rate)];
  };
  put('agents', table(['Agent', 'Began', 'First response', 'Resolution', 'Too late'], groups.map(row)));
  return leftOut ? `${leftOut} more are not shown.` : '';
}

async function coverage({ from, to }) {
  const { syncCoverage } = await ask(COVERAGE, { from, to });
  const rows = syncCoverage.map(({ day, expected, found, failed }) => [day, number(expected), number(found - failed), Math.max(0, expected - found + failed)]);
  put('coverage', table(['Day', 'At B2Chat', 'Here', 'Missing'], rows, (value) =>
    element('td', value, { className: typeof value === 'number' && value > 0 ? 'missing' : '' })));
  return rows.length ? '' : 'Nothing was compared with the source in these days.';
}

/** Each part for itself: what one may not see, or what fails, says so in its place. */
async function part(id, work) {
  const said = section(id).querySelector('.said');
  try {
    said.textContent = (await work()) ?? '';
    said.classList.remove('wrong');
  } catch (error) {
    said.textContent = error.message;
    said.classList.add('wrong');
  }
}

async function draw() {
  const days = Number(new FormData(section('period')).get('days'));
  const date = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const filter = { from: date(days - 1), to: date(0) };
  section('board').setAttribute('aria-busy', 'true');
  await Promise.all([
    part('overview', () => together(filter)),
    part('times', () => byDay(filter)),
    part('heat', () => heat(filter)),
    part('agents', () => agents(filter)),
    part('coverage', () => coverage(filter)),
  ]);
  section('board').setAttribute('aria-busy', 'false');
  section('board').dataset.days = days;
}

section('sign-in').onsubmit = async (submitted) => {
  submitted.preventDefault();
  const said = section('sign-in').querySelector('output');
  try {
    const { signIn } = await ask(SIGN_IN, { input: Object.fromEntries(new FormData(section('sign-in'))) });
    if (!signIn.session) throw new Error(signIn.errors.map((error) => error.message).join(' '));
    bearer = signIn.session.accessToken;
    section('sign-in').hidden = true;
    section('period').hidden = section('board').hidden = false;
    await draw();
  } catch (error) {
    said.textContent = error.message;
  }
};
section('period').onchange = draw;
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => bearer && draw());
