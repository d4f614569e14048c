// Drives the page of the order sample in a browser. Usage: node page.js URL URL_WITHOUT_PROJECTOR FOLDER_FOR_SCREENSHOTS
// Prints a line for each check: "ok NAME" or "FAILED NAME: REASON".
'use strict';
const fs = require('fs');
const path = require('path');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const [url, stoppedUrl, folder] = process.argv.slice(2);
const WAIT = 60_000; // for a slow machine; a check ends as soon as its condition holds
const problems = [];
let browser;

async function open(at, options = {}) {
  // The policy of the page forbids the script of axe, so only those pages that axe checks ignore it.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(WAIT);
  const page = await context.newPage();
  page.on('pageerror', error => problems.push('error in the page: ' + error.message));
  page.on('console', message => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) problems.push('console: ' + message.text());
  });
  page.on('dialog', dialog => {
    problems.push('a dialog opened: ' + dialog.message());
    dialog.dismiss();
  });
  page.on('request', request => {
    if (!request.url().startsWith(new URL(at).origin) && !request.url().startsWith('data:')) problems.push('request to ' + request.url());
  });
  await page.goto(at);
  return page;
}

async function place(page, customer, product = 'LAMP-1', price = '19.99') {
  await page.getByRole('link', { name: 'New order' }).click();
  await page.getByRole('heading', { name: 'New order' }).waitFor(); // before it, the last field of that name is the filter
  await page.getByLabel('Customer', { exact: true }).last().fill(customer);
  await page.getByLabel('Product', { exact: true }).fill(product);
  await page.getByLabel('Quantity').fill('2');
  await page.getByLabel('Unit price').fill(price);
  for (const [label, text] of [['Street', '1 Main St'], ['City', 'Seattle'], ['State', 'WA'], ['ZIP', '98101']]) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Place order' }).click();
  await page.getByRole('heading', { name: 'Order of ' + customer }).waitFor();
}

