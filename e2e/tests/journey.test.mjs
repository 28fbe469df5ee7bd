// What a newcomer does in the first minute, in a real browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "../support/browser.mjs";
import { logIn, publish } from "../support/people.mjs";
import { startSystem } from "../support/system.mjs";

let system;
let browser;

before(async () => {
  system = await startSystem();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await system?.stop();
});

// Reloads the console until a mail with this subject to this address is there.
async function openMail(page, address, subject) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    await page.goto(`${system.consoleUrl}?query=${encodeURIComponent(`to:${address}`)}`);
    const link = page.getByRole("link", { name: subject });
    if ((await link.count()) > 0) {
      await link.first().click();
      return;
    }
    assert.ok(Date.now() < deadline, `no mail "${subject}" to ${address}`);
  }
}

async function subscribe(page, name, address) {
  await page.goto(system.url);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel(/e-?mail/i).fill(address);
  await page.getByRole("button", { name: /subscribe/i }).click();
  await page.waitForLoadState();
}

// Clicks the link in the mail's framed HTML, which opens a page of its own.
async function clickInMail(page, name) {
  const opened = page.context().waitForEvent("page");
  await page.frameLocator("iframe").getByRole("link", { name }).click();
  const target = await opened;
  await target.waitForLoadState();
  return target;
}

test("a reader subscribes, confirms, gets an issue and leaves by its link", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await subscribe(page, "Ada Lovelace", "ada@example.org");

  await openMail(page, "ada@example.org", "Welcome!");
  const confirmed = await clickInMail(page, /confirm/i);
  assert.match(await confirmed.locator("main").innerText(), /subscribed/i);

  await logIn(page, system.url);
  assert.match(await page.locator("main").innerText(), /Welcome admin/);
  await publish(page, system.url, "The first issue");

  await openMail(page, "ada@example.org", "The first issue");
  const letter = page.frameLocator("iframe");
  assert.match(await letter.locator("body").innerText(), /Dear Ada Lovelace, hello\./);

  const leaving = await clickInMail(page, /unsubscribe/i);
  await leaving.getByRole("button", { name: /unsubscribe/i }).click();
  await leaving.waitForLoadState();
  assert.match(await leaving.locator("main").innerText(), /unsubscribed/i);
  await context.close();
});

test("the pages work without JavaScript, on a phone, and the browser finds nothing to complain of", async () => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 360, height: 640 },
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  await logIn(page, system.url);
  const paths = ["dashboard", "newsletters", "subscribers", "imports", "users", "tokens", "password"];
  for (const path of ["", "login", ...paths.map((path) => `admin/${path}`)]) {
    await page.goto(system.url + path);
    const { width } = await page.locator("body").boundingBox();
    assert.ok(width <= 360, `${path} is ${width} wide`);
    assert.equal(await page.locator("main").count(), 1, `${path} has a main landmark`);
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a script in a mail does not run in the console", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await subscribe(page, "Grace", "grace@example.org");
  await openMail(page, "grace@example.org", "Welcome!");
  await clickInMail(page, /confirm/i);
  await logIn(page, system.url);
  await page.goto(`${system.url}admin/newsletters`);
  await page.getByLabel(/title/i).fill("A script");
  await page.getByLabel(/text/i).fill("plain");
  await page.getByLabel(/html/i).fill("<p id=p>untouched</p><script>document.getElementById('p').textContent='ran'</script>");
  await page.getByRole("button", { name: /publish/i }).click();

  await openMail(page, "grace@example.org", "A script");
  assert.equal(await page.frameLocator("iframe").locator("#p").innerText(), "untouched");
  await context.close();
});
