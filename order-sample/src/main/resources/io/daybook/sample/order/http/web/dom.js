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

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function time(text) {
  return h('time', { datetime: text, title: text }, moment.format(new Date(text)));
}

export function badge(status) {
  return h('span', { class: 'badge ' + status }, status);
}
