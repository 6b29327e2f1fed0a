// Light or dark, before anything is drawn. Airflow keeps the user's choice in localStorage under "theme"; its page and
// this one share it, and "storage" tells us when it changes there.
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function applyTheme() {
  const chosen = localStorage.getItem("theme");
  const theme = chosen === "light" || chosen === "dark" ? chosen : prefersDark.matches ? "dark" : "light";
  if (document.documentElement.dataset.theme === theme) return;
  document.documentElement.dataset.theme = theme;
  dispatchEvent(new Event("themechange"));
}

applyTheme();
addEventListener("storage", applyTheme);
prefersDark.addEventListener("change", applyTheme);
