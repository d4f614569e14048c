import { badge, h, time } from './dom.js';
import { every, get, Problem } from './api.js';

const PROCESSES = { OrderExpiry: 'Expiry', Refunding: 'Refund' };

/** Shows the processes of an order until the returned function is called. */
export function showProcesses(place, id) {
  let closed = false;
  const stop = every(1500, async () => {
    const found = await Promise.all(Object.keys(PROCESSES).map(name => instance(name, id)));
    if (!closed && !found.includes(undefined)) place.replaceChildren(...found.filter(each => each).map(draw));
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
    h('p', {}, h('strong', {}, PROCESSES[process.process]), ' ', badge(process.state), next ? [' next timer ', time(next)] : null),
    process.parked.map(parked => h('p', { class: 'soft' }, parked.name + ' needs an operator: ' + parked.error)),
    h('ol', {}, process.steps.map(step => h('li', {}, step.cause + ' ', h('span', { class: 'soft' }, time(step.at)), step.commands.map(sent)))));
}

function sent(command) {
  return h('div', { class: 'soft' }, 'sent ' + command.type + ': ' + (command.answer === 'none' ? 'no answer yet' : command.answer),
    command.next_attempt ? [', next attempt ', time(command.next_attempt)] : null);
}
