import { badge, count, h, minute, money, time } from './dom.js';
import { every, get, Problem } from './api.js';
import { clear, show } from './forms.js';

const PAGE = 20;
const MAX = 100;
const element = id => document.getElementById(id);
const filters = element('filters');
const rows = new Map();
let selected = '';
let etag = '';
let limit = PAGE;
let first = [];
let further = [];
let next = '';
let generation = 0;
let loads = 0;
let typing = false; // a word that is still too short to be searched for

const searched = () => filters.elements.namedItem('q').value.trim();

function narrowed() {
  const data = new FormData(filters);
  return searched() !== '' || data.has('status') || ['customer_id', 'from_date', 'to_date'].some(name => data.get(name));
}

function path(after) {
  const q = searched();
  element('narrow').disabled = q !== '';
  element('clear').hidden = !narrowed();
  element('hint').hidden = q === '';
  element('hint').textContent = typing ? 'Type at least 3 characters of each word.' : 'Searches ignore the filters.';
  const data = new FormData(filters);
  const query = new URLSearchParams({ limit });
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

// Loads may overlap: only the answer to the last one is shown.
async function load() {
  const wanted = ++loads;
  const from = path();
  if (typing) return;
  try {
    const answer = await get(from, etag);
    if (wanted !== loads) return;
    clear(filters);
    if (answer === null) return;
    etag = answer.etag;
    first = answer.data.orders;
    if (!further.length) next = answer.data.next || '';
    draw();
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    if (wanted === loads) show(filters, failure, false);
  }
}

// Up to the greatest page, the whole list stays up to date. What follows is read once.
async function more() {
  if (limit < MAX && !further.length) {
    limit = Math.min(MAX, limit + PAGE);
    etag = '';
    await load();
    return;
  }
  const wanted = generation;
  const from = next;
  try {
    const answer = await get(path(from));
    if (wanted !== generation) return;
    further.push(...answer.data.orders.filter(order => !further.some(known => known.order_id === order.order_id))); // after two clicks
    if (from === next) next = answer.data.next || '';
    draw();
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    if (wanted === generation) show(filters, failure, false);
  }
}

function draw() {
  const known = new Set(first.map(order => order.order_id));
  const orders = [...first, ...further.filter(order => !known.has(order.order_id))];
  const fresh = rows.size > 0;
  const ids = new Set(orders.map(order => order.order_id));
  const changed = filters.elements.namedItem('sort').value === '-changed_at' || searched() !== '';
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
    const state = order.version + ' ' + changed;
    if (row.dataset.state !== state) {
      row.dataset.state = state;
      row.firstChild.replaceChildren(
        h('span', { class: 'who' }, order.customer_id), badge(order.status),
        h('span', { class: 'total' }, money(order.total_amount)),
        h('span', { class: 'soft' }, products(order), ' · ', changed ? 'changed ' : 'placed ', time(changed ? order.changed_at : order.created_at, minute)));
    }
    if (element('orders').children[index] !== row) element('orders').insertBefore(row, element('orders').children[index] || null);
  });
  element('more').hidden = !next;
  element('count').replaceChildren(...summary(orders.length));
  mark();
}

function products(order) {
  const names = [...new Set(order.items.map(item => item.product_id))];
  return names.slice(0, 2).join(', ') + (names.length > 2 ? ' and ' + (names.length - 2) + ' more' : '');
}

function summary(found) {
  if (found) return [count(found, 'order') + (narrowed() ? ' found' : '') + (next ? ', more below' : '')];
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(searched())) {
    return ['Ids are not searched. ', h('a', { href: '#/orders/' + searched() }, 'Open the order with this id')];
  }
  return narrowed() ? ['No order matches.'] : ['No orders yet. ', h('a', { href: '#/new' }, 'Place the first one')];
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
  limit = PAGE;
  further = [];
  return load();
}

export function start() {
  let timer = 0;
  const ask = () => {
    clearTimeout(timer);
    typing = false;
    return restart();
  };
  filters.addEventListener('submit', event => {
    event.preventDefault();
    ask();
  });
  filters.addEventListener('input', event => {
    clearTimeout(timer);
    typing = event.target.name === 'q' && searched().split(/\s+/).some(word => word.length === 1 || word.length === 2);
    if (typing) clear(filters);
    timer = setTimeout(restart, 200);
  });
  filters.elements.namedItem('q').addEventListener('change', () => {
    if (typing) ask();
  });
  element('clear').addEventListener('click', () => {
    filters.reset();
    ask();
    filters.elements.namedItem('q').focus();
  });
  element('more').addEventListener('click', more);
  every(1500, () => load());
}
