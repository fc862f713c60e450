'use strict';
/*
 * Goal of this test: people log in and out in a real browser; see
 * tests/e2e/80-browser.sh. SECRET_name is each person's seed, base32. A second
 * login within a step shows the next step's code, which the window takes.
 */
const {
  at, check, codeOf, enter, equal, inspect, logIn, open, password, run, sekisho,
  shows, text,
} = require('./rig.js');

const GOOD = process.env.GOOD;
const NEXT = 'tsukue+Lamp=94-Orbit';
const PORTAL = 'https://portal.example';
const seed = (who) => process.env[`SECRET_${who}`];

function wideDigits(code) {
  return code.replace(/\d/g, (d) => String.fromCharCode(d.charCodeAt(0) +
    0xfee0));
}

async function cookie(page, name) {
  const all = await page.context().cookies(PORTAL);
  return all.find((c) => c.name === name);
}

run({
  'login': async (browser) => {
    const page = await open(browser);
    await page.goto(PORTAL);
    at('whoever is not logged in is shown the login', page, '/login');
    equal('in Japanese', await page.getAttribute('html', 'lang'), 'ja');
    await inspect(page, 'login-ja');
    await page.fill('#login', '130321 - 01');
    await page.fill('#password', 'not the one');
    await enter(page);
    await shows('a wrong password is refused', page,
      'ログインできませんでした');
    equal('the ID is still there', await page.inputValue('#login'),
      '130321 - 01');
    equal('the password is not', await page.inputValue('#password'), '');
    for (const [id, is] of [['#login', 'username'],
      ['#password', 'current-password']])
      equal(`R17 a password manager knows ${id}`,
        await page.getAttribute(id, 'autocomplete'), is);
    await page.fill('#login', 'pasted 1!');
    await page.focus('#login');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+C');
    await page.focus('#password');
    await page.keyboard.press('Control+V');
    equal('R17 a password may be pasted', await page.inputValue('#password'),
      'pasted 1!');
    await page.fill('#password', '');
    await page.fill('#login', '130321 - 01');
    check('R57 the page says its request id',
      /受付番号 [0-9a-z]{26}/.test(await text(page)), await text(page));
    check('and nothing of the office', !/内線/.test(await text(page)));
    await inspect(page, 'login-refused-ja');
    await page.fill('#password', GOOD);
    await page.click('main button');
    at('the right one leads to the code', page, '/login/code');
    const field = page.locator('#code');
    equal('on a phone it opens the digits',
      await field.getAttribute('inputmode'), 'numeric');
    equal('and offers the code that came',
      await field.getAttribute('autocomplete'), 'one-time-code');
    check('its field has the focus',
      await field.evaluate((e) => e === document.activeElement));
    await inspect(page, 'code-ja');
    const right = codeOf(seed('taro'));
    await field.fill(right === '000000' ? '000001' : '000000');
    await enter(page);
    await shows('a wrong code is refused', page,
      '認証コードを確認できませんでした');
    await shows('and says whom to ask', page, '総務部 内線 123');
    await inspect(page, 'code-refused-ja');
    const before = await cookie(page, '__Host-sekisho');
    await field.fill(` ${wideDigits(right).slice(0, 3)}　` +
      wideDigits(right).slice(3));
    await enter(page);
    at('full-width digits with blanks are welcome', page, '/');
    await shows('the person is greeted by name', page,
      '山田 太郎さん、こんにちは');
    await inspect(page, 'home-ja');
    const session = await cookie(page, '__Host-sekisho');
    check('R25 the session begins at the login', before === undefined);
    check('R44 its cookie is for this host and this time alone',
      session.secure && session.httpOnly && session.sameSite === 'Lax' &&
      session.expires === -1 && session.domain === 'portal.example' &&
      session.value.length === 43, JSON.stringify(session));
    await page.goBack();
    at('back from there is still there', page, '/');
    await page.reload();
    at('and again', page, '/');
    await page.goBack();
    at('and further back', page, '/');
    await page.goto(`${PORTAL}/login/code`);
    at('the step that is done is not there any more', page, '/');
    await page.click('form[action="/logout"] button');
    await shows('logging out', page, 'ログオフしました');
    at('has a page of its own', page, '/logout');
    await inspect(page, 'out-ja');
    await page.goBack();
    at('V28 back shows nothing of what was', page, '/login');
    await page.context().addCookies([{ ...session }]);
    await page.goto(PORTAL);
    at('V28 the old cookie is worth nothing', page, '/login');
    check('R44 no complaint, nothing from elsewhere',
      page.strange.length === 0, page.strange.join('\n'));
    await page.context().close();
  },

  'used code': async (browser) => {
    const page = await open(browser);
    const code = codeOf(seed('taro'), 30);
    await logIn(page, '130321-01', GOOD, code);
    at('a new code logs in again', page, '/');
    const other = await open(browser);
    await logIn(other, '130321-01', GOOD, code);
    await shows('the same code again says that it is used', other,
      'すでに使われています');
    const found = /あと(\d+)秒/.exec(await text(other));
    check('and how long to wait', found !== null && Number(found[1]) <= 60,
      await text(other));
    await inspect(other, 'code-used-ja');
    await page.context().close();
    await other.context().close();
  },

  'recovery': async (browser) => {
    const page = await open(browser);
    const codes = JSON.parse(sekisho('recovery', 'create', '130321-01',
      '--json')).recovery_codes;
    await password(page, '130321-01', GOOD);
    await page.click('summary');
    await inspect(page, 'recovery-ja');
    await page.fill('#recovery', 'AAAA-BBBB-CCCC-DDDD');
    await page.click('details button');
    await shows('a wrong recovery code is refused', page,
      '予備コードを確認できませんでした');
    check('its field is still open',
      await page.locator('#recovery').isVisible());
    await page.fill('#recovery', codes[0].toUpperCase().replace(/-/g, ' '));
    await page.click('details button');
    at('a recovery code logs in', page, '/');
    for (let i = 1; i < 8; i++) {
      const again = await open(browser);
      await password(again, '130321-01', GOOD);
      await again.click('summary');
      await again.fill('#recovery', codes[i]);
      await again.click('details button');
      at(`recovery code ${i + 1}`, again, '/');
      await again.context().close();
    }
    await page.reload();
    await shows('when few are left the page says so', page,
      '残りの予備コードは2個です');
    await inspect(page, 'home-few-ja');
    const used = await open(browser);
    await password(used, '130321-01', GOOD);
    await used.click('summary');
    await used.fill('#recovery', codes[0]);
    await used.click('details button');
    await shows('R24 each is good once', used,
      '予備コードを確認できませんでした');
    await used.context().close();
    await page.context().close();
  },

  'forced change': async (browser) => {
    const page = await open(browser, { locale: 'en-US' });
    await logIn(page, 'hanako', GOOD, codeOf(seed('hanako')));
    at('a password of another person must be changed', page,
      '/login/password');
    equal('in English, as the browser asks',
      await page.getAttribute('html', 'lang'), 'en');
    await inspect(page, 'change-en');
    await page.fill('#new', 'abc');
    await page.fill('#again', 'abd');
    await page.click('main button');
    await shows('two that differ are told', page, 'are not the same');
    await page.fill('#new', 'abc');
    await page.fill('#again', 'abc');
    await page.click('main button');
    equal('all rules not met are told at once',
      await page.locator('#reasons li').count(), 5);
    await inspect(page, 'change-refused-en');
    await page.click('.language button');
    equal('the other language is a button away',
      await page.getAttribute('html', 'lang'), 'ja');
    at('on the same page', page, '/login/password');
    await inspect(page, 'change-ja');
    await page.fill('#new', NEXT);
    await page.fill('#again', NEXT);
    await page.click('main button');
    at('a good one logs in', page, '/');
    equal('the choice of the language stays',
      await page.getAttribute('html', 'lang'), 'ja');
    await page.context().close();
  },

  'lock and unlock': async (browser) => {
    const page = await open(browser);
    let plain;
    for (let i = 0; i < 5; i++) {
      await password(page, 'jiro', `guess ${i}`);
      plain = await text(page);
    }
    await password(page, 'jiro', GOOD);
    const alike = (s) => s.replace(/[0-9a-z]{26}/, 'ID');
    equal('V15 locked looks like wrong', alike(await text(page)),
      alike(plain));
    await password(page, 'nobody-at-all', GOOD);
    equal('V21 and like unknown', alike(await text(page)), alike(plain));
    sekisho('account', 'unlock', 'jiro');
    await logIn(page, 'jiro', GOOD, codeOf(seed('jiro')));
    at('unlocked, the right one is right', page, '/');
    await page.goto(`${PORTAL}/password`);
    await inspect(page, 'password-ja');
    const other = await open(browser);
    await other.context().addCookies(await page.context().cookies());
    await other.goto(`${PORTAL}/password`);
    await page.fill('#old', 'not it');
    await page.fill('#new', NEXT);
    await page.fill('#again', NEXT);
    await page.click('main button');
    await shows('R43 changing the password asks the present one', page,
      'パスワードを変更できませんでした');
    await inspect(page, 'password-refused-ja');
    await page.fill('#old', GOOD);
    await page.fill('#new', 'jiro-2026');
    await page.fill('#again', 'jiro-2026');
    await page.click('main button');
    await shows('all rules not met are told', page, '次の点を直してください');
    await page.fill('#old', GOOD);
    await page.fill('#new', NEXT);
    await page.fill('#again', NEXT);
    await page.click('main button');
    await shows('a good one is taken', page, 'パスワードを変更しました');
    await inspect(page, 'password-done-ja');
    await other.fill('#old', GOOD);
    await other.fill('#new', NEXT);
    await other.fill('#again', NEXT);
    await other.click('main button');
    await shows('what an ended session sends is not lost silently', other,
      '送信した内容は処理されていません');
    at('at the login, which leads back', other,
      '/login?to=%2Fpassword%3Flost%3D1');
    await inspect(other, 'lost-ja');
    await other.fill('#login', 'jiro');
    await other.fill('#password', NEXT);
    await enter(other);
    await shows('the code says so', other, '送信した内容は処理されていません');
    /* the codes of this half minute are used */
    const spare = JSON.parse(sekisho('recovery', 'create', 'jiro', '--json'));
    await other.click('summary');
    await other.fill('#recovery', spare.recovery_codes[0]);
    await other.click('details button');
    at('and after the login one is where one was', other, '/password?lost=1');
    await shows('and told once more', other, '送信した内容は処理されていません');
    check('nothing of what was entered is kept',
      await other.inputValue('#new') === '');
    await other.context().clearCookies();
    await other.click('main form button');
    check('it is asked for first', other.url().endsWith('/password?lost=1'));
    await other.fill('#old', GOOD);
    await other.fill('#new', NEXT);
    await other.fill('#again', NEXT);
    await other.click('main form button');
    await shows('V26 a form of another browser is refused, and says so', other,
      '送信した内容は処理されませんでした');
    await inspect(other, 'expired-ja');
    await logIn(page, 'jiro', NEXT, codeOf(seed('jiro'), 30));
    at('and opens the next login', page, '/');
    sekisho('account', 'disable', 'jiro');
    await page.reload();
    at('R42 an administrator disables the account: out at the next click', page,
      '/login');
    await page.context().close();
    await other.context().close();
  },

  'applications': async (browser) => {
    const page = await open(browser);
    const payroll = 'https://kyuyo.example/month/2026-11?a=1&b=%E9%96%A2';
    await page.goto(payroll);
    check('an application asks for the login',
      page.url().startsWith(`${PORTAL}/login?to=`), page.url());
    await shows('and the page says for what', page, '「給与計算」を利用するには');
    await inspect(page, 'login-app-ja');
    await page.fill('#login', 'rokuro');
    await page.fill('#password', GOOD);
    await page.click('main form button');
    await page.fill('#code', codeOf(seed('rokuro')));
    await page.click('form[action="/login/code"] button >> nth=0');
    await page.waitForURL(payroll);
    equal('R46 back to the page first asked for with its whole query',
      page.url(), payroll);
    await shows('the application is told who it is', page, 'user=rokuro');
    check('V39 none at all', !(await text(page)).includes('sekisho'),
      await text(page));
    await page.goto('https://shaho.test/');
    equal('another one in another domain: no second login', page.url(),
      'https://shaho.test/');
    await shows('it is told too', page, 'user=rokuro office=kanto');
    await page.goBack();
    await shows('back to the first', page, 'user=rokuro');
    await page.goto(PORTAL);
    await shows('the start page leads to both', page, '給与計算');
    await shows('the start page leads to both', page, '社会保険');
    check('and not to one of another office',
      !(await text(page)).includes('よその'), await text(page));
    await inspect(page, 'home-apps-ja');
    await page.click('text=給与計算');
    await page.waitForURL('https://kyuyo.example/');
    const held = (await page.context().cookies('https://kyuyo.example'))
      .find((c) => c.name === '__Host-sekisho-app');
    check('R44 a session of its own, for that host alone',
      held !== undefined && held.secure && held.httpOnly, String(held));
    await page.goto('https://shaho.test/');
    const other = await open(browser);
    await other.context().addCookies([{
      name: held.name, value: held.value, url: 'https://shaho.test',
      secure: true, httpOnly: true,
    }]);
    await other.goto('https://shaho.test/');
    check('V33 a session of one host is none on another',
      other.url().startsWith(`${PORTAL}/login`), other.url());
    await page.goto(PORTAL);
    await page.click('.out button');
    await page.goto('https://shaho.test/');
    check('R42 logged out everywhere: the first',
      page.url().startsWith(`${PORTAL}/login`), page.url());
    await page.goto(payroll);
    check('R42 logged out everywhere: the second',
      page.url().startsWith(`${PORTAL}/login`), page.url());
    await page.fill('#login', 'rokuro');
    await page.fill('#password', GOOD);
    await page.click('main form button');
    await page.fill('#code', codeOf(seed('rokuro'), 30));
    await page.click('form[action="/login/code"] button >> nth=0');
    await page.waitForURL(payroll);
    sekisho('session', 'end', '--login', 'rokuro');
    await page.reload();
    check('R42 an administrator ends the session: out at the next click',
      page.url().startsWith(`${PORTAL}/login`), page.url());
    await page.context().close();
    await other.context().close();
  },

  'my page': async (browser) => {
    const other = await open(browser);
    await logIn(other, 'goro', GOOD, codeOf(seed('goro')));
    at('my page: logged in elsewhere', other, '/');
    const page = await open(browser);
    await logIn(page, 'goro', GOOD, codeOf(seed('goro'), 30));
    await page.click('text=端末とログインの記録を見る');
    at('my page: from the start page', page, '/mine');
    await inspect(page, 'mine-ja');
    await page.click('.language button');
    await inspect(page, 'mine-en');
    await page.click('.language button');
    await page.click('text=ログオフさせる >> nth=0');
    await shows('my page: another session is ended', page,
      'その端末をログオフさせました');
    await other.reload();
    at('R42 and is out at its next click', other, '/login');
    await page.click('text=紛失・盗難にあったとき');
    await inspect(page, 'stop-ja');
    await page.check('input[name^="p."]');
    await page.check('input[name^="t."]');
    await page.fill('#password', 'not it');
    await page.click('main form button');
    await shows('R43 not without the present password', page,
      '止められませんでした');
    await inspect(page, 'stop-refused-ja');
    await page.check('input[name^="p."]');
    await page.check('input[name^="t."]');
    await page.fill('#password', GOOD);
    await page.click('main form button');
    await shows('R28 lost: phone, terminal and sessions in one step', page,
      '次のものは、もう使えません');
    await inspect(page, 'stopped-ja');
    await page.context().close();
    await other.context().close();
  },

  'without JavaScript': async (browser) => {
    const page = await open(browser, {
      javaScriptEnabled: false, locale: 'en-US',
    });
    await password(page, 'saburo', 'wrong');
    equal('no JavaScript: refused', await page.locator('#notice').count(), 1);
    await page.screenshot({
      path: `${process.env.SHOTS}/login-refused-en-plain.png`,
    });
    await page.fill('#password', GOOD);
    await page.click('main button');
    await page.click('summary');
    check('no JavaScript: the recovery code unfolds',
      await page.locator('#recovery').isVisible());
    await page.fill('#code', codeOf(seed('saburo')));
    await page.click('form[action="/login/code"] button >> nth=0');
    at('no JavaScript: logged in', page, '/');
    await page.click('.language button');
    at('no JavaScript: the language', page, '/');
    equal('no JavaScript: is another',
      await page.getAttribute('html', 'lang'), 'ja');
    await page.click('.out button');
    await page.goto(PORTAL);
    at('no JavaScript: logged out', page, '/login');
    await page.context().close();
  },

  'keyboard': async (browser) => {
    const page = await open(browser, { locale: 'en-US' });
    await page.goto(`${PORTAL}/login`);
    await inspect(page, 'login-en');
    const names = [];
    for (let i = 0; i < 6; i++) {
      names.push(await page.evaluate(() => {
        const e = document.activeElement;
        if (e === document.body) return '';
        return e.labels && e.labels.length ?
          e.labels[0].innerText : e.innerText;
      }));
      await page.keyboard.press('Tab');
    }
    equal('keyboard alone: everything is reached, in order',
      names.filter((n) => n !== '').join(' | '),
      'ID | Password | Next | Skip to the content | 日本語');
    await page.context().close();
  },

  'V26 another site': async (browser) => {
    const page = await open(browser);
    await page.goto(`${PORTAL}/login`);
    const evil = await page.context().newPage();
    await evil.goto('https://evil.example/');
    await evil.setContent(
      '<form method="post" action="https://portal.example/login">' +
      '<input name="login" value="a"><input name="password" value="b">' +
      '<button>x</button></form>');
    await evil.click('button');
    await evil.waitForURL('https://portal.example/login');
    await shows('V26 a form of another site is not taken', evil,
      '処理されませんでした');
    await evil.goto('https://evil.example/');
    await evil.setContent(
      '<iframe src="https://portal.example/login"></iframe>');
    await evil.waitForTimeout(500);
    const frame = evil.frames()[1];
    check('R44 it cannot be framed',
      !(await frame.content()).includes('password'));
    await page.context().close();
  },

  'V33 fixation': async (browser) => {
    const page = await open(browser);
    const planted = 'A'.repeat(43);
    await page.context().addCookies([{
      name: '__Host-sekisho', value: planted, url: PORTAL, secure: true,
      httpOnly: true,
    }]);
    await logIn(page, 'shiro', GOOD, codeOf(seed('shiro')));
    at('V33 with a planted cookie one logs in', page, '/');
    const session = await cookie(page, '__Host-sekisho');
    check('V33 and has another one then', session.value !== planted);
    await page.goto(`${PORTAL}/login?to=https://evil.example/`);
    at('V36 to elsewhere leads home', page, '/');
    await page.goto(`${PORTAL}/login?to=/password`);
    at('whoever is logged in goes on at once', page, '/password');
    await page.goto(`${PORTAL}/no/such/page`);
    await inspect(page, 'none-ja');
    await page.context().close();
  },
});
