"use strict";
// Hides what does not match; without scripts the page simply shows everything.
const form = document.querySelector(".filters");
const none = document.querySelector(".none");
const entries = [...document.querySelectorAll(".entries li")];
const apply = () => {
  const wanted = new FormData(form);
  const text = wanted.get("text").trim().toLowerCase();
  let shown = 0;
  for (const entry of entries) {
    const fits = ["severity", "environment", "app", "state"].every(
      (name) => !wanted.get(name) || entry.dataset[name] === wanted.get(name),
    );
    entry.hidden = !(fits && entry.textContent.toLowerCase().includes(text));
    shown += entry.hidden ? 0 : 1;
  }
  none.hidden = shown > 0;
  form.querySelector("output").textContent = `${shown} of ${entries.length} shown`;
};
form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", (event) => {
  // Emptied here: the browser does it only after this event, when the entries were already chosen.
  event.preventDefault();
  for (const field of form.querySelectorAll("select, input")) field.value = "";
  apply();
});
apply();
