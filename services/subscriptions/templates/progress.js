// Keeps a page that shows how far something is up to date: asks for the same
// page again and takes over what has changed in the elements with `data-live`.
// Without it the page has a link that asks for it again.
"use strict";

(() => {
  const SOONEST_MS = 1000;
  const UNCHANGED_MS = 5000; // nothing changes: there is no hurry
  const LATEST_MS = 60000; // the answers are errors
  const PATIENCE_MS = 15000; // for one answer
  const TOLD_EVERY_MS = 20000; // how often a screen reader hears of it
  const TROUBLE = 3; // answers in a row that are errors, before it is said
  const QUIET_MS = 15 * 60000; // nobody is kept signed in for longer by a page that stands still

  const watched = document.querySelector("[data-watch]");
  const announcement = document.querySelector("[data-announcement]");
  const refresh = document.querySelector("[data-refresh]");
  if (!watched || !announcement || !window.fetch) return;

  let wait = SOONEST_MS;
  let timer;
  let asking = false;
  let errors = 0;
  let toldAt = Date.now();
  let changedAt = Date.now();

  const isOver = () => watched.dataset.watch === "over";
  const words = (key) => watched.querySelector(`[data-live="${key}"]`)?.textContent.trim() ?? "";

  function tell(text) {
    announcement.textContent = text;
    toldAt = Date.now();
  }

  // Only what differs is touched: who reads or selects the rest is not disturbed.
  function takeOver(fresh) {
    let changed = false;
    for (const shown of watched.querySelectorAll("[data-live]")) {
      const next = fresh.querySelector(`[data-live="${shown.dataset.live}"]`);
      if (!next || shown.isEqualNode(next)) continue;
      changed = true;
      if (shown instanceof HTMLProgressElement) {
        shown.max = next.max;
        shown.value = next.value;
      } else {
        shown.className = next.className;
        shown.hidden = next.hidden;
        shown.replaceChildren(...next.childNodes);
      }
    }
    watched.dataset.watch = fresh.dataset.watch;
    return changed;
  }

  async function ask() {
    const answer = await fetch(location.href, {
      headers: { Accept: "text/html" },
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.type === "opaqueredirect") return null; // to the log-in
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-watch]");
  }

  function giveUp(text) {
    refresh?.removeAttribute("hidden");
    announcement.classList.remove("hidden");
    tell(text);
  }

  async function look() {
    asking = true;
    const before = words("status");
    try {
      const fresh = await ask();
      if (!fresh) return giveUp("You are signed out, so this does not move any more.");
      const changed = takeOver(fresh);
      errors = 0;
      wait = changed ? SOONEST_MS : Math.min(wait * 1.5, UNCHANGED_MS);
      if (changed) changedAt = Date.now();
    } catch {
      wait = Math.min(wait * 2, LATEST_MS);
      errors += 1;
    }
    const isInTrouble = errors >= TROUBLE;
    // Shown in time of trouble only; screen readers hear it at all times.
    announcement.classList.toggle("hidden", !isInTrouble);
    refresh?.toggleAttribute("hidden", !isInTrouble);
    const news = words("status") !== before;
    if (isInTrouble) {
      tell("The server does not answer just now: this may be out of date, and goes on by itself.");
    } else if (isOver() || news || Date.now() - toldAt > TOLD_EVERY_MS) {
      tell(`${words("status")}. ${words("summary")}`);
    }
    asking = false;
    if (Date.now() - changedAt < QUIET_MS) return schedule();
    giveUp("Nothing has changed for a while, so this page has stopped looking.");
  }

  function schedule() {
    clearTimeout(timer);
    if (asking || isOver() || document.hidden) return;
    timer = setTimeout(look, wait);
  }

  if (isOver()) return;
  refresh?.setAttribute("hidden", "");
  document.addEventListener("visibilitychange", () => {
    wait = SOONEST_MS;
    changedAt = Date.now();
    schedule();
  });
  schedule();
})();
