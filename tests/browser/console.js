'use strict';
/*
 * Goal of this test: the console in a real browser, see
 * tests/e2e/82-console-browser.sh: every page in both languages and at both
 * widths, by keyboard alone and without script; who is cut off there is out in
 * another browser on the next click.
 */
const {
  at, check, codeOf, enter, equal, inspect, logIn, open, run, shows, text,
} = require('./rig.js');

const GOOD = process.env.GOOD;
const PORTAL = 'https://portal.example';
const seed = (who) => process.env[`SECRET_${who}`];
const go = (page, path) => page.goto(PORTAL + path);

run({
  'the pages': async (browser) => {
    for (const [language, locale] of [['ja', 'ja-JP'], ['en', 'en-US']]) {
      const page = await open(browser,
        { locale, javaScriptEnabled: language === 'en' });
      await logIn(page, 'admin.k', GOOD,
        codeOf(seed('admin'), language === 'ja' ? 0 : 30));
      at(`${language}: logged in`, page, '/');
      await inspectPlain(page, `console-home-${language}`);
      await page.click('a[href="/console"], a[href="/console/accounts"]');
      await go(page, '/console/accounts');
      await inspectPlain(page, `console-accounts-${language}`);
      await page.fill('#q', '山');
      await page.selectOption('#state', 'active');
      await page.click('form.find button');
      at(`${language}: a search is an address`, page,
        '/console/accounts?q=%E5%B1%B1&state=active');
      equal(`${language}: and stays in its field`,
        await page.inputValue('#q'), '山');
      await page.click('button[name="language"]');
      at(`${language}: the language changes on this very page`, page,
        '/console/accounts?q=%E5%B1%B1&state=active');
      await page.click('button[name="language"]');
      await page.click('.rows a');
      await inspectPlain(page, `console-account-${language}`);
      for (const [path, name] of [
        ['/console/accounts/add', 'add'],
        ['/console/accounts/set?login=130321-01', 'set'],
        ['/console/accounts/disable?login=130321-01', 'disable'],
        ['/console/accounts/reset?login=130321-01', 'reset'],
        ['/console/phones', 'phones'],
        ['/console/terminals', 'terminals'],
        [`/console/phones/revoke?p.${process.env.PHONE_taro}=1&` +
          `p.${process.env.PHONE_admin}=1`, 'phones-revoke'],
        [`/console/terminals/set?id=${process.env.TERMINAL}`,
          'terminals-set'],
        [`/console/terminals/lost?t.${process.env.TERMINAL}=1`,
          'terminals-lost'],
      ]) {
        await go(page, path);
        at(`${language}: ${name}`, page, path);
        await inspectPlain(page, `console-${name}-${language}`);
      }
      await go(page, '/console/accounts/add');
      await page.fill('#login', 'a');
      await page.fill('#name', '山本 五郎');
      await page.click('main button.main');
      check(`${language}: what was typed is shown again`,
        await page.inputValue('#name') === '山本 五郎');
      await inspectPlain(page, `console-add-refused-${language}`);
      check(`${language}: R44 no complaint, nothing from elsewhere`,
        page.strange.filter((s) => !/422/.test(s)).length === 0,
        page.strange.join('\n'));
      await page.context().close();
    }
  },

  'by keyboard': async (browser) => {
    const page = await open(browser);
    await logIn(page, 'vice.k', GOOD, codeOf(seed('vice')));
    await go(page, '/console/accounts/disable?login=130321-01');
    const other = await open(browser);
    await logIn(other, '130321-01', GOOD, codeOf(seed('taro')));
    at('somebody is logged in elsewhere', other, '/');
    /* from the top of the page to the reason and on, by Tab alone */
    const passed = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      const id = await page.evaluate(
        () => document.activeElement.id || document.activeElement.tagName);
      passed.push(id);
      if (id === 'reason') break;
    }
    equal('the field is reached', passed[passed.length - 1], 'reason');
    await page.keyboard.type('長期休暇のため');
    await enter(page);
    at('Enter sends it', page, '/console/accounts/show?login=130321-01');
    await shows('it is done', page, '無効にしました');
    await inspect(page, 'console-account-disabled-ja');
    await other.goto(`${PORTAL}/mine`);
    at('6.6 the other browser is out on its next click', other,
      '/login?to=%2Fmine');
    await page.goto(`${PORTAL}/console/accounts/disable?login=vice.k`);
    await page.fill('#reason', 'x');
    await page.click('main button.main');
    await shows('nobody locks himself out', page,
      'あなた自身がログインできなくなります');
    await inspect(page, 'console-refused-ja');
    check('the page says its request id',
      /受付番号 [0-9a-z]{26}/.test(await text(page)), await text(page));
    await page.context().close();
    await other.context().close();
  },
});

/* Without script axe-core cannot run in the page: then the shots alone. */
async function inspectPlain(page, name) {
  if (/-en$/.test(name)) {
    await inspect(page, name);
    return;
  }
  const { NARROW, WIDE } = require('./rig.js');
  for (const [suffix, size] of [['wide', WIDE], ['360', NARROW]]) {
    await page.setViewportSize(size);
    await page.screenshot({
      path: `${process.env.SHOTS}/${name}-${suffix}.png`, fullPage: true,
    });
  }
  await page.setViewportSize(WIDE);
}
