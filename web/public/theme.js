// Sets theme and language before the first paint, so that the page never flashes in the wrong one.
// A file of its own because the content security policy allows no inline scripts.
(function () {
  var root = document.documentElement;
  var read = function (key) {
    try { return localStorage.getItem(key); } catch (e) { return null; }
  };
  var choice = read("menara.theme");
  var isLight = choice === "light" || (choice !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
  root.dataset.theme = isLight ? "light" : "dark";
  var locale = read("menara.locale") || (/^id\b/.test(navigator.language) ? "id" : "en");
  root.lang = locale === "id" ? "id" : "en";
})();
