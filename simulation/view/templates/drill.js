(function () {
  "use strict";
  var body = document.body, whose = body.querySelector("main").dataset.pulse, known = body.querySelector("main").dataset.word;
  var clock = document.querySelector(".clock"), left = clock && clock.dataset.left !== "" ? Number(clock.dataset.left) : null;
  function draw() {
    if (!clock) { return; }
    if (left === null) { clock.textContent = ""; return; }
    var rest = Math.max(0, left), seconds = String(Math.floor(rest % 60)).padStart(2, "0");
    clock.textContent = rest > 0 ? Math.floor(rest / 60) + ":" + seconds : "time is up";
  }
  function isTyping() {
    var changed = Array.prototype.some.call(document.querySelectorAll("input, textarea, select"), function (each) {
      if (each.type === "radio" || each.type === "checkbox") { return each.checked !== each.defaultChecked; }
      if (each.tagName === "SELECT") { return each.options[each.selectedIndex] && each.selectedIndex !== startOf(each); }
      return each.type !== "hidden" && each.value !== each.defaultValue;
    });
    return changed;
  }
  function startOf(select) {
    for (var n = 0; n < select.options.length; n += 1) { if (select.options[n].defaultSelected) { return n; } }
    return 0;
  }
  function look() {
    if (!whose) { return; }
    fetch("/pulse/" + whose, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.json() : null;
    }).then(function (found) {
      if (!found) { return; }
      left = found.seconds_left;
      draw();
      if (found.pulse !== known) {
        if (isTyping()) { document.querySelector(".fresh").hidden = false; } else { location.replace(location.pathname); }
      }
    }).catch(function () { /* the server is away; the page stays as it is, and asks again */ });
  }
  document.querySelectorAll("form").forEach(function (form) {
    form.addEventListener("submit", function () {
      form.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
    });
  });
  window.setInterval(function () { if (left !== null) { left -= 1; draw(); } }, 1000);
  window.setInterval(look, 1500);
  draw();
}());
