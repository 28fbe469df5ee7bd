// What people do at the pages, as the tests need it more than once.

import { PASSWORD } from "./system.mjs";

export async function logIn(page, url) {
  await page.goto(`${url}login`);
  await page.getByLabel("Username").fill("admin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/admin/dashboard");
}

export async function publish(page, url, title) {
  await page.goto(`${url}admin/newsletters`);
  await page.getByLabel(/^title/i).fill(title);
  await page.getByLabel(/^text/i).fill("Dear {{name}}, hello.");
  await page.getByLabel(/^html/i).fill("<p>Dear {{name}}, <b>hello</b>.</p>");
  await page.getByRole("button", { name: /publish/i }).click();
  await page.getByText("emails will go out shortly").waitFor();
}

// A list of so many readers, and one row that is none.
export function listOf(readers, start = 0) {
  const rows = Array.from({ length: readers }, (_, index) => {
    const number = start + index;
    return `reader${number}@example.org,"Reader, number ${number}"`;
  });
  const csv = ["email,name", ...rows, "nonsense,Nobody", ""].join("\r\n");
  return { name: "readers.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
}

export async function importList(page, url, list) {
  await page.goto(`${url}admin/imports`);
  await page.getByLabel("CSV file").setInputFiles(list);
  await page.getByRole("button", { name: "Import" }).click();
  await page.waitForURL(/\/admin\/imports\/[0-9a-f-]{36}$/);
}

export async function lookUp(page, url, address) {
  await page.goto(`${url}admin/subscribers`);
  await page.getByLabel("E-mail address").fill(address);
  await page.getByRole("button", { name: "Look up" }).click();
  await page.waitForLoadState();
}
