// A person at the desk: imports a list, publishes, watches the bar, looks
// somebody up, erases them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "../support/browser.mjs";
import { importList, listOf, logIn, lookUp, publish } from "../support/people.mjs";
import { startSystem } from "../support/system.mjs";

const READERS = 1200;
const SEND_RATE = 300; // mails a second: so slow that there is something to watch
const PATIENCE_MS = 60_000;

let system;
let browser;

before(async () => {
  system = await startSystem("--send-rate", String(SEND_RATE));
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await system?.stop();
});

const state = (page) => page.locator("[data-live=status]");
const bar = (page) => page.getByRole("progressbar");

// What the bar showed until the state was this one. Fails if the page is loaded
// anew in the meantime.
async function watch(page, last) {
  await page.evaluate(() => {
    window.notReloaded = true;
    const bar = document.querySelector("progress");
    window.shown = [bar.value];
    new MutationObserver(() => window.shown.push(bar.value)).observe(bar, { attributes: true });
  });
  await page.locator(`[data-live=status].${last}`).waitFor({ timeout: PATIENCE_MS });
  assert.ok(await page.evaluate(() => window.notReloaded), "it was not loaded anew");
  return page.evaluate(() => window.shown);
}

test("a list is imported, and its page tells of every row without a reload", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, system.url);
  await importList(page, system.url, listOf(READERS));
  await watch(page, "finished");
  assert.match(await page.locator("main").innerText(), new RegExp(`${READERS + 1} of ${READERS + 1} rows done`));
  assert.equal(await page.locator("[data-live=imported]").innerText(), String(READERS));
  assert.equal(await page.locator("[data-live=rejected]").innerText(), "1");
  const rejected = page.getByRole("row", { name: `Line ${READERS + 2}` });
  assert.match(await rejected.innerText(), /not a valid e-mail address/);
  assert.match(await page.getByRole("status").innerText(), /finished/);
  await context.close();
});

test("the bar of an issue moves to its end without a reload, and no address asks on then", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, system.url);
  await publish(page, system.url, "To watch");
  await page.getByRole("link", { name: "To watch" }).click();
  const shown = await watch(page, "delivered");
  assert.ok(shown.some((value) => value > 1 && value < READERS), `in between: ${shown}`);
  assert.deepEqual(shown, shown.toSorted((one, other) => one - other), "it moves forwards");
  assert.equal(await bar(page).evaluate((bar) => bar.position), 1);
  assert.equal(await page.locator("[data-live=Accepted]").innerText(), String(READERS));
  assert.match(await page.getByRole("status").innerText(), /delivered/);

  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_500)));
  assert.deepEqual(asked, [], "nobody asks any more");
  await context.close();
});

test("a page in the background asks nothing, and catches up when it is seen again", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, system.url);
  await publish(page, system.url, "In the background");
  await page.getByRole("link", { name: "In the background" }).click();
  const setHidden = (hidden) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await setHidden(true);
  await page.waitForLoadState("networkidle");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_500)));
  assert.deepEqual(asked, []);
  await setHidden(false);
  await page.locator("[data-live=status].delivered").waitFor({ timeout: PATIENCE_MS });
  await context.close();
});

test("who is signed out is told that the bar does not move any more", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, system.url);
  await publish(page, system.url, "Signed out");
  await page.getByRole("link", { name: "Signed out" }).click();
  await context.clearCookies();
  await page.getByText("You are signed out").waitFor();
  await page.getByRole("link", { name: "Refresh" }).click();
  await page.waitForURL("**/login");
  await context.close();
});

async function eraseAfterLookingUp(page, address) {
  await lookUp(page, system.url, address.toUpperCase());
  assert.ok(!page.url().includes("@"), "no address in a URL");
  const main = await page.locator("main").innerText();
  assert.match(main, new RegExp(address));
  assert.match(main, /Came with a list that an admin imported/);
  const erase = page.getByRole("button", { name: "Erase for good" });
  assert.ok(!(await erase.isVisible()), "it asks first");
  await page.getByText("Erase this subscriber").click();
  await erase.click();
  await page.getByText("The subscriber has been erased.").waitFor();

  await lookUp(page, system.url, address);
  assert.match(await page.getByRole("alert").innerText(), /Nobody has that address/);
  assert.equal(await page.getByLabel("E-mail address").inputValue(), address);
}

test("somebody is looked up by their address, in any case, and erased", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, system.url);
  await eraseAfterLookingUp(page, "reader7@example.org");
  await context.close();
});

test("the list of subscribers is filtered and paged", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, system.url);
  await page.goto(`${system.url}admin/subscribers`);
  const addresses = () => page.locator("tbody th").allInnerTexts();
  const first = await addresses();
  assert.equal(first.length, 50);
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByRole("link", { name: "First page" }).waitFor();
  const all = new Set([...first, ...(await addresses())]);
  assert.equal(all.size, 100, "nobody is on both");
  await page.getByRole("link", { name: "First page" }).click();
  await page.waitForURL(/subscribers#list$/);
  assert.deepEqual(await addresses(), first);
  await page.getByRole("link", { name: "bounced" }).click();
  await page.getByText("Nobody is here yet.").waitFor();
  await context.close();
});

test("without JavaScript too: a list, an issue, somebody looked up and erased", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await logIn(page, system.url);

  const refreshUntil = async (last) => {
    const deadline = Date.now() + PATIENCE_MS;
    while ((await state(page).innerText()) !== last) {
      assert.ok(Date.now() < deadline, `not ${last} in time`);
      await page.getByRole("link", { name: "Refresh" }).click();
      await page.waitForLoadState();
    }
  };
  await importList(page, system.url, listOf(5, 5000));
  await refreshUntil("finished");
  assert.equal(await page.locator("[data-live=imported]").innerText(), "5");
  await publish(page, system.url, "By hand");
  await page.getByRole("link", { name: "By hand" }).click();
  await refreshUntil("delivered");
  await eraseAfterLookingUp(page, "reader1003@example.org");
  await context.close();
});

test("a token is made, shown once, used, and revoked", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, system.url);
  await page.goto(`${system.url}admin/tokens`);
  await page.getByLabel("What it is for").fill("A <script> of mine");
  await page.getByRole("button", { name: "Make" }).click();
  const token = await page.locator("code.secret").innerText();
  const ask = () => fetch(`${system.url}v1/issues`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await ask()).status, 200);

  await page.getByRole("link", { name: "All tokens" }).click();
  assert.ok(!(await page.content()).includes(token));
  await page.getByText("Revoke A <script> of mine").first().click();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("The token has been revoked.").waitFor();
  assert.equal((await ask()).status, 401);
  await context.close();
});

test("a file that is no list is refused on the same page", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, system.url);
  const refuse = async (bytes, why) => {
    await page.goto(`${system.url}admin/imports`);
    const file = { name: "list.csv", mimeType: "text/csv", buffer: bytes };
    await page.getByLabel("CSV file").setInputFiles(file);
    await page.getByRole("button", { name: "Import" }).click();
    assert.match(await page.getByRole("alert").innerText(), why);
    assert.equal(await page.getByLabel("CSV file").count(), 1);
  };
  await refuse(Buffer.from("email;name\na@example.org;A\n"), /Separate them by commas/);
  await refuse(Buffer.alloc(5 * 1024 * 1024, "a"), /at most 4 MB/);
  await context.close();
});
