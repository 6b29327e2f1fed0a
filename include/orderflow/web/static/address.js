// The page's own address: what is asked for is in it, so that it can be reloaded, shared, bookmarked and come back to.
// Airflow shows this page in a frame and takes its address over when it loads; what changes later we tell it.

const framed = window.parent !== window;

// Writes what is asked for into the address: `push` adds a step that Back leads out of.
export function write(wanted, { push }) {
  const url = new URL(location.href);
  url.search = "";
  for (const [name, value] of Object.entries(wanted)) if (value) url.searchParams.set(name, value);
  if (url.href === location.href) return;
  if (push) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
  mirror();
}

// Lets the address bar say what this page shows.
export function mirror() {
  sessionStorage.setItem("orderflow.orders", location.search);
  if (framed) window.parent.history.replaceState(window.parent.history.state, "", permalink());
}

// Where Airflow, or else this page alone, shows exactly this.
export function permalink() {
  if (!framed) return location.href;
  const outer = window.parent.location;
  const view = /^.*\/plugin\/[^/]+/.exec(outer.pathname)?.[0];
  const page = location.pathname.slice(location.pathname.lastIndexOf("/orderflow/")); // Airflow may be below a path
  return view ? outer.origin + view + page + location.search : location.href;
}

export function onBack(restore) {
  addEventListener("popstate", () => {
    restore(new URLSearchParams(location.search));
    mirror();
  });
}
