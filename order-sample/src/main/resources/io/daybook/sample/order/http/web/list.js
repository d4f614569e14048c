import { badge, h, money, time } from './dom.js';
import { every, get, Problem } from './api.js';
import { clear, show } from './forms.js';

const element = id => document.getElementById(id);
const filters = element('filters');
const rows = new Map();
let selected = '';
let etag = '';
let first = [];
let further = [];
let next = '';
let generation = 0;

function path(after) {
  const data = new FormData(filters);
  const query = new URLSearchParams();
  const q = (data.get('q') || '').trim();
  element('narrow').disabled = q !== '';
  if (q) {
    query.set('q', q);
  } else {
    if (data.getAll('status').length) query.set('status', data.getAll('status').join(','));
    for (const name of ['customer_id', 'from_date', 'to_date', 'sort']) {
      if (data.get(name)) query.set(name, data.get(name));
    }
  }
  if (after) query.set('after', after);
  return (q ? '/orders/search?' : '/orders?') + query;
}

async function load(wanted = generation) {
  try {
    const answer = await get(path(), etag);
    if (wanted !== generation) return;
    clear(filters);
    if (answer === null) return;
    etag = answer.etag;
    first = answer.data.orders;
    if (!further.length) next = answer.data.next || '';
    draw();
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    if (wanted === generation) show(filters, failure, false);
  }
}

async function more() {
  const wanted = generation;
  const answer = await get(path(next));
  if (wanted !== generation) return;
  further.push(...answer.data.orders);
  next = answer.data.next || '';
  draw();
}

function draw() {
  const known = new Set(first.map(order => order.order_id));
  const orders = [...first, ...further.filter(order => !known.has(order.order_id))];
  const fresh = rows.size > 0;
  const ids = new Set(orders.map(order => order.order_id));
  for (const [id, row] of rows) {
    if (!ids.has(id)) {
      row.remove();
      rows.delete(id);
    }
  }
  orders.forEach((order, index) => {
    let row = rows.get(order.order_id);
    if (!row) {
      row = h('li', { class: fresh ? 'fresh' : '' }, h('a', { href: '#/orders/' + order.order_id }));
      rows.set(order.order_id, row);
    }
    if (row.dataset.version !== String(order.version)) {
      row.dataset.version = order.version;
      row.firstChild.replaceChildren(
        h('span', { class: 'who' }, order.customer_id), badge(order.status),
        h('span', { class: 'total' }, money(order.total_amount)),
        h('span', { class: 'soft' }, count(order.items.length, 'line'), ' · ', time(order.changed_at)));
    }
    if (element('orders').children[index] !== row) element('orders').insertBefore(row, element('orders').children[index] || null);
  });
  element('count').textContent = orders.length === 0 ? 'No orders' : count(orders.length, 'order') + (next ? ', more below' : '');
  element('more').hidden = !next;
  mark();
}

function count(number, noun) {
  return number + ' ' + noun + (number === 1 ? '' : 's');
}

function mark() {
  for (const [id, row] of rows) {
    if (id === selected) row.firstChild.setAttribute('aria-current', 'page');
    else row.firstChild.removeAttribute('aria-current');
  }
}

/** Marks the order that the panel shows. */
export function select(id) {
  selected = id;
  mark();
}

/** Asks for the list at once, after a command. */
export function refresh() {
  return load();
}

/** Lists the orders of a customer. */
export function narrow(customer) {
  filters.reset();
  filters.elements.namedItem('customer_id').value = customer;
  filters.querySelector('details').open = true;
  restart();
}

function restart() {
  generation++;
  etag = '';
  further = [];
  return load();
}

export function start() {
  let timer = 0;
  filters.addEventListener('submit', event => {
    event.preventDefault();
    restart();
  });
  filters.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(restart, 200);
  });
  element('more').addEventListener('click', more);
  every(1500, () => load());
}
