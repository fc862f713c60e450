'use strict';
/*
 * rig.js: Debian's Chromium driven by playwright-core, for tests/e2e/*.sh.
 * Prints `ok - NAME` and `not ok - NAME` as those do.
 *
 * Of the environment: PORT where nginx listens, MODULES the folder of
 * node_modules, SHOTS where screenshots go, T the test's folder.
 */
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');

const modules = process.env.MODULES;
const { chromium } = require(path.join(modules, 'playwright-core'));
const axe = fs.readFileSync(
  path.join(modules, 'axe-core', 'axe.min.js'), 'utf8');

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };
/* half a screen, a tablet, and where the cards become a table */
const BETWEEN = [1100, 960, 833, 768];

let failed = 0;

function ok(name) {
  console.log(`ok - ${name}`);
}

function fail(name, why) {
  failed++;
  console.log(`not ok - ${name}`);
  String(why === undefined ? '' : why).split('\n')
    .forEach((line) => console.log(`# ${line}`));
}

function check(name, claim, why) {
  if (claim) ok(name);
  else fail(name, why);
}

function equal(name, got, wanted) {
  check(name, got === wanted, `got: ${got}\nwanted: ${wanted}`);
}

/* An independent authenticator. */
function codeOf(secret, seconds = 0) {
  const at = Math.floor(Date.now() / 1000) + seconds;
  return execFileSync('oathtool',
    ['--totp', '-b', '--digits=6', '--now', `@${at}`, secret])
    .toString().trim();
}

function sekisho(...args) {
  return execFileSync('sekisho', args).toString();
}

function options() {
  return {
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--force-color-profile=srgb',
      `--host-resolver-rules=MAP *.example 127.0.0.1:${process.env.PORT}, ` +
        `MAP *.test 127.0.0.1:${process.env.PORT}, ` +
        'MAP * ~NOTFOUND',
    ],
  };
}

async function launch() {
  return chromium.launch(options());
}

const person = { ignoreHTTPSErrors: true, viewport: WIDE, locale: 'ja-JP' };

/* A browser of its own: cookies of nobody else. Whatever it asks of another
 * host, and whatever its console complains of, is kept. */
async function open(browser, more = {}) {
  const context = await browser.newContext({ ...person, ...more });
  return watch(await context.newPage());
}

/* The same with a profile on the disk in ${dir}, as people have one. */
async function openKept(dir, more = {}) {
  const context = await chromium.launchPersistentContext(dir,
    { ...options(), ...person, ...more });
  return watch(context.pages()[0] || await context.newPage());
}

function watch(page) {
  page.setDefaultTimeout(30000);
  page.strange = [];
  page.on('console', (m) => {
    if (m.type() === 'error' && !/status of 4\d\d/.test(m.text()))
      page.strange.push(m.text());
  });
  page.on('pageerror', (e) => page.strange.push(String(e)));
  page.on('request', (r) => {
    if (!/^https:\/\/[a-z.]+\.(example|test)\//.test(r.url()))
      page.strange.push(`asked for ${r.url()}`);
  });
  return page;
}

function edge(page) {
  return page.evaluate(
    () => document.documentElement.scrollWidth - window.innerWidth);
}

/* One page as it is now: axe-core finds nothing, nothing goes over the edge at
 * either width nor between them; screenshots of both are kept. */
async function inspect(page, name) {
  const found = [];
  for (const [suffix, size] of [['wide', WIDE], ['360', NARROW]]) {
    await page.setViewportSize(size);
    const wide = await edge(page);
    if (wide > 0) found.push(`${suffix}: ${wide} pixels over the edge`);
    await page.screenshot({
      path: path.join(process.env.SHOTS, `${name}-${suffix}.png`),
      fullPage: true,
    });
    /* not by the page: its policy lets in no script */
    const result = await page.evaluate(
      `${axe};axe.run(document, {resultTypes: ['violations']})`);
    for (const v of result.violations)
      found.push(`${suffix}: ${v.id}: ${v.help}: ` +
        v.nodes.map((n) => n.target.join(' ')).join(', '));
  }
  for (const width of BETWEEN) {
    await page.setViewportSize({ width, height: 800 });
    const over = await edge(page);
    if (over > 0) found.push(`${width}: ${over} pixels over the edge`);
  }
  await page.setViewportSize(WIDE);
  check(`${name}: axe-core finds nothing, nothing is cut at any width`,
    found.length === 0, found.join('\n'));
}

/* Enter, and the page that comes of it. */
async function enter(page) {
  await Promise.all([
    page.waitForEvent('framenavigated'),
    page.keyboard.press('Enter'),
  ]);
  await page.waitForLoadState();
}

async function text(page) {
  return page.locator('body').innerText();
}

async function shows(name, page, what) {
  const all = await text(page);
  check(name, all.includes(what), `no "${what}" in:\n${all}`);
}

function at(name, page, wanted) {
  const url = new URL(page.url());
  equal(name, url.pathname + url.search, wanted);
}

/* The part before the code. */
async function password(page, login, secret) {
  await page.goto('https://portal.example/login');
  await page.fill('#login', login);
  await page.fill('#password', secret);
  await page.click('form[action="/login"] button');
}

async function logIn(page, login, secret, code) {
  await password(page, login, secret);
  await page.fill('#code', code);
  await page.click('form[action="/login/code"] button >> nth=0');
}

/* Run the cases one after the other; one that throws is a failure. */
async function run(cases) {
  const browser = await launch();
  for (const [name, fn] of Object.entries(cases)) {
    try {
      await fn(browser);
    } catch (e) {
      fail(name, e.stack);
    }
  }
  await browser.close();
  process.exit(failed === 0 ? 0 : 1);
}

module.exports = {
  NARROW, WIDE, at, check, codeOf, enter, equal, fail, inspect, logIn, ok, open,
  openKept, password, run, sekisho, shows, text,
};
