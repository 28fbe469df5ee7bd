// axe-core on every page, on a screen and on a phone, by day and by night.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";

import axe from "axe-core";

import { openBrowser } from "../support/browser.mjs";
import { importList, listOf, logIn, lookUp, publish } from "../support/people.mjs";
import { startSystem } from "../support/system.mjs";

const SCREENS = [
  { name: "desktop", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "phone", viewport: { width: 360, height: 740 }, colorScheme: "dark" },
];
// Where pictures of all pages go, for whoever wants to look at them.
const PICTURES = process.env.PENNYPOST_E2E_PICTURES;

let system;
let browser;

before(async () => {
  system = await startSystem();
  browser = await openBrowser();
  if (PICTURES) await mkdir(PICTURES, { recursive: true });
});

after(async () => {
  await browser?.close();
  await system?.stop();
});

async function examine(page, name, screen) {
  await page.waitForLoadState();
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}-${screen.name}.png`, fullPage: true });
  assert.equal(await page.locator("h1").count(), 1, `${name} has one h1`);
  assert.equal(await page.locator("main").count(), 1, `${name} has a main landmark`);
  assert.ok((await page.title()).length > "Pennypost".length, `${name} has a title`);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= screen.viewport.width, `${name} is ${width} wide on a ${screen.name}`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(grave, [], `${name} on a ${screen.name}`);
}

async function firstLink(page, list) {
  await page.goto(`${system.url}${list}`);
  await page.locator("tbody a").first().click();
  await page.waitForLoadState();
}

for (const screen of SCREENS) {
  test(`no page has a grave fault on a ${screen.name}`, async () => {
    const { viewport, colorScheme } = screen;
    const context = await browser.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    const look = async (name, path) => {
      if (path !== undefined) await page.goto(`${system.url}${path}`);
      await examine(page, name, screen);
    };
    await look("home", "");
    await look("login", "login");
    await look("nowhere", "nowhere");
    await look("link", "subscriptions/confirm");
    await logIn(page, system.url);
    await look("dashboard");
    for (const name of ["newsletters", "subscribers", "imports", "users", "tokens", "password"]) {
      await look(name, `admin/${name}`);
    }

    await importList(page, system.url, listOf(60));
    await page.locator("[data-live=status].finished").waitFor();
    await look("import");
    await look("imports-some", "admin/imports");
    await look("subscribers-some", "admin/subscribers");
    await look("subscribers-bounced", "admin/subscribers?status=bounced");
    await lookUp(page, system.url, "nobody@example.org");
    await look("subscribers-nobody");
    await lookUp(page, system.url, "reader7@example.org");
    await look("subscriber");
    await page.getByText("Erase this subscriber").click();
    await look("subscriber-erase");

    await publish(page, system.url, `An issue for the ${screen.name}`);
    await look("newsletters-some");
    await firstLink(page, "admin/newsletters");
    await look("issue-begun");
    await page.locator("[data-live=status].delivered").waitFor({ timeout: 30_000 });
    await look("issue");

    await page.goto(`${system.url}admin/tokens`);
    await page.getByLabel("What it is for").fill("A program with a rather long name for the list of tokens");
    await page.getByRole("button", { name: "Make" }).click();
    await look("new-token");
    await page.goto(`${system.url}admin/tokens`);
    await page.locator("summary").first().click();
    await look("tokens-some");

    await page.goto(`${system.url}admin/users`);
    await page.getByLabel("Username").fill(`someone-${screen.name}`);
    await page.getByRole("button", { name: "Add" }).click();
    await look("one-time-password");
    await page.goto(`${system.url}admin/users`);
    for (const summary of await page.locator("summary").all()) await summary.click();
    await look("users-some");
    await context.close();
  });
}
