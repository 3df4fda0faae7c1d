// Plays scenarios on pages in one browser: node page.mjs CHROMIUM. Each line of standard input is {scenario, file, given};
// each line written is {seen} or {error}.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

let given;
const text = (page, selector) => page.locator(selector).innerText();
const state = (page) => page.evaluate(() => {
  const record = {};
  for (const input of document.querySelectorAll(".facts input:checked")) {
    record[input.name] = { true: true, false: false, null: null }[input.value] ?? (input.value === "null" ? null : input.value);
    if (input.value === "given") record[input.name] = document.querySelector("#percent").value;
  }
  return { record, headline: document.querySelector(".answer .headline").innerText };
});
// The texts shown that hold none of these signs.
const wordsWithout = (marks) => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const shown = node.parentElement.checkVisibility() && !["SCRIPT", "NOSCRIPT", "TEXTAREA"].includes(node.parentElement.tagName);
    if (shown && /[A-Za-z]{3}/.test(node.data) && ![...marks].some((sign) => node.data.includes(sign))) found.push(node.data.trim());
  }
  return found;
};
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const scenarios = {
  // Everything the page asks for while it starts, and what it says of itself.
  async opens(page, seen) {
    const stored = await page.evaluate(() => {
      try { return [localStorage.length, document.cookie]; } catch { return [0, ""]; }
    });
    return { ...seen, stored, first: await state(page), footer: await text(page, "footer"), notice: await text(page, "footer p:first-child") };
  },

  // What is chosen and typed, one after the other: what the number's control says of it, and the answer.
  async numbers(page) {
    for (const [name, value] of Object.entries(given.chosen)) await page.locator(`input[name="${name}"][value="${value}"]`).check();
    const seen = [];
    for (const typed of given.texts) {
      const control = page.getByLabel(given.label, { exact: true });
      await control.fill(typed);
      seen.push({ typed, said: await control.locator("xpath=following-sibling::p[contains(@class, 'says')]").innerText(), headline: await text(page, ".answer .headline") });
    }
    return seen;
  },

  // Every radio button in turn: the record it makes and the answer shown.
  async controls(page) {
    const answers = [];
    for (const start of given.starts) {
      await page.getByRole("button", { name: start, exact: true }).click();
      const count = await page.locator(".facts input[type=radio]").count();
      for (let i = 0; i < count; i += 1) {
        await page.locator(".facts input[type=radio]").nth(i).check();
        answers.push(await state(page));
      }
    }
    return answers;
  },

  // Every record to try: the answer shown.
  async tries(page) {
    const answers = {};
    for (const name of given.names) {
      await page.getByRole("button", { name, exact: true }).click();
      answers[name] = await text(page, ".answer .headline");
    }
    return answers;
  },

  // Percentages as text: what is said of each, and the answer.
  async percentages(page) {
    await page.getByRole("button", { name: given.start, exact: true }).click();
    const answers = [];
    for (const typed of given.texts) {
      await page.locator("#percent").fill(typed);
      answers.push({ typed, says: await text(page, "#percent-says"), invalid: await page.locator("#percent").getAttribute("aria-invalid"), ...(await state(page)) });
    }
    return answers;
  },

  // The slider by keyboard: from its left end in single steps across the limit.
  async slider(page) {
    await page.getByRole("button", { name: given.start, exact: true }).click();
    const slider = page.getByRole("slider");
    await slider.focus();
    await page.keyboard.press("Home");
    const answers = [await state(page)];
    for (let i = 0; i < given.steps; i += 1) {
      await page.keyboard.press("ArrowRight");
      answers.push(await state(page));
    }
    await page.keyboard.press("End");
    return [...answers, await state(page)];
  },

  // Every box of the map: pressing it goes there.
  async map(page) {
    await page.getByRole("button", { name: given.start, exact: true }).click();
    const boxes = [];
    for (let i = 0; i < (await page.locator(".box").count()); i += 1) {
      const label = await page.locator(".box .label").nth(i).innerText();
      await page.locator(".box").nth(i).click();
      boxes.push({ label, here: await page.locator(".box[aria-current=true]").count(), ...(await state(page)) });
    }
    return boxes;
  },

  // Opening each line of the definitions shows where it was read.
  async citations(page) {
    const lines = page.locator(".definitions summary");
    for (let i = 0; i < (await lines.count()); i += 1) await lines.nth(i).click();
    return page.locator(".definitions details[open] > p:first-of-type").allInnerTexts();
  },

  async levels(page) {
    await page.getByRole("button", { name: given.start, exact: true }).click();
    const said = {};
    for (const level of ["clinician", "student", "plain"]) {
      await page.locator(".level select").selectOption(level);
      said[level] = await text(page, ".answer > div");
    }
    return said;
  },

  // A quiz to its end, by keyboard alone.
  async quiz(page) {
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    for (const value of [given.seed, given.answers.length]) {
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(String(value));
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    const cases = [];
    for (const key of given.answers) {
      const title = await text(page, ".stage h2");
      await page.keyboard.press(String(key));
      cases.push({ title, verdict: await text(page, ".feedback strong"), feedback: await text(page, ".feedback > div"), right: await text(page, ".choice.right span:not(.verdict)") });
      await page.keyboard.press("Enter");
    }
    const mistakes = await page.locator(".mistakes li").allInnerTexts(), reopened = [];
    for (let i = 0; i < cases.length; i += 1) {
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      reopened.push(await page.locator(".review details").nth(i).innerText());
    }
    return { cases, reopened, score: await text(page, ".stage h2"), edges: await text(page, ".stage h2 + p"), mistakes };
  },

  async walk(page) {
    await page.locator("#tab-practise").click();
    const histories = [];
    for (const answers of given.answers) {
      await page.locator(".stage .toolbar button").nth(histories.length).click();
      for (const key of answers) {
        await page.keyboard.press(String(key));
        await page.keyboard.press("Enter");
      }
      histories.push({ score: await text(page, ".stage h2"), history: await page.locator(".history li").allInnerTexts() });
      await page.getByRole("button", { name: "Stop" }).click();
    }
    return histories;
  },

  // A history made with the keyboard alone: reached, filled in point by point, walked to its end.
  async own(page) {
    const press = (key, times = 1) => Array.from({ length: times }).reduce((before) => before.then(() => page.keyboard.press(key)), Promise.resolve());
    await press("Tab");
    await press("ArrowRight");
    while (!(await page.evaluate(() => document.activeElement.textContent === "A history of your own"))) await press("Tab");
    await press("Enter");
    await press("Tab");
    for (const point of given.points) {
      const [year, month, day] = point.as_of.split("-");
      await page.keyboard.type(month + day + year);
      while (!(await page.evaluate(() => document.activeElement.id.startsWith("own-") && document.activeElement.id !== "own-date"))) await press("Tab");
      for (const name of given.facts) {
        if (name === "marrow_blast_percent") await page.keyboard.type(point[name] ?? "");
        else if (point[name]) await press("ArrowDown", await page.evaluate(([id, value]) => [...document.querySelectorAll(`#${id} option`)].findIndex((option) => option.dataset.value === value), [`own-${name}`, point[name]]));
        await press("Tab");
      }
      await press("Enter");
    }
    const written = await page.locator("#own-text").inputValue();
    while (!(await page.evaluate(() => document.activeElement.textContent === "Walk through it"))) await press("Tab");
    await press("Enter");
    const cases = [];
    for (const key of given.answers) {
      cases.push(await text(page, ".stage .case"));
      await press(String(key));
      await press("Enter");
    }
    return { text: written, cases, score: await text(page, ".stage h2"), history: await page.locator(".history li").allInnerTexts() };
  },

  // Histories pasted in as text, and a percentage that cannot be read beside its control.
  async pasted(page) {
    await page.locator("#tab-practise").click();
    await page.getByRole("button", { name: "A history of your own" }).click();
    await page.locator(".pasted summary").click();
    const read = [];
    for (const history of given.texts) {
      await page.locator("#own-text").fill(history);
      await page.getByRole("button", { name: "Read this text" }).click();
      read.push({ problem: await page.locator(".stage .problem").textContent(), points: await page.locator(".points li").count(), title: await text(page, ".stage h3") });
    }
    await page.locator("#own-date").fill("2026-01-01");
    await page.locator("#own-marrow_blast_percent").fill(given.typed);
    await page.getByRole("button", { name: "Add this point" }).click();
    return { read, typed: await text(page, ".stage .problem") };
  },

  // Tab through all that can be reached, there and back: what had the focus while something else lay over it.
  async focus(page) {
    const hidden = [], stops = {};
    for (const [width, height] of given.sizes) {
      await page.setViewportSize({ width, height });
      for (const start of given.starts) {
        await page.getByRole("button", { name: start, exact: true }).click();
        await page.locator("#tab-explore").focus();
        let count = 0;
        for (const key of ["Tab", "Shift+Tab"]) {
          for (;;) {
            await page.keyboard.press(key);
            const seen = await page.evaluate(() => {
              const element = document.activeElement, { left, top, width, height } = element.getBoundingClientRect();
              const there = document.elementFromPoint(left + width / 2, top + height / 2), whole = element.closest("label, summary") ?? element;
              return { end: element === document.body || element.role === "tab", clear: whole.contains(there) || there?.contains(whole), what: element.outerHTML.slice(0, 80) };
            });
            if (seen.end) break;
            count += 1;
            if (!seen.clear) hidden.push(`${width}: ${seen.what}`);
          }
        }
        stops[`${width} ${start}`] = count;
      }
    }
    return { hidden, stops };
  },

  // On a phone nothing runs out of the window, and everything to press is large enough.
  async narrow(page) {
    await page.setViewportSize({ width: 360, height: 740 });
    const slider = await page.evaluate(() => {
      const [input, strip] = [".scale input", ".scale .strip"].map((found) => document.querySelector(found).getBoundingClientRect());
      return [input.left - strip.left, input.right - strip.right]; // half of its thumb on each side
    });
    const wide = {}, small = [], english = new Set();
    const said = { stop: "Stop", own: "A history of your own", read: "Read this text", ...given.said };
    for (const view of ["explore", "practise", "own", "print"]) {
      await page.locator(`#tab-${view === "own" ? "practise" : view}`).click();
      if (view === "practise") await page.locator(".setup button.primary").first().click();
      if (view === "own") {
        await page.getByRole("button", { name: said.stop, exact: true }).click();
        await page.getByRole("button", { name: said.own, exact: true }).click();
        await page.locator(".pasted summary").click();
        await page.locator("#own-text").fill('{"as_of": "2026-01-01", "cbc": "normal"}');
        await page.getByRole("button", { name: said.read, exact: true }).click();
      }
      wide[view] = await overflow(page);
      small.push(...await page.locator("button:visible, .pills label:visible, select:visible, summary:visible").evaluateAll((found) => found
        .filter((element) => element.getBoundingClientRect().height < 24).map((element) => element.outerHTML)));
      if (given.marks) for (const words of await page.evaluate(wordsWithout, given.marks)) english.add(words);
    }
    return given.marks ? { wide, small, slider, english: [...english] } : { wide, small, slider };
  },

  // What is printed: the worksheet and its key, and nothing else.
  async print(page) {
    await page.locator("#tab-print").click();
    await page.locator("#print-seed").fill(String(given.seed));
    await page.locator("#print-count").fill(String(given.count));
    await page.getByRole("button", { name: "Make the worksheet" }).click();
    const pdf = await page.pdf({ format: "A4" });
    await page.emulateMedia({ media: "print" });
    const visible = (selector) => page.locator(selector).first().isVisible();
    return {
      key: await page.locator(".key h3").allInnerTexts(), worksheet: await text(page, ".worksheet"), sheets: (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length,
      shown: { header: await visible(".top"), form: await visible(".print .screen"), footer: await visible("footer"), sheet: await visible(".worksheet") },
    };
  },

  // axe-core in every view and state.
  async accessible(page) {
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
    const found = {};
    const look = async (name) => {
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      found[name] = violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map((node) => node.target.join(" ")).slice(0, 3) }));
    };
    await look("unknown");
    for (const start of given.starts) {
      await page.getByRole("button", { name: start, exact: true }).click();
      await look(start);
    }
    await page.locator("#percent").fill("4,5");
    await look("refused");
    await page.locator("#tab-practise").click();
    await look("practise");
    await page.locator(".setup button.primary").first().click();
    await look("question");
    await page.keyboard.press("1");
    await look("feedback");
    for (let i = 1; i < 10; i += 1) {
      await page.keyboard.press("Enter");
      await page.keyboard.press("1");
    }
    await page.keyboard.press("Enter");
    await look("score");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "A history of your own" }).click();
    await page.getByRole("button", { name: "Add this point" }).click();
    await look("own, refused");
    await page.locator(".pasted summary").click();
    await page.locator("#own-text").fill('{"as_of": "2026-01-01", "cbc": "normal"}');
    await page.getByRole("button", { name: "Read this text" }).click();
    await look("own");
    await page.locator("#tab-print").click();
    await look("print");
    return found;
  },

  async broken(page) {
    return { says: await text(page, "#app"), controls: await page.locator("input, button, select").count() };
  },
};

const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--no-sandbox"] });

async function play({ scenario, file, given: needed }) {
  given = needed;
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, bypassCSP: scenario === "accessible", colorScheme: given.scheme ?? "light" });
  try {
    const page = await context.newPage();
    const seen = { errors: [], requests: [] };
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.errors.push(message.text()));
    page.on("pageerror", (error) => seen.errors.push(error.message));
    page.on("request", (request) => seen.requests.push(request.url()));
    page.setDefaultTimeout(20_000);
    await page.goto(pathToFileURL(file).href);
    const result = await scenarios[scenario](page, seen);
    if (seen.errors.length && scenario !== "opens") throw new Error(seen.errors.join("\n"));
    return result;
  } finally {
    await context.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const played = await play(JSON.parse(line)).then((seen) => ({ seen }), (error) => ({ error: error.stack }));
  process.stdout.write(`${JSON.stringify(played)}\n`);
}
await browser.close();
