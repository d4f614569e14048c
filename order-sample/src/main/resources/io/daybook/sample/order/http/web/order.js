import { badge, count, entitle, eventName, h, money, time } from './dom.js';
import { every, get, post, Problem } from './api.js';
import { showProcesses } from './processes.js';
import { commandForm, field, whole } from './forms.js';

const PAGE = 1000;

/** Shows one order with its timeline until the returned function is called. */
export function showOrder(panel, id, user, changed, news) {
  const path = '/orders/' + encodeURIComponent(id);
  let order = null;
  let etag = '';
  const history = [];
  let version = 0; // 0 follows the order
  let closed = false;
  let stopProcesses = null;

  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const said = h('p', { class: 'said', role: 'status', tabindex: '-1' }, news);
  const title = h('h2', { tabindex: '-1' }, 'Order');
  const content = h('div', { class: 'content' });
  const timeline = h('ol', { class: 'timeline' });
  const entries = [];
  const processes = h('div', { class: 'processes', hidden: true });
  const slider = h('input', { type: 'range', min: 1, max: 1, value: 1, id: 'version', 'aria-describedby': 'when' });
  const when = h('p', { id: 'when', class: 'soft' });
  const hint = h('p', { class: 'soft' });
  const label = h('label', { for: 'version' }, 'Version');
  const now = h('button', { type: 'button', class: 'button', hidden: true, onclick: returnToNow }, 'Back to now');
  const actions = h('div', { class: 'actions' });
  const body = h('div', { class: 'stack', hidden: true },
    h('div', { class: 'card travel' }, label, slider, h('div', { class: 'between' }, when, now), hint),
    content, said, actions, h('h3', {}, 'Timeline'), timeline, processes);
  panel.replaceChildren(h('p', { class: 'back' }, h('a', { href: '#/' }, '← All orders')), title, problem, body);
  entitle('Order');
  slider.addEventListener('input', () => travel(Number(slider.value)));
  title.focus();

  async function load() {
    try {
      const answer = await get(path, etag);
      if (closed) return;
      if (answer === null) {
        warn('');
        return;
      }
      const loaded = answer.data;
      await loadHistory(loaded.version);
      // The timer and an action may load at the same time: an answer that is older than what is shown changes nothing.
      if (closed || loaded.version < order?.version) return;
      warn('');
      order = loaded;
      etag = history.length < order.version ? '' : answer.etag; // a history that is incomplete is requested again
      slider.max = order.version;
      body.hidden = false;
      entitle('Order of ' + order.customer_id);
      draw(version ? null : order);
      drawActions();
      if (!stopProcesses) stopProcesses = showProcesses(processes, id, () => order);
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      if (closed) return;
      warn(failure.message);
      if (failure.status === 404 || failure.status === 410) {
        closed = true; // nothing follows, so a late answer must not show the order again
        body.hidden = true;
        stop();
        stopProcesses?.();
      }
    }
  }

  async function loadHistory(to) {
    while (history.length < to) {
      const answer = await get(path + '/history?limit=' + PAGE + '&after=' + history.length);
      if (!answer.data.history.length) return;
      history.push(...answer.data.history.filter(entry => entry.version > history.length));
    }
  }

  function returnToNow() {
    travel(0);
    slider.focus();
  }

  async function travel(to) {
    said.textContent = '';
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
      if (closed || wanted !== version) return;
      travel(0);
      warn(failure.message);
    }
  }

  function describe() {
    const shown = version || order.version;
    const entry = history[shown - 1];
    label.textContent = 'Version ' + shown + ' of ' + order.version;
    slider.value = shown;
    slider.setAttribute('aria-valuetext', 'version ' + shown + ' of ' + order.version);
    slider.hidden = order.version === 1;
    when.replaceChildren(...(entry ? [eventName(entry.event_type), ', ', time(entry.timestamp)] : []));
    hint.textContent = order.version === 1 ? 'Each change of the order adds a version.'
      : version ? 'This is an earlier version. Go back to now to change the order.' : 'Move the slider to see the order as it was at each version.';
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
    for (const entry of history.slice(entries.length)) {
      entries.push(h('li', {},
        h('button', { type: 'button', class: 'link', onclick: () => travel(entry.version) }, eventName(entry.event_type)),
        h('span', { class: 'soft' }, ' version ' + entry.version + ' · ', time(entry.timestamp), ' · ', entry.user_id ? 'by ' + entry.user_id : 'by an unknown user'),
        changes(entry)));
      timeline.prepend(entries.at(-1));
    }
    entries.forEach((entry, i) => {
      if (i + 1 === shown) entry.setAttribute('aria-current', 'step');
      else entry.removeAttribute('aria-current');
    });
  }

  function drawActions() {
    if (actions.dataset.status === order.status && actions.firstChild) return; // keeps what is being typed
    actions.dataset.status = order.status;
    actions.replaceChildren();
    if (order.status !== 'created') return;
    actions.append(
      action('Add an item', '/items', 'Add item', [field('Product', 'product_id', { placeholder: 'e.g. PROD-001' }), field('Quantity', 'quantity', { inputmode: 'numeric', value: '1' }),
        field('Unit price', 'unit_price', { inputmode: 'decimal', placeholder: 'e.g. 49.99' })],
      data => ({ product_id: data.product_id, quantity: whole(data.quantity), unit_price: data.unit_price }), 'primary'),
      action('Ship', '/ship', 'Ship order', [field('Tracking number', 'tracking_number'), field('Carrier', 'carrier')], data => data, 'primary'),
      action('Cancel', '/cancel', 'Cancel order', [field('Reason', 'reason', { wide: true })], data => data, 'danger'));
  }

  function action(title, command, label, inputs, body, kind) {
    const form = commandForm(label, h('div', { class: 'grid' }, inputs), async (form, key) => {
      try {
        said.textContent = '';
        const answer = await post(path + command, body(Object.fromEntries(new FormData(form))), { key, version: order.version, user: user() });
        form.reset();
        said.textContent = answer.message + '.';
      } catch (failure) {
        if (failure.status === 412) failure.message = 'The order was changed in the meantime. Check its current state, and send again.';
        throw failure;
      } finally {
        await load();
      }
      if (form.isConnected) form.querySelector('input').focus();
      else said.focus();
      changed();
    }, kind);
    return h('details', { class: 'card', name: 'action' }, h('summary', {}, title), form);
  }

  function warn(text) {
    problem.textContent = text;
    problem.hidden = text === '';
  }

  const stop = every(1500, load);
  return () => {
    closed = true;
    stop();
    stopProcesses?.();
    panel.classList.remove('past');
  };
}

