// The console's only script: keeps an open page current and draws the pace. Everything else works without it.
"use strict";

const announce = document.getElementById("announce");

// Whoever steps from moment to moment goes on from where the controls are open.
function moments() {
  const when = document.getElementById("when");
  if (when && location.hash === "#when") when.open = true;
}

// The slider shows the day it stands on while it is moved.
function sliders() {
  const day = document.getElementById("day");
  if (!day) return;
  day.addEventListener("input", () => {
    const text = new Date(day.value * 86400000).toISOString().slice(0, 10);
    document.getElementById("day-shown").textContent = text;
    day.setAttribute("aria-valuetext", text);
  });
}

// What each marked part of the page says, to find what is other than before.
function told(root) {
  const parts = new Map();
  for (const part of root.querySelectorAll("[data-key]")) parts.set(part.dataset.key, part.textContent.replace(/\s+/g, " ").trim());
  return parts;
}

function status(part) {
  const badge = part.querySelector(".badge");
  return badge ? badge.textContent.trim() : "";
}

// Takes the page again and puts its content in place of the old. What is other is marked, and said once.
async function refresh() {
  const response = await fetch(location.href, { cache: "no-store" });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = document.querySelector("main");
  const fresh = page.querySelector("main");
  const before = told(main);
  const badges = new Map([...main.querySelectorAll("[data-key]")].map((part) => [part.dataset.key, status(part)]));
  const open = [...main.querySelectorAll("details")].map((it) => it.open);
  const after = told(fresh);
  const scroll = window.scrollY;
  const focused = document.activeElement && main.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  fresh.querySelectorAll("details").forEach((it, index) => { if (open[index]) it.open = true; });
  main.replaceChildren(...fresh.childNodes);
  document.querySelector(".moment").replaceWith(page.querySelector(".moment"));
  live(true);
  draw();
  window.scrollTo(0, scroll);
  if (focused) main.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  // Countdowns move all the time; only another status, or something new, is a change worth a word.
  const said = [];
  for (const part of main.querySelectorAll("[data-key]")) {
    const key = part.dataset.key;
    const was = badges.get(key);
    const is = status(part);
    if (!before.has(key)) said.push(`${name(part)} is new`);
    else if (was !== is) said.push(`${name(part)}: ${was} is now ${is}`);
    else if (before.get(key) === after.get(key)) continue;
    else if (!/\d (second|minute|hour|day)s?\b/.test(before.get(key))) said.push(`${name(part)} changed`);
    else continue;
    part.classList.add("changed");
    setTimeout(() => part.classList.remove("changed"), 8000);
  }
  if (said.length) announce.textContent = `Updated just now. ${said.slice(0, 3).join("; ")}${said.length > 3 ? `; and ${said.length - 3} more` : ""}.`;
}

function name(part) {
  if (part.dataset.key === "answer") return document.querySelector("h1").firstChild.textContent.trim();
  const link = part.querySelector("a");
  return (link ? link.textContent : part.dataset.key).trim();
}

function live(on) {
  const tag = document.getElementById("live");
  if (tag) tag.hidden = !on;
}

// The server says when there is something new; the browser comes again by itself where the line breaks.
function follow() {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  const events = new EventSource(address);
  let busy = false;
  let again = false;
  const take = async () => {
    if (busy) { again = true; return; }
    busy = true;
    do { again = false; await refresh().catch(() => {}); } while (again);
    busy = false;
  };
  events.addEventListener("open", () => live(true));
  events.addEventListener("error", () => live(false));
  events.addEventListener("change", (event) => {
    const told = JSON.parse(event.data);
    const moment = document.querySelector(".moment").dataset;
    const passed = moment.next && told.as_of >= moment.next;
    if (told.by_time || passed || String(told.position) !== moment.position) take();
  });
  window.addEventListener("pagehide", () => events.close());
}

// The pace, drawn from the table beside it: performed, expected, and the straight line to the target.
function draw() {
  if (!window.uPlot) return;
  for (const figure of document.querySelectorAll("figure.pace")) {
    const rows = [...figure.querySelectorAll(".points tbody tr")];
    const place = figure.querySelector(".plot");
    if (rows.length < 2 || place.firstChild) continue;
    const day = (text) => Date.parse(`${text}T00:00:00Z`) / 1000;
    const read = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));
    const from = day(figure.dataset.from);
    const due = day(figure.dataset.due);
    const target = Number(figure.dataset.target);
    const days = rows.map((row) => day(row.cells[0].textContent));
    const performed = rows.map((row) => read(row.cells[1]));
    const expected = rows.map((row) => read(row.cells[2]));
    // What is left until it is due is seen as room on the right.
    if (days[days.length - 1] < due) { days.push(due); performed.push(null); expected.push(null); }
    const straight = days.map((it) => target * Math.min(1, Math.max(0, (it - from + 86400) / (due - from + 86400))));
    const data = [days, performed, expected, straight];
    const css = getComputedStyle(document.documentElement);
    const colour = (it) => css.getPropertyValue(it).trim();
    const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
    const date = (stamp) => new Date(stamp * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "2-digit", timeZone: "UTC" });
    const whole = (_, value) => (value == null ? "-" : value.toLocaleString("en"));
    const size = () => ({ width: Math.max(280, place.clientWidth || figure.clientWidth), height: 300 });
    const plot = new uPlot({
      ...size(),
      tzDate: (stamp) => uPlot.tzDate(new Date(stamp * 1000), "UTC"),
      scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(high, target) * 1.05] } },
      axes: [{ ...axis, space: 80, values: (_, ticks) => ticks.map(date) }, { ...axis, size: 90, values: (_, ticks) => ticks.map((it) => it.toLocaleString("en")) }],
      padding: [null, 40, null, null],
      series: [
        { label: "day", value: (_, stamp) => (stamp == null ? "-" : new Date(stamp * 1000).toISOString().slice(0, 10)) },
        { label: `performed, ${figure.dataset.unit}`, stroke: colour("--link"), width: 3, value: whole },
        { label: `expected ${figure.dataset.method}`, stroke: colour("--warning"), width: 2, dash: [8, 4], value: whole },
        { label: "straight line to the target", stroke: colour("--released"), width: 1, dash: [2, 3], points: { show: false }, value: whole },
      ],
      hooks: {
        draw: [(it) => {
          const y = it.valToPos(target, "y", true);
          it.ctx.save();
          it.ctx.strokeStyle = colour("--kept");
          it.ctx.lineWidth = 2;
          it.ctx.beginPath();
          it.ctx.moveTo(it.bbox.left, y);
          it.ctx.lineTo(it.bbox.left + it.bbox.width, y);
          it.ctx.stroke();
          it.ctx.restore();
        }],
      },
    }, data, place);
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", "The figures of the table below as lines; drag to zoom, double-click to see all");
    new ResizeObserver(() => { if (figure.clientWidth !== plot.width) plot.setSize(size()); }).observe(figure);
  }
}

moments();
sliders();
follow();
draw();
