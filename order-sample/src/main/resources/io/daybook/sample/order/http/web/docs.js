import { h } from './dom.js';
import { parseYaml } from './yaml.js';

const SHOWN_HEADERS = ['location', 'link', 'etag', 'consistency-token', 'x-correlation-id', 'idempotent-replayed', 'retry-after', 'content-type'];
const operations = document.getElementById('operations');
const contents = document.getElementById('contents');
const wide = matchMedia('(min-width: 60rem)');
let fields = 0;

// A wide window shows the contents beside the operations, a narrow one on request.
const unfold = () => { contents.open = wide.matches; };
wide.addEventListener('change', unfold);
unfold();
contents.addEventListener('click', event => {
  if (event.target.matches('a') && !wide.matches) contents.open = false;
});

async function start() {
  const api = parseYaml(await (await fetch('/openapi.yaml')).text());
  const resolve = node => (node && node.$ref ? node.$ref.split('/').slice(1).reduce((place, name) => place[name], api) : node);
  operations.replaceChildren(h('div', { class: 'intro' }, h('h1', {}, api.info.title), api.info.description.split('\n\n').map(text => h('p', {}, code(text))),
    h('p', {}, h('a', { href: '/openapi.yaml' }, 'openapi.yaml'))));
  const groups = new Map(api.tags.map(tag => [tag.name, []]));
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) groups.get(operation.tags[0]).push({ path, method, operation });
  }
  for (const [tag, entries] of groups) {
    contents.append(h('b', {}, tag));
    for (const entry of entries) {
      contents.append(h('a', { href: '#' + entry.operation.operationId }, entry.operation.summary));
      operations.append(show(entry, resolve));
    }
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function show({ path, method, operation }, resolve) {
  const parameters = (operation.parameters || []).map(resolve);
  const body = operation.requestBody && operation.requestBody.content['application/json'];
  return h('section', { class: 'operation', id: operation.operationId },
    h('h2', {}, h('span', { class: 'method ' + method }, method.toUpperCase()), h('span', { class: 'path' }, path), h('span', {}, operation.summary)),
    operation.description ? h('p', {}, code(operation.description)) : null,
    parameters.length ? [h('h3', {}, 'Parameters'), table(['Name', 'In', 'Type', 'Description'], parameters.map(parameter =>
      [h('code', {}, parameter.name + (parameter.required ? ' *' : '')), parameter.in, type(parameter.schema, resolve), code(parameter.description || '')]))] : null,
    body ? [h('h3', {}, 'Body'), members(resolve(body.schema), resolve)] : null,
    h('h3', {}, 'Answers'), table(['Status', 'Meaning', 'Content'], Object.entries(operation.responses).map(([status, answer]) => {
      const found = resolve(answer);
      const content = found.content ? Object.values(found.content)[0].schema : null;
      return [h('code', {}, status), code(found.description), content ? schema(content, resolve) : ''];
    })),
    trial(path, method, parameters, body));
}

/** The members of an answer, on request. */
function schema(node, resolve) {
  const name = node.$ref ? node.$ref.split('/').pop() : type(node, resolve);
  const found = resolve(node);
  return found.properties ? h('details', {}, h('summary', {}, name), members(found, resolve)) : name;
}

function members(found, resolve) {
  const rows = [];
  const collect = (prefix, object, depth) => {
    for (const [name, each] of Object.entries(object.properties || {})) {
      const member = resolve(each);
      const required = (object.required || []).includes(name);
      rows.push([h('code', {}, prefix + name + (required ? ' *' : '')), type(each, resolve), code(member.description || each.description || '')]);
      const inner = member.items ? resolve(member.items) : member;
      if (inner.properties && depth < 4) collect(prefix + name + (member.items ? '[].' : '.'), inner, depth + 1);
    }
  };
  collect('', found, 0);
  return table(['Member', 'Type', 'Description'], rows);
}

function type(node, resolve) {
  const found = resolve(node) || {};
  if (found.oneOf) return found.oneOf.map(each => type(each, resolve)).join(' or ');
  if (found.enum) return found.enum.join(' | ');
  if (found.type === 'array') return 'list of ' + type(found.items, resolve);
  const limits = [['minimum', '≥ '], ['maximum', '≤ '], ['default', 'default ']]
    .filter(([key]) => found[key] !== undefined).map(([key, word]) => word + found[key]);
  if (found.maxLength) limits.unshift((found.minLength ? found.minLength + ' to ' : 'at most ') + found.maxLength + ' characters');
  else if (found.minLength) limits.unshift('at least ' + found.minLength + ' characters');
  return [found.format || found.type || 'any', ...limits].join(', ');
}

function table(heads, rows) {
  return h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': heads[0] + ' table' }, h('table', {},
    h('thead', {}, h('tr', {}, heads.map(name => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, rows.map(cells => h('tr', {}, cells.map(cell => h('td', {}, cell)))))));
}

/** A form that sends the request. */
function trial(path, method, parameters, body) {
  const inputs = parameters.filter(parameter => parameter.in !== 'header' || ['X-User-Id', 'Idempotency-Key', 'If-Match', 'Consistency-Token'].includes(parameter.name))
    .map(parameter => {
      const id = 'p' + ++fields;
      return h('div', { class: 'field' }, h('label', { for: id }, parameter.name), h('input', { id, name: parameter.name, 'data-in': parameter.in, autocomplete: 'off', placeholder: parameter.example || '' }));
    });
  const text = body ? JSON.stringify(body.example, null, 2) : '';
  const id = 'p' + ++fields;
  const area = body ? h('textarea', { id, rows: text.split('\n').length, spellcheck: 'false' }) : null;
  if (area) area.value = text;
  const status = h('p', { role: 'status' });
  const answer = h('pre', { tabindex: '0', hidden: true, 'aria-label': 'Answer' });
  const form = h('form', { novalidate: true, 'data-path': path }, h('div', { class: 'grid' }, inputs), area ? h('div', {}, h('label', { for: id }, 'Body'), area) : null,
    h('button', { class: 'button primary' }, 'Send'), status, answer);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    let target = path;
    const query = new URLSearchParams();
    const headers = area ? { 'Content-Type': 'application/json' } : {};
    const missing = Array.from(form.querySelectorAll('input[data-in=path]')).find(input => !input.value.trim());
    if (missing) {
      status.textContent = 'Fill in "' + missing.name + '", which is a part of the path.';
      missing.focus();
      return;
    }
    for (const input of form.querySelectorAll('input')) {
      if (input.dataset.in === 'path') target = target.replace('{' + input.name + '}', encodeURIComponent(input.value));
      else if (input.value && input.dataset.in === 'query') query.set(input.name, input.value);
      else if (input.value) headers[input.name] = input.value;
    }
    try {
      const response = await fetch(target + (query.size ? '?' + query : ''), { method: method.toUpperCase(), headers, body: area ? area.value : undefined, cache: 'no-store' });
      status.textContent = response.status + ' ' + response.statusText;
      if (response.status === 201) fillIn(response.headers.get('Location').split('/').pop());
      const heads = SHOWN_HEADERS.filter(name => response.headers.has(name)).map(name => name + ': ' + response.headers.get(name)).join('\n');
      answer.textContent = heads + '\n\n' + indent(await response.text());
    } catch (failure) {
      status.textContent = 'No response: ' + failure.message;
      answer.textContent = '';
    }
    answer.hidden = !answer.textContent;
  });
  return h('details', {}, h('summary', {}, 'Try it'), form);
}

/** Puts the id of an order that was just placed into the forms of the other operations on orders. */
function fillIn(id) {
  document.querySelectorAll('[data-path^="/orders/{id}"] input[name=id], [data-path^="/processes/"] input[name=id]').forEach(input => { input.value = id; });
}

/** Text with `code` in it. */
function code(text) {
  return text.split('`').map((part, i) => (i % 2 ? h('code', {}, part) : part));
}

// Indents without parsing numbers, so that 10.00 stays 10.00.
function indent(json) {
  if (!/^[[{]/.test(json)) return json;
  let depth = 0;
  return json.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g, part => {
    if (part === '{' || part === '[') return part + '\n' + '  '.repeat(++depth);
    if (part === '}' || part === ']') return '\n' + '  '.repeat(--depth) + part;
    return part === ',' ? ',\n' + '  '.repeat(depth) : part === ':' ? ': ' : part;
  }).replace(/([[{])\s+([\]}])/g, '$1$2');
}

start().catch(failure => {
  operations.replaceChildren(h('p', { role: 'alert', class: 'problem' }, failure.message));
});