async function addItem(page, product, price) {
  if (!(await page.getByLabel('Product', { exact: true }).isVisible())) await page.getByText('Add an item', { exact: true }).click();
  await page.getByLabel('Product', { exact: true }).fill(product);
  await page.getByLabel('Unit price').fill(price);
  await page.getByRole('button', { name: 'Add item' }).click();
  await page.getByRole('cell', { name: product, exact: true }).waitFor();
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

async function until(condition, message) {
  for (const end = Date.now() + WAIT; !condition();) {
    expect(Date.now() < end, message);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

const row = (page, customer) => page.locator('#orders a', { hasText: customer });
const version = page => page.locator('label[for=version]');

async function accessible(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  expect(violations.length === 0, where + ': ' + violations.map(each => each.id + ' at ' + each.nodes.map(node => node.target).join(' ')).join('; '));
}

const checks = {
  async empty_list_leads_to_the_first_order() {
    const page = await open(url);
    await page.getByText('No orders were placed on these days').waitFor();
    await page.getByRole('link', { name: 'Place the first one' }).click();
    await page.getByRole('heading', { name: 'New order' }).waitFor();
    await page.context().close();
  },

  async placed_order_appears_in_every_list_without_reload() {
    const watching = await open(url);
    const page = await open(url);
    await place(page, 'alice');
    await row(page, 'alice').first().waitFor();
    await row(watching, 'alice').first().waitFor();
    await page.context().close();
    await watching.context().close();
  },

  async reads_its_writes_while_projector_is_stopped() {
    const page = await open(stoppedUrl);
    await place(page, 'bob');
    await row(page, 'bob').first().waitFor();
    await addItem(page, 'CABLE-2', '3.50');
    await version(page).filter({ hasText: '2 of 2' }).waitFor();
    await row(page, 'bob').filter({ hasText: '43.48' }).first().waitFor();
    await page.context().close();
  },

  async slider_shows_order_as_it_was() {
    const page = await open(url);
    await place(page, 'carol');
    await addItem(page, 'CABLE-2', '3.50');
    await page.getByText('Ship', { exact: true }).click();
    await page.getByLabel('Tracking number').fill('1Z999');
    await page.getByLabel('Carrier').fill('UPS');
    await page.getByRole('button', { name: 'Ship order' }).click();
    await page.getByRole('heading', { name: 'shipped' }).waitFor();
    await page.getByRole('slider').fill('1');
    await version(page).filter({ hasText: '1 of 3' }).waitFor();
    await page.getByRole('cell', { name: 'CABLE-2' }).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'created' }).waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('cell', { name: 'CABLE-2' }).waitFor();
    await page.getByRole('heading', { name: 'shipped' }).waitFor();
    await page.locator('.timeline > li').nth(2).waitFor();
    expect((await page.locator('.timeline > li').count()) === 3, 'the timeline has another number of events');
    expect((await page.locator('.timeline > li').first().textContent()).includes('by alice'), 'the timeline does not name the user');
    await page.context().close();
  },

  // The timer and an action may load an order at the same time, and their answers may arrive in any order.
  async overlapping_answers_change_nothing() {
    const page = await open(url);
    await place(page, 'ivan');
    const path = '/orders/' + page.url().split('/').pop();
    const orders = [];
    await page.route(address => address.pathname === path, async route => {
      const { 'if-none-match': etag, ...headers } = route.request().headers(); // without it, every answer has the order
      const response = await route.fetch({ headers });
      await new Promise(resolve => orders.push(resolve));
      await route.fulfill({ response });
    });
    const histories = [];
    await page.route(address => address.pathname === path + '/history', async route => {
      await new Promise(resolve => histories.push(resolve));
      await route.continue();
    });
    const shows = async (text, events) => {
      expect((await version(page).textContent()) === text, 'the page shows ' + (await version(page).textContent()));
      expect((await page.locator('.timeline > li').count()) === events, 'the timeline shows another number of events');
    };
    const [order, history] = [orders, histories].map(held => async number => {
      await until(() => held.length >= number, 'the page does not load the order or its history again');
      return held[number - 1];
    });
    const first = await order(1); // the timer's
    let added = addItem(page, 'CABLE-2', '3.50');
    (await order(2))();
    (await history(1))();
    await added;
    first(); // it has no item
    const third = await order(3);
    await shows('Version 2 of 2', 2);
    added = addItem(page, 'CABLE-3', '3.50');
    (await order(4))();
    await history(2);
    third();
    (await order(5))();
    await history(3);
    histories.forEach(answer => answer());
    await added;
    await order(6);
    await shows('Version 3 of 3', 3);
    await page.context().close();
  },

  async list_read_twice_shows_each_order_once() {
    const page = await open(url);
    const row = await (await page.request.get(url + '/orders?limit=1')).json();
    const further = [];
    let loads = 0;
    await page.route(address => address.pathname === '/orders', async route => {
      const after = new URL(route.request().url()).searchParams.get('after');
      if (after) await new Promise(resolve => further.push(resolve));
      else loads++;
      await route.fulfill({ json: { orders: row.orders.map(order => ({ ...order, order_id: after || 'first' })), next: after ? '' : 'last' } });
    });
    const more = page.getByRole('button', { name: 'Show more' });
    while (further.length < 2) {
      await page.getByText('1 order, more below').waitFor();
      await more.click();
    }
    further.forEach(answer => answer());
    await page.getByText(/^2 orders$/).waitFor();
    const before = loads;
    await until(() => loads > before + 1, 'the timer does not load the list');
    expect((await page.locator('#count').textContent()) === '2 orders', 'the list counts an order twice');
    await page.context().close();
  },

  async order_shows_its_processes() {
    const page = await open(url);
    const asked = [];
    page.on('request', request => asked.push(request.url()));
    const process = name => page.locator('.process').filter({ hasText: name });
    await place(page, 'frank');
    await process('Expiry').filter({ hasText: 'running' }).filter({ hasText: 'if it is not shipped by' }).waitFor();
    expect((await process('Refund').count()) === 0, 'an order that is not cancelled has a refund');
    expect(!asked.some(each => each.includes('/processes/Refunding/')), 'the page asks for a refund that cannot exist');
    await page.getByText('Cancel', { exact: true }).click();
    await page.getByLabel('Reason').fill('Ordered by mistake');
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await process('Expiry').filter({ hasText: 'completed' }).waitFor();
    await process('Refund').filter({ hasText: 'completed' }).filter({ hasText: 'sent RequestRefund: accepted' }).waitFor();
    await page.context().close();
  },

  async customer_and_days_are_summed_up() {
    const page = await open(url);
    const orders = page.locator('.tiles div').filter({ hasText: 'Orders' }).locator('dd');
    await place(page, 'erin', 'LAMP-1', '1000.25');
    await page.getByRole('link', { name: 'erin', exact: true }).click();
    await page.getByRole('heading', { name: 'Customer erin' }).waitFor();
    await orders.filter({ hasText: /^1$/ }).waitFor();
    await page.locator('.tiles').getByText('2,000.50').waitFor();
    await page.route('**/reports/*', route => route.abort());
    await page.goto(url + '/#/overview');
    await page.getByText('The service does not respond').waitFor();
    await page.unroute('**/reports/*');
    await page.getByText('Show the numbers', { exact: true }).click();
    problems.length = 0; // the requests that failed
    await page.locator('.content tbody th').first().waitFor();
    expect((await page.locator('.chart .bar').count()) === 30, 'the chart has another number of days');
    await page.context().close();
  },

  async violations_appear_next_to_their_fields() {
    const page = await open(url);
    await page.getByRole('link', { name: 'New order' }).click();
    await page.getByLabel('Product', { exact: true }).fill('LAMP-1');
    await page.getByLabel('Quantity').fill('0');
    await page.getByLabel('Unit price').fill('1.005');
    await page.getByRole('button', { name: 'Place order' }).click();
    for (const [label, message] of [['Quantity', 'from 1 to 10000'], ['Unit price', 'two decimals'], ['ZIP', 'blank']]) {
      const input = page.getByLabel(label, { exact: true });
      await page.locator('[aria-invalid]').first().waitFor();
      const described = await input.getAttribute('aria-describedby');
      expect(described && (await page.locator('#' + described).textContent()).includes(message), label + ' has no message with "' + message + '"');
    }
    await page.getByLabel('Quantity').fill('1');
    expect((await page.getByLabel('Quantity').getAttribute('aria-invalid')) === null, 'a corrected value is still marked');
    await page.getByLabel('Unit price').fill('12,50');
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.locator('.violation').filter({ hasText: 'a number such as' }).waitFor();
    await page.getByPlaceholder('Product, customer').fill('ab');
    await page.getByText('Type at least 3 characters').waitFor();
    expect((await page.locator('#filters .violation').count()) === 0, 'a word that is being typed is a violation');
    await page.getByPlaceholder('Product, customer').press('Enter');
    await page.locator('#filters .violation').filter({ hasText: 'at least 3' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('More filters').click();
    await page.getByLabel('From', { exact: true }).fill('2026-02-01');
    await page.getByLabel('To', { exact: true }).fill('2026-01-01');
    await page.locator('#filters .violation').filter({ hasText: 'must not be before "From"' }).waitFor();
    await page.context().close();
  },

  async problems_say_what_to_do() {
    const page = await open(url);
    await page.getByLabel('Acting as').fill('李雷');
    await page.getByRole('link', { name: 'New order' }).click();
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.locator('#panel .problem').filter({ hasText: 'printable ASCII' }).waitFor();
    await page.getByLabel('Acting as').fill('alice');
    await place(page, 'grace');
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByText('Ship', { exact: true }).click();
    await other.getByLabel('Tracking number').fill('1Z1');
    await other.getByLabel('Carrier').fill('UPS');
    await other.route(address => !address.pathname.endsWith('/ship'), route => route.abort()); // it does not see the change
    await addItem(page, 'CABLE-2', '3.50');
    await other.getByRole('button', { name: 'Ship order' }).click();
    await other.locator('form .problem').filter({ hasText: 'changed in the meantime' }).waitFor();
    problems.length = 0; // requests that failed
    await other.close();
    await page.route('**/items', route => route.abort());
    await page.getByLabel('Product', { exact: true }).fill('CABLE-3');
    await page.getByLabel('Unit price').fill('1');
    await page.getByRole('button', { name: 'Add item' }).click();
    await page.locator('form .problem').filter({ hasText: 'Send again' }).waitFor();
    problems.length = 0;
    await page.unroute('**/items');
    await page.getByRole('button', { name: 'Add item' }).click();
    await page.getByRole('cell', { name: 'CABLE-3', exact: true }).waitFor();
    const address = page.url();
    await page.goto(url + '/#/overview');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.route('**/history*', route => route.abort(), { times: 1 });
    await page.goto(address);
    await page.getByRole('heading', { name: 'Order of grace' }).waitFor();
    problems.length = 0;
    await page.goto(url + '/#/orders/no-such-order');
    await page.getByText('There is no order with the id no-such-order').waitFor();
    expect(!(await page.getByRole('heading', { name: 'Timeline' }).isVisible()), 'an order that does not exist has a timeline');
    await page.context().close();
  },

  async focus_stays_where_the_reader_is() {
    const page = await open(url);
    const focused = locator => locator.evaluate(async element => {
      while (document.activeElement !== element) await new Promise(requestAnimationFrame);
    });
    await place(page, 'heidi');
    await page.getByText('Order placed.').waitFor();
    expect((await page.title()) === 'Order of heidi · Orders', 'the title is ' + (await page.title()));
    await addItem(page, 'CABLE-2', '3.50');
    await focused(page.getByLabel('Product', { exact: true }));
    await page.getByText('Ship', { exact: true }).click();
    await page.getByLabel('Tracking number').fill('1Z9');
    await page.getByLabel('Carrier').fill('UPS');
    await page.getByRole('button', { name: 'Ship order' }).click();
    await focused(page.locator('.said'));
    await page.getByRole('slider').fill('1');
    await page.getByRole('button', { name: 'Back to now' }).click();
    await focused(page.getByRole('slider'));
    await page.locator('.timeline button').last().click();
    await version(page).filter({ hasText: '1 of 3' }).waitFor();
    await focused(page.locator('.timeline button').last());
    const address = page.url();
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    await focused(page.locator('#panel'));
    expect(page.url() === address, 'the link past the list leads to another view');
    await page.context().close();
  },

  async unsent_order_is_kept_and_its_items_are_removed() {
    const page = await open(url);
    await page.getByRole('link', { name: 'New order' }).click();
    await page.getByRole('button', { name: 'Another item' }).click();
    await page.getByLabel('Product', { exact: true }).first().fill('FIRST');
    await page.getByLabel('Product', { exact: true }).last().fill('SECOND');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Remove item 1' }).click();
    expect((await page.locator('[name="items[0].product_id"]').inputValue()) === 'SECOND', 'the second item is not the first now');
    expect((await page.locator('.items fieldset').count()) === 1, 'the item was not removed');
    await page.context().close();
  },

  async filters_are_visible_and_can_be_cleared() {
    const page = await open(url);
    await row(page, 'carol').first().waitFor();
    await row(page, 'erin').first().click();
    await page.getByRole('link', { name: 'erin', exact: true }).click();
    await row(page, 'carol').first().waitFor({ state: 'detached' });
    await page.getByText('1 order found').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await row(page, 'carol').first().waitFor();
    await page.getByPlaceholder('Product, customer').fill('nothing-like-it');
    await page.getByText('No order matches').waitFor();
    await page.getByPlaceholder('Product, customer').fill('00000000-0000-0000-0000-000000000000');
    await page.getByRole('link', { name: 'Open the order with this id' }).waitFor();
    await page.context().close();
  },

  async keyboard_alone_places_and_ships_an_order() {
    const page = await open(url);
    const tabTo = async name => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => document.activeElement.labels?.[0]?.textContent.trim() || document.activeElement.textContent.trim());
        if (focused === name) return;
      }
      throw new Error('no way to "' + name + '" by Tab');
    };
    await tabTo('New order');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New order' }).waitFor();
    await page.keyboard.type('dave'); // the first field has the focus
    for (const text of ['LAMP-1', '', '5']) {
      await page.keyboard.press('Tab');
      if (text) await page.keyboard.type(text);
    }
    await page.keyboard.press('Tab');
    for (const text of ['1 Main St', 'Seattle', 'WA', '98101']) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Order of dave' }).waitFor();
    await tabTo('Ship');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('1Z1');
    await page.keyboard.press('Tab');
    await page.keyboard.type('UPS');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'shipped' }).waitFor();
    await page.context().close();
  },

  async text_is_never_markup() {
    const page = await open(url);
    const text = '<img src=x onerror=alert(1)>';
    await place(page, text, '<b>bold</b>');
    await row(page, text).first().waitFor();
    expect((await page.locator('#orders img, #panel img, #panel b').count()) === 0, 'text became markup');
    await page.context().close();
  },

  async docs_show_every_operation() {
    const page = await open(url + '/docs');
    await page.locator('.operation').first().waitFor();
    const described = (await (await fetch(url + '/openapi.yaml')).text()).match(/operationId:/g).length;
    expect((await page.locator('.operation').count()) === described, 'not every operation is shown');
    const health = page.locator('#health');
    await health.getByText('Try it').click();
    await health.getByRole('button', { name: 'Send' }).click();
    await health.getByText('200').last().waitFor();
    const one = page.locator('#getOrder');
    await one.getByText('Try it').click();
    await one.getByRole('button', { name: 'Send' }).click();
    await one.getByText('Fill in "id"').waitFor();
    const create = page.locator('#createOrder');
    await create.getByText('Try it').click();
    await create.getByRole('button', { name: 'Send' }).click();
    await create.getByText('201 Created').waitFor();
    await one.getByRole('button', { name: 'Send' }).click();
    await one.getByText('200 OK').waitFor();
    await page.context().close();
  },

  // Each view in each theme and at each width; axe sees two of the four, since it takes long.
  async axe_finds_no_violation_in_any_view_and_theme() {
    for (const [colorScheme, width, withAxe] of [['light', 1280, true], ['dark', 390, true], ['dark', 1280], ['light', 390]]) {
      const name = colorScheme + '-' + width;
      const look = (page, view) => lookAt(page, view, withAxe);
      const page = await open(url, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true, reducedMotion: 'reduce' });
      await row(page, 'carol').first().waitFor();
      await look(page, 'list-' + name);
      if (width < 900) await page.goto(url + '/#/overview');
      await page.getByText('The service is healthy').waitFor();
      await look(page, 'overview-' + name);
      await page.goto(url + '/#/');
      await row(page, 'carol').first().click();
      await page.locator('.timeline > li').first().waitFor();
      await look(page, 'order-' + name);
      await page.getByRole('slider').fill('1');
      await page.getByRole('button', { name: 'Back to now' }).waitFor();
      await look(page, 'past-' + name);
      await page.goto(url + '/#/new');
      await page.getByRole('button', { name: 'Place order' }).click();
      await page.locator('[aria-invalid]').first().waitFor();
      await look(page, 'new-' + name);
      if (withAxe) {
        await page.goto(url + '/docs');
        await page.locator('.operation').first().waitFor();
        await look(page, 'docs-' + name);
      }
      await page.context().close();
    }
  },
};

