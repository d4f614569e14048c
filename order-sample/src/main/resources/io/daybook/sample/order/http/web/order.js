import { badge, h, money, time } from './dom.js';
import { every, get, post, Problem } from './api.js';
import { showProcesses } from './processes.js';
import { commandForm, field, whole } from './forms.js';

const EVENTS = { OrderCreated: 'Order placed', OrderItemAdded: 'Item added', OrderShipped: 'Order shipped', OrderCancelled: 'Order cancelled' };
const PAGE = 1000;

/** Shows one order with its timeline until the returned function is called. */
export function showOrder(panel, id, user, changed) {
  const path = '/orders/' + encodeURIComponent(id);
  let order = null;
  let etag = '';
  let history = [];
  let version = 0; // 0 follows the order
  let closed = false;

  const said = h('p', { class: 'said', role: 'status' });
  const title = h('h2', { tabindex: '-1' }, 'Order');
  const content = h('div', { class: 'content' });
  const timeline = h('ol', { class: 'timeline' });
  const processes = h('div', { class: 'processes' });
  const slider = h('input', { type: 'range', min: 1, max: 1, value: 1, id: 'version', 'aria-describedby': 'when' });
  const when = h('p', { id: 'when', class: 'soft' });
  const label = h('label', { for: 'version' }, 'Version');
  const now = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => travel(0) }, 'Back to now');
  const actions = h('div', { class: 'actions' });
  panel.replaceChildren(
    h('p', { class: 'back' }, h('a', { href: '#/' }, '← All orders')), title, said,
    h('div', { class: 'card travel' }, label, slider, h('div', { class: 'between' }, when, now)),
    content, actions, h('h3', {}, 'Timeline'), timeline, h('h3', {}, 'Processes'), processes);
  slider.addEventListener('input', () => travel(Number(slider.value)));
  title.focus();

  async function load() {
    try {
      const answer = await get(path, etag);
      if (closed) return;
      if (said.classList.contains('bad')) say('');
      if (answer === null) return;
      order = answer.data;
      etag = answer.etag;
      await loadHistory();
      if (closed) return;
      slider.max = order.version;
      draw(version ? null : order);
      drawActions();
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      if (!closed) say(failure.message, true);
    }
  }

  async function loadHistory() {
    while (history.length < order.version) {
      const answer = await get(path + '/history?limit=' + PAGE + '&after=' + history.length);
      if (!answer.data.history.length) return;
      history = history.concat(answer.data.history);
    }
  }

  async function travel(to) {
    version = to === 0 || (order && to >= order.version) ? 0 : to;
    slider.value = version || order.version;
    if (version === 0) {
      draw(order);
      return;
    }
    const wanted = version;
    describe();
    try {
      const answer = await get(path + '?version=' + wanted);
      if (!closed && wanted === version) draw(answer.data);
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      say(failure.message, true);
    }
  }

  function describe() {
    const shown = version || order.version;
    const entry = history[shown - 1];
    label.textContent = 'Version ' + shown + ' of ' + order.version;
    slider.value = shown;
    slider.setAttribute('aria-valuetext', 'version ' + shown + ' of ' + order.version);
    when.replaceChildren(...(entry ? [EVENTS[entry.event_type] || entry.event_type, ', ', time(entry.timestamp)] : []));
    now.hidden = version === 0;
    panel.classList.toggle('past', version !== 0);
    actions.inert = version !== 0;
    drawTimeline(shown);
  }

  function draw(shown) {
    if (shown) {
      title.replaceChildren('Order of ', h('a', { href: '#/customers/' + encodeURIComponent(shown.customer_id) }, shown.customer_id), ' ', badge(shown.status));
      content.replaceChildren(...details(shown));
    }
    describe();
  }

  function drawTimeline(shown) {
    timeline.replaceChildren(...history.map(entry => h('li', { 'aria-current': entry.version === shown ? 'step' : false },
      h('button', { type: 'button', class: 'link', onclick: () => travel(entry.version) }, EVENTS[entry.event_type] || entry.event_type),
      h('span', { class: 'soft' }, ' version ' + entry.version + ' · ', time(entry.timestamp), ' · ', entry.user_id ? 'by ' + entry.user_id : 'by an unknown user'),
      changes(entry))).reverse());
  }

  function drawActions() {
    const opened = actions.querySelector('details[open]');
    if (actions.dataset.status === order.status && actions.firstChild) return; // keeps what is being typed
    actions.dataset.status = order.status;
    actions.replaceChildren();
    if (order.status !== 'created') return;
    actions.append(
      action('Add an item', '/items', 'Add item', [field('Product', 'product_id'), field('Quantity', 'quantity', { inputmode: 'numeric', value: '1' }),
        field('Unit price', 'unit_price', { inputmode: 'decimal' })],
      data => ({ product_id: data.product_id, quantity: whole(data.quantity), unit_price: data.unit_price }), 'primary', Boolean(opened)),
      action('Ship', '/ship', 'Ship order', [field('Tracking number', 'tracking_number'), field('Carrier', 'carrier')], data => data, 'primary'),
      action('Cancel', '/cancel', 'Cancel order', [field('Reason', 'reason', { wide: true })], data => data, 'danger'));
  }

  function action(title, command, label, inputs, body, kind, open) {
    const form = commandForm(label, h('div', { class: 'grid' }, inputs), async (form, key) => {
      try {
        const answer = await post(path + command, body(Object.fromEntries(new FormData(form))), { key, version: order.version, user: user() });
        form.reset();
        say(answer.message + '.');
      } finally {
        await load();
      }
      changed();
    }, kind);
    return h('details', { class: 'card', name: 'action', open: Boolean(open) }, h('summary', {}, title), form);
  }

  function say(text, bad) {
    said.textContent = text;
    said.classList.toggle('bad', Boolean(bad));
  }

  const stop = every(1500, load);
  const stopProcesses = showProcesses(processes, id);
  return () => {
    closed = true;
    stop();
    stopProcesses();
    panel.classList.remove('past');
  };
}

