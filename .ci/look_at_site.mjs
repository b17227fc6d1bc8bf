// What .ci/axe runs: axe-core on a page of each kind, sideways scroll, the way back, and the search.
import { mkdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import puppeteer from "puppeteer-core";

const [browserPath, profile, site, pictures] = process.argv.slice(2);
const PAGES = {
  landing: "index.html",
  guide: "guide/before_release.html",
  API: "api/skmia.game.MembershipGame.html",
  gallery: "gallery/plot_audit_forest.html",
  results: "defenses.html",
};
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const FORMS = {
  desktop: [DESKTOP, "light"],
  phone: [PHONE, "light"],
  dark: [DESKTOP, "dark"],
  "dark phone": [PHONE, "dark"],
};
const WORDS = ["LiRA", "epsilon", "gate", "synthetic"];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// The search reads pages, which no browser lets it do in a folder.
async function serve() {
  const server = createServer(async (asked, answer) => {
    const path = join(site, decodeURIComponent(new URL(asked.url, "http://site").pathname));
    try {
      const body = await readFile(path);
      answer.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" });
      answer.end(body);
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

// A link to the first page that can be seen, or that a button opens which can be seen.
function hasWayBack(home) {
  const seen = (one) => one?.checkVisibility({ visibilityProperty: true });
  const links = [...document.querySelectorAll("a[href]")].filter((one) => one.href.split("#")[0] === home);
  return links.some(seen) || (links.length > 0 && seen(document.querySelector(".primary-toggle")));
}

// The text of a page scrolls in a box of its own.
function scrollsSideways() {
  const boxes = [...document.querySelectorAll("html, .bd-article-container")];
  return boxes.some((one) => one.scrollWidth > one.clientWidth);
}

async function faults(page, home) {
  // Colours of what changes are between two, and have no contrast.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
  const wide = await page.evaluate(scrollsSideways);
  const back = await page.evaluate(hasWayBack, home);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return [
    ...(wide ? ["scrolls sideways"] : []),
    ...(back ? [] : ["has no way back"]),
    ...violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ impact, id, nodes }) => `${impact}: ${id} (${nodes.length}): ${nodes[0].html}`),
  ];
}

async function looked(page, address) {
  const found = [];
  for (const [form, [viewport, scheme]] of Object.entries(FORMS)) {
    await page.setViewport(viewport);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const [kind, file] of Object.entries(PAGES)) {
      const answer = await page.goto(address + file, { waitUntil: "load" });
      if (!answer.ok()) throw new Error(`There is no page ${file}.`);
      found.push(...(await faults(page, `${address}index.html`)).map((one) => `${kind}, ${form}: ${one}`));
      if (pictures) await page.screenshot({ path: join(pictures, `${kind}-${form}.png`) });
    }
  }
  return found;
}

async function unfound(page, address) {
  const missing = [];
  for (const word of WORDS) {
    await page.goto(`${address}search.html?q=${word}`, { waitUntil: "load" });
    const hits = await page
      .waitForSelector("#search-results li a", { timeout: 20000 })
      .then(() => page.$$eval("#search-results li a", (all) => all.map((one) => one.textContent)))
      .catch(() => []);
    console.log(`search for ${word}: ${hits.slice(0, 3).join(", ") || "nothing"}`);
    if (hits.length === 0) missing.push(`the search does not find ${word}`);
  }
  if (pictures) await page.screenshot({ path: join(pictures, "search.png") });
  return missing;
}

if (pictures) mkdirSync(pictures, { recursive: true });
const server = await serve();
const browser = await puppeteer.launch({ executablePath: browserPath, userDataDir: profile, args: QUIET });
const page = await browser.newPage();
const address = `http://127.0.0.1:${server.address().port}/`;
const found = [...(await looked(page, address)), ...(await unfound(page, address))];
await browser.close();
server.close();
const n = Object.keys(PAGES).length * Object.keys(FORMS).length;
console.log(found.join("\n") || `${n} looks: no serious or critical fault`);
process.exitCode = found.length > 0 ? 1 : 0;
