// Buttons that put a text on the clipboard.
import { el } from "./dom.js";
import { t } from "./words.js";

const SHOWN_FOR = 1500;

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers have no clipboard for pages over plain http: the old way works there.
    const field = el("textarea", { class: "hidden", "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

export function copyOnClick(button, textOf) {
  button.addEventListener("click", async () => {
    const before = button.textContent;
    await copy(textOf());
    button.classList.add("copied");
    if (before) button.textContent = t("copied");
    setTimeout(() => {
      button.classList.remove("copied");
      button.textContent = before;
    }, SHOWN_FOR);
  });
  return button;
}

// A small one beside what it copies.
export function copyButton(text) {
  const label = t("copy", { text });
  return copyOnClick(el("button", { type: "button", class: "copy", title: label, "aria-label": label, "data-focus": `copy${text}` }), () => text);
}
