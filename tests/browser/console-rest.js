'use strict';
/* The console's overview, log, sessions, applications and tickets. */
const fs = require('fs');
const path = require('path');
const rig = require('./rig.js');

const { GOOD, T } = process.env;
const HOST = 'https://portal.example';

async function enter(browser, login, options) {
  const page = await rig.open(browser, options);
  const secret = process.env[`SECRET_${login}`];
  await rig.logIn(page, login, GOOD, rig.codeOf(secret));
  return page;
}

async function administrator(browser) {
  const page = await enter(browser, 'kanri');
  await page.goto(`${HOST}/console`);
  await rig.shows('the office at a glance', page, '新入 一郎');
  await rig.inspect(page, 'console-overview');
  await page.goto(`${HOST}/console/audit`);
  await rig.inspect(page, 'console-audit');
  await page.selectOption('#result', 'refuse');
  await page.fill('#account', '130321-01');
  await page.click('form.find button');
  await rig.shows('the log is searched', page, '拒否');
  await page.goto(`${HOST}/console/sessions`);
  await rig.inspect(page, 'console-sessions');
  await page.goto(`${HOST}/console/sessions/all?office=kanto`);
  await rig.inspect(page, 'console-sessions-all');
  await page.goto(`${HOST}/console/apps`);
  await rig.inspect(page, 'console-apps');
  await page.goto(`${HOST}/console/apps/show?host=mynumber.example`);
  await rig.inspect(page, 'console-app');
  await page.goto(`${HOST}/console/accounts/set?login=130321-01`);
  await page.selectOption('#level', '1');
  await page.click('form.card button.main');
  await rig.shows('what an account would lose', page, 'shaho.test');
  await rig.inspect(page, 'console-edit-impact');
  await page.goto(`${HOST}/console/tickets/create?login=260401-01`);
  await rig.inspect(page, 'console-ticket-make');
  await page.click('form.card button.main');
  await rig.shows('a slip is made', page, '登録票ができました');
  const link = await page.locator('.slip .secret').innerText();
  fs.writeFileSync(path.join(T, 'link'), `${link.trim()}`);
  await rig.inspect(page, 'console-ticket-made');
  await page.pdf({ path: path.join(T, 'slip.pdf'), format: 'A5' });
  await page.goto(`${HOST}/console/tickets/create?login=130322-01`);
  await page.check('input[value="certificate"]');
  await page.fill('#label', '給与室 PC 3');
  await page.click('form.card button.main');
  await rig.shows('a passphrase is told apart', page, 'パスフレーズ');
  await rig.inspect(page, 'console-ticket-certificate');
  await page.goto(`${HOST}/console/tickets`);
  await rig.inspect(page, 'console-tickets');
  rig.equal('nothing strange', page.strange.join('\n'), '');
}

/* No script, in English. */
async function operator(browser) {
  const page = await enter(browser, 'unei',
    { locale: 'en-US', javaScriptEnabled: false });
  await page.goto(`${HOST}/console`);
  await rig.shows('in English', page, 'Never enrolled');
  await page.screenshot({ fullPage: true,
    path: path.join(process.env.SHOTS, 'console-overview-en.png') });
  await page.goto(`${HOST}/console/apps/set?host=shaho.test`);
  await page.screenshot({ fullPage: true,
    path: path.join(process.env.SHOTS, 'console-app-set-en.png') });
  await page.check('input[name="terminal"]');
  await page.click('form.card button.main');
  await rig.shows('what it would do', page, 'would get in no more');
  await page.screenshot({ fullPage: true,
    path: path.join(process.env.SHOTS, 'console-impact-en.png') });
  await page.fill('#reason', 'guideline');
  await page.check('input[name="force"]');
  await page.click('form.card button.main');
  await rig.shows('it is done', page, 'The rule of shaho.test is changed.');
  await page.goto(`${HOST}/console/audit?action=impact.force`);
  await rig.shows('and stands in the log', page, 'Change forced');
  await page.screenshot({ fullPage: true,
    path: path.join(process.env.SHOTS, 'console-audit-en.png') });
}

async function impact(browser) {
  const page = await enter(browser, 'unei2');
  await page.goto(`${HOST}/console/apps/set?host=kyuyo.example`);
  await rig.inspect(page, 'console-app-set');
  await page.selectOption('#level', '3');
  await page.click('form.card button.main');
  await rig.inspect(page, 'console-impact');
}

rig.run({ administrator, operator, impact });
