/** Makes an element. Strings become text, never markup. */
export function h(name, properties = {}, ...children) {
  return fill(document.createElement(name), properties, ...children);
}

/** Makes an SVG element. */
export function svg(name, properties = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), properties, ...children);
}

function fill(element, properties, ...children) {
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Writes an exact decimal with separators between thousands. */
export function money(text) {
  const [whole, cents] = String(text).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (cents === undefined ? '' : '.' + cents);
}

// In the language of the page, as amounts are, and in the time zone of the reader.
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
export const minute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export const timeZone = moment.resolvedOptions().timeZone;

export function time(text, format = moment) {
  return h('time', { datetime: text, title: text }, format.format(new Date(text)));
}

export function badge(status) {
  return h('span', { class: 'badge ' + status }, status);
}

export function count(number, noun) {
  return number + ' ' + noun + (number === 1 ? '' : 's');
}

/** Names the view in the title of the window, so that tabs and the history differ. */
export function entitle(view) {
  document.title = view ? view + ' · Orders' : 'Orders';
}

const EVENTS = { OrderCreated: 'Order placed', OrderItemAdded: 'Item added', OrderShipped: 'Order shipped', OrderCancelled: 'Order cancelled', RefundPaid: 'Refund paid' };

/** The words for a type of events. */
export function eventName(type) {
  return EVENTS[type] || type;
}
