"use strict";

const form = document.getElementById("form");
const answer = document.getElementById("answer");
const said = answer.dataset; // in the language of the page

function contentType(text) {
  if (/^\s*(MSH|FHS|BHS)\|/.test(text)) return "application/hl7-v2";
  return text.includes('"resourceType"') ? "application/fhir+json" : "application/json";
}

function columns() {
  const body = document.createElement("pre");
  const ruler = document.createElement("span");
  ruler.textContent = "0".repeat(30);
  body.append(ruler);
  answer.replaceChildren(body);
  const room = body.clientWidth - parseFloat(getComputedStyle(body).paddingLeft);
  const fitting = Math.floor((room / ruler.getBoundingClientRect().width) * 30) - 1; // a mark may be wider than a letter
  answer.replaceChildren();
  return Math.max(30, Math.min(90, fitting));
}

function element(name, text, language = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (language) made.lang = language;
  return made;
}

function show(heading, ...parts) {
  answer.replaceChildren(element("h3", heading), ...parts);
  answer.focus();
}

function showRefusal(status, problem) {
  const refusals = JSON.parse(said.refusals);
  const details = [problem.field, problem.detail, problem.remedy].filter(Boolean).join("\n");
  show(said.refused, element("p", refusals[status] ?? refusals.other), element("p", said.details), element("pre", details, "en"));
}

async function decide(event) {
  event.preventDefault();
  const record = document.getElementById("record").value;
  const token = document.getElementById("token").value;
  const headers = { "Content-Type": contentType(record), Accept: "text/plain" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const level = document.getElementById("level").value;
  try {
    const response = await fetch(`explain?level=${level}&width=${columns()}`, { method: "POST", headers, body: record });
    const text = await response.text();
    if (response.ok) return show(said.decision, element("pre", text));
    showRefusal(response.status, JSON.parse(text));
  } catch {
    show(said.none, element("p", said.unreached));
  }
}

form.addEventListener("submit", decide);
