import { count, entitle, h, money, svg } from './dom.js';
import { every, get, Problem } from './api.js';

const HEIGHT = 180;
const BOTTOM = 24;
const LEFT = 34;
const DAY = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** Shows the totals of one customer until the returned function is called. */
export function showCustomer(panel, id) {
  const title = h('h2', { tabindex: '-1' }, 'Customer ' + id);
  const said = h('p', { class: 'soft', role: 'status' }, 'Loading…');
  const tiles = h('dl', { class: 'tiles' });
  panel.replaceChildren(h('p', { class: 'back' }, h('a', { href: '#/' }, '← Orders of ' + id)), title, said, tiles);
  entitle('Customer ' + id);
  title.focus();
  let etag = '';
  return every(1500, async () => {
    try {
      const answer = await get('/customers/' + encodeURIComponent(id) + '/summary', etag);
      if (answer === null) return;
      etag = answer.etag;
      const totals = answer.data;
      said.textContent = '';
      tiles.replaceChildren(...[['Orders', totals.orders], ['Created, not shipped', totals.open], ['Shipped', totals.shipped], ['Cancelled', totals.cancelled],
        ['Total without cancelled', money(totals.total_amount)]].map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, String(value)))));
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      etag = ''; // the next answer replaces the message
      said.textContent = failure.message;
    }
  });
}

/** Draws the orders of each of the last 30 days into an element until the returned function is called. */
export function drawDays(place) {
  let etag = '';
  return every(3000, async () => {
    const today = Date.now();
    const date = days => new Date(today - days * 86_400_000).toISOString().slice(0, 10);
    try {
      const answer = await get('/reports/daily-orders?from_date=' + date(29) + '&to_date=' + date(0), etag);
      if (answer === null) return;
      etag = answer.etag;
      const days = answer.data.days;
      place.replaceChildren(...(days.some(day => day.orders) ? [legend(), chart(days, Math.max(320, Math.min(640, place.clientWidth))), table(days)]
        : [h('p', {}, 'No orders were placed on these days.')]));
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      etag = ''; // the next answer replaces the message
      place.replaceChildren(h('p', { class: 'soft' }, failure.message));
    }
  });
}

function legend() {
  return h('p', { class: 'legend soft' }, h('span', { class: 'bar' }, 'placed'), h('span', { class: 'lost' }, 'of these, cancelled'));
}

function chart(days, width) {
  const most = Math.max(4, ...days.map(day => day.orders));
  const step = (width - LEFT) / days.length;
  const y = count => (HEIGHT - BOTTOM) * (1 - count / most) + 8;
  const total = days.reduce((sum, day) => sum + day.orders, 0);
  const lines = [0, Math.round(most / 2), most].map(count => [
    svg('line', { x1: LEFT, x2: width, y1: y(count), y2: y(count) }), svg('text', { x: LEFT - 8, y: y(count) + 4, 'text-anchor': 'end' }, String(count))]);
  const bars = days.map((day, i) => {
    const x = LEFT + i * step + step * .15;
    const thick = step * .7;
    return svg('g', {}, svg('title', {}, day.date + ': ' + count(day.orders, 'order') + ', ' + day.cancelled + ' cancelled, total ' + money(day.total_amount)),
      svg('rect', { class: 'bar', x, width: thick, y: y(day.orders), height: y(0) - y(day.orders), rx: 2 }),
      svg('rect', { class: 'lost', x, width: thick, y: y(day.cancelled), height: y(0) - y(day.cancelled), rx: 2 }),
      i % 7 === days.length % 7 - 1 || i === days.length - 1 ? svg('text', { x: x + thick / (i === days.length - 1 ? 1 : 2), y: HEIGHT + 2, 'text-anchor': i === days.length - 1 ? 'end' : 'middle' }, DAY.format(new Date(day.date))) : '');
  });
  return svg('svg', { class: 'chart', viewBox: '0 0 ' + width + ' ' + (HEIGHT + 8), role: 'img', 'aria-label': count(total, 'order') + ' in 30 days; the table below has the numbers' }, lines.flat(), bars);
}

function table(days) {
  const used = days.filter(day => day.orders).reverse();
  return h('details', {}, h('summary', {}, 'Show the numbers'), h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Orders per day' },
    h('table', {}, h('thead', {}, h('tr', {}, ['Day', 'Orders', 'Cancelled', 'Total without cancelled'].map((name, i) => h('th', { scope: 'col', class: i ? 'number' : '' }, name)))),
      h('tbody', {}, used.map(day => h('tr', {}, h('th', { scope: 'row' }, day.date), [day.orders, day.cancelled, money(day.total_amount)].map(value => h('td', { class: 'number' }, String(value)))))))));
}
