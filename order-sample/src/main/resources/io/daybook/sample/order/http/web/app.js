import * as list from './list.js';
import { entitle } from './dom.js';
import { showNew, showOrder } from './order.js';
import { showOverview } from './overview.js';
import { showCustomer } from './reports.js';

const panel = document.getElementById('panel');
const user = document.getElementById('user');
const wide = matchMedia('(min-width: 60rem)');
let stop = () => {};
let placed = '';

user.value = localStorage.getItem('user') || 'alice';
user.addEventListener('input', () => localStorage.setItem('user', user.value));
const acting = () => user.value.trim();

function view() {
  return location.hash.split('/').slice(1).map(part => decodeURIComponent(part));
}

function route() {
  stop();
  stop = () => {};
  const [name, id] = view();
  entitle('');
  list.select(name === 'orders' ? id : '');
  mark();
  if (name === 'orders' && id) {
    stop = showOrder(panel, id, acting, list.refresh, id === placed ? 'Order placed.' : '');
    placed = '';
  } else if (name === 'new') {
    showNew(panel, acting, order => {
      placed = order;
      list.refresh();
      location.hash = '#/orders/' + order;
    });
  } else if (name === 'customers' && id) {
    list.narrow(id);
    stop = showCustomer(panel, id);
  } else {
    stop = showOverview(panel);
  }
  if (!wide.matches) scrollTo(0, 0);
}

// A wide window shows the list beside every view, and the overview beside the list alone.
function mark() {
  const name = ['orders', 'customers', 'new', 'overview'].includes(view()[0]) ? view()[0] : 'list';
  document.body.dataset.view = name === 'list' ? 'list' : 'panel';
  const current = name === 'list' && wide.matches ? 'overview' : name;
  document.querySelectorAll('[data-route]').forEach(link => {
    if (link.dataset.route === current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  });
}

document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault(); // the address is that of the view
  const main = wide.matches || document.body.dataset.view === 'panel' ? panel : document.getElementById('list');
  main.focus();
  main.scrollIntoView();
});
list.start();
addEventListener('hashchange', route);
wide.addEventListener('change', mark);
route();
