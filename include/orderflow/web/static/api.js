// Questions to our own routes and to Airflow's public API. Both are relative to this page: Airflow may live below a path.

export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function answerOf(response) {
  if (response.ok) return response.json();
  let detail = response.statusText;
  try {
    const body = await response.json();
    detail = typeof body.detail === "string" ? body.detail : JSON.stringify(body.detail);
  } catch {
    // not JSON: a proxy's page, for instance
  }
  throw new ApiError(response.status, detail);
}

function withQuery(path, query) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

export async function ask(path, query = {}, signal = undefined) {
  return answerOf(await fetch(withQuery(`api/${path}`, query), { credentials: "same-origin", signal }));
}

export async function askAirflow(path, body = undefined, signal = undefined) {
  const options = { credentials: "same-origin", signal };
  if (body !== undefined) {
    options.method = "POST";
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  return answerOf(await fetch(new URL(`../api/v2/${path}`, document.baseURI), options));
}