function changes(entry) {
  const list = h('dl', { class: 'changes' }, entry.changes.map(change => h('div', {}, h('dt', {}, change.path),
    h('dd', {}, change.before === undefined ? null : h('del', {}, String(change.before)),
      change.before === undefined ? null : ' → ', change.after === undefined ? 'removed' : h('ins', {}, String(change.after))))));
  return entry.changes.length <= 6 ? list : h('details', {}, h('summary', {}, entry.changes.length + ' values'), list);
}

function details(order) {
  const address = order.shipping_address;
  const facts = [['Order id', h('code', {}, order.order_id)],
    ['Ship to', address.street + ', ' + address.city + ', ' + address.state + ' ' + address.zip]];
  if (order.carrier) facts.push(['Shipped', h('span', {}, order.carrier, ' ', h('code', {}, order.tracking_number), ', ', time(order.shipped_at))]);
  if (order.cancellation) {
    facts.push(['Cancelled', h('span', {}, order.cancellation.reason, ', ', time(order.cancellation.cancelled_at))],
      ['Refund', money(order.cancellation.refund_amount)]);
  }
  return [
    h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Items' }, h('table', {}, h('thead', {}, h('tr', {}, ['Product', 'Quantity', 'Unit price'].map((name, i) => h('th', { scope: 'col', class: i ? 'number' : '' }, name)))),
      h('tbody', {}, order.items.map(item => h('tr', {}, h('td', {}, item.product_id), h('td', { class: 'number' }, money(item.quantity)), h('td', { class: 'number' }, money(item.unit_price))))),
      h('tfoot', {}, h('tr', {}, h('th', { scope: 'row', colspan: 2 }, 'Total'), h('td', { class: 'number' }, money(order.total_amount)))))),
    h('dl', { class: 'facts' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
  ];
}

/** Shows the form that places an order. */
export function showNew(panel, user, placed) {
  const items = h('div', { class: 'items' });
  const addLine = () => {
    const n = items.children.length;
    items.append(h('fieldset', { class: 'grid' }, h('legend', {}, 'Item ' + (n + 1)),
      field('Product', 'items[' + n + '].product_id'), field('Quantity', 'items[' + n + '].quantity', { inputmode: 'numeric', value: '1' }),
      field('Unit price', 'items[' + n + '].unit_price', { inputmode: 'decimal' })));
    return items.lastChild.querySelector('input');
  };
  addLine();
  const form = commandForm('Place order', [
    field('Customer', 'customer_id', { wide: true }), items,
    h('button', { type: 'button', class: 'button', onclick: () => addLine().focus() }, 'Another item'),
    h('fieldset', { class: 'grid' }, h('legend', {}, 'Ship to'), field('Street', 'shipping_address.street', { wide: true }), field('City', 'shipping_address.city'),
      field('State', 'shipping_address.state'), field('ZIP', 'shipping_address.zip'))],
  async (form, key) => {
    const data = new FormData(form);
    const text = name => data.get(name);
    const answer = await post('/orders', {
      customer_id: text('customer_id'),
      items: Array.from(items.children, (line, i) => ({ product_id: text('items[' + i + '].product_id'),
        quantity: whole(text('items[' + i + '].quantity')), unit_price: text('items[' + i + '].unit_price') })),
      shipping_address: { street: text('shipping_address.street'), city: text('shipping_address.city'), state: text('shipping_address.state'), zip: text('shipping_address.zip') },
    }, { key, user: user() });
    placed(answer.order_id);
  }, 'primary');
  const title = h('h2', { tabindex: '-1' }, 'New order');
  panel.replaceChildren(h('p', { class: 'back' }, h('a', { href: '#/' }, '← All orders')), title, form);
  form.querySelector('input').focus();
}