function changes(entry) {
  const list = h('dl', { class: 'changes' }, entry.changes.map(({ path, before, after }) => h('div', {}, h('dt', { title: path }, words(path)),
    h('dd', {}, before === undefined ? null : [h('del', {}, value(path, before)), ' → '],
      after === undefined ? 'removed' : h('ins', {}, value(path, after))))));
  return entry.changes.length <= 6 ? list : h('details', {}, h('summary', {}, 'Show ' + count(entry.changes.length, 'value')), list);
}

// items[0].unit_price: Item 1, unit price
function words(path) {
  const text = path.replace(/\[(\d+)\]/, (all, i) => ' ' + (Number(i) + 1)).replace(/^items/, 'item').replaceAll('.', ', ').replaceAll('_', ' ');
  return text[0].toUpperCase() + text.slice(1);
}

function value(path, given) {
  if (path.endsWith('_at')) return time(given);
  return /(quantity|price|amount)$/.test(path) ? money(given) : String(given);
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

let draft = null; // what was typed but not sent yet, kept while other views are shown

/** Shows the form that places an order. */
export function showNew(panel, user, placed) {
  if (!draft) draft = newForm(user, order => {
    draft = null;
    placed(order);
  });
  entitle('New order');
  panel.replaceChildren(h('p', { class: 'back' }, h('a', { href: '#/' }, '← All orders')), h('h2', {}, 'New order'), draft);
  draft.querySelector('input').focus();
}

function newForm(user, placed) {
  const items = h('div', { class: 'items' });
  const more = h('button', { type: 'button', class: 'button', onclick: () => addLine().querySelector('input').focus() }, 'Another item');
  const addLine = () => {
    const line = h('fieldset', { class: 'grid' }, h('legend', {}), field('Product', 'product_id', { placeholder: 'e.g. PROD-001' }),
      field('Quantity', 'quantity', { inputmode: 'numeric', value: '1' }),
      field('Unit price', 'unit_price', { inputmode: 'decimal', placeholder: 'e.g. 49.99' }),
      h('button', { type: 'button', class: 'link remove', onclick: () => {
        line.remove();
        number();
        more.focus();
      } }));
    items.append(line);
    number();
    return line;
  };
  const number = () => Array.from(items.children).forEach((line, i) => {
    line.querySelector('legend').textContent = 'Item ' + (i + 1);
    line.querySelectorAll('input').forEach(input => { input.name = 'items[' + i + '].' + input.name.split('.').pop(); });
    line.querySelector('.remove').textContent = 'Remove item ' + (i + 1);
    line.querySelector('.remove').hidden = items.children.length === 1;
  });
  addLine();
  return commandForm('Place order', [
    field('Customer', 'customer_id', { wide: true, placeholder: 'e.g. CUST-123' }), items, more,
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
}
