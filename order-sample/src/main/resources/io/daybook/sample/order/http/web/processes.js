import { badge, eventName, h, time } from './dom.js';
import { every, get, Problem } from './api.js';

const PROCESSES = { OrderExpiry: 'Expiry', Refunding: 'Refund' };
const ATTEMPTS = 5;

/** Shows the processes of an order until the returned function is called. */
export function showProcesses(place, id, order) {
  let closed = false;
  let version = 0;
  let missing = {};
  let drawn = '';
  const stop = every(1500, async () => {
    const shown = order();
    if (shown.version !== version) missing = {}; // its last event may start a process
    version = shown.version;
    const names = shown.status === 'cancelled' ? ['OrderExpiry', 'Refunding'] : ['OrderExpiry'];
    const found = await Promise.all(names.map(async name => {
      if (missing[name] >= ATTEMPTS) return null;
      const process = await instance(name, id);
      missing[name] = process === null ? (missing[name] || 0) + 1 : 0;
      return process;
    }));
    const state = JSON.stringify(found);
    if (closed || found.includes(undefined) || state === drawn) return;
    drawn = state;
    const cards = found.filter(each => each).map(draw);
    place.hidden = !cards.length;
    place.replaceChildren(h('h3', {}, 'Processes'), ...cards);
  });
  return () => {
    closed = true;
    stop();
  };
}

// Null if there is no such instance, undefined if that is not known.
async function instance(name, id) {
  try {
    return (await get('/processes/' + name + '/' + encodeURIComponent(id))).data;
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    return failure.status === 404 ? null : undefined;
  }
}

function draw(process) {
  const next = process.timers.map(timer => timer.due).sort()[0];
  return h('div', { class: 'card process' },
    h('p', {}, h('strong', {}, PROCESSES[process.process]), ' ', badge(process.state),
      next ? [' cancels the order if it is not shipped by ', time(next)] : null),
    process.parked.map(parked => h('p', { class: 'soft' }, parked.name + ' needs an operator: ' + parked.error)),
    h('ol', {}, process.steps.map(step => h('li', {}, step.kind === 'event' ? eventName(step.cause) : step.kind + ' ' + step.cause, ' ',
      h('span', { class: 'soft' }, time(step.at)), step.commands.map(sent)))));
}

function sent(command) {
  return h('div', { class: 'soft' }, 'sent ' + command.type + ': ' + (command.answer === 'none' ? 'no answer yet' : command.answer),
    command.next_attempt ? [', next attempt ', time(command.next_attempt)] : null);
}
