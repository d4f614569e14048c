import { entitle, h, timeZone } from './dom.js';
import { every, Problem } from './api.js';
import { drawDays } from './reports.js';

const GOOD = ['connected', 'active', 'ready', 'running', 'waiting'];
const NAMES = { event_store: 'Event store', event_bus: 'Relay to the broker', command_bus: 'Commands', projector: 'Read models', processes: 'Processes' };

/** Shows the state of the service until the returned function is called. */
export function showOverview(panel) {
  const status = h('p', { class: 'soft', role: 'status' }, 'Loading the state…');
  const components = h('dl', { class: 'tiles' });
  const feeds = h('tbody');
  const days = h('div', { class: 'content' });
  if (location.hash.includes('overview')) entitle('Overview');
  panel.replaceChildren(
    h('h2', { tabindex: '-1' }, 'Overview'), status, components,
    h('h3', {}, 'Orders per day'), h('p', { class: 'soft' }, 'The last 30 days, which begin at midnight UTC. All other times are in your time zone, ' + timeZone + '.'), days,
    h('h3', {}, 'Feeds'), h('p', { class: 'soft' }, 'A feed handles the stored events in order. The relay publishes them, read models answer queries with them,'
      + ' and processes react to them. Lag is the number of events that are not handled yet. Parked is the number of orders whose events could not be handled: they need an operator.'),
    h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Feeds' }, h('table', {}, h('thead', {}, h('tr', {}, ['Feed', 'State', 'Lag', 'Parked'].map((name, i) =>
      h('th', { scope: 'col', class: i > 1 ? 'number' : '' }, name)))), feeds)));

  const stopDays = drawDays(days);
  const stopHealth = every(3000, async () => {
    let health;
    try {
      health = await state();
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      status.textContent = failure.message;
      components.replaceChildren();
      feeds.replaceChildren();
      return;
    }
    status.textContent = 'The service is ' + health.status + '.';
    components.replaceChildren(...Object.entries(health.components).map(([name, word]) =>
      h('div', { class: GOOD.includes(word) ? 'good' : 'bad' }, h('dt', {}, NAMES[name] || name), h('dd', {}, word))));
    feeds.replaceChildren(...health.feeds.map(feed => h('tr', {}, h('th', { scope: 'row' }, feed.name), h('td', { class: 'word' }, feed.state),
      h('td', { class: 'number' }, feed.lag < 0 ? 'unknown' : feed.lag), h('td', { class: 'number' }, feed.parked))));
  });
  return () => {
    stopDays();
    stopHealth();
  };
}

// A service that is not well answers 503, with its state.
async function state() {
  try {
    const response = await fetch('/health', { cache: 'no-store' });
    return await response.json();
  } catch (failure) {
    throw new Problem({ status: 0, detail: 'The service does not respond. This page keeps trying.' });
  }
}
