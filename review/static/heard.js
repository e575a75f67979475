// Single keys where the officer wants them (WCAG 2.1.4: they can be turned off under "Your account").
// A control that answers to a key says so with data-key; nothing here is needed to do the work.
"use strict";
document.addEventListener("keydown", (event) => {
  if (document.body.dataset.keys !== "on") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const at = event.target;
  if (at.closest("input, textarea, select, [contenteditable]")) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!control) return;
  event.preventDefault();
  if (control.matches("input[type=radio], input[type=checkbox]")) control.click();
  if (control.matches("input, textarea, select")) control.focus();
  else control.click();
});
// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
// In a list, j and k walk down and up.
document.addEventListener("keydown", (event) => {
  const step = { j: 1, k: -1 }[event.key];
  if (!step || document.body.dataset.keys !== "on" || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const rows = [...document.querySelectorAll("a[data-row]")];
  const next = rows[rows.indexOf(document.activeElement) + step];
  if (next) next.focus();
});
// Who writes for long stays signed in: the pages hear of it, every five minutes at most.
let saidAt = Date.now();
function stayAwake() {
  const { awake, awakeSeconds } = document.body.dataset;
  if (!awake || Date.now() - saidAt < awakeSeconds * 1000) return;
  saidAt = Date.now();
  // Where it fails, the next key tries again after a while; there is nothing that anybody could do about it.
  fetch(awake, { redirect: "manual", cache: "no-store" }).catch(() => {});
}
["input", "keydown", "pointerdown"].forEach((what) => document.addEventListener(what, stayAwake));
