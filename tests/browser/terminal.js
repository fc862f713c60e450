'use strict';
/*
 * Goal of this test: a terminal's certificate, which nginx asks for and Chromium
 * itself presents; see tests/e2e/83-terminal-browser.sh. STAGE without: its store is
 * empty; with: it holds TERMINAL's, whose number is SERIAL.
 */
const {
  at, check, codeOf, enter, equal, inspect, open, run, sekisho, shows, text,
} = require('./rig.js');

const { GOOD, SECRET, TERMINAL, SERIAL, STAGE } = process.env;
const BOTH = 'https://kyuyo.example/';
const DESK = 'https://madoguchi.example/';

/* The page of an application, from wherever one is sent on the way. */
async function go(page, url, who) {
  const answer = await page.goto(url);
  if (!page.url().startsWith('https://portal.example/login')) return answer;
  await page.fill('#login', who);
  await page.fill('#password', GOOD);
  await enter(page);
  return answer;
}

async function status(page, url) {
  return (await page.goto(url)).status();
}

const without = {
  'without': async (browser) => {
    const page = await open(browser);
    await go(page, BOTH, 'taro');
    await page.fill('#code', codeOf(SECRET));
    await enter(page);
    await page.waitForURL(BOTH); // the page after a form leads on by itself
    equal('V41 password and code alone do not open what asks for a terminal',
      await status(page, BOTH), 403);
    equal('nor what asks for password and terminal',
      await status(page, DESK), 403);
    await page.context().close();
    const other = await open(browser);
    await go(other, DESK, 'sato');
    await shows('without a phone and a terminal nobody logs in', other,
      'ログインできませんでした');
    await other.context().close();
  },
};

const present = {
  'password and terminal': async (browser) => {
    const page = await open(browser);
    await go(page, `${DESK}?a=1`, 'sato');
    await page.waitForURL(`${DESK}?a=1`);
    equal('where phones are not allowed, the password at the terminal is enough',
      (await text(page)).split('\n')[0],
      `user=sato terminal=${TERMINAL} cert= key=`);
    await page.click('a');
    at('and goes on', page, '/next');
    await page.goto('https://portal.example/');
    await shows('the person is logged in on the portal', page, '佐藤');
    await page.goto(BOTH);
    check('what asks for a code as well asks for it alone',
      page.url().startsWith('https://portal.example/code?to='), page.url());
    await shows('in words', page, '「kyuyo.example」');
    await inspect(page, 'fresh-app-ja');
    await page.context().close();
    const wrong = await open(browser);
    await wrong.goto(DESK);
    await wrong.fill('#login', 'sato');
    await wrong.fill('#password', 'not the one');
    await enter(wrong);
    await shows('a terminal without the password is nothing', wrong,
      'ログインできませんでした');
    await wrong.context().close();
    const start = await open(browser);
    await start.goto('https://portal.example/login');
    await start.fill('#login', 'sato');
    await start.fill('#password', GOOD);
    await enter(start);
    await shows('nor are both where nothing asks for these two', start,
      'ログインできませんでした');
    await start.context().close();
  },

  'password, code and terminal; revoked meanwhile': async (browser) => {
    const page = await open(browser);
    await go(page, BOTH, 'taro');
    at('both factors are not three', page, new URL(page.url()).pathname +
      new URL(page.url()).search);
    await page.fill('#code', codeOf(SECRET, 30));
    await enter(page);
    await page.waitForURL(BOTH);
    equal('password, code and terminal open what asks for the three',
      (await text(page)).split('\n')[0],
      `user=taro terminal=${TERMINAL} cert= key=`);
    const desk = await open(browser);
    await go(desk, DESK, 'sato');
    await desk.waitForURL(DESK);
    await page.click('a');
    at('the next click is let in', page, '/next');
    sekisho('cert', 'revoke', SERIAL, '--reason', 'lost');
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.url() === `${BOTH}next`),
      page.click('a'),
    ]);
    equal('F8 revoked: the next click is refused', answer.status(), 403);
    await desk.goto(`${DESK}x`);
    check('and who logged in by it is logged in nowhere any more',
      desk.url().startsWith('https://portal.example/login?to='),
      `${desk.url()}: ${await text(desk)}`);
    await page.context().close();
    await desk.context().close();
    const again = await open(browser);
    await go(again, DESK, 'sato');
    await shows('nobody logs in with it any more', again,
      'ログインできませんでした');
    await again.context().close();
  },
};

run(STAGE === 'with' ? present : without);
