'use strict';
/*
 * Goal of this test: a person brings the own phone in a real browser, the QR
 * code read from a screenshot by zbarimg; see tests/e2e/81-enrol-browser.sh.
 */
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');
const {
  NARROW, at, check, codeOf, enter, equal, inspect, logIn, open, openKept, run,
  shows, text,
} = require('./rig.js');

const GOOD = process.env.GOOD;
const NEXT = 'tsukue+Lamp=94-Orbit';
const PORTAL = 'https://portal.example';
const seed = (who) => process.env[`SECRET_${who}`];

/* What a phone's camera reads of the screen. */
async function scan(page, name) {
  const file = path.join(process.env.SHOTS, `${name}.png`);
  await page.locator('.qr').screenshot({ path: file });
  return execFileSync('zbarimg', ['-q', '--raw', file],
    { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
}

async function secretOf(page) {
  const all = await page.locator('.secret').textContent();
  return all.replace(/ /g, '');
}

/* What the screen reader and the eye are told of each rule. */
async function rules(page) {
  return page.locator('#new-hint li[data-rule]').evaluateAll((all) =>
    all.map((li) => `${li.dataset.rule}:${li.className}`).join(' '));
}

async function settled(page, wanted) {
  for (let i = 0; i < 60 && await rules(page) !== wanted; i++)
    await page.waitForTimeout(100);
  return rules(page);
}

/* Files of a profile in which any of the words stands. */
function left(dir, words) {
  const found = [];
  const utf16 = (w) => Buffer.from(w, 'utf16le');
  for (const e of fs.readdirSync(dir, { recursive: true })) {
    const file = path.join(dir, e);
    if (!fs.statSync(file).isFile()) continue;
    const bytes = fs.readFileSync(file);
    for (const w of words)
      if (bytes.includes(w) || bytes.includes(utf16(w)))
        found.push(`${e}: ${w}`);
  }
  return found;
}

/* The label of what has the focus. */
async function focused(page) {
  return page.evaluate(() => {
    const e = document.activeElement;
    const label = e.labels && e.labels.length ? e.labels[0] : e;
    return label.innerText.trim();
  });
}

/* With the keyboard alone: to what is called that. */
async function tabTo(page, name) {
  for (let i = 0; i < 25; i++) {
    if ((await focused(page)).startsWith(name)) return true;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no "${name}" is reached by the keyboard`);
}

run({
  'from the slip': async () => {
    const dir = path.join(process.env.T, 'profile');
    const page = await openKept(dir);
    const began = Date.now();
    await page.goto(process.env.LINK_shin);
    await inspect(page, 'enrol-slip-ja');
    await page.fill('#login', 'shin');
    await page.click('main form button');
    at('the slip: the login is enough', page, '/enrol/password');
    await inspect(page, 'enrol-password-ja');
    await page.type('#new', 'shin2026');
    await settled(page,
      'length:unmet kinds:unmet personal:unmet easy:unmet');
    await inspect(page, 'enrol-password-typing-ja');
    await page.fill('#new', 'abc');
    await page.fill('#again', 'abc');
    await page.click('main form button');
    await shows('what is not met is told', page, '次の点を直してください');
    await page.fill('#new', NEXT);
    equal('the rules of the own person, as it is typed', await settled(page,
      'length:met kinds:met personal:met easy:met'),
      'length:met kinds:met personal:met easy:met');
    await page.fill('#again', NEXT);
    await page.click('main form button');
    at('the phone', page, '/enrol/phone');
    await inspect(page, 'enrol-phone-ja');
    await page.click('main form button');
    at('its QR code', page, '/enrol/scan');
    await inspect(page, 'enrol-scan-ja');
    const secret = await secretOf(page);
    const uri = await scan(page, 'enrol-qr');
    check('V25 read from the screen', uri.includes(secret), uri);
    await page.fill('#code', codeOf(secret));
    await enter(page);
    const codes = (await page.locator('#codes li').allTextContents())
      .map((c) => c.trim());
    equal('recovery codes', codes.length, 10);
    await inspect(page, 'enrol-codes-ja');
    await page.check('input[name="kept"]');
    await page.click('text=次へ進む');
    at('logged in', page, '/');
    await shows('by name', page, '新川 進さん');
    await inspect(page, 'enrol-home-ja');
    check('within three minutes', Date.now() - began < 180000,
      `${Date.now() - began} ms`);
    await page.goto(process.env.LINK_shin);
    await inspect(page, 'enrol-used-ja');
    check('R35 the slip is used', !await page.locator('#login').isVisible());
    await page.goto(PORTAL);
    await page.click('.out button');
    await page.goBack();
    check('V28 back after logging out shows nothing',
      !(await text(page)).includes('新川'), await text(page));
    check('R44 no complaint, nothing from elsewhere', page.strange.length === 0,
      page.strange.join('\n'));
    await page.context().close();
    const words = [secret, NEXT, ...codes];
    equal('V25 nothing of it is left in the browser\'s files',
      left(dir, words).join('\n'), '');
    check('which are there', left(dir, ['portal.example']).length > 0);
  },

  'by the keyboard': async (browser) => {
    const page = await open(browser, { locale: 'en-US', viewport: NARROW });
    await page.goto(process.env.LINK_emi);
    await tabTo(page, 'ID');
    await page.keyboard.type('emi');
    await enter(page);
    at('keyboard alone, in English, at 360 pixels', page, '/enrol/password');
    await inspect(page, 'enrol-password-en');
    await page.setViewportSize(NARROW);
    await tabTo(page, 'New password');
    await page.keyboard.type(NEXT);
    await tabTo(page, 'New password, once');
    await page.keyboard.type(NEXT);
    await tabTo(page, 'Next');
    await enter(page);
    at('the phone', page, '/enrol/phone');
    await inspect(page, 'enrol-phone-en');
    await page.setViewportSize(NARROW);
    await tabTo(page, 'Show the QR code');
    await enter(page);
    at('its QR code', page, '/enrol/scan');
    await inspect(page, 'enrol-scan-en');
    await page.setViewportSize(NARROW);
    await tabTo(page, 'If you cannot scan it');
    await page.keyboard.press('Enter');
    const secret = await secretOf(page);
    check('V25 the QR code at 360 pixels',
      (await scan(page, 'enrol-qr-en')).includes(secret));
    await tabTo(page, 'Enter the 6 digits');
    await page.keyboard.type(codeOf(secret));
    await enter(page);
    await inspect(page, 'enrol-codes-en');
    await page.setViewportSize(NARROW);
    await tabTo(page, 'I have kept');
    await page.keyboard.press('Space');
    await tabTo(page, 'Continue');
    await enter(page);
    at('logged in', page, '/');
    await page.context().close();
  },

  'without JavaScript': async (browser) => {
    const page = await open(browser, { javaScriptEnabled: false });
    await page.goto(process.env.LINK_ken);
    await page.fill('#login', 'ken');
    await page.click('main form button');
    at('no JavaScript: the password', page, '/enrol/password');
    check('no button that does nothing', !await page.locator('#show')
      .isVisible());
    await page.fill('#new', NEXT);
    await page.fill('#again', NEXT);
    await page.click('main form button');
    await page.click('main form button');
    at('no JavaScript: the QR code', page, '/enrol/scan');
    const secret = await secretOf(page);
    await page.fill('#code', codeOf(secret));
    await page.click('main form button');
    equal('no JavaScript: recovery codes',
      await page.locator('#codes li').count(), 10);
    check('no button that does nothing there',
      !await page.locator('#print').isVisible() &&
      !await page.locator('#copy').isVisible());
    await page.check('input[name="kept"]');
    await page.click('text=次へ進む');
    at('no JavaScript: logged in', page, '/');
    await page.context().close();
  },

  'another phone': async (browser) => {
    const page = await open(browser);
    await logIn(page, '130321-01', GOOD, codeOf(seed('taro')));
    await page.click('text=端末とログインの記録を見る');
    await page.click('text=スマートフォンを追加する');
    at('another phone: from my page', page, '/mine/phone');
    equal('it has a name already', await page.inputValue('#label'),
      'スマートフォン 2');
    await inspect(page, 'phone-ja');
    await page.click('.language button');
    at('in the other language', page, '/mine/phone');
    await page.click('.language button');
    await page.fill('#label', '会社のスマホ');
    await page.check('input[value="private"]');
    await page.click('main form button');
    at('the QR code', page, '/mine/phone/scan');
    await inspect(page, 'scan-ja');
    await page.click('.language button');
    at('the QR code in English', page, '/mine/phone/scan');
    await page.click('.language button');
    await page.click('summary');
    await inspect(page, 'scan-by-hand-ja');
    const secret = await secretOf(page);
    const uri = await scan(page, 'scan-qr');
    check('V25 the camera reads the secret that is there as a text',
      uri.startsWith('otpauth://totp/') && uri.includes(secret), uri);
    equal('and a link for an app on this device',
      await page.getAttribute('details a', 'href'), uri);
    await page.setViewportSize({ width: 360, height: 740 });
    equal('at 360 pixels too', await scan(page, 'scan-qr-360'), uri);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'dark' });
    equal('and where everything else is dark', await scan(page, 'scan-qr-dark'),
      uri);
    await page.reload();
    equal('a reload keeps it', await secretOf(page), secret);
    const right = codeOf(secret);
    await page.fill('#code', right === '000000' ? '000001' : '000000');
    await page.click('main form button');
    await shows('a wrong code is told', page, '数字を確認できませんでした');
    equal('and keeps it too', await secretOf(page), secret);
    check('its field has the focus', await page.locator('#code').evaluate(
      (e) => e === document.activeElement));
    await inspect(page, 'scan-refused-ja');
    await page.fill('#code', codeOf(secret));
    await page.dblclick('main form button');
    await page.waitForURL('**/mine');
    await shows('a double click: it is there', page,
      '「会社のスマホ」を登録しました');
    equal('once', await page.locator('.things .what',
      { hasText: '会社のスマホ' }).count(), 1);
    await inspect(page, 'mine-phones-ja');
    await page.goBack();
    await page.waitForLoadState();
    check('back leads to no used QR code', await page.locator('.qr').count()
      === 0, await text(page));
    check('R44 no complaint, nothing from elsewhere', page.strange.length === 0,
      page.strange.join('\n'));
    await page.context().close();
  },

  'recovery codes': async (browser) => {
    const page = await open(browser);
    await page.context().grantPermissions(
      ['clipboard-read', 'clipboard-write'], { origin: PORTAL });
    await logIn(page, 'hanako', GOOD, codeOf(seed('hanako')));
    await page.goto(`${PORTAL}/codes`);
    await inspect(page, 'codes-left-ja');
    await page.click('main form button');
    const codes = await page.locator('#codes li').allTextContents();
    equal('ten recovery codes', codes.length, 10);
    await inspect(page, 'codes-ja');
    at('a reload sends no form again', page, '/codes');
    await page.emulateMedia({ media: 'print' });
    await page.screenshot({ path: `${process.env.SHOTS}/codes-print.png` });
    check('on paper: the codes and whose they are, no buttons',
      await page.locator('#codes').isVisible() &&
      await page.locator('.only-paper').isVisible() &&
      !await page.locator('.tools').isVisible() &&
      !await page.locator('main .card').isVisible());
    await page.emulateMedia({ media: 'screen' });
    let printed = 0;
    await page.exposeFunction('didPrint', () => { printed++; });
    await page.evaluate(() => { window.print = () => window.didPrint(); });
    await page.click('#print');
    for (let i = 0; i < 50 && printed === 0; i++)
      await page.waitForTimeout(100);
    equal('they can be printed', printed, 1);
    await page.click('#copy');
    await page.locator('#copied', { hasText: /./ }).waitFor();
    await shows('copied', page, 'コピーしました');
    equal('all of them',
      await page.evaluate(() => navigator.clipboard.readText()),
      codes.map((c) => c.trim()).join('\n'));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('text=ファイルに保存する'),
    ]);
    equal('saved as a file', download.suggestedFilename(),
      'sekisho-recovery-codes.txt');
    const file = fs.readFileSync(await download.path(), 'utf8');
    check('with all of them and the ID',
      codes.every((c) => file.includes(c.trim())) && file.includes('hanako'),
      file);
    await page.click('text=次へ進む');
    at('without the tick one stays', page, '/codes');
    equal('and they are still there', await page.locator('#codes li').count(),
      10);
    await page.check('input[name="kept"]');
    await page.click('text=次へ進む');
    at('with it one goes on', page, '/');
    await inspect(page, 'home-kept-ja');
    await page.goBack();
    at('back leads to the page that says how many are left', page, '/codes');
    check('R24 and does not show them again',
      !(await text(page)).includes(codes[0].trim()), await text(page));
    await page.context().close();
  },

  'rules as it is typed': async (browser) => {
    const page = await open(browser);
    await logIn(page, 'saburo', GOOD, codeOf(seed('saburo')));
    await page.goto(`${PORTAL}/password`);
    const sent = [];
    page.on('request', (r) => { sent.push(`${r.url()} ${r.method()}`); });
    await page.type('#new', 'abc');
    equal('what is not met yet', await settled(page,
      'length:unmet kinds:unmet personal:met easy:unmet'),
      'length:unmet kinds:unmet personal:met easy:unmet');
    await shows('is counted for those who cannot see it', page,
      'まだ満たしていない条件の数：3');
    await inspect(page, 'password-typing-ja');
    await page.fill('#new', 'saburo+Lamp=94-Orbit');
    equal('the own ID', await settled(page,
      'length:met kinds:met personal:unmet easy:met'),
      'length:met kinds:met personal:unmet easy:met');
    await page.fill('#new', 'tsukue+Lamp=94-Orbit');
    equal('all met', await settled(page,
      'length:met kinds:met personal:met easy:met'),
      'length:met kinds:met personal:met easy:met');
    await page.fill('#again', 'tsukue+Lamp=94-0rbit');
    await shows('two that differ', page, '同じではありません');
    await page.check('#show');
    equal('it can be looked at', await page.getAttribute('#new', 'type'),
      'text');
    await inspect(page, 'password-typed-ja');
    check('V25 no password in an address',
      sent.length > 0 && sent.every((s) => !/tsukue|saburo/.test(s)),
      sent.join('\n'));
    check('R44 no complaint', page.strange.length === 0,
      page.strange.join('\n'));
    await page.context().close();
  },
});