async function lookAt(page, name, withAxe) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  await page.screenshot({ path: path.join(folder, name + '.png'), fullPage: !name.startsWith('docs') });
  expect(!wide, name + ' scrolls sideways');
  if (withAxe) await accessible(page, name);
}

(async () => {
  const found = process.env.CHROMIUM ? null : require('@sparticuz/chromium');
  const bundled = found && (found.default || found);
  if (bundled) bundled.setGraphicsMode = false; // without WebGL, which the page does not use, it takes a third of the processor time
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || (await bundled.executablePath()),
    // In a single process the browser would end with its first context.
    args: [...(bundled ? bundled.args : ['--no-sandbox']).filter(argument => argument !== '--single-process'), '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  for (const [name, check] of Object.entries(checks)) {
    problems.length = 0;
    try {
      await check();
      console.log(problems.length ? 'FAILED ' + name + ': ' + problems.join('; ') : 'ok ' + name);
    } catch (failure) {
      console.log('FAILED ' + name + ': ' + [failure.message, ...problems].join('; ').replaceAll('\n', ' '));
      for (const context of browser.contexts()) await context.close();
    }
  }
  await browser.close();
})().catch(failure => {
  console.log('FAILED browser: ' + failure.message.replaceAll('\n', ' '));
  process.exitCode = 1;
});
