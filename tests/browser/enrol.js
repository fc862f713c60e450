'use strict';
/*
 * Goal of this test: a person brings the own phone in a real browser, the QR
 * code read from a screenshot by zbarimg; see tests/e2e/81-enrol-browser.sh.
 */
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');
const {
  at, check, codeOf, equal, inspect, logIn, open, run, shows, text,
} = require('./rig.js');

const GOOD = process.env.GOOD;
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

run({
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
    await inspect(page, 'phone-en');
    await page.click('.language button');
    await page.fill('#label', '会社のスマホ');
    await page.check('input[value="private"]');
    await page.click('main form button');
    at('the QR code', page, '/mine/phone/scan');
    await inspect(page, 'scan-ja');
    await page.click('.language button');
    at('the QR code in English', page, '/mine/phone/scan');
    await inspect(page, 'scan-en');
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
    equal('they can be printed', printed, 1);
    await page.click('#copy');
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
