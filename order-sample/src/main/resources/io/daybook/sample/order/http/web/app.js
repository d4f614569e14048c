import * as list from './list.js';
import { showNew, showOrder } from './order.js';
import { showOverview } from './overview.js';
import { showCustomer } from './reports.js';

const panel = document.getElementById('panel');
const user = document.getElementById('user');
const wide = matchMedia('(min-width: 60rem)');
let stop = () => {};

user.value = localStorage.getItem('user') || 'alice';
user.addEventListener('input', () => localStorage.setItem('user', user.value));
const acting = () => user.value.trim();

function route() {
  stop();
  stop = () => {};
  const [, view, id] = location.hash.split('/').map(part => decodeURIComponent(part));
  list.select(view === 'orders' ? id : '');
  const name = ['orders', 'customers', 'new', 'overview'].includes(view) ? view : 'list';
  document.body.dataset.view = name === 'list' ? 'list' : 'panel';
  document.querySelectorAll('[data-route]').forEach(link => {
    if (link.dataset.route === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  });
  if (view === 'orders' && id) {
    stop = showOrder(panel, id, acting, list.refresh);
  } else if (view === 'new') {
    showNew(panel, acting, placed => {
      list.refresh();
      location.hash = '#/orders/' + placed;
    });
  } else if (view === 'customers' && id) {
    list.narrow(id);
    stop = showCustomer(panel, id);
  } else {
    stop = showOverview(panel);
  }
  if (!wide.matches) scrollTo(0, 0);
}

list.start();
addEventListener('hashchange', route);
route();
