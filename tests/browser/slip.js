'use strict';
/*
 * Goal of this test: from a slip of paper to the application and out again, as
 * an office does it, see tests/e2e/83-slip.sh: the administrator adds a person in
 * the console and prints a slip; the person enrols with a phone in another
 * browser and is inside the application; the phone is lost and revoked in the
 * console, and that browser is refused on its next click.
 */
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');
const {
  at, check, codeOf, enter, equal, inspect, logIn, open, run, shows, text,
} = require('./rig.js');

const PORTAL = 'https://portal.example';
const APP = 'https://kyuyo.example';
const LOGIN = '130321-07';
const PASSWORD = 'Hinata+Orbit-94=Lamp';

function read(file) {
  return execFileSync('zbarimg', ['-q', '--raw', file],
    { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
}

/* What a phone's camera reads of the printed page; 'A4' or 'A5'. */
async function print(page, format) {
  const name = path.join(process.env.SHOTS, `slip-${format}`);
  await page.pdf({ path: `${name}.pdf`, format, printBackground: false });
  const info = execFileSync('pdfinfo', [`${name}.pdf`]).toString();
  equal(`${format}: one sheet`, /Pages: +(\d+)/.exec(info)[1], '1');
  execFileSync('pdftoppm',
    ['-r', '150', '-png', '-singlefile', `${name}.pdf`, name]);
  return read(`${name}.png`);
}

async function scan(page) {
  const file = path.join(process.env.SHOTS, 'slip-phone.png');
  await page.locator('.qr').screenshot({ path: file });
  return read(file);
}

run({
  'from the slip to the application': async (browser) => {
    const boss = await open(browser);
    await logIn(boss, 'admin.k', process.env.GOOD,
      codeOf(process.env.SECRET_admin));
    await boss.goto(`${PORTAL}/console/accounts/add`);
    await boss.fill('#login', LOGIN);
    await boss.fill('#name', '新井 結衣');
    await boss.click('main button.main');
    await shows('the administrator adds a person', boss, '新井 結衣');
    await boss.goto(`${PORTAL}/console/tickets/create?login=${LOGIN}`);
    await boss.check('input[name="for"][value="first"]');
    await boss.click('main button.main');
    await inspect(boss, 'slip-made-ja');
    const link = (await boss.locator('.slip .secret').textContent()).trim();
    check('R35 the link is of the portal',
      link.startsWith(`${PORTAL}/ticket/`), link);
    equal('printed on A4, a camera reads it', await print(boss, 'A4'), link);
    equal('and on A5', await print(boss, 'A5'), link);

    /* the person, at another PC, with the slip in hand */
    const began = Date.now();
    const page = await open(browser);
    await page.goto(link);
    await page.fill('#login', LOGIN);
    await page.click('main form button');
    await page.fill('#new', PASSWORD);
    await page.fill('#again', PASSWORD);
    await page.click('main form button');
    await page.click('main form button');
    const uri = await scan(page);
    const secret = /secret=([A-Z2-7]+)/.exec(uri)[1];
    await page.fill('#code', codeOf(secret));
    await enter(page);
    await page.check('input[name="kept"]');
    await page.click('text=次へ進む');
    await shows('enrolled and logged in', page, '新井 結衣さん');
    await page.goto(`${APP}/meisai/2026-10?print=1`);
    await page.waitForURL(`${APP}/**`);
    await shows('inside the application, which is told who it is', page,
      `user=${LOGIN} office=kanto uri=/meisai/2026-10?print=1`);
    check('within three minutes', Date.now() - began < 180000,
      `${Date.now() - began} ms`);
    check('V28 none of our cookies reaches it',
      !/sekisho/.test(await text(page)), await text(page));

    /* the slip again, by whoever finds it */
    const thief = await open(browser);
    await thief.goto(link);
    check('R36 the slip is worth nothing any more',
      !await thief.locator('#login').isVisible(), await text(thief));
    await thief.context().close();

    /* the phone is lost: the console cuts it off */
    await boss.goto(`${PORTAL}/console/accounts/show?login=${LOGIN}`);
    await boss.click('a[href^="/console/phones/revoke"]');
    await shows('what will be hit is shown before', boss, '新井 結衣');
    await inspect(boss, 'slip-revoke-ja');
    await boss.fill('#reason', '電車で紛失');
    await boss.click('main button.alarm, main button.main');
    await page.goto(`${APP}/meisai/2026-11`);
    check('6.6 the other browser is out on its next click',
      page.url().startsWith(`${PORTAL}/login`), page.url());
    await logIn(page, LOGIN, PASSWORD, codeOf(secret, 30));
    await shows('and its phone opens nothing', page, '確認できませんでした');
    check('R44 no complaint, nothing from elsewhere',
      boss.strange.length + page.strange.length === 0,
      boss.strange.concat(page.strange).join('\n'));

    /* what is left in files */
    fs.writeFileSync(path.join(process.env.T, 'words'),
      [link.slice(-26), secret, PASSWORD].join('\n'));
    await boss.context().close();
    await page.context().close();
  },
});
