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
  form.querySelectorAll('.violation').forEach(message => message.remove());
  form.querySelectorAll('[aria-invalid]').forEach(input => {
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
  });
  const general = form.querySelector('.problem');
  general.hidden = true;
  general.textContent = '';
}

/** Shows each violation next to the input that caused it, and all else above the button. */
export function show(form, failure, focus = true) {
  clear(form);
  const rest = [];
  for (const { path, message } of failure.violations || []) {
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

/** Makes a form that sends a command. */
export function commandForm(label, children, send, kind = '') {
  let key = newKey();
  let sent = '';
  const button = h('button', { class: 'button ' + kind }, label);
  const form = h('form', { novalidate: true }, children, h('p', { class: 'problem', role: 'alert', hidden: true }), button);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (button.disabled) return;
    const values = JSON.stringify(Array.from(new FormData(form)));
    if (sent !== values) key = newKey(); // a retry of the same command keeps its key
    sent = values;
    button.disabled = true;
    clear(form);
    try {
      await send(form, key);
      sent = '';
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      if (failure.status >= 400 && failure.status < 500) sent = '';
      show(form, failure);
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

/** Leaves other text unchanged, so that the service names the problem. */
export function whole(text) {
  return /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text;
}
