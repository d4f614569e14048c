import { h } from './dom.js';
import { newKey, Problem } from './api.js';

let fields = 0;

/** Makes a labeled input, whose name is the path of its value in the body of the request. */
export function field(label, name, properties = {}) {
  const id = 'f' + ++fields;
  const { wide, ...rest } = properties;
  return h('div', { class: wide ? 'field wide' : 'field' }, h('label', { for: id }, label),
    h('input', { id, name, autocomplete: 'off', ...rest }));
}

/** Removes the messages of an earlier problem. */
export function clear(form) {
  form.querySelectorAll('[aria-invalid]').forEach(forgive);
  const general = form.querySelector('.problem');
  general.hidden = true;
  general.textContent = '';
}

/** Removes the message of an input, once its value has been changed. */
function forgive(input) {
  if (!input.hasAttribute('aria-invalid')) return;
  document.getElementById(input.getAttribute('aria-describedby'))?.remove();
  input.removeAttribute('aria-invalid');
  input.removeAttribute('aria-describedby');
}

/** Shows each violation next to the input that caused it, and all else above the button. */
export function show(form, failure, focus = true) {
  clear(form);
  const rest = [];
  for (const { path, message: text } of failure.violations || []) {
    const message = text.replace(/\b[a-z]+(_[a-z]+)+\b/g, name => labelOf(form, name)); // the names of the API are not on the page
    const input = form.elements.namedItem(path);
    if (!(input instanceof HTMLElement)) {
      rest.push(path + ' ' + message);
      continue;
    }
    const id = input.id + '-violation';
    const earlier = document.getElementById(id);
    if (earlier) earlier.textContent += ', ' + message;
    else input.closest('.field').append(h('p', { class: 'violation', id }, message));
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', id);
  }
  const first = form.querySelector('[aria-invalid]');
  if (rest.length || !first) {
    const general = form.querySelector('.problem');
    general.textContent = rest.length ? rest.join('; ') : failure.message;
    general.hidden = false;
  }
  const details = first && first.closest('details');
  if (details) details.open = true;
  if (first && focus) first.focus();
}

function labelOf(form, name) {
  const input = form.elements.namedItem(name);
  return input && input.labels ? '"' + input.labels[0].textContent + '"' : name;
}

/** Makes a form that sends a command. */
export function commandForm(label, children, send, kind = '') {
  let key = newKey();
  let sent = '';
  let busy = false;
  const button = h('button', { class: 'button ' + kind }, label);
  const form = h('form', { novalidate: true }, children, h('p', { class: 'problem', role: 'alert', hidden: true }), button);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (busy) return;
    const values = JSON.stringify(Array.from(new FormData(form)));
    if (sent !== values) key = newKey(); // a retry of the same command keeps its key
    sent = values;
    busy = true;
    button.setAttribute('aria-disabled', 'true'); // a button that is disabled would lose the focus
    clear(form);
    try {
      await send(form, key);
      sent = '';
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      if (failure.status >= 400 && failure.status < 500) sent = '';
      if (failure.status === 0) failure.message = 'The service does not respond. Send again: it takes effect only once.';
      show(form, failure);
    } finally {
      busy = false;
      button.removeAttribute('aria-disabled');
    }
  });
  form.addEventListener('input', event => forgive(event.target));
  return form;
}

/** Leaves other text unchanged, so that the service names the problem. */
export function whole(text) {
  return /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text;
}
